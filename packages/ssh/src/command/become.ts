import { randomBytes } from "node:crypto";
import { PassThrough, type Readable } from "node:stream";
import { type Exit, HostoutError, type Process, quote, type Transport } from "@hostout/kit";
import { connectionLost } from "../transport/connect-failure.ts";
import { readAs, readsLine, runsLine, withLine } from "./hidden-line.ts";

/** How long what a command said is waited for after its end. */
const restMs = 1000;

/** How often a password is asked for, as sudo does (passwd_tries). */
const passwordTimes = 3;

/** Where sudo's password comes from, and whether this machine was seen to want one. One for each connection. */
export interface SudoState {
  /** Undefined: nobody can be asked. */
  password: (() => Promise<string>) | undefined;
  /** Where another one comes from when the one before is refused, the `times`-th of three. Undefined: nobody can be asked. */
  otherPassword?: ((times: number) => Promise<string>) | undefined;
  needsPassword: boolean;
}

/** What is run with another account's rights. */
export interface LineAs {
  readonly user: string;
  readonly line: string;
  /** A line before it that anybody may see among the processes, and find it by. */
  readonly mark?: string;
  /** Whether the line reads what comes to its process. Default: nothing does. */
  readonly hasInput?: boolean;
  readonly background?: boolean | undefined;
}

/**
 * Starts a line with another account's rights: with `su` for root, with `sudo` for all others.
 *
 * The line is started behind a random mark, so that what su or sudo say is told from what the command says, and sudo's
 * password from the command's input: the password is written when sudo's (random) prompt is seen, the input goes on
 * when the mark is. sudo hands on no environment, so that its shell reads the line.
 *
 * @throws HostoutError `sudo-refused`
 */
export async function startAs(
  transport: Transport,
  { user, line, mark = "", hasInput = false, background }: LineAs,
  sudo: SudoState,
): Promise<Process> {
  const nonce = randomBytes(12).toString("hex");
  const begun = `${mark}echo ${nonce} >&2\n`;
  const refuse = (said: string) => cannotBecome(transport, user, said);
  if (transport.user === "root") {
    // Its own input is empty: su asks there for a new password where the old one has expired, and nobody answers.
    const su = `exec su -s /bin/sh -c ${quote(`${mark}exec <&3 3<&-; ${runsLine}`)} ${quote(user)} 3<&0 </dev/null`;
    const process = await transport.start(`${withLine(`${begun}${line}`)}${su}`, { background });
    return afterMark(process, nonce, undefined, refuse);
  }
  const shell = `-u ${quote(user)} -- /bin/sh -c ${quote(`${begun}${readsLine(nonce)}`)}`;
  if (!sudo.needsPassword) {
    const told = hasInput ? "exec" : `printf "%s\\n" ${quote(line)} ${nonce} |`;
    const process = await transport.start(`${told} sudo -n -H ${shell}`, { background });
    if (hasInput) process.stdin.write(readAs(line, nonce));
    try {
      return await afterMark(process, nonce, undefined, refuse);
    } catch (error) {
      if (!(error instanceof HostoutError && /password is required|askpass/.test(error.message))) throw error;
      sudo.needsPassword = true;
    }
  }
  if (transport.isDistrusted) throw distrusted(transport);
  if (!sudo.password) throw noPassword(transport);
  const prompt = `[${nonce}]`;
  const withPassword = async (password: string) => {
    const process = await transport.start(`exec sudo -S -k -H -p ${quote(prompt)} ${shell}`, { background });
    const begun = await afterMark(process, nonce, { prompt, password }, refuse);
    begun.stdin.write(readAs(line, nonce));
    return begun;
  };
  const { password: first, otherPassword } = sudo;
  for (let times = 1, password = first; ; times++) {
    try {
      return await withPassword(await password());
    } catch (error) {
      // The host may have another one, or it was typed wrongly.
      if (!otherPassword || times >= passwordTimes || !isWrongPassword(error)) throw error;
      const answer = otherPassword(times + 1);
      password = () => answer;
      sudo.password = password;
    }
  }
}

const isWrongPassword = (error: unknown) =>
  error instanceof HostoutError && /the password is wrong/.test(error.message);

/** The process as from its mark on. Until then its stderr is what su or sudo say. */
function afterMark(
  process: Process,
  mark: string,
  login: { readonly prompt: string; readonly password: string } | undefined,
  refuse: (said: string) => Error,
): Promise<Process> {
  const stderr = new PassThrough();
  let said = "";
  let prompted = 0;
  let hasBegun = false;
  return new Promise((resolve, reject) => {
    const fail = (exit: Exit | undefined) => {
      if (!exit) process.kill();
      reject(exit && exit.code === undefined ? connectionLost("the host") : refuse(said));
    };
    const onData = (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const at = said.indexOf(`${mark}\n`);
      if (at >= 0) {
        hasBegun = true;
        process.stderr.off("data", onData);
        stderr.write(said.slice(at + mark.length + 1));
        process.stderr.pipe(stderr);
        resolve({ ...process, stderr });
        return;
      }
      const prompts = login ? said.split(login.prompt).length - 1 : 0;
      if (prompts <= prompted || !login) return;
      prompted = prompts;
      // Asked a second time: the password was wrong.
      if (prompts > 1) fail(undefined);
      else process.stdin.write(`${login.password}\n`);
    };
    process.stderr.on("data", onData);
    const end = async (exit: Exit) => {
      if (hasBegun) return;
      // sshd may tell the end of a command before the rest of what it said.
      if (exit.code !== undefined) await untilSaid(process.stderr);
      fail(exit);
    };
    // It rejects where the login shell ended and ran nothing.
    process.exited.then(end).catch(reject);
  });
}

/** At its end; at the latest after a while, as somebody may keep it open. */
function untilSaid(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, restMs);
    for (const event of ["end", "close"]) {
      stream.once(event, () => {
        clearTimeout(timer);
        resolve();
      });
    }
  });
}

function cannotBecome({ name, user: login }: Transport, user: string, said: string): HostoutError {
  const why = said
    .replaceAll(/\[[0-9a-f]{24}\]/g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/usual lecture|^#\d\)|boils down|try again/.test(line))
    .join(" ")
    .replace(/^.*incorrect (password|authentication) attempt.*$/, "")
    // Where a rule is for other commands, sudo says all of this one.
    .replace(/'\/bin\/sh -c .*'/s, "/bin/sh");
  return new HostoutError({
    code: "sudo-refused",
    message: `${login} cannot become ${user} on ${name}: ${why || "the password is wrong"}`,
    hint:
      why === ""
        ? `Give the password that ${login} has on ${name}, in a terminal or as the option password.`
        : hintAgainst(why, login, user),
    host: name,
  });
}

/** What may be done on the host, by what su or sudo say. */
function hintAgainst(why: string, login: string, user: string): string {
  if (/must have a tty/.test(why))
    return `Let ${login} use sudo without a terminal there, in its sudoers: Defaults:${login} !requiretty`;
  const expired = login === "root" ? user : login;
  if (/account (?:has|is) .*expired/i.test(why))
    return `Let the account '${expired}' be valid again, as root there: chage -E -1 ${expired}`;
  if (/required to change your password|password (?:has|is) expired/i.test(why))
    return `Let the password of '${expired}' be valid again, as root there: chage -M -1 -d $(date +%F) ${expired}`;
  return login === "root" || /unknown user/.test(why)
    ? `Is there an account '${user}'? See effective-user and buildout-user.`
    : `Let ${login} run /bin/sh by sudo there, or log in as root (option user).`;
}

/** As with ssh's own password, where its configuration checks no keys: somebody may be in between. */
function distrusted({ name, user }: Transport): HostoutError {
  return new HostoutError({
    code: "sudo-refused",
    message: `sudo wants the password of ${user} on ${name}, and a host whose key is not the known one gets none`,
    hint: "Compare its key with the host's, and correct the file of known hosts; or let the account use sudo without a password (NOPASSWD).",
    host: name,
  });
}

function noPassword({ name, user }: Transport): HostoutError {
  return new HostoutError({
    code: "sudo-refused",
    message: `sudo wants the password of ${user} on ${name}, and there is nobody to ask`,
    hint: "Run hostout in a terminal, or let the account use sudo without a password (NOPASSWD).",
    host: name,
  });
}
