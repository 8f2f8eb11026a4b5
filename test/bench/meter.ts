import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childrenOf, type Hosts } from "./hosts.ts";

/** CPU seconds so far. */
export interface Cpu {
  /** What the measured lines started on this side. */
  readonly client: number;
  /** Sshds and what they started. */
  readonly hosts: number;
}

/** Counts the CPU of both sides, which share one machine. */
export interface Meter {
  /** How it counts, for people. */
  readonly kind: string;
  /** Program and words that run lines of bash on the client's side. */
  readonly launch: (lines: string) => readonly [string, ...string[]];
  /** Undefined without control groups. */
  readonly read: () => Cpu | undefined;
  /** Waits until the hosts have no process but their sshds: a session ends later than its client. */
  readonly settle: () => Promise<void>;
  readonly close: () => void;
}

/**
 * Makes the best meter that this machine has. Only control groups count each process. Times that parents collect lack
 * orphans: a command whose session ended first, which is how some clients leave. So they are not used for hosts.
 */
export function makeMeter({ servers, ask }: Hosts): Meter {
  const folder = makeGroups();
  if (folder === undefined) return wallMeter(servers());
  const meter = groupMeter(folder, servers());
  // A login may move its session to a group of its own, as systemd's does.
  return ask("cat /proc/self/cgroup").includes(`/${basename(folder)}/`) ? meter : wallMeter(servers());
}

const sides = ["client", "hosts"] as const;

/** Makes a control group for each side. */
function makeGroups(): string | undefined {
  const mount = readFileSync("/proc/self/mounts", "utf8").match(/^\S+ (\S+) cgroup2 /m)?.[1];
  const own = readFileSync("/proc/self/cgroup", "utf8").match(/^0::(.*)$/m)?.[1];
  if (mount === undefined || own === undefined) return undefined;
  const folder = join(mount, own, `hostout-bench-${process.pid}`);
  try {
    for (const side of sides) mkdirSync(join(folder, side), { recursive: true });
    return folder;
  } catch {
    return undefined;
  }
}

function groupMeter(folder: string, servers: readonly number[]): Meter {
  const usage = (side: string) =>
    Number(/^usage_usec (\d+)$/m.exec(readFileSync(join(folder, side, "cpu.stat"), "utf8"))?.[1]) / 1e6;
  const countOf = (side: string) =>
    readFileSync(join(folder, side, "cgroup.procs"), "utf8").match(/\d+/g)?.length ?? 0;
  for (const pid of servers) writeFileSync(join(folder, "hosts", "cgroup.procs"), String(pid));
  return {
    kind: "of all processes, by control groups",
    launch: (lines) => ["sh", "-c", `echo $$ >${folder}/client/cgroup.procs; exec bash -c "$1"`, "sh", lines],
    read: () => ({ client: usage("client"), hosts: usage("hosts") }),
    settle: () => until(() => countOf("hosts") === servers.length && countOf("client") === 0),
    close: () => {
      for (const side of [...sides, ""]) rmdirSync(join(folder, side));
    },
  };
}

function wallMeter(servers: readonly number[]): Meter {
  return {
    kind: "of the client without orphans, and none of the hosts: no right to make control groups",
    launch: (lines) => ["bash", "-c", lines],
    read: () => undefined,
    settle: () => until(() => servers.every((pid) => childrenOf(pid).length === 0)),
    close: () => undefined,
  };
}

async function until(settled: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (settled()) return;
    await sleep(50);
  }
  throw new Error("processes of a run are left after 10 seconds: their CPU would count for the next run");
}
