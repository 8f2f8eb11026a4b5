import { Transform } from "node:stream";
import { HostoutError, type Process } from "@hostout/kit";
import { oneLine } from "../failure/login-log.ts";
import { runsLine } from "./hidden-line.ts";

/** The most bytes that a login shell may print before a command begins. */
const mostNoiseBytes = 1024 * 1024;
/** The most pieces of the shell's error output that hostout keeps meanwhile. */
const mostComplaints = 16;
/** Longest wait for the output of a command after its end, in milliseconds. */
const restMs = 1000;

/**
 * Returns the line for a login shell of any kind. The login shell only starts /bin/sh, with words that sh, bash, zsh
 * and fish quote alike.
 * So the quotes contain neither a quote nor a backslash. The line is in the environment, and not among the words.
 * The line first prints `mark` on a line of its own, before the shell reads the next one. A line that is not valid
 * shell still gets its mark, and its error is reported as the command's.
 */
export function lineForLoginShell(line: string, mark: string): string {
  return `exec env HOSTOUT_LINE=${word(`echo ${mark}\n${line}`)} /bin/sh -c ${word(runsLine)}`;
}

/** Returns a line that runs `line` in /bin/sh on the terminal, whatever the login shell is: fish and csh read no POSIX line. */
export function lineForTerminal(line: string): string {
  return `exec /bin/sh -c ${word(line)}`;
}

/** Quotes a word for every login shell. In fish, a backslash within quotes is special. */
function word(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (sign) => `'\\${sign}'`)}'`;
}

/** The host of a login shell, for messages. */
export interface LoginPlace {
  readonly host: string;
  /** The command line with which a user logs in there. */
  readonly ssh: string;
}

/**
 * Returns the process from its mark on, without the output of a ~/.bashrc before it.
 * `exited` rejects with HostoutError `refused` if the mark never arrives, whatever the exit code. A shell that ends by
 * itself, or a forced command, exits with 0.
 */
export function afterLoginShell(
  process: Process,
  mark: string,
  { host, ssh }: LoginPlace,
): Process & { /** Resolves at the mark. */ readonly begun: Promise<void> } {
  const end = Buffer.from(`${mark}\n`);
  let before: Buffer | undefined = Buffer.alloc(0);
  const { promise: known, resolve: know } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const stdout = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (before === undefined) return done(null, chunk);
      before = Buffer.concat([before, chunk]);
      const at = before.indexOf(end);
      if (at < 0) {
        if (before.length > mostNoiseBytes) process.kill();
        return done();
      }
      const rest = before.subarray(at + end.length);
      before = undefined;
      know();
      begin();
      done(null, rest);
    },
    flush(done) {
      know();
      done();
    },
  });
  process.stdout.pipe(stdout);
  process.stdout.once("close", () => stdout.end());
  const complaint: Buffer[] = [];
  const stderr = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (before !== undefined && complaint.length < mostComplaints) complaint.push(chunk);
      done(null, chunk);
    },
  });
  process.stderr.pipe(stderr);
  process.stderr.once("close", () => stderr.end());
  const exited = process.exited.then(async (exit) => {
    if (exit.code === undefined || before === undefined) return exit;
    await Promise.race([known, new Promise((late) => setTimeout(late, restMs).unref())]);
    if (before === undefined || exit.signal !== undefined) return exit;
    throw notRun({ host, ssh }, exit.code, `${Buffer.concat(complaint)}\n${before}`);
  });
  exited.catch(() => undefined);
  return { ...process, stdout, stderr, exited, begun };
}

/** Reasons why a login shell does not run its input, by its error output. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /password (has )?expired|password change required|required to change your password/i,
    "Its password has expired: change it there, with 'ssh -t' to the host, or as root with 'passwd'.",
  ],
  [
    /not (currently )?available|nologin/i,
    "The account takes no logins: name another one (user = NAME), or give it a shell there as root: usermod -s /bin/sh NAME",
  ],
];

/** The error for a host whose login shell ended before the command began. */
export function notRun({ host, ssh }: LoginPlace, code: number, said: string): HostoutError {
  const hint = reasons.find(([form]) => form.test(said))?.[1];
  const words = oneLine(said);
  return new HostoutError({
    code: "refused",
    message: `${host} runs no command: its login shell ended with ${code}${words === "" ? "" : ` and said: ${words}`}`,
    hint:
      hint ??
      `Does '${ssh} echo ok' say ok? A ~/.bashrc that ends the shell, a ForceCommand, or a login shell such as csh or nologin keeps it from that.`,
    host,
  });
}
