import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import net, { type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import ssh2, { type Connection as ClientSession, type ServerChannel } from "ssh2";
import type { TestHost, TestHostSettings } from "./host.ts";
import { writeKeyPair } from "./key-pair.ts";

/**
 * Starts an ssh host inside this process, for machines without sshd. One key can log in, and commands run
 * through /bin/sh as the user of this process. TCP connections reach its loopback. The host has no terminals
 * and no sftp.
 */
export async function startEmbeddedHost({
  directory,
  authorizedKey,
  environment = {},
  forwards = true,
}: TestHostSettings): Promise<TestHost> {
  const keyFile = join(directory, "host-key");
  const hostKey = await writeKeyPair(keyFile, "embedded-host");
  const allowed = ssh2.utils.parseKey(authorizedKey);
  if ("message" in allowed) throw new Error(`not a public key: ${authorizedKey}`);
  const key = Array.isArray(allowed) ? allowed[0]! : allowed;
  const sessions = new Set<ClientSession>();
  const children = new Set<ChildProcess>();
  let logins = 0;
  const server = new ssh2.Server({ hostKeys: [await readFile(keyFile)] }, (client) => {
    sessions.add(client);
    client.on("error", () => undefined);
    client.on("close", () => sessions.delete(client));
    client.on("authentication", (attempt) => {
      const same = attempt.method === "publickey" && attempt.key.data.equals(key.getPublicSSH());
      if (!same) return attempt.reject(["publickey"]);
      const proven =
        !attempt.signature || key.verify(attempt.blob!, attempt.signature, attempt.hashAlgo) === true;
      return proven ? attempt.accept() : attempt.reject(["publickey"]);
    });
    client.on("ready", () => {
      logins += 1;
      client.on("session", (accept) => {
        accept().on("exec", (acceptExec, _reject, { command }) => {
          // A real host does not know these environment variables.
          const { HOSTOUT_CONFIG, HOSTOUT_PROJECT, ...inherited } = process.env;
          const child = runShell(command, { ...inherited, ...environment }, acceptExec());
          children.add(child);
          child.on("close", () => children.delete(child));
        });
      });
      if (!forwards) return;
      client.on("tcpip", (accept, reject, { destIP, destPort }) => {
        if (isLoopback(destIP)) forward(destIP, destPort, accept, reject);
        else reject();
      });
    });
  });
  const sockets = new Set<Socket>();
  const inner = server as unknown as { readonly _srv: Server };
  inner._srv.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
  return {
    kind: "embedded",
    address: "127.0.0.1",
    port,
    hostKey,
    loginCount: async () => logins,
    drop: async () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      // Also the commands whose shell has ended, because the processes that they left hold our pipes.
      for (const child of children) signalGroup(child, "SIGKILL");
      for (const client of sessions) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const isLoopback = (address: string) => /^(localhost|127(\.\d+){3}|::1)$/.test(address);

function forward(host: string, port: number, accept: () => ServerChannel, reject: () => void): void {
  const socket = net.connect({ host, port });
  socket.on("error", () => reject());
  socket.once("connect", () => {
    const channel = accept();
    channel.on("error", () => undefined);
    channel.on("close", () => socket.destroy());
    socket.on("close", (failed) => failed && channel.close());
    channel.pipe(socket).pipe(channel);
  });
}

function runShell(command: string, env: NodeJS.ProcessEnv, channel: ServerChannel): ChildProcess {
  const child = spawn("/bin/sh", ["-c", command], {
    env,
    cwd: env.HOME ?? "/",
    stdio: "pipe",
    detached: true,
  });
  child.stdin.on("error", () => undefined);
  channel.on("error", () => undefined);
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  // sshd does the same when the client disconnects.
  channel.on("close", () => {
    if (child.exitCode === null) signalGroup(child, "SIGHUP");
  });
  // sshd does the same: the status at once, and the end of the channel once no process holds the output.
  child.on("exit", (code, signal) => {
    if (signal) channel.exit(signal.replace(/^SIG/, ""), false, "");
    else channel.exit(code ?? 0);
  });
  child.on("close", () => channel.end());
  return child;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The process has already ended.
  }
}
