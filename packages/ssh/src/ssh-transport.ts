import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import net from "node:net";
import { Duplex } from "node:stream";
import { HostoutError, isHostoutError, quote } from "@hostout/kit";
import type { Client, ClientChannel } from "ssh2";
import { connectFailure, connectionLost } from "./connect-failure.ts";
import { makeHostKeyCheck } from "./host-key.ts";
import { type Credentials, loginTries } from "./login.ts";
import { asProcess, endMarked, joinTerminal, windowOf } from "./ssh-channel.ts";
import { readSshSettings, type SshSettings, type SshWish } from "./ssh-settings.ts";
import type { Process, Transport } from "./transport.ts";

/** sshd allows 10 sessions on a connection by default (MaxSessions); some are left to others. */
const channelsAtOnce = 8;
const connectTimeoutMs = 20_000;
const keepaliveIntervalMs = 15_000;

/** Logs in to a host. @throws HostoutError `unreachable`, `login-refused`, `host-key` */
export async function sshTransport(
  wish: SshWish,
  label: string,
  credentials: Credentials,
): Promise<Transport> {
  const settings = await readSshSettings(wish);
  const closing: (() => void)[] = [];
  const client = await untilLetIn(() => login(wish, settings, label, credentials, closing));
  const { default: pLimit } = await import("p-limit");
  const limit = pLimit(channelsAtOnce);
  let lost = false;
  client.on("close", () => {
    lost = true;
  });
  // A short command may have ended in the packet that says that it began, so `take` listens before anything else is read.
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
    start: (line) =>
      new Promise<Process>((resolve, reject) => {
        // The place is kept until the command has ended.
        limit(async () => {
          const nonce = randomBytes(9).toString("hex");
          const marked = `HOSTOUT_COMMAND=${nonce}; export HOSTOUT_COMMAND; ${line}`;
          const process = await untilThereIsRoom(() =>
            open(
              (done) => client.exec(marked, done),
              (channel) => asProcess(channel, () => endMarked(client, nonce)),
            ),
          );
          resolve(process);
          await process.exited;
        }).catch(reject);
      }),
    interact: async (line, terminal) => {
      const joined = await open(
        (done) => client.exec(line, { pty: windowOf(terminal) }, done),
        (channel) => ({ status: joinTerminal(channel, terminal) }),
      );
      return joined.status;
    },
    isOpen: () => !lost,
    close: async () => {
      client.end();
      for (const close of closing) close();
    },
  };
}

async function login(
  wish: SshWish,
  settings: SshSettings,
  label: string,
  credentials: Credentials,
  closing: (() => void)[],
): Promise<Client> {
  const sock = await openSocket(wish, settings, label, credentials, closing);
  const check = await makeHostKeyCheck(label, settings, credentials.ask);
  const { NodeSSH } = await import("node-ssh");
  const ssh = new NodeSSH();
  let refused: unknown;
  let allowed: readonly string[] = [];
  const tries = loginTries(settings.user, label, settings, credentials, () => allowed);
  try {
    await ssh.connect({
      sock,
      username: settings.user,
      readyTimeout: credentials.ask ? 0 : connectTimeoutMs,
      keepaliveInterval: keepaliveIntervalMs,
      keepaliveCountMax: 4,
      ...(check.types ? { algorithms: { serverHostKey: check.types as never } } : {}),
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
        check.verify(key).then(
          () => verify(true),
          (reason) => {
            refused = reason;
            verify(false);
          },
        );
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
    for (const close of closing) close();
    if (isHostoutError(refused)) throw refused;
    throw connectFailure(label, settings, error as Error, allowed);
  }
  const client = ssh.connection;
  if (!client) throw connectionLost(label);
  client.on("error", () => undefined);
  return client as unknown as Client;
}

/** A socket to the host: straight, through other hosts, or through a command. Without Nagle's delay (40 ms a round trip). */
async function openSocket(
  wish: SshWish,
  settings: SshSettings,
  label: string,
  credentials: Credentials,
  closing: (() => void)[],
): Promise<Duplex> {
  const last = settings.jumps.at(-1);
  if (last !== undefined) return throughJump(wish, settings, last, label, credentials, closing);
  if (settings.proxyCommand !== undefined) return throughCommand(settings, settings.proxyCommand, closing);
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: settings.hostname, port: settings.port, noDelay: true });
    const fail = (error: Error) => {
      socket.destroy();
      reject(connectFailure(label, settings, error, []));
    };
    socket.setTimeout(connectTimeoutMs, () => fail(new Error("no answer")));
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeListener("error", fail);
      resolve(gatherWrites(socket));
    });
  });
}

/** ssh2 writes each packet (32 KiB) by itself: those of one turn go out with one call of the system. */
function gatherWrites(socket: net.Socket): net.Socket {
  let isGathering = false;
  const write = socket.write.bind(socket) as (...words: unknown[]) => boolean;
  socket.write = (...words: unknown[]) => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      process.nextTick(() => {
        isGathering = false;
        socket.uncork();
      });
    }
    return write(...words);
  };
  return socket;
}

async function throughJump(
  wish: SshWish,
  settings: SshSettings,
  jump: string,
  label: string,
  credentials: Credentials,
  closing: (() => void)[],
): Promise<Duplex> {
  const [, user, address = jump, port] =
    /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(jump) ?? [];
  const host = address.replace(/^\[|\]$/g, "");
  const way = {
    host,
    port: port === undefined ? undefined : Number(port),
    user,
    environment: wish.environment,
  };
  const found = await readSshSettings(way);
  const before = settings.jumps.slice(0, -1);
  const through = { ...found, jumps: before.length > 0 ? before : found.jumps };
  const client = await login(way, through, host, { ...credentials, password: undefined }, closing);
  closing.push(() => client.end());
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, settings.hostname, settings.port, (error, channel) => {
      if (error) reject(connectFailure(`${label} (through ${host})`, settings, error, []));
      else resolve(channel);
    });
  });
}

function throughCommand(settings: SshSettings, command: string, closing: (() => void)[]): Duplex {
  const tokens: Readonly<Record<string, string>> = {
    "%h": quote(settings.hostname),
    "%p": String(settings.port),
    "%r": quote(settings.user),
    "%%": "%",
  };
  const line = command.replaceAll(/%[hpr%]/g, (token) => tokens[token] ?? token);
  const child = spawn("/bin/sh", ["-c", `exec ${line}`], { stdio: ["pipe", "pipe", "ignore"] });
  closing.push(() => child.kill());
  child.stdin.on("error", () => undefined);
  return Duplex.from({ readable: child.stdout, writable: child.stdin } as never);
}

/** A server that many come to at once hangs up on some before a word is said (MaxStartups of sshd): they come again a little later. */
async function untilLetIn<T>(knock: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await knock();
    } catch (error) {
      const cause = (error as HostoutError).cause as
        | { readonly code?: string; readonly message?: string }
        | undefined;
      const hungUp = cause?.code === "ECONNRESET" || /before handshake/i.test(cause?.message ?? "");
      if (!hungUp || tries > 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** tries * (0.5 + Math.random())));
    }
  }
}

/** sshd counts a session until it has put it away, a little after its command has ended: one may be refused meanwhile. */
async function untilThereIsRoom<T>(open: () => Promise<T>): Promise<T> {
  for (let waitMs = 5; ; waitMs *= 2) {
    try {
      return await open();
    } catch (error) {
      if (!(isHostoutError(error) && error.code === "unreachable") || waitMs > 1500) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

function channelFailure(host: string, cause: Error): HostoutError {
  if (!/channel open failure/i.test(cause.message)) return connectionLost(host);
  return new HostoutError({
    code: "unreachable",
    message: `${host} opens no further session: ${cause.message}`,
    host,
    cause,
  });
}
