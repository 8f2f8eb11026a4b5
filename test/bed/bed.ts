import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answers } from "./answers.ts";
import { type BedHost, makeBedHost } from "./bed-host.ts";

export interface BedSettings {
  /** Names of the hosts, each with further names that the others know it by. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** Size of each host's disk, as tmpfs takes it. */
  readonly disk?: string;
  /** Folders of this machine that the hosts see, read-only, at the same path. */
  readonly binds?: readonly string[];
}

export interface Bed {
  readonly host: (name: string) => BedHost;
  /** Ends the hosts and leaves nothing of them. */
  readonly stop: () => Promise<void>;
}

const tools = [
  "unshare",
  "nsenter",
  "ip",
  "nft",
  "pivot_root",
  "ssh-keygen",
  "sudo",
  "useradd",
  "rsync",
  "git",
  "hg",
];

/** Why this machine cannot have real hosts in namespaces; undefined where it can. */
export function whyNoBed(): string | undefined {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root";
  if (!existsSync("/usr/sbin/sshd")) return "there is no sshd";
  const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  const missing = tools.find((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
  return missing === undefined ? undefined : `there is no ${missing}`;
}

const run = (program: string, ...words: string[]) =>
  execFileSync(program, words, { stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });

/**
 * Real hosts on this machine: each has namespaces, a root, users, an address and an sshd of its own.
 *
 * Users: root (key), deploy (key, sudo without a password), admin (key, sudo asks for "admin"), nosudo (key), zope and
 * m3user, which nobody logs in as. Root's key of each host opens all the others.
 */
export async function startBed(settings: BedSettings): Promise<Bed> {
  const state = mkdtempSync(join(tmpdir(), "hostout-bed-"));
  const network = freeNetwork();
  const bridge = `hb${network.replaceAll(".", "")}`;
  const names = Object.keys(settings.hosts);
  const hosts = new Map<string, BedHost>();
  const stop = () => stopBed(state, bridge, [...hosts.values()]);
  // A test runner that is ended leaves no host behind.
  process.once("exit", () => {
    for (const { pid } of hosts.values()) killQuietly(pid);
  });
  try {
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bed", "-f", join(state, "id"));
    writeNames(state, settings.hosts, network);
    run("ip", "link", "add", bridge, "type", "bridge");
    run("ip", "addr", "add", `${network}.1/24`, "dev", bridge);
    run("ip", "link", "set", bridge, "up");
    for (const [index, name] of names.entries()) {
      hosts.set(
        name,
        await startHost({ state, bridge, address: `${network}.${index + 11}`, index, name }, settings),
      );
    }
    for (const { address, name } of hosts.values()) await untilSshd(address, join(state, name, "log"));
  } catch (error) {
    await stop();
    throw error;
  }
  return { host: (name) => hosts.get(name)!, stop };
}

/** A network of 10.x that no interface of this machine has; two beds at once get different ones. */
function freeNetwork(): string {
  const taken = run("ip", "-o", "addr").toString();
  for (;;) {
    const network = `10.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}`;
    if (!taken.includes(` ${network}.`)) return network;
  }
}

function writeNames(state: string, hosts: BedSettings["hosts"], network: string): void {
  const names: string[] = [];
  const known: string[] = [];
  for (const [index, [name, aliases]] of Object.entries(hosts).entries()) {
    mkdirSync(join(state, name, "mnt"), { recursive: true });
    const key = join(state, name, "host-key");
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key);
    const address = `${network}.${index + 11}`;
    names.push(`${address} ${[name, ...aliases].join(" ")}\n`);
    const [type, blob] = readFileSync(`${key}.pub`, "utf8").split(" ");
    known.push(`${[name, ...aliases, address].join(",")} ${type} ${blob}\n`);
  }
  writeFileSync(join(state, "hosts"), names.join(""));
  writeFileSync(join(state, "known_hosts"), known.join(""));
}

interface Place {
  readonly state: string;
  readonly bridge: string;
  readonly address: string;
  readonly index: number;
  readonly name: string;
}

async function startHost(place: Place, { disk = "512m", binds = [] }: BedSettings): Promise<BedHost> {
  const { state, bridge, address, index, name } = place;
  const log = join(state, name, "log");
  const init = join(import.meta.dirname, "host-init.sh");
  const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child"];
  const words = ["unshare", ...namespaces, "bash", init, state, name, disk, ...binds];
  const env = { ...process.env, LOG: log };
  const child = spawn("sh", ["-c", 'exec "$@" >"$LOG" 2>&1', "sh", ...words], {
    stdio: "ignore",
    env,
    detached: true,
  });
  child.unref();
  const pid = await childOf(child.pid!, log);
  const outside = `${bridge}-${index}`;
  run("ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", String(pid));
  run("ip", "link", "set", outside, "master", bridge, "up");
  run("nsenter", "-t", String(pid), "-n", "ip", "addr", "add", `${address}/24`, "dev", "eth0");
  run("nsenter", "-t", String(pid), "-n", "ip", "link", "set", "eth0", "up");
  return makeBedHost(name, address, pid);
}

/** Process 1 of the new pid namespace is the only child of `unshare`. */
async function childOf(parent: number, log: string): Promise<number> {
  for (let tries = 0; tries < 300; tries++) {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8");
    if (children.trim() !== "") return Number(children.trim().split("\n")[0]);
    await sleep(10);
  }
  throw new Error(`the host did not start: ${readFileSync(log, "utf8")}`);
}

async function untilSshd(address: string, log: string): Promise<void> {
  for (let tries = 0; tries < 1500; tries++) {
    if (await answers(address, 22)) return;
    await sleep(20);
  }
  throw new Error(`no sshd on ${address}: ${readFileSync(log, "utf8")}`);
}

async function stopBed(state: string, bridge: string, hosts: readonly BedHost[]): Promise<void> {
  for (const { pid } of hosts) killQuietly(pid);
  for (const { pid } of hosts)
    for (let tries = 0; tries < 300 && existsSync(`/proc/${pid}`); tries++) await sleep(10);
  try {
    run("ip", "link", "del", bridge);
  } catch {
    // It was not made yet.
  }
  // The mounts went with their namespaces.
  rmSync(state, { recursive: true, force: true });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
