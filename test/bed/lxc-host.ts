import { execFile, execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { answers } from "./answers.ts";
import { lacks } from "./describe-with.ts";

/** A Debian that boots in a container: systemd is its process 1. */
export interface LxcHost {
  readonly address: string;
  /** Configuration of ssh for the host `web1`: root, and `deploy`, who may use sudo. */
  readonly sshConfig: string;
  /** Runs a shell line in the host, not over ssh. Throws when it fails. */
  readonly sh: (line: string) => Promise<string>;
  /** Boots the host anew, and waits for its sshd. */
  readonly reboot: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const root = dirname(dirname(import.meta.dirname));
/** Made once; a run that was killed meanwhile leaves none. */
const tree = join(root, ".tools", "debian-12");
const packages = "systemd-sysv,dbus,libpam-systemd,openssh-server,sudo,python3,procps,util-linux,diffutils";

const run = promisify(execFile);

/** Why this machine cannot boot a Debian; undefined where it can. */
export function whyNoLxc(): string | undefined {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root";
  return (
    lacks("lxc-start", "--version") ?? (existsSync(tree) ? undefined : lacks("debootstrap", "--version"))
  );
}

/** Boots a Debian. Its files are an overlay over one tree for all tests, in memory. */
export async function startLxcHost(): Promise<LxcHost> {
  await makeTree();
  const state = mkdtempSync(join(tmpdir(), "hostout-lxc-"));
  const network = `10.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}`;
  const bridge = `hx${network.replaceAll(".", "")}`;
  const address = `${network}.11`;
  const disk = join(state, "disk");
  const stop = async () => {
    const quietly = (program: string, ...words: string[]) => run(program, words).catch(() => undefined);
    await quietly("lxc-stop", "-k", "-P", state, "-n", "web1");
    await quietly("ip", "link", "del", bridge);
    await quietly("umount", disk);
    rmSync(state, { recursive: true, force: true });
  };
  // A test runner that is ended leaves no host behind.
  process.once("exit", () => {
    if (existsSync(state)) spawnSync("lxc-stop", ["-k", "-P", state, "-n", "web1"], { stdio: "ignore" });
  });
  try {
    mkdirSync(disk);
    await run("mount", ["-t", "tmpfs", "-o", "size=1g,mode=755", "hostout-lxc", disk]);
    await run("ip", ["link", "add", bridge, "type", "bridge"]);
    await run("ip", ["addr", "add", `${network}.1/24`, "dev", bridge]);
    await run("ip", ["link", "set", bridge, "up"]);
    writeFiles(state, address);
    mkdirSync(join(state, "web1"));
    writeFileSync(
      join(state, "web1", "config"),
      configOf({ bridge, network, address, upper: join(disk, "up") }),
    );
    await run("lxc-start", ["-P", state, "-n", "web1", "-d", "-l", "WARN", "-o", join(state, "log")]);
    await untilSshd(address, join(state, "log"));
  } catch (error) {
    await stop();
    throw error;
  }
  const sh: LxcHost["sh"] = async (line) => {
    const words = [
      "-P",
      state,
      "-n",
      "web1",
      "--clear-env",
      "--",
      "sh",
      "-c",
      `cd; PATH=/usr/sbin:/usr/bin; ${line}`,
    ];
    // In a session of its own: a line of the host that signals its group does not mean the tests.
    const { stdout } = await run("setsid", ["--wait", "lxc-attach", ...words], { timeout: 60_000 });
    return stdout.trim();
  };
  await sh(
    "useradd -m -s /bin/bash deploy; useradd -m shop; cp -r /root/.ssh /home/deploy/; chown -R deploy: /home/deploy; echo 'deploy ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/deploy",
  );
  const boot = () => sh("cat /proc/sys/kernel/random/boot_id; stat -c %Y /proc/1");
  return {
    address,
    sshConfig: join(state, "ssh_config"),
    sh,
    reboot: async () => {
      const before = await boot();
      await sh("systemctl reboot").catch(() => undefined);
      for (let tries = 0; tries < 300; tries++) {
        await sleep(100);
        const now = await boot().catch(() => before);
        if (now !== before && (await answers(address, 22))) return;
      }
      throw new Error("the host did not boot anew");
    },
    stop,
  };
}

/** Installs a Debian, which takes about two minutes and a mirror of Debian. */
async function makeTree(): Promise<void> {
  if (existsSync(tree)) return;
  const making = `${tree}.${process.pid}`;
  mkdirSync(dirname(tree), { recursive: true });
  try {
    const { HOSTOUT_DEBIAN_MIRROR: mirror } = process.env;
    const words = [
      "--variant=minbase",
      `--include=${packages}`,
      "bookworm",
      making,
      ...(mirror ? [mirror] : []),
    ];
    execFileSync("debootstrap", words, { stdio: ["ignore", "ignore", "inherit"], timeout: 280_000 });
    rmSync(join(making, "var", "cache", "apt"), { recursive: true });
    execFileSync("sh", ["-c", 'rm -f "$1"/etc/ssh/ssh_host_*', "sh", making]);
    renameSync(making, tree);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Keys, names and the configuration of ssh, here and in the host. */
function writeFiles(state: string, address: string): void {
  const upper = join(state, "disk", "up");
  const key = (name: string, file: string) =>
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
  key("test", join(state, "id"));
  key("web1", join(state, "host-key"));
  for (const folder of ["root/.ssh", "etc/ssh/sshd_config.d", "etc/sudoers.d"])
    mkdirSync(join(upper, folder), { recursive: true });
  for (const folder of ["root", "root/.ssh"]) chmodSync(join(upper, folder), 0o700);
  cpSync(join(state, "id.pub"), join(upper, "root/.ssh/authorized_keys"));
  for (const name of ["host-key", "host-key.pub"]) cpSync(join(state, name), join(upper, "etc/ssh", name));
  writeFileSync(
    join(upper, "etc/ssh/sshd_config.d/bed.conf"),
    "HostKey /etc/ssh/host-key\nPermitRootLogin yes\nUseDNS no\n",
  );
  writeFileSync(join(upper, "etc/hostname"), "web1\n");
  writeFileSync(join(upper, "etc/hosts"), "127.0.0.1 localhost\n");
  writeFileSync(join(upper, "etc/resolv.conf"), "");
  const [type, blob] = readFileSync(join(state, "host-key.pub"), "utf8").split(" ");
  writeFileSync(join(state, "known_hosts"), `${address} ${type} ${blob}\n`);
  writeFileSync(
    join(state, "ssh_config"),
    `Host web1\n  HostName ${address}\nHost *\n  IdentityFile ${state}/id\n  IdentitiesOnly yes\n  UserKnownHostsFile ${state}/known_hosts\n`,
  );
}

function configOf(place: {
  readonly bridge: string;
  readonly network: string;
  readonly address: string;
  readonly upper: string;
}): string {
  return `lxc.uts.name = web1
lxc.rootfs.path = overlay:${tree}:${place.upper}
lxc.net.0.type = veth
lxc.net.0.link = ${place.bridge}
lxc.net.0.name = eth0
lxc.net.0.flags = up
lxc.net.0.ipv4.address = ${place.address}/24
lxc.net.0.ipv4.gateway = ${place.network}.1
lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed
lxc.apparmor.profile = unconfined
lxc.autodev = 1
lxc.tty.max = 0
lxc.pty.max = 1024
`;
}

async function untilSshd(address: string, log: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await answers(address, 22)) return;
    await sleep(50);
  }
  throw new Error(`no sshd on ${address}: ${existsSync(log) ? readFileSync(log, "utf8") : ""}`);
}
