import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { isHostoutError } from "@hostout/kit";
import { whenAborted } from "../failure/when-aborted.ts";
import { frame, newMark, newMarks, type SharedScript } from "./frame.ts";
import { splitOutput } from "./output-splitter.ts";
import { type Begin, runIn, type SharedProcess, type Shell } from "./run-in-shell.ts";

/** Longest wait for a login shell to come to the shared shell, in milliseconds. */
const readyMs = 5000;
/** Longest wait for the end of idle shells, in milliseconds. */
const closingMs = 1000;

/**
 * A shell that hostout may kill. su, or the shell around it, would print "Killed" on the error output of a command.
 */
const watchedShell = `exec 9>&2 2>/dev/null\nsh -c "exec sh 2>&9 9>&-"\nexit $?`;

/**
 * The shells of one host that run commands one after another. Each account has one for scripts of hostout, and one for
 * commands of other authors, which may leave processes behind.
 */
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

export function makeSharedShells(): SharedShells {
  /** `opening`: the login shell of the account has not come to the shell yet. */
  const shells = new Map<string, Shell | "opening">();
  /** Accounts that had a command of another author. */
  const hasRun = new Set<string>();
  let isClosed = false;
  const open = async (
    key: string,
    reader: string,
    begin: Begin,
    signal: AbortSignal,
  ): Promise<Shell | undefined> => {
    shells.set(key, "opening");
    const end = newMark();
    const { promise: aborted, resolve: abort } = Promise.withResolvers<false>();
    const forgetSignal = whenAborted(signal, () => abort(false));
    try {
      const process = await begin(`printf %s ${end}\n${reader}\n`);
      const shell: Shell = {
        process,
        stdout: splitOutput(process.stdout),
        stderr: splitOutput(process.stderr),
        isBusy: true,
        forget: () => {
          if (shells.get(key) === shell) shells.delete(key);
        },
      };
      process.exited.then(shell.forget, shell.forget);
      // The end of the shell says that the connection broke.
      process.stdin.on("error", () => undefined);
      const isReady = await Promise.race([
        shell.stdout.until(end, new PassThrough(), "nothing").then(() => true),
        process.exited.then(() => false),
        sleep(readyMs, false, { ref: false }),
        aborted,
      ]);
      if (isReady) {
        shells.set(key, shell);
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
      if (shells.get(key) === "opening") shells.delete(key);
    }
    // A start file of the login shell that reads its input would wait for ever. No script was sent so far.
    isClosed = true;
    return undefined;
  };
  return {
    start: async (user, script, begin, signal) => {
      const key = `${script.isOwn ? "hostout" : "others"} ${user}`;
      const known = shells.get(key);
      // A shared shell costs a round trip before its first command.
      if (!known && !script.isOwn && !hasRun.has(user)) {
        hasRun.add(user);
        return undefined;
      }
      if (isClosed || known === "opening" || known?.isBusy) return undefined;
      const shell = known ?? (await open(key, script.isOwn ? "exec sh" : watchedShell, begin, signal));
      if (!shell || isClosed) {
        shell?.process.stdin.end();
        return undefined;
      }
      shell.isBusy = true;
      const marks = newMarks();
      const process = runIn(shell, script, marks, begin);
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
