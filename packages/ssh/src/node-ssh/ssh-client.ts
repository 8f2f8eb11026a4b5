import type { Duplex } from "node:stream";
import { type HostoutError, isHostoutError } from "@hostout/kit";
import type { Client } from "ssh2";
import { hopsTo, jumpWish } from "../config/jumps.ts";
import { readSshSettings, type SshSettings, type SshWish } from "../config/ssh-settings.ts";
import {
  type ConnectError,
  connectFailure,
  connectionLost,
  nothingInCommon,
} from "../failure/connect-failure.ts";
import { makeLoginLog } from "../failure/login-log.ts";
import { untilLetIn } from "../failure/until-let-in.ts";
import { whenAborted } from "../failure/when-aborted.ts";
import { makeHostKeyCheck } from "../host-key/host-key.ts";
import { keyTypesFrom } from "../host-key/host-key-types.ts";
import { loginTries } from "../login/login.ts";
import { approvalMs, makeLoginClock } from "../login/login-clock.ts";
import type { Credentials } from "../login/login-try.ts";
import { makeServerAnswers } from "../login/server-answers.ts";
import { endWhenSilent, keepaliveMs } from "./end-when-silent.ts";
import { type Protocol, quickenGcm } from "./gcm-packets.ts";
import { throughSharedJump } from "./shared-jump.ts";
import { connectTimeoutMs, givenUp, openSocket } from "./ssh-socket.ts";
import { ssh2Algorithms } from "./ssh2-algorithms.ts";

/** The settings of a session. */
export interface ClientSettings {
  readonly wish: SshWish;
  readonly settings: SshSettings;
  /** The host, in messages. */
  readonly label: string;
  readonly credentials: Credentials;
  /** Functions that release the resources of the session at its end. */
  readonly closing: (() => void)[];
  /** Takes warnings about the session. */
  readonly warn: (line: string) => void;
  /** Takes a warning about `identity-file`. Undefined for a host on the way, which need not accept it. */
  readonly warnOfFile?: ((line: string) => void) | undefined;
  /** Reports that the host's key differs from the known one, and is accepted nevertheless. */
  readonly distrust: () => void;
  /** Aborted: nobody wants the session any more. No effect after the login. */
  readonly signal: AbortSignal;
}

/**
 * Opens a session of ssh2 and logs in, directly or through other hosts (ProxyJump).
 *
 * @throws HostoutError `unreachable`, `login-refused`, `host-key`
 */
export async function openClient(to: ClientSettings): Promise<Client> {
  await hopsTo(to.wish, to.settings, to.label);
  return untilLetIn(
    () =>
      loginBy(to).catch((error: unknown) => {
        for (const close of to.closing.splice(0)) close();
        throw error;
      }),
    isHungUp,
    to.signal,
  );
}

/** Logs in. If the two sides have no algorithm in common, finds out which. */
async function loginBy(to: ClientSettings): Promise<Client> {
  try {
    return await login(to);
  } catch (error) {
    const cause = (error as HostoutError).cause as ConnectError | undefined;
    if (!/no matching/i.test(cause?.message ?? "")) throw error;
    const heard: string[] = [];
    await login(to, (line) => void heard.push(line)).then(
      (client) => client.end(),
      () => undefined,
    );
    throw nothingInCommon(to.label, to.settings, cause!, heard);
  }
}

/** @param hear receives the lines of the handshake */
async function login(to: ClientSettings, hear?: (line: string) => void): Promise<Client> {
  const { settings, label, closing, warn, signal } = to;
  const clock = makeLoginClock((fault) => sock.destroy(fault));
  const limitMs = connectTimeoutMs(settings);
  const { ask } = to.credentials;
  const credentials = ask ? { ...to.credentials, ask: clock.around(ask) } : to.credentials;
  const check = await makeHostKeyCheck(label, settings, credentials);
  const { algorithms } = await ssh2Algorithms(settings.algorithms);
  const { NodeSSH } = await import("node-ssh");
  // The last preparation: nobody would notice if a host on the way hung up during another one.
  const jump = settings.jumps.at(-1);
  const sock =
    jump === undefined ? await openSocket(settings, label, closing, signal) : await throughJump(to, jump);
  const ssh = new NodeSSH();
  const log = makeLoginLog();
  const answers = makeServerAnswers(log);
  let refused: unknown;
  let verified: Buffer | undefined;
  let isChanged = false;
  const giveUp = (reason: unknown) => {
    refused = reason;
    sock.destroy();
  };
  const done = whenAborted(signal, () => sock.destroy(givenUp()));
  const { user: username } = settings;
  const loginSettings = {
    ...settings,
    // A host whose key has changed gets no password.
    get methods() {
      return settings.methods.filter((method) => !isChanged || method === "publickey");
    },
  };
  const tries = loginTries({ username, label, settings: loginSettings, credentials, answers, giveUp, log });
  try {
    clock.start(limitMs);
    await ssh.connect({
      sock,
      username,
      // ssh2's limit would count the time of a person's answer too.
      readyTimeout: 0,
      ...(hear && { debug: hear }),
      keepaliveInterval: keepaliveMs,
      // ssh2 counts only answers.
      keepaliveCountMax: Number.POSITIVE_INFINITY,
      algorithms: given({
        ...algorithms,
        serverHostKey: keyTypesFrom(check.types, algorithms.serverHostKey),
      }) as never,
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
        // While keys are renewed, ssh2 loses bytes that it sends during an asynchronous check.
        if (verified?.equals(key)) return true;
        check.verify(key).then(
          ({ warning, isChanged: changed }) => {
            verified = key;
            if (warning !== undefined) warn(warning);
            isChanged = changed === true;
            if (isChanged) to.distrust();
            verify(true);
          },
          (reason) => {
            refused = reason;
            verify(false);
          },
        );
        return undefined;
      },
      authHandler: ((_left: unknown, _partial: unknown, next: (attempt: unknown) => void) => {
        answers.hear(ssh.connection as never);
        clock.start(limitMs);
        tries.next().then(
          ({ value, done }) => {
            // An agent may ask a person before it signs, and somebody may have to approve a login elsewhere.
            if (!done && ask && value.type !== "publickey" && value.type !== "none") clock.start(approvalMs);
            next(done ? false : value);
          },
          (reason) => {
            refused = reason;
            next(false);
          },
        );
      }) as never,
    });
  } catch (error) {
    sock.destroy();
    if (isHostoutError(refused)) throw refused;
    const { identityOrigin } = credentials;
    const facts = { allowed: answers.allowed(), isAsked: answers.isAsked(), log, identityOrigin };
    throw connectFailure(label, settings, error as Error, facts);
  } finally {
    clock.end();
    done();
  }
  const client = ssh.connection;
  if (!client) throw connectionLost(label);
  const unused = log.unusedFile();
  if (unused !== undefined) to.warnOfFile?.(unused);
  client.on("error", () => undefined);
  endWhenSilent(sock);
  quickenGcm((client as unknown as { readonly _protocol: Protocol })._protocol, sock);
  return client as unknown as Client;
}

/** Removes undefined lists, which ssh2 refuses. */
function given(lists: object): object {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined));
}

async function throughJump(to: ClientSettings, jump: string): Promise<Duplex> {
  const { settings, label, closing, signal, credentials } = to;
  const wish = jumpWish(jump, to.wish);
  const { host } = wish;
  const before = settings.jumps.slice(0, -1);
  const login = async (own: (() => void)[]) => {
    const found = await readSshSettings(wish);
    return loginBy({
      ...to,
      wish,
      closing: own,
      settings: { ...found, jumps: before.length > 0 ? before : found.jumps },
      label: host,
      warn: (line) => to.warn(`${host}: ${line}`),
      warnOfFile: undefined,
      distrust: () => undefined,
      credentials: { ...credentials, password: undefined },
    });
  };
  const key = JSON.stringify([settings.jumps, credentials.identityFile]);
  const fail = (error: Error) => connectFailure(`${label} (through ${host})`, settings, error);
  const dial = (client: Client) => {
    const { promise: way, resolve, reject } = Promise.withResolvers<Duplex>();
    const done = whenAborted(signal, () => reject(givenUp()));
    client.forwardOut("127.0.0.1", 0, settings.hostname, settings.port, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
    return way.finally(done);
  };
  const sharing = { once: credentials.once, key, login, signal };
  const [way, leave] = await throughSharedJump(sharing, dial).catch((error: Error) => {
    throw isHostoutError(error) ? error : fail(error);
  });
  closing.push(leave);
  return way;
}

/** Returns whether the server hung up before the first try. A login with tries is not repeated. */
function isHungUp(error: unknown): boolean {
  const { code, cause } = error as HostoutError;
  const { code: why, message } = (cause ?? {}) as { readonly code?: string; readonly message?: string };
  return code === "unreachable" && (why === "ECONNRESET" || /before handshake/i.test(message ?? ""));
}
