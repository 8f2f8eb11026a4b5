import { randomBytes } from "node:crypto";
import { pipeline } from "node:stream/promises";
import {
  type Account,
  type Command,
  HostoutError,
  type Process,
  type RunOptions,
  type RunResult,
  type ShellLine,
  sh,
  shellText,
} from "@hostout/kit";
import { connectionLost } from "../failure/connect-failure.ts";
import { diskFault } from "../failure/disk-fault.ts";
import { signalOf, statusText } from "../process/exit-of.ts";
import { interruption, untilEnd } from "../process/until-end.ts";
import { sharedScript } from "../shell/frame.ts";
import { type Collected, collect } from "./collect.ts";
import { type Machine, startOn } from "./machine.ts";
import { missingProgramHint, missingStatus } from "./missing-program.ts";
import { nameOf } from "./name-of.ts";
import { ofAnswer, untilIdle } from "./until-idle.ts";

/** The exit code of a command that KILL ended: nobody sends that signal by mistake. */
const killedStatus = 137;

interface Finished extends RunResult {
  readonly code: number;
  /** Whether stdout has only the end of the output. */
  readonly isCut?: boolean;
  /** Whether the end of the output is known to have arrived. */
  readonly isWhole?: boolean | undefined;
  /** The signal that ended the command, unless it ended by itself. */
  readonly signal?: string | undefined;
}

export interface ExecuteOptions extends RunOptions {
  /** Whether the output is an answer: hostout then waits for it even if the connection stalls for a while. */
  readonly mustBeWhole?: boolean;
  /** Printed after the output of a command that succeeds, where nothing else shows that its end has arrived. */
  readonly endMark?: string | undefined;
  /** Whether the command gets a shell of its own, because it takes long or leaves a process behind. Default false. */
  readonly ownShell?: boolean;
  /** Writes the input and ends it, in the place of `input`. Ends when the process ends. */
  readonly feed?: ((process: Pick<Process, "stdin" | "exited">) => Promise<void>) | undefined;
}

/**
 * Runs a command to its end, whatever its exit code. Reports its lines unless `quiet`. `into` receives outputs that
 * have not ended.
 */
export async function execute(
  machine: Machine,
  account: Account,
  command: Command,
  options: ExecuteOptions = {},
  into?: { readonly stdout: Collected; readonly stderr: Collected },
): Promise<Finished> {
  refuseWhenAborted(machine);
  const startedMs = Date.now();
  const line = shellText(
    options.endMark === undefined ? replacingShell(command) : endingWith(options.endMark, command),
    options,
  );
  const shared = options.feed || options.ownShell ? undefined : sharedScript(command, line, options);
  const process = await startOn(machine, account, line, {
    hasInput: (options.feed ?? options.input) !== undefined,
    background: options.background,
    leavesRunning: options.leavesRunning,
    shared,
  }).catch((error: unknown) => {
    // A cancelled login is nobody's error.
    if (machine.signal.aborted) throw interruption();
    throw error;
  });
  const tell = (stream: "stdout" | "stderr") =>
    options.quiet ? undefined : (line: string) => machine.output.line(stream, machine.name, line);
  const { stdout, stderr } = into ?? { stdout: collect(tell("stdout")), stderr: collect(tell("stderr")) };
  let isAtEnd = false;
  const ended = Promise.all([stdout.take(process.stdout), stderr.take(process.stderr)]).then(() => {
    isAtEnd = true;
  });
  const feeding = options.feed?.(process) ?? feed(process, options.input);
  const exit = await untilEnd(
    machine,
    process,
    options.timeoutMs ?? (options.background ? undefined : machine.timeoutMs),
    nameOf(command, options),
  );
  const limits = options.mustBeWhole ? ofAnswer : undefined;
  const idle = untilIdle([stdout, stderr], machine.signal, limits, () => isAtEnd);
  await Promise.race([Promise.all([ended, feeding]), idle]);
  if (!into) {
    stdout.end();
    stderr.end();
  }
  if (machine.signal.aborted) throw interruption();
  if (exit.code === undefined) throw connectionLost(machine.name);
  if (!isAtEnd && !into && !options.quiet)
    machine.output.line("warning", machine.name, leftBehind(nameOf(command, options)));
  return {
    code: exit.code,
    signal: exit.signal ?? signalOf(exit.code),
    isCut: stdout.isCut(),
    isWhole: process.isWhole,
    stdout: stdout.text(),
    stderr: stderr.text(),
    durationMs: Date.now() - startedMs,
  };
}

/** Runs a command like {@link execute}, but throws if the exit code is not 0. */
export async function executeOrThrow(
  machine: Machine,
  account: Account,
  command: Command,
  options: ExecuteOptions = {},
): Promise<Finished> {
  const finished = await execute(machine, account, command, options);
  if (finished.code !== 0) throw commandFailure(machine.name, nameOf(command, options), finished);
  return finished;
}

/**
 * Returns the complete stdout of a command.
 * The command prints a mark after its output. sshd may report the exit code before the output: without a mark, a
 * connection that breaks in between would leave a cut answer.
 * Without `quiet` there is no mark, because people would see it.
 *
 * @throws HostoutError like {@link executeOrThrow}; `failed` if the output exceeds the memory limit; `connection-lost`
 * if its end is missing
 */
export async function answerOf(
  machine: Machine,
  account: Account,
  command: Command,
  options: RunOptions = {},
): Promise<string> {
  const { quiet = true } = options;
  const title = nameOf(command, options);
  const mark = quiet ? randomBytes(9).toString("hex") : undefined;
  const { stdout, isCut, isWhole } = await executeOrThrow(machine, account, command, {
    ...options,
    ...{ quiet, title, mustBeWhole: true, endMark: mark },
  });
  if (isCut)
    throw new HostoutError({
      code: "failed",
      message: `${machine.name}: '${title}' printed more than 4 MiB, of which only the last is known`,
      host: machine.name,
    });
  if (mark === undefined || isWhole) return stdout;
  // A process that the command left behind may write more.
  const end = stdout.lastIndexOf(mark);
  if (end < 0) throw connectionLost(machine.name);
  return stdout.slice(0, end);
}

/** Commands of the shell itself that are no program everywhere: POSIX, and what bash and busybox add. */
const ofShell =
  /^(?:[.:]|alias|bg|break|builtin|cd|command|continue|declare|disown|enable|eval|exec|exit|export|fc|fg|getopts|hash|help|jobs|let|local|read|readonly|return|set|shift|shopt|source|times|trap|type|typeset|ulimit|umask|unalias|unset|wait)$/;

/** Lets the program of a command take the place of its shell. Otherwise the shell would wait beside it. */
function replacingShell(command: Command): Command {
  if ("text" in command || ofShell.test(command[0] ?? ".")) return command;
  return sh`exec ${command}`;
}

/** Returns a line that prints the mark after its output, if it succeeds. */
function endingWith(mark: string, command: Command): ShellLine {
  return sh`(
${command}
) && printf %s ${mark}`;
}

/** Returns whether a command succeeds. Throws if a signal killed the command, because that answers nothing. */
export async function succeeds(
  machine: Machine,
  account: Account,
  command: Command,
  options: RunOptions = {},
): Promise<boolean> {
  const finished = await execute(machine, account, command, { quiet: true, ...options });
  if (finished.signal !== undefined) throw commandFailure(machine.name, nameOf(command, options), finished);
  return finished.code === 0;
}

export function commandFailure(host: string, what: string, finished: Finished): HostoutError {
  const { code, stdout, stderr } = finished;
  const said = (stderr.trim() || stdout.trim()).split("\n").slice(-5).join("\n");
  const fault = diskFault(said, host);
  return new HostoutError({
    code: fault?.code ?? "command-failed",
    message: `${host}: '${what}' ended with ${statusText(finished)}${said === "" ? "" : `: ${said}`}`,
    hint: fault?.hint ?? hintOfStatus(code, said, host),
    host,
    status: code,
  });
}

function hintOfStatus(code: number, said: string, host: string): string | undefined {
  if (code === killedStatus) return "A host that is out of memory kills so: 'dmesg' on it says.";
  return code === missingStatus ? missingProgramHint(said, host) : undefined;
}

/**
 * The warning about a process that the command left behind. A server started so may end hours later, when it writes to
 * an output without a reader.
 */
function leftBehind(what: string): string {
  return `'${what}' left a process behind that holds its output. Its next line of output may end that process. Redirect the output (>>var/server.log 2>&1), or let a supervisor start it`;
}

async function feed({ stdin }: Process, input: RunOptions["input"]): Promise<void> {
  if (input === undefined || typeof input === "string" || input instanceof Uint8Array) {
    stdin.end(input ?? "");
    return;
  }
  // A command need not read its whole input.
  await pipeline(input, stdin).catch(() => undefined);
}

function refuseWhenAborted({ signal }: Machine): void {
  if (signal.aborted) throw interruption();
}
