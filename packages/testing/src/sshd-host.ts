import { spawn } from "node:child_process";
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestHost, TestHostSettings } from "./host.ts";
import { writeKeyPair } from "./key-pair.ts";

const program = "/usr/sbin/sshd";

/** Whether this machine has an ssh server to start. */
export function hasSshd(): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a real sshd as the user of this process, on a free port of the loopback. Needs only the user's own
 * rights.
 */
export async function startSshdHost(settings: TestHostSettings): Promise<TestHost> {
  // sshd runs itself again from `/` for each connection, so all paths must be absolute.
  const directory = resolve(settings.directory);
  const hostKey = await writeKeyPair(join(directory, "host-key"), "sshd-host");
  const port = await freePort();
  const log = join(directory, "sshd.log");
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  await writeFile(join(directory, "authorized_keys"), `${settings.authorizedKey}\n`, { mode: 0o600 });
  const config = [
    // Of two lines for one keyword, sshd uses the first.
    ...(settings.options ?? []),
    "ListenAddress 127.0.0.1",
    `Port ${port}`,
    `HostKey ${join(directory, "host-key")}`,
    "PidFile none",
    `AuthorizedKeysFile ${join(directory, "authorized_keys")}`,
    "StrictModes no",
    // Root's sshd needs PAM to admit a locked account. An ordinary user's sshd cannot use PAM.
    `UsePAM ${process.getuid?.() === 0 ? "yes" : "no"}`,
    "PermitRootLogin yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "UseDNS no",
    // In tests one server plays many hosts.
    "MaxStartups 500",
    "PrintMotd no",
    `AllowTcpForwarding ${settings.forwards === false ? "no" : "yes"}`,
    ...setEnv(settings.environment ?? {}),
    "",
  ];
  await writeFile(join(directory, "sshd_config"), config.join("\n"));
  const child = spawn(program, ["-D", "-f", join(directory, "sshd_config"), "-E", log], { stdio: "ignore" });
  child.on("error", () => undefined);
  await untilItListens(port, () => child.exitCode !== null || child.pid === undefined, log);
  return {
    kind: "sshd",
    address: "127.0.0.1",
    port,
    hostKey,
    loginCount: async () => (await readFile(log, "utf8")).match(/^Accepted /gm)?.length ?? 0,
    drop: async () => endSessions(child.pid),
    close: async () => {
      if (child.exitCode !== null) return;
      const gone = new Promise((ended) => child.once("close", ended));
      child.kill();
      await gone;
    },
  };
}

/** Makes one line for all variables, because sshd uses only the first of several. */
function setEnv(environment: Readonly<Record<string, string>>): readonly string[] {
  const words = Object.entries(environment).map(([name, value]) => `${name}="${value}"`);
  return words.length === 0 ? [] : [`SetEnv ${words.join(" ")}`];
}

/** Starts the best host that this machine can run: a real sshd, else the embedded one. */
export async function startHost(settings: TestHostSettings): Promise<TestHost> {
  // sshd runs commands with the user's own shell, and some users have none.
  if (hasSshd() && !/(nologin|false)$/.test(userInfo().shell ?? "")) {
    try {
      return await startSshdHost(settings);
    } catch {
      // An sshd that cannot run here (no rights, built for another system) is as good as none.
    }
  }
  const { startEmbeddedHost } = await import("./embedded-host.ts");
  return startEmbeddedHost(settings);
}

/** Finds a port of the loopback that no process listens on. */
export function freePort(): Promise<number> {
  return new Promise((found, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => found(port));
    });
  });
}

/** Waits for the server's own word: another server may have taken the port meanwhile, and would answer. */
async function untilItListens(port: number, hasEnded: () => boolean, log: string): Promise<void> {
  const listens = `Server listening on 127.0.0.1 port ${port}.`;
  for (let tries = 0; tries < 400 && !hasEnded(); tries++) {
    if ((await readFile(log, "utf8").catch(() => "")).includes(listens)) return;
    await sleep(25);
  }
  const said = await readFile(log, "utf8").catch(() => "");
  throw new Error(`sshd did not start: ${said.trim()}`);
}

/** Ends the process of each connection. Each is a child of the server. */
function endSessions(server: number | undefined): void {
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [, parent] = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      if (Number(parent) === server) process.kill(Number(name), "SIGKILL");
    } catch {
      // The process has already ended.
    }
  }
}
