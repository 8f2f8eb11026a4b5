import { setTimeout as sleep } from "node:timers/promises";
import {
  type Account,
  type Command,
  HostoutError,
  isHostoutError,
  type RunOptions,
  type RunResult,
  shellText,
  type TaskOutput,
} from "@hostout/kit";
import { connectionLost } from "../failure/connect-failure.ts";
import { interruption } from "../process/until-end.ts";
import { collect } from "./collect.ts";
import {
  endBelowScript,
  endScript,
  followScript,
  noRoom,
  notThere,
  startScript,
  statusScript,
  vanished,
} from "./detached-scripts.ts";
import { commandFailure, execute, executeOrThrow } from "./execute.ts";
import type { Machine } from "./machine.ts";
import { nameOf } from "./name-of.ts";

/** Longest time that a host may be out of reach before hostout gives up, in milliseconds. */
const outOfReachMs = 10 * 60_000;

/** Counts the lines that each task has started. Their names contain the number, so a resumed run finds them again. */
const started = new WeakMap<TaskOutput, number>();

/**
 * Runs a command that outlives the connection, and follows it over as many connections as necessary.
 *
 * @throws HostoutError `command-failed`, `timeout`, `connection-lost` if the host stays out of reach, `interrupted`
 */
export async function executeDetached(
  machine: Machine,
  account: Account,
  command: Command,
  options: RunOptions,
): Promise<RunResult> {
  if (options.input !== undefined) throw new TypeError("detached commands have no input");
  const number = (started.get(machine.output) ?? 0) + 1;
  started.set(machine.output, number);
  const name = `${machine.output.mark}.${number}`;
  const line = shellText(command, options);
  const title = nameOf(command, options);
  const ask = (script: string, ...words: readonly string[]) =>
    executeOrThrow(machine, account, ["sh", "-c", script, "hostout", ...words], {
      ...{ quiet: true, title, mustBeWhole: true },
    });
  const startedMs = Date.now();
  // Works after an interrupt too: this machine ends the command.
  const unstoppable = { ...machine, signal: new AbortController().signal };
  const end = () =>
    executeOrThrow(unstoppable, account, ["sh", "-c", endScript, "hostout", name], {
      quiet: true,
      timeoutMs: 5000,
    }).catch(() => undefined);
  const tell = (stream: "stdout" | "stderr") =>
    options.quiet ? undefined : (text: string) => machine.output.line(stream, machine.name, text);
  const output = { stdout: collect(tell("stdout")), stderr: collect(tell("stderr")) };
  let folder = "";
  try {
    const start = ["sh", "-c", startScript, "hostout", name, options.cwd ?? ""];
    const begin = async () => {
      const env = { HOSTOUT_DETACHED: line };
      const how = { quiet: true, env, title, mustBeWhole: true, ownShell: true };
      const { stdout } = await executeOrThrow(machine, account, start, how);
      return wholeAnswer(machine, stdout, stdout.endsWith(`/${name}`));
    };
    folder = await patiently(machine, begin);
    const limits = { deadlineMs: untilMs(startedMs, options), title };
    await patiently(machine, () => follow(machine, account, folder, output, limits));
  } catch (error) {
    const isLate = isHostoutError(error) && error.code === "timeout";
    if (isLate || machine.signal.aborted) await end();
    throw error;
  }
  const status = async () => {
    const { stdout } = await ask(statusScript, folder);
    return wholeAnswer(machine, stdout, /^\d+\n$/.test(stdout));
  };
  const code = Number(await patiently(machine, status));
  // A missing exit code keeps the folder, so that a resumed run finds it. A connection that breaks here does not change
  // the result of the command.
  if (code === 0) machine.atEnd(() => ask('rm -rf "$1"', folder).then(() => undefined));
  else await ask('rm -rf "$1"', folder).catch(() => undefined);
  output.stdout.end();
  output.stderr.end();
  const result = {
    stdout: output.stdout.text(),
    stderr: output.stderr.text(),
    durationMs: Date.now() - startedMs,
  };
  if (code === 0) return result;
  throw commandFailure(machine.name, title, { ...result, code });
}

/** Refuses an incomplete answer: the connection broke after the end of the command. */
function wholeAnswer({ name }: Machine, text: string, isWhole: boolean): string {
  if (!isWhole) throw connectionLost(name);
  return text;
}

/** Ends the detached lines that work below a folder, except `except`. Resolves to the folders in which it ended a line. */
export async function endDetached(
  machine: Machine,
  account: Account,
  below: string,
  except = "",
): Promise<readonly string[]> {
  const words = ["sh", "-c", endBelowScript, "hostout", below, except];
  const title = `end what runs in ${below}`;
  const { stdout } = await executeOrThrow(machine, account, words, { quiet: true, title });
  return stdout.split("\n").filter((line) => line !== "");
}

const untilMs = (startedMs: number, { timeoutMs }: RunOptions) =>
  timeoutMs === undefined ? undefined : startedMs + timeoutMs;

/** Explains the exit codes of the follower that report a lost step. */
const whyLost: Readonly<Record<number, string>> = {
  [vanished]: "no status was left: somebody killed it, or the host rebooted",
  [notThere]: "another run ended it, or somebody removed its folder",
  [noRoom]: "the disk there is full: No space left on device",
};

type Output = Readonly<Record<"stdout" | "stderr", ReturnType<typeof collect>>>;

/** Continues the output where it broke off. Resolves when the command has ended. */
async function follow(
  machine: Machine,
  account: Account,
  folder: string,
  { stdout, stderr }: Output,
  { deadlineMs, title }: { readonly deadlineMs: number | undefined; readonly title: string },
): Promise<void> {
  const words = [folder, String(stdout.count()), String(stderr.count())];
  const timeoutMs = deadlineMs === undefined ? undefined : Math.max(1, deadlineMs - Date.now());
  const { code } = await execute(
    machine,
    account,
    ["sh", "-c", followScript, "hostout", ...words],
    { timeoutMs, title, ownShell: true },
    { stdout, stderr },
  );
  if (code === 0) return;
  const why = whyLost[code];
  const fault = (message: string) =>
    new HostoutError({
      code: code === noRoom ? "disk-full" : "command-failed",
      message: `${machine.name}: ${message}`,
      host: machine.name,
    });
  if (why === undefined) {
    // A killed follower reports nothing about the step, which may still run.
    if (code > 128) throw connectionLost(machine.name);
    throw fault(`the command in ${folder} cannot be followed (exit code ${code}), and may still run`);
  }
  // The next try starts a lost step again. A connection that breaks here does not change why the step is lost.
  await execute(machine, account, ["rm", "-rf", folder], { quiet: true }).catch(() => undefined);
  throw fault(`the command in ${folder} is lost: ${why}`);
}

/** Repeats `work` over a new connection while connections break. */
async function patiently<T>(machine: Machine, work: () => Promise<T>): Promise<T> {
  let lostMs: number | undefined;
  for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, 30_000)) {
    const triedMs = Date.now();
    try {
      return await work();
    } catch (error) {
      const isLost =
        isHostoutError(error) &&
        (error.code === "connection-lost" || (error.code === "unreachable" && lostMs !== undefined));
      if (!isLost || machine.signal.aborted) throw error;
      // A connection that lasted for a while restarts the count.
      if (lostMs === undefined || Date.now() - triedMs > 30_000) lostMs = Date.now();
      if (Date.now() - lostMs > outOfReachMs) throw error;
      machine.output.line(
        "note",
        machine.name,
        `${error.message}; the command goes on there, trying to connect again`,
      );
      await sleep(waitMs, undefined, { signal: machine.signal }).catch(() => {
        throw interruption();
      });
    }
  }
}
