import { PassThrough, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Exit, isHostoutError, type Process } from "@hostout/kit";
import { whenAborted } from "../failure/when-aborted.ts";
import { frame, type Marks, newMark, type SharedScript } from "./frame.ts";
import { type OutputSplitter, splitOutput } from "./output-splitter.ts";

/** Longest wait for a login shell to come to the shared shell, in milliseconds. */
const readyMs = 5000;
/** Longest wait for the output of a script after the end of its shell, in milliseconds. */
const restMs = 1000;
/**
 * Longest wait for the end of the outputs after the exit status, in milliseconds without a byte. After it, the command
 * has left a process behind.
 */
const leftMs = 250;
/** Longest wait for the end of idle shells, in milliseconds. */
const closingMs = 1000;

/** A script in a shared shell. */
export interface SharedProcess extends Process {
  /** Its outputs have ended when it has. */
  readonly isWhole?: boolean;
}

/** The shells of one host that run commands one after another: one for each account. */
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
  /** Accounts that had a command of another author. */
  const hasRun = new Set<string>();
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
      // A shared shell costs a round trip before its first command.
      if (!known && !script.isOwn && !hasRun.has(user)) {
        hasRun.add(user);
        return undefined;
      }
      if (isClosed || known === "opening" || known?.isBusy) return undefined;
      const shell = known ?? (await open(user, begin, signal));
      if (!shell || isClosed) {
        shell?.process.stdin.end();
        return undefined;
      }
      shell.isBusy = true;
      const marks = { status: newMark(), end: newMark() };
      const process = runIn(shell, marks, script.isOwn, begin);
      shell.process.stdin.write(frame(script, marks));
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

/** Presents the script that runs in a shell as a process. */
function runIn(shell: Shell, { status, end }: Marks, isOwn: boolean, begin: Begin): SharedProcess {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exited = shell.stderr.until(status, stderr, "line").then((line): Exit => {
    const [code, pid] = line.trim().split(" ");
    const timer = setInterval(() => {
      if (Math.min(shell.stdout.idleMs(), shell.stderr.idleMs()) < leftMs) return;
      clearInterval(timer);
      void endShell(begin, pid!);
    }, leftMs).unref();
    ended.finally(() => clearInterval(timer));
    return { code: Number(code) };
  });
  const ended = Promise.all([
    shell.stderr.until(end, stderr, "nothing"),
    shell.stdout.until(end, stdout, "nothing"),
  ]).then(() => {
    // Whoever waits for the outputs may begin the next command.
    shell.isBusy = false;
    stderr.end();
    stdout.end();
  });
  const died = shell.process.exited.then(async (exit) => {
    // The rest of the output may arrive after the report of the end. A process of the script may keep it open.
    const closed = Promise.all([shell.stdout.closed, shell.stderr.closed]);
    await Promise.race([ended, closed, sleep(restMs, undefined, { ref: false })]);
    // Without the mark, nobody knows how the script ended.
    return exit.code === 0 ? { code: undefined } : exit;
  });
  const first = Promise.race([exited, died]);
  first.catch(() => undefined);
  const stdin = new Writable({ write: (_chunk, _encoding, done) => done() });
  return { stdin, stdout, stderr, exited: first, kill: shell.process.kill, isWhole: isOwn };
}

/**
 * Ends a shell that waits for a process of its last command. The outputs then end when no process holds them, as after
 * a command with a shell of its own. Where the host has no room for one more command, the shell waits on.
 */
async function endShell(begin: Begin, pid: string): Promise<void> {
  try {
    const process = await begin(`kill -9 ${pid}\n`);
    process.stdin.on("error", () => undefined).end();
    process.stdout.resume();
    process.stderr.resume();
    await process.exited;
  } catch {
    // The command has told its status. Its outputs are waited for in any case, and not for ever.
  }
}
