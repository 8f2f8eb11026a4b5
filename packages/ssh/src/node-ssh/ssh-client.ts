import type { Duplex } from "node:stream";
import { type HostoutError, isHostoutError } from "@hostout/kit";
import type { Client } from "ssh2";
import { hopsTo, jumpWish } from "../config/jumps.ts";
import { readSshSettings, type SshSettings, type SshWish } from "../config/ssh-settings.ts";
import { makeHostKeyCheck } from "../host-key/host-key.ts";
import { keyTypesFrom } from "../host-key/host-key-types.ts";
import { loginTries } from "../login/login.ts";
import { approvalMs, makeLoginClock } from "../login/login-clock.ts";
import { makeLoginLog } from "../login/login-log.ts";
import type { Credentials } from "../login/login-try.ts";
import { makeServerAnswers } from "../login/server-answers.ts";
import {
  type ConnectError,
  connectFailure,
  connectionLost,
  nothingInCommon,
} from "../transport/connect-failure.ts";
import { untilLetIn } from "../transport/until-let-in.ts";
import { whenAborted } from "../transport/when-aborted.ts";
import { endWhenSilent, keepaliveMs } from "./end-when-silent.ts";
import { connectTimeoutMs, givenUp, openSocket } from "./ssh-socket.ts";
import { ssh2Algorithms } from "./ssh2-algorithms.ts";

/** What a session is opened with. */
export interface ClientSettings {
  readonly wish: SshWish;
  readonly settings: SshSettings;
  /** The host, in messages. */
  readonly label: string;
  readonly credentials: Credentials;
  /** What must end with the session is put into it. */
  readonly closing: (() => void)[];
  /** Takes what the user must know of the session. */
  readonly warn: (line: string) => void;
  /** The key of the host is not the known one, and is taken nevertheless. */
  readonly distrust: () => void;
  /** Aborted: nobody wants it any more. Of no effect once it is logged in. */
  readonly signal: AbortSignal;
}

/**
 * A session of ssh2 that is logged in, straight or through other hosts (ProxyJump).
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

/** Logs in, and finds out why not where the two have no algorithm in common. */
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

/** @param hear is told of the handshake */
async function login(to: ClientSettings, hear?: (line: string) => void): Promise<Client> {
  const { settings, label, closing, warn, signal } = to;
  const clock = makeLoginClock((fault) => sock.destroy(fault));
  const limitMs = connectTimeoutMs(settings);
  const { ask } = to.credentials;
  const credentials = ask ? { ...to.credentials, ask: clock.around(ask) } : to.credentials;
  const check = await makeHostKeyCheck(label, settings, credentials);
  const { algorithms } = await ssh2Algorithms(settings.algorithms);
  const { NodeSSH } = await import("node-ssh");
  // Last: nobody would hear it hang up meanwhile.
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
      // It would count the time that a person takes, too.
      readyTimeout: 0,
      ...(hear && { debug: hear }),
      keepaliveInterval: keepaliveMs,
      // It counts answers alone.
      keepaliveCountMax: Number.POSITIVE_INFINITY,
      algorithms: given({
        ...algorithms,
        serverHostKey: keyTypesFrom(check.types, algorithms.serverHostKey),
      }) as never,
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
        // When keys are renewed, ssh2 loses what it sends while it waits for an answer.
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
            // An agent may ask a person before it signs, and a server may have a login approved elsewhere.
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
  client.on("error", () => undefined);
  endWhenSilent(sock);
  return client as unknown as Client;
}

/** ssh2 takes no list that is undefined. */
function given(lists: object): object {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined));
}

async function throughJump(to: ClientSettings, jump: string): Promise<Duplex> {
  const { settings, label, closing, signal } = to;
  const wish = jumpWish(jump, to.wish);
  const { host } = wish;
  const found = await readSshSettings(wish);
  const before = settings.jumps.slice(0, -1);
  const client = await loginBy({
    ...to,
    wish,
    settings: { ...found, jumps: before.length > 0 ? before : found.jumps },
    label: host,
    warn: (line) => to.warn(`${host}: ${line}`),
    distrust: () => undefined,
    credentials: { ...to.credentials, password: undefined },
  });
  closing.push(() => client.end());
  const { promise: way, resolve, reject } = Promise.withResolvers<Duplex>();
  const fail = (error: Error) => reject(connectFailure(`${label} (through ${host})`, settings, error));
  client.forwardOut("127.0.0.1", 0, settings.hostname, settings.port, (error, channel) => {
    if (error) fail(error);
    else resolve(channel);
  });
  return way.finally(whenAborted(signal, () => fail(givenUp())));
}

/** The server hung up before anything was tried: what was tried is not tried again. */
function isHungUp(error: unknown): boolean {
  const { code, cause } = error as HostoutError;
  const { code: why, message } = (cause ?? {}) as { readonly code?: string; readonly message?: string };
  return code === "unreachable" && (why === "ECONNRESET" || /before handshake/i.test(message ?? ""));
}
