import { randomBytes } from "node:crypto";
import { PassThrough, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, type Exit, isHostoutError, type Process, quote, type RunOptions } from "@hostout/kit";
import { whenAborted } from "../failure/when-aborted.ts";
import { type OutputSplitter, splitOutput } from "./output-splitter.ts";

/**
 * The longest input that a shared shell gets as a here-document, in bytes. dash writes a longer one from a process of
 * its own, and bash through a file, for which a full disk has no room.
 */
const mostInputBytes = 4000;

/** Longest wait for a login shell to come to the shared shell, in milliseconds. */
const readyMs = 5000;
/** Longest wait for the output of a script after the end of its shell, in milliseconds. */
const restMs = 1000;
/** Longest wait for the end of idle shells, in milliseconds. */
const closingMs = 1000;

/** A script of hostout for a shell that runs already. */
export interface SharedScript {
  /** A line that sets the arguments and runs the script. */
  readonly line: string;
  /** Lines, each with its end. Undefined: the script reads nothing. */
  readonly input: string | undefined;
}

/**
 * Returns a command in the form for a shared shell. Undefined for a command that needs a shell of its own.
 * Only scripts of hostout (`sh -c TEXT hostout …`) and `test` qualify. They leave no process behind, which could write
 * into the output of a later script.
 */
export function sharedScript(command: Command, options: RunOptions): SharedScript | undefined {
  const { input, quiet, background, leavesRunning, cwd, env } = options;
  if ("text" in command || !quiet || background || leavesRunning || cwd !== undefined || env) return;
  const isText = typeof input === "string" && input.endsWith("\n") && !input.includes("\0");
  if (input !== undefined && !(isText && Buffer.byteLength(input) <= mostInputBytes)) return;
  const line = lineOf(command);
  return line === undefined ? undefined : { line, input };
}

function lineOf(words: readonly string[]): string | undefined {
  if (words[0] === "test") return words.map(quote).join(" ");
  const [shell, option, text, name, ...more] = words;
  if (shell !== "sh" || option !== "-c" || name !== "hostout") return undefined;
  return `set -- ${more.map(quote).join(" ")}\n${text}`;
}

/** A script in a shared shell. */
export interface SharedProcess extends Process {
  /** Its outputs have ended when it has. */
  readonly isWhole?: boolean;
}

/** The shells of one host that run scripts of hostout one after another: one for each account. */
export interface SharedShells {
  /**
   * Runs a script in the shell of an account.
   *
   * @param begin starts a line on the host. The line goes on to read commands
   * @returns undefined if that shell is busy, or the host has no room for it
   * @throws if `signal` is aborted while the shell opens
   */
  readonly start: (
    user: string,
    script: SharedScript,
    begin: Begin,
    signal: AbortSignal,
  ) => Promise<SharedProcess | undefined>;
  /** Ends the shells after their scripts, and waits for a moment. From now on each script gets a shell of its own. */
  readonly close: () => Promise<void>;
}

type Begin = (line: string) => Promise<Process>;

interface Shell {
  readonly process: Process;
  readonly stdout: OutputSplitter;
  readonly stderr: OutputSplitter;
  isBusy: boolean;
}

export function makeSharedShells(): SharedShells {
  /** `opening`: the login shell of the account has not come to the shell yet. */
  const shells = new Map<string, Shell | "opening">();
  let isClosed = false;
  const open = async (user: string, begin: Begin, signal: AbortSignal): Promise<Shell | undefined> => {
    shells.set(user, "opening");
    const end = newMark();
    const { promise: aborted, resolve: abort } = Promise.withResolvers<false>();
    const forgetSignal = whenAborted(signal, () => abort(false));
    try {
      const process = await begin(`printf %s ${end}\nexec sh\n`);
      const shell: Shell = {
        process,
        stdout: splitOutput(process.stdout),
        stderr: splitOutput(process.stderr),
        isBusy: true,
      };
      const forget = () => {
        if (shells.get(user) === shell) shells.delete(user);
      };
      process.exited.then(forget, forget);
      // The end of the shell says that the connection broke.
      process.stdin.on("error", () => undefined);
      const isReady = await Promise.race([
        shell.stdout.until(end, new PassThrough(), "nothing").then(() => true),
        process.exited.then(() => false),
        sleep(readyMs, false, { ref: false }),
        aborted,
      ]);
      if (isReady) {
        shells.set(user, shell);
        return shell;
      }
      process.kill();
      signal.throwIfAborted();
    } catch (error) {
      // A connection more than the host allows.
      const isRefused = isHostoutError(error) && ["unreachable", "login-refused"].includes(error.code);
      if (!isRefused) throw error;
    } finally {
      forgetSignal();
      if (shells.get(user) === "opening") shells.delete(user);
    }
    // A start file of the login shell that reads its input would wait for ever. No script was sent so far.
    isClosed = true;
    return undefined;
  };
  return {
    start: async (user, script, begin, signal) => {
      const known = shells.get(user);
      if (isClosed || known === "opening" || known?.isBusy) return undefined;
      const shell = known ?? (await open(user, begin, signal));
      if (!shell || isClosed) {
        shell?.process.stdin.end();
        return undefined;
      }
      shell.isBusy = true;
      const end = newMark();
      const process = runIn(shell, end);
      shell.process.stdin.write(frame(script, end));
      return process;
    },
    close: async () => {
      isClosed = true;
      const open = [...shells.values()].filter((shell) => shell !== "opening");
      for (const { process } of open) process.stdin.end();
      const ended = Promise.allSettled(open.map(({ process }) => process.exited));
      await Promise.race([ended, sleep(closingMs, undefined, { ref: false })]);
    },
  };
}

/** Returns a word that ends the outputs of one script. The script cannot know it. */
const newMark = () => randomBytes(12).toString("hex");

/**
 * Returns the text that runs a script in a subshell of the shell that reads it. The braces make the shell wait for the
 * whole text, so that a text that was cut off does not run.
 */
function frame({ line, input }: SharedScript, end: string): string {
  const document = newMark();
  const given = input === undefined ? "</dev/null" : `<<'${document}'\n${input}${document}`;
  return `{ (eval ${quote(line)}) ${given}
printf '%s %s\\n' ${end} "$?" >&2; printf %s ${end}; }
`;
}

/** Presents the script that runs in a shell as a process. */
function runIn(shell: Shell, end: string): SharedProcess {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const ended = Promise.all([
    // The status follows the mark.
    shell.stderr.until(end, stderr, "line"),
    shell.stdout.until(end, stdout, "nothing"),
  ]).then(([status]): Exit => ({ code: Number(status) }));
  const died = shell.process.exited.then(async (exit) => {
    // The rest of the output may arrive after the report of the end. A process of the script may keep it open.
    const closed = Promise.all([shell.stdout.closed, shell.stderr.closed]);
    await Promise.race([ended, closed, sleep(restMs, undefined, { ref: false })]);
    // Without the mark, nobody knows how the script ended.
    return exit.code === 0 ? { code: undefined } : exit;
  });
  const exited = Promise.race([ended, died]).finally(() => {
    shell.isBusy = false;
  });
  exited.catch(() => undefined);
  const stdin = new Writable({ write: (_chunk, _encoding, done) => done() });
  return { stdin, stdout, stderr, exited, kill: shell.process.kill, isWhole: true };
}
