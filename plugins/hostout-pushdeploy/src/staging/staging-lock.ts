import { spawn } from "node:child_process";
import { readFile, realpath, stat } from "node:fs/promises";
import { HostoutError, type Next, type Outcome, who } from "@hostout/kit";
import type { OnHost, OnStaging } from "../options.ts";
import { stagingPath } from "./staging.ts";

type Context = OnHost | OnStaging;

/** A staging folder that commands of a site work on. */
interface Held {
  readonly site: string;
  readonly reads: boolean;
  users: number;
  /** Resolves to how the lock is freed. */
  readonly taken: Promise<() => void>;
  readonly ended: PromiseWithResolvers<void>;
}

/** Of this process, as the lock is: several runs of a script share it. */
const held = new Map<string, Held>();
/** Sites that changed a folder. */
const changedBy = new Map<string, Set<string>>();

/**
 * Does `work` while no other run changes the staging folder, and no other site of this run. Commands of one site share it, and so do
 * those that only read it.
 *
 * @throws HostoutError `locked` where another run has it
 */
export async function onStaging<T>(
  context: Context,
  staged: string,
  work: () => Promise<T>,
  { reads = false } = {},
): Promise<T> {
  if (context.dryRun) return work();
  const folder = await realpath(staged).catch(() => staged);
  const own = await enter(context, folder, reads);
  try {
    return await work();
  } finally {
    own.users--;
    if (own.users === 0) {
      (await own.taken)();
      held.delete(folder);
      own.ended.resolve();
    }
  }
}

/** Sites that share a staging folder are staged one after the other: each has its steps for itself. */
export async function stageInTurn(context: OnStaging, next: Next): Promise<Outcome> {
  return onStaging(context, await stagingPath(context), () => next());
}

async function enter(context: Context, folder: string, reads: boolean): Promise<Held> {
  const site = context.site.name;
  for (let other = held.get(folder); other; other = held.get(folder)) {
    if (other.site === site || (reads && other.reads)) {
      other.users++;
      await other.taken;
      return other;
    }
    await other.ended.promise;
  }
  const own: Held = {
    ...{ site, reads, users: 1 },
    taken: lockFolder(context, folder, reads),
    ended: Promise.withResolvers<void>(),
  };
  held.set(folder, own);
  try {
    await own.taken;
  } catch (error) {
    held.delete(folder);
    own.ended.resolve();
    throw error;
  }
  if (!reads) warnOfOthers(context, folder);
  return own;
}

function warnOfOthers({ site, warn }: Context, folder: string): void {
  const sites = changedBy.get(folder) ?? new Set<string>();
  const others = [...sites].filter((name) => name !== site.name);
  changedBy.set(folder, sites.add(site.name));
  if (others.length > 0)
    warn(
      `${folder} is the staging folder of ${others.join(" and ")} too: its data and its owner are those of ${site.name} now`,
    );
}

/**
 * Locks the folder itself, which needs no file and no right to write. The lock belongs to a process that reads from this one: when this one
 * ends, however it does, the folder is free.
 */
async function lockFolder({ warn }: Context, folder: string, reads: boolean): Promise<() => void> {
  const nothing = () => undefined;
  if (!(await stat(folder).catch(() => undefined))) return nothing;
  const hold = ["sh", "-c", "echo locked; cat >/dev/null", `${who()}, process ${process.pid}`];
  // A Ctrl-C in the terminal is not for it.
  const child = spawn("flock", [reads ? "-s" : "-x", "-n", folder, ...hold], { detached: true });
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  child.stdin.on("error", nothing);
  const isLocked = await new Promise<boolean>((resolve) => {
    child.stdout.once("data", () => resolve(true));
    child.once("close", () => resolve(false));
    child.once("error", ({ message }) => {
      said.push(message);
      resolve(false);
    });
  });
  if (isLocked) return () => void child.stdin.end();
  // A file system that knows no such locks (NFS), no right to read, or no program.
  if (said.length > 0) {
    warn(`another run on ${folder} goes unnoticed, as it cannot be locked: ${said.join("").trim()}`);
    return nothing;
  }
  throw new HostoutError({
    code: "locked",
    message: `the staging folder ${folder} is in use by ${(await holderOf(folder)) ?? "another run"}`,
    hint: "Wait for the end of that run: it frees the folder, however it ends.",
  });
}

/** The last word of the process that holds the lock: who started it. Undefined where the system does not say. */
async function holderOf(folder: string): Promise<string | undefined> {
  try {
    const { ino } = await stat(folder);
    for (const line of (await readFile("/proc/locks", "utf8")).split("\n")) {
      const [, pid, inode] = /FLOCK\s+\S+\s+\S+\s+(\d+)\s+\S+:(\d+)\s/.exec(line) ?? [];
      if (inode !== String(ino)) continue;
      const words = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").filter(Boolean);
      return words[0]?.endsWith("flock") || words[0] === "sh" ? words.at(-1) : `process ${pid}`;
    }
  } catch {
    // Neither file is everywhere, and the holder may have ended.
  }
  return undefined;
}
