import { spawnSync } from "node:child_process";
import type { Entry, Work } from "./entry.ts";
import type { Meter } from "./meter.ts";

/** What one run took, in seconds. */
export interface Run {
  readonly wall: number;
  readonly client: number;
  /** Undefined if nothing counts it. */
  readonly hosts: number | undefined;
}

export interface Settings {
  readonly rounds: number;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly meter: Meter;
}

/** Runs the entries of a work in turn, so that what else the machine does falls on all of them. */
export async function runRounds(work: Work, settings: Settings): Promise<ReadonlyMap<Entry, readonly Run[]>> {
  const entries = [work.ours, work.reference, ...(work.peers ?? [])];
  const runs = new Map<Entry, Run[]>(entries.map((entry) => [entry, []]));
  // The first round fills caches, and does not count.
  for (let round = -1; round < settings.rounds; round++) {
    // Another one begins each round: what an entry leaves to its successor is shared out.
    const first = (round + 1) % entries.length;
    for (const entry of [...entries.slice(first), ...entries.slice(0, first)]) {
      const run = await runOnce(work, entry, settings);
      if (round >= 0) runs.get(entry)!.push(run);
    }
  }
  return runs;
}

async function runOnce(work: Work, entry: Entry, settings: Settings): Promise<Run> {
  const { folder, environment, meter } = settings;
  entry.before?.();
  // What others left to be written is not paid by this one.
  spawnSync("sync", ["-f", folder]);
  await meter.settle();
  const before = meter.read();
  // The shell prints its figures to the pipe of errors, the line to the pipe of output.
  const [program, ...words] = meter.launch(`TIMEFORMAT='%R %U %S'; time { ${entry.line}\n} 2>&3 >&3`);
  const { stdout, stderr, status, output } = spawnSync(program, words, {
    cwd: folder,
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    maxBuffer: 1e8,
  });
  const where = `${work.name}, ${entry.who}`;
  if (status !== 0)
    throw new Error(
      `${where}: ended with ${status}: ${entry.line}\n${stdout ?? ""}${output?.[3] ?? ""}${stderr}`,
    );
  await meter.settle();
  const after = meter.read();
  try {
    entry.check?.();
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}\n${output?.[3] ?? ""}`);
  }
  const [wall = 0, user = 0, system = 0] = stderr.trim().split("\n").at(-1)!.split(" ").map(Number);
  if (!before || !after) return { wall, client: user + system, hosts: undefined };
  return { wall, client: after.client - before.client, hosts: after.hosts - before.hosts };
}
