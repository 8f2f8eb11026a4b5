import { PassThrough, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Exit, Process } from "@hostout/kit";
import { endMarkedOrFailLine } from "./end-marked.ts";
import type { Marks, SharedScript } from "./frame.ts";
import type { OutputSplitter } from "./output-splitter.ts";

/** Longest wait for the output of a script after the end of its shell, in milliseconds. */
const restMs = 1000;
/**
 * Longest wait for the end of the outputs after the exit status, in milliseconds without a byte. After it, the command
 * has left a process behind.
 */
const leftMs = 250;

/** Starts a line with the rights of the account of a shell. */
export type Begin = (line: string) => Promise<Process>;

/** A shell that reads scripts. */
export interface Shell {
  readonly process: Process;
  readonly stdout: OutputSplitter;
  readonly stderr: OutputSplitter;
  isBusy: boolean;
  /** Lets no further script begin in this shell. */
  readonly forget: () => void;
}

/** A script in a shared shell. */
export interface SharedProcess extends Process {
  /** Its outputs have ended when it has. */
  readonly isWhole?: boolean;
}

/** Presents the script that runs in a shell as a process. */
export function runIn(
  shell: Shell,
  { isOwn }: Pick<SharedScript, "isOwn">,
  { status, end, command }: Marks,
  begin: Begin,
): SharedProcess {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exited = shell.stderr.until(status, stderr, "line").then((line): Exit => {
    const [code, pid] = line.trim().split(" ");
    if (isOwn) return { code: Number(code) };
    const timer = setInterval(() => {
      if (Math.min(shell.stdout.idleMs(), shell.stderr.idleMs()) < leftMs) return;
      clearInterval(timer);
      // What was left behind may end before the shell does: no other command may have begun in it by then.
      shell.forget();
      shell.process.stdin.end();
      void succeeds(begin, `kill -9 ${pid}`);
    }, leftMs).unref();
    ended.finally(() => clearInterval(timer));
    return { code: Number(code) };
  });
  const ended = Promise.all([
    shell.stderr.until(end, stderr, "line"),
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
  const kill = isOwn ? shell.process.kill : () => void endCommand(shell, command, begin);
  return { stdin, stdout, stderr, exited: first, kill, isWhole: isOwn };
}

/**
 * Ends the processes with the mark of a command, and the shell after it. Their group may have processes of earlier
 * commands.
 */
async function endCommand(shell: Shell, command: string, begin: Begin): Promise<void> {
  shell.forget();
  shell.process.stdin.end();
  if (!(await succeeds(begin, endMarkedOrFailLine(command)))) shell.process.kill();
}

/** Whether a line on the host succeeded. The host may have no room for one more command, and no connection any more. */
async function succeeds(begin: Begin, line: string): Promise<boolean> {
  try {
    const process = await begin(`${line}\n`);
    process.stdin.on("error", () => undefined).end();
    process.stdout.resume();
    process.stderr.resume();
    return (await process.exited).code === 0;
  } catch {
    return false;
  }
}
