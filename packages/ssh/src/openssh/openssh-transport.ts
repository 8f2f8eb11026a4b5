import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HostoutError, isHostoutError, type Process, quote, type Transport } from "@hostout/kit";
import { sshConfigText } from "../config/ask-ssh.ts";
import { hopsTo } from "../config/jumps.ts";
import { sshLine } from "../config/ssh-line.ts";
import { readSshSettings, type SshWish } from "../config/ssh-settings.ts";
import { opensshDialer } from "../dial/openssh-dial.ts";
import { connectFailure, silentLogin } from "../failure/connect-failure.ts";
import { SessionRefused } from "../failure/session-refused.ts";
import { untilLetIn } from "../failure/until-let-in.ts";
import { changedOrRevoked, keyWarnings } from "../host-key/openssh-key-warnings.ts";
import { openAskpass } from "../login/askpass.ts";
import { approvalMs, makeLoginClock } from "../login/login-clock.ts";
import type { Credentials } from "../login/login-try.ts";
import { connectTimeoutMs } from "../node-ssh/ssh-socket.ts";
import { endedBy } from "../process/exit-of.ts";
import { holdFiles } from "../process/open-files.ts";
import { commandVariable, endMarkedLine } from "../shell/end-marked.ts";
import { readAs, readsLine } from "../shell/hidden-line.ts";
import { afterLoginShell, lineForLoginShell, notRun } from "../shell/login-shell.ts";
import { isHungUp, opensshFailure } from "./openssh-failure.ts";
import { openMaster, ShellEnded } from "./openssh-master.ts";
import { asProcess, isRefused } from "./openssh-process.ts";
import { ownFaults } from "./own-faults.ts";
import { joinWay } from "./shared-way.ts";

/** Time limit for a host that refuses a session on an open connection, in milliseconds. */
const refusedMs = 5000;

/** Open files for the pipes of the process that holds the connection, and of two commands. */
const filesEach = 9;

export type OpensshCredentials = Pick<
  Credentials,
  "identityFile" | "identityOrigin" | "ask" | "password" | "once"
>;

/**
 * Opens a session through the system's own ssh, with all its features: certificates, FIDO keys, post-quantum key
 * exchange.
 * One process holds the connection (ControlMaster), and each command uses it. `unwanted` cancels an unfinished login.
 *
 * @throws HostoutError `unreachable`, `login-refused`, `host-key`
 */
export async function opensshTransport(
  wish: SshWish,
  label: string,
  { identityFile, identityOrigin, ask: askUser, password, once }: OpensshCredentials,
  unwanted: AbortSignal,
): Promise<Transport> {
  const settings = await readSshSettings(wish);
  const place = { host: label, ssh: sshLine(wish, settings, identityFile) };
  const silent = new AbortController();
  const signal = AbortSignal.any([unwanted, silent.signal]);
  const clock = makeLoginClock((fault) =>
    silent.abort(connectFailure(label, settings, fault, silentLogin())),
  );
  const ask = askUser && clock.around(askUser);
  const free = holdFiles(label, filesEach);
  const way = await joinWay(await hopsTo(wish, settings, label), identityFile, once);
  const folder = await mkdtemp(join(tmpdir(), "hostout-ssh-"));
  const remove = () => Promise.all([free(), way.leave(), rm(folder, { recursive: true, force: true })]);
  const logins = [settings.hostname, wish.host].map((host) => `${settings.user}@${host}`.toLowerCase());
  const askpass =
    ask || password !== undefined
      ? await openAskpass(folder, { ask, label, logins, password }).catch(async (error: unknown) => {
          await remove();
          throw error;
        })
      : undefined;
  const close = async () => {
    askpass?.close();
    await remove();
  };
  // An option `-i` would not reach a host on the way.
  const identity = identityFile === undefined ? "" : `IdentityFile "${identityFile.replaceAll("%", "%%")}"\n`;
  const config = `${identity}${sshConfigText(wish.environment)}${way.config}`;
  await writeFile(join(folder, "config"), config, { mode: 0o600 });
  const control = join(folder, "control");
  const options = [
    ...["-F", join(folder, "config"), "-S", control],
    ...(wish.port === undefined ? [] : ["-p", String(wish.port)]),
    ...(wish.user === undefined ? [] : ["-l", wish.user]),
    ...(wish.jump === undefined ? [] : ["-o", `ProxyJump=${wish.jump.replaceAll(/\s/g, "")}`]),
    ...["-o", "ClearAllForwardings=yes", "-o", `ConnectTimeout=${connectTimeoutMs(settings) / 1000}`],
    ...settings.opensshOptions.flatMap((option) => ["-o", option]),
  ];
  const env = { ...(wish.environment as NodeJS.ProcessEnv), ...askpass?.environment };
  // Of two equal options, ssh heeds the first.
  const ssh = (words: readonly string[], ...line: readonly string[]) =>
    spawn("ssh", [...words, ...options, "--", wish.host, ...line], { env, stdio: "pipe", detached: true });
  let isLost = false;
  const onLost = () => {
    isLost = true;
    way.doubt();
  };
  const warnings: string[] = [];
  let isDistrusted = false;
  const onOpen = (said: string) => {
    warnings.push(...keyWarnings(said, settings));
    isDistrusted = settings.strictHostKeyChecking === "no" && changedOrRevoked.test(said);
  };
  const open = (words: readonly string[]) => {
    // ssh itself has a time limit for a silent server, until the login begins.
    clock.start(connectTimeoutMs(settings) + approvalMs);
    return openMaster(ssh, words, { askpass, control, place, onLost, onOpen, signal });
  };
  const master = await untilLetIn(() => way.inTurn(() => open([])), isHungUp, signal)
    .catch((said: unknown) => {
      // ssh tries the keys of the agent before a file whose key the agent does not have.
      const isTooMany = identityFile !== undefined && /Too many auth/.test(String((said as Error).message));
      if (!isTooMany) throw said;
      return open(["-o", "IdentitiesOnly=yes"]);
    })
    .catch(async (said: unknown) => {
      await close();
      if (isHostoutError(said)) throw said;
      if (said instanceof ShellEnded) throw notRun(place, said.code, said.message);
      const log = await ownFaults(identityFile, settings, ask !== undefined);
      throw opensshFailure(label, settings, said, { log, identityOrigin });
    })
    .finally(clock.end);
  const { dial, closeAll } = opensshDialer((words) => ssh(words), master, label);
  const start = async (line: string): Promise<Process> => {
    const nonce = randomBytes(9).toString("hex");
    // Not the nonce, which is in the environment of the command: `env >&2` would print it.
    const end = randomBytes(9).toString("hex");
    const child = ssh(throughMaster, lineForLoginShell(tellsStatus(nonce, end), nonce));
    // The line is no word of a process on this machine, because the host may be this machine.
    child.stdin?.write(readAs(line, nonce));
    const endAll = () =>
      ssh(throughMaster, lineForLoginShell(endMarkedLine(nonce), "ended")).on("error", () => undefined);
    const refused = isRefused(child);
    const process = afterLoginShell(asProcess(child, { end, endAll, isLost: () => isLost }), nonce, place);
    const begun = process.begun.then(() => false);
    if (await Promise.race([begun, refused, sleep(refusedMs, false, { ref: false })]))
      throw new SessionRefused(label, new Error("session open refused by peer"));
    return process;
  };
  return {
    name: label,
    user: settings.user,
    address: settings.hostname,
    warnings,
    isDistrusted,
    isOpen: () => !isLost,
    start,
    dial,
    interact: (line) => interact([...options, "-t", "--", wish.host, line], env),
    close: async () => {
      closeAll();
      master.stdin?.end();
      await new Promise<void>((ended) => {
        if (master.exitCode !== null || master.signalCode !== null) ended();
        else master.once("close", () => ended());
        setTimeout(() => master.kill(), 2000).unref();
      });
      await close();
    },
  };
}

/**
 * Returns the words of a shell that lets another shell read and run a line, and prints its exit code.
 * ssh itself reports an exit code only when no process holds the output any more, and a started server may hold it for
 * ever. If a signal ended the shell, ssh does not report the signal.
 */
function tellsStatus(nonce: string, end: string): string {
  // A shell prints on its stderr that a signal ended a command. dash prints that on the stderr of the command.
  return `${commandVariable}=${nonce}; export ${commandVariable}; exec 3>&2 2>/dev/null
(exec /bin/sh -c ${quote(readsLine(nonce))} 2>&3 3>&-); c=$?; echo ${end} $c >&3; exit $c`;
}

/** Words of an ssh that uses the master or fails. Otherwise ssh would log in again by itself. */
const throughMaster = ["-T", "-o", "BatchMode=yes", "-o", "ProxyCommand=false"];

function interact(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("ssh", words, { env, stdio: "inherit" });
    child.on("error", (cause) =>
      reject(new HostoutError({ code: "failed", message: `ssh cannot be started: ${cause.message}`, cause })),
    );
    child.on("close", (code, signal) => resolve(code ?? endedBy(signal!).code));
  });
}
