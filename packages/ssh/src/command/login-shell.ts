import { Transform } from "node:stream";
import { HostoutError, type Process } from "@hostout/kit";
import { oneLine } from "../login/login-log.ts";
import { runsLine } from "./hidden-line.ts";

/** What a login shell may say before a command begins. */
const mostNoiseBytes = 1024 * 1024;
/** How many pieces of its stderr are kept meanwhile. */
const mostComplaints = 16;
/** How long it is waited for what a command said, after its end. */
const restMs = 1000;

/**
 * What a login shell is sent, whichever it is: it only starts /bin/sh, with words that sh, bash, zsh and fish quote alike (within quotes
 * there is neither a quote nor a backslash). The line is in the environment of that, and no word of it. It says `mark` first, on a line of
 * its own: it is run before the next one is read, so that a line which is no shell is told as that.
 */
export function lineForLoginShell(line: string, mark: string): string {
  const word = (text: string) => `'${text.replaceAll(/[\\']/g, (sign) => `'\\${sign}'`)}'`;
  return `exec env HOSTOUT_LINE=${word(`echo ${mark}\n${line}`)} /bin/sh -c ${word(runsLine)}`;
}

/**
 * The process as from its mark on: what a ~/.bashrc says before is dropped. `exited` rejects with HostoutError `refused` where the
 * mark never came, whatever the status was: a shell that ends by itself, or another command in its place, says 0.
 */
export function afterLoginShell(
  process: Process,
  mark: string,
  host: string,
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
    throw notRun(host, exit.code, `${Buffer.concat(complaint)}\n${before}`);
  });
  exited.catch(() => undefined);
  return { ...process, stdout, stderr, exited, begun };
}

/** Why a login shell does not run what it is sent, by what it says. */
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

/** A host on which the login shell ended and what it was sent did not begin. */
export function notRun(host: string, code: number, said: string): HostoutError {
  const hint = reasons.find(([form]) => form.test(said))?.[1];
  const words = oneLine(said);
  return new HostoutError({
    code: "refused",
    message: `${host} runs no command: its login shell ended with ${code}${words === "" ? "" : ` and said: ${words}`}`,
    hint:
      hint ??
      `Does 'ssh ${host} echo ok' say ok? A ~/.bashrc that ends the shell, a ForceCommand, or a login shell such as csh or nologin keeps it from that.`,
    host,
  });
}
