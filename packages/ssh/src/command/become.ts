import { randomBytes } from "node:crypto";
import { PassThrough, type Readable } from "node:stream";
import { type Exit, HostoutError, type Process, quote, type Transport } from "@hostout/kit";
import { connectionLost } from "../failure/connect-failure.ts";
import { readAs, readsLine, runsLine, withLine } from "../shell/hidden-line.ts";

/** Longest wait for the rest of a command's error output after its end, in milliseconds. */
const restMs = 1000;

/** Tries for a password, as sudo has them (passwd_tries). */
const passwordTimes = 3;

/** The source of sudo's password, and whether this host was seen to want one. One for each connection. */
export interface SudoState {
  /** Undefined: hostout can ask nobody. */
  password: (() => Promise<string>) | undefined;
  /** Returns the next password after a refused one, for the try `times` of three. Undefined: hostout can ask nobody. */
  otherPassword?: ((times: number) => Promise<string>) | undefined;
  needsPassword: boolean;
}

/** A line to run with another account's rights. */
export interface LineAs {
  readonly user: string;
  readonly line: string;
  /** A line before the command that everybody may see among the processes, and find it by. */
  readonly mark?: string;
  /** Whether the line reads the input of its process. Default: no input. */
  readonly hasInput?: boolean | undefined;
  readonly background?: boolean | undefined;
}

/**
 * Starts a line with another account's rights: with `su` as root, with `sudo` as any other account.
 *
 * A random mark precedes the line. The mark separates the output of su or sudo from the command's, and sudo's password
 * from the command's input.
 * hostout writes the password when it sees sudo's (random) prompt, and the input when it sees the mark. sudo passes no
 * environment on, so its shell reads the line from its input.
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
    // The input of su is empty: for an expired password su would ask for a new one there, and nobody answers.
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
      // The host may have another password, or the user may have mistyped.
      if (!otherPassword || times >= passwordTimes || !isWrongPassword(error)) throw error;
      const answer = otherPassword(times + 1);
      password = () => answer;
      sudo.password = password;
    }
  }
}

const isWrongPassword = (error: unknown) =>
  error instanceof HostoutError && /the password is wrong/.test(error.message);

/** Returns the process from its mark on. Error output before the mark comes from su or sudo. */
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
      // A second prompt: the password was wrong.
      if (prompts > 1) fail(undefined);
      else process.stdin.write(`${login.password}\n`);
    };
    process.stderr.on("data", onData);
    const end = async (exit: Exit) => {
      if (hasBegun) return;
      // sshd may report the end of a command before the rest of its output.
      if (exit.code !== undefined) await untilSaid(process.stderr);
      fail(exit);
    };
    // Rejects if the login shell ended and ran nothing.
    process.exited.then(end).catch(reject);
  });
}

/** Resolves at the end of the stream, or after a while: a process may keep the stream open. */
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
    // If the rules allow other commands only, sudo prints all of this one.
    .replace(/'\/bin\/sh -c .*'/s, "/bin/sh");
  if (/is not in the sudoers file|is not allowed to run sudo/.test(why)) return withoutRight(name, login);
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

/** The error for a login user without any right to use sudo. The password was right. */
function withoutRight(name: string, login: string): HostoutError {
  return new HostoutError({
    code: "sudo-refused",
    message: `${login} has no right to use sudo on ${name}: ${login} is not in its sudoers file`,
    hint: `Give the right, as root on ${name}: echo '${login} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/${login}; or log in as another account (option user).`,
    host: name,
  });
}

/** Returns a hint for an error of su or sudo: a change to make on the host. */
function hintAgainst(why: string, login: string, user: string): string {
  if (/must have a tty/.test(why))
    return `Let ${login} use sudo without a terminal there, in its sudoers: Defaults:${login} !requiretty`;
  const expired = login === "root" ? user : login;
  if (/account (?:has|is) .*expired/i.test(why))
    return `Let the account '${expired}' be valid again, as root there: chage -E -1 ${expired}`;
  if (/required to change your password|password (?:has|is) expired/i.test(why))
    return `Let the password of '${expired}' be valid again, as root there: chage -M -1 -d $(date +%F) ${expired}`;
  return login === "root" || /unknown user/.test(why)
    ? `Does the host have an account '${user}'? See effective-user and buildout-user.`
    : `Let ${login} run /bin/sh by sudo there, or log in as root (option user).`;
}

/**
 * The error for a sudo password on a host whose key differs from the known one. hostout sends none, as ssh does with
 * its own: somebody may be in between.
 */
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
