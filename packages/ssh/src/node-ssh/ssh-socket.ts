import { spawn } from "node:child_process";
import net from "node:net";
import { Duplex } from "node:stream";
import { quote } from "@hostout/kit";
import type { SshSettings } from "../config/ssh-settings.ts";
import { connectFailure } from "../failure/connect-failure.ts";
import { whenAborted } from "../failure/when-aborted.ts";
import { holdFiles } from "../process/open-files.ts";

/** Returns the time limit for the host's first answer, in milliseconds. */
export const connectTimeoutMs = ({
  connectTimeoutMs = 20_000,
}: Pick<SshSettings, "connectTimeoutMs">): number => connectTimeoutMs;

/**
 * Opens a socket to a host, directly or through a command (ProxyCommand). `closing` receives functions that release its
 * resources. `signal` cancels the opening.
 */
export async function openSocket(
  settings: SshSettings,
  label: string,
  closing: (() => void)[],
  signal: AbortSignal,
): Promise<Duplex> {
  if (settings.proxyCommand !== undefined)
    return throughCommand(settings, settings.proxyCommand, label, closing);
  return new Promise((resolve, reject) => {
    const { hostname: host, port, bindAddress: localAddress, addressFamily: family } = settings;
    if (family !== 0 && net.isIP(host) !== 0 && net.isIP(host) !== family) {
      reject(connectFailure(label, settings, new Error(`AddressFamily is inet${family === 6 ? "6" : ""}`)));
      return;
    }
    const free = holdFiles(label, 1);
    // Without Nagle's delay of 40 ms a round trip.
    const socket = net.connect({ host, port, family, noDelay: true, ...(localAddress && { localAddress }) });
    const fail = (error: Error) => {
      socket.destroy();
      reject(connectFailure(label, settings, error));
    };
    const done = whenAborted(signal, () => fail(givenUp()));
    socket.setTimeout(connectTimeoutMs(settings), () => fail(new Error("no answer")));
    socket.once("error", fail);
    socket.once("close", done).once("close", free);
    socket.once("connect", () => {
      done();
      socket.setTimeout(0);
      socket.removeListener("error", fail);
      resolve(gatherWrites(socket));
    });
  });
}

/** The error for a session that nobody wants any more. */
export function givenUp(): Error {
  return new Error("nobody waits for the session any more");
}

/** Gathers the writes of one turn into one system call: ssh2 writes each packet (32 KiB) by itself. */
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

function throughCommand(
  settings: SshSettings,
  command: string,
  label: string,
  closing: (() => void)[],
): Duplex {
  const tokens: Readonly<Record<string, string>> = {
    "%h": quote(settings.hostname),
    "%n": quote(settings.typed.host),
    "%p": String(settings.port),
    "%r": quote(settings.user),
    "%%": "%",
  };
  const line = command.replaceAll(/%[hnpr%]/g, (token) => tokens[token] ?? token);
  const free = holdFiles(label, 2);
  const child = spawn("/bin/sh", ["-c", `exec ${line}`], { stdio: ["pipe", "pipe", "ignore"] });
  child.once("close", free);
  closing.push(() => child.kill());
  child.stdin.on("error", () => undefined);
  return Duplex.from({ readable: child.stdout, writable: child.stdin } as never);
}
