import { randomBytes } from "node:crypto";
import type { Transport } from "@hostout/kit";
import type { ClientChannel } from "ssh2";
import { sshLine } from "../config/ssh-line.ts";
import { readSshSettings, type SshWish } from "../config/ssh-settings.ts";
import { sshDial } from "../dial/ssh-dial.ts";
import { connectionLost } from "../failure/connect-failure.ts";
import { SessionRefused } from "../failure/session-refused.ts";
import type { Credentials } from "../login/login-try.ts";
import { commandVariable } from "../shell/end-marked.ts";
import { afterLoginShell, lineForLoginShell } from "../shell/login-shell.ts";
import { asProcess, endMarked, joinTerminal, windowOf } from "./ssh-channel.ts";
import { openClient } from "./ssh-client.ts";

/**
 * Logs in to a host, unless `signal` cancels the login before. @throws HostoutError `unreachable`, `login-refused`,
 * `host-key`
 */
export async function sshTransport(
  wish: SshWish,
  label: string,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Transport> {
  const settings = await readSshSettings(wish);
  const env = settings.sentEnvironment;
  const place = { host: label, ssh: sshLine(wish, settings, credentials.identityFile) };
  const closing: (() => void)[] = [];
  const warnings: string[] = [];
  let isDistrusted = false;
  const client = await openClient({
    ...{ wish, settings, label, credentials, closing, signal },
    warn: (line) => void warnings.push(line),
    warnOfFile: (line) => void warnings.push(line),
    distrust: () => {
      isDistrusted = true;
    },
  });
  let lost = false;
  client.on("close", () => {
    lost = true;
  });
  // A short command may end in the very packet that reports its start. So `take` adds its listeners before the next
  // read.
  const open = <T>(
    act: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
    take: (channel: ClientChannel) => T,
  ) =>
    new Promise<T>((resolve, reject) => {
      if (lost) reject(connectionLost(label));
      else act((error, channel) => (error ? reject(channelFailure(label, error)) : resolve(take(channel))));
    });
  return {
    name: label,
    user: settings.user,
    address: settings.hostname,
    warnings,
    isDistrusted,
    start: (line) => {
      const nonce = randomBytes(9).toString("hex");
      const marked = `${commandVariable}=${nonce}; export ${commandVariable}; ${line}`;
      return open(
        (done) => client.exec(lineForLoginShell(marked, nonce), { env }, done),
        (channel) =>
          afterLoginShell(
            asProcess(channel, () => endMarked(client, nonce)),
            nonce,
            place,
          ),
      );
    },
    interact: async (line, terminal) => {
      const joined = await open(
        (done) => client.exec(line, { pty: windowOf(terminal), env }, done),
        (channel) => ({ status: joinTerminal(channel, terminal) }),
      );
      return joined.status;
    },
    dial: async (to, signal) => {
      if (lost) throw connectionLost(label);
      return sshDial(client, label, to, signal);
    },
    isOpen: () => !lost,
    close: async () => {
      client.end();
      for (const close of closing) close();
    },
  };
}

function channelFailure(host: string, cause: Error): Error {
  return /channel open failure/i.test(cause.message) ? new SessionRefused(host, cause) : connectionLost(host);
}
