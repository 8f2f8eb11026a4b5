import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type HostoutError, isHostoutError } from "@hostout/kit";
import type { Client } from "ssh2";
import { type ConnectError, connectFailure, connectionLost, nothingInCommon } from "./connect-failure.ts";
import { endWhenSilent, keepaliveMs } from "./end-when-silent.ts";
import { keyTypesFrom, makeHostKeyCheck } from "./host-key.ts";
import { type Credentials, loginTries } from "./login.ts";
import { type LoginLog, makeLoginLog } from "./login-log.ts";
import { readSshSettings, type SshSettings, type SshWish } from "./ssh-settings.ts";
import { connectTimeoutMs, givenUp, openSocket } from "./ssh-socket.ts";
import { whenAborted } from "./when-aborted.ts";

/** What a session is opened with. */
export interface ClientSettings {
  readonly wish: SshWish;
  readonly settings: SshSettings;
  /** The host, in messages. */
  readonly label: string;
  readonly credentials: Credentials;
  /** What must end with the session is put into it. */
  readonly closing: (() => void)[];
  /** Aborted: nobody wants it any more. Of no effect once it is logged in. */
  readonly signal: AbortSignal;
}

/**
 * A session of ssh2 that is logged in, straight or through other hosts (ProxyJump).
 *
 * @throws HostoutError `unreachable`, `login-refused`, `host-key`
 */
export function openClient(to: ClientSettings): Promise<Client> {
  return untilLetIn(
    () =>
      loginBy(to).catch((error: unknown) => {
        for (const close of to.closing.splice(0)) close();
        throw error;
      }),
    to.signal,
  );
}

/** Logs in, where the agent does not sign without it, and finds out why where the two have no algorithm in common. */
async function loginBy(to: ClientSettings): Promise<Client> {
  try {
    return await login(to);
  } catch (error) {
    const cause = (error as HostoutError).cause as ConnectError | undefined;
    if (cause?.level === "agent" && to.settings.agent !== undefined) {
      const log = makeLoginLog();
      const why = `does not sign (${cause.message})`;
      log.fault(`the agent at ${to.settings.agent}`, { why, hint: "Unlock it, or log in without it." });
      return login({ ...to, settings: { ...to.settings, agent: undefined } }, { log });
    }
    if (!/no matching/i.test(cause?.message ?? "")) throw error;
    const heard: string[] = [];
    await login(to, { hear: (line) => void heard.push(line) }).then(
      (client) => client.end(),
      () => undefined,
    );
    throw nothingInCommon(to.label, to.settings, cause!, heard);
  }
}

async function login(
  to: ClientSettings,
  { log = makeLoginLog(), hear }: { readonly log?: LoginLog; readonly hear?: (line: string) => void } = {},
): Promise<Client> {
  const { settings, label, credentials, closing, signal } = to;
  const check = await makeHostKeyCheck(label, settings, credentials);
  const { NodeSSH } = await import("node-ssh");
  // Last: nobody would hear it hang up meanwhile.
  const jump = settings.jumps.at(-1);
  const sock =
    jump === undefined ? await openSocket(settings, label, closing, signal) : await throughJump(to, jump);
  const ssh = new NodeSSH();
  let refused: unknown;
  let verified: Buffer | undefined;
  let allowed: readonly string[] = [];
  const done = whenAborted(signal, () => sock.destroy(givenUp()));
  const tries = loginTries({
    username: settings.user,
    label,
    settings,
    credentials,
    allowed: () => allowed,
    log,
  });
  try {
    await ssh.connect({
      sock,
      username: settings.user,
      readyTimeout: credentials.ask ? 0 : connectTimeoutMs,
      ...(hear && { debug: hear }),
      keepaliveInterval: keepaliveMs,
      // It counts answers alone.
      keepaliveCountMax: Number.POSITIVE_INFINITY,
      ...(check.types ? { algorithms: { serverHostKey: keyTypesFrom(check.types) as never } } : {}),
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
        // When keys are renewed, ssh2 loses what it sends while it waits for an answer.
        if (verified?.equals(key)) return true;
        check.verify(key).then(
          () => {
            verified = key;
            verify(true);
          },
          (reason) => {
            refused = reason;
            verify(false);
          },
        );
        return undefined;
      },
      authHandler: ((left: readonly string[] | null, _partial: boolean, next: (attempt: unknown) => void) => {
        allowed = left ?? allowed;
        tries.next().then(
          ({ value, done }) => next(done ? false : value),
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
    throw connectFailure(label, settings, error as Error, { allowed, log, identityOrigin });
  } finally {
    done();
  }
  const client = ssh.connection;
  if (!client) throw connectionLost(label);
  client.on("error", () => undefined);
  endWhenSilent(sock);
  return client as unknown as Client;
}

async function throughJump(to: ClientSettings, jump: string): Promise<Duplex> {
  const { settings, label, closing, signal } = to;
  const [, user, address = jump, port] =
    /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(jump) ?? [];
  const host = address.replace(/^\[|\]$/g, "");
  const wish = {
    host,
    port: port === undefined ? undefined : Number(port),
    user,
    environment: to.wish.environment,
  };
  const found = await readSshSettings(wish);
  const before = settings.jumps.slice(0, -1);
  const client = await loginBy({
    ...to,
    wish,
    settings: { ...found, jumps: before.length > 0 ? before : found.jumps },
    label: host,
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

/** A server that many come to at once hangs up on some before a word is said (MaxStartups of sshd): they come again a little later. */
async function untilLetIn<T>(knock: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await knock();
    } catch (error) {
      const cause = (error as HostoutError).cause as
        | { readonly code?: string; readonly message?: string }
        | undefined;
      const hungUp = cause?.code === "ECONNRESET" || /before handshake/i.test(cause?.message ?? "");
      if (!hungUp || tries > 5 || signal.aborted) throw error;
      await sleep(200 * 2 ** tries * (0.5 + Math.random()), undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
