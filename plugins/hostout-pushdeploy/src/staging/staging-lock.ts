import { spawn } from "node:child_process";
import { readFile, realpath, stat } from "node:fs/promises";
import { HostoutError, lockHolder, type Next, type Outcome } from "@hostout/kit";
import type { OnHost, OnStaging } from "../options.ts";
import { stagingPath } from "./staging.ts";

type Context = OnHost | OnStaging;

/** A staging folder that commands of a site use at present. */
interface Held {
  readonly site: string;
  readonly reads: boolean;
  /** 0: the lock is being freed. */
  users: number;
  /** Resolves to a function that frees the lock. */
  readonly taken: Promise<() => Promise<void>>;
  readonly ended: PromiseWithResolvers<void>;
}

/**
 * The locked folders of this process. Several runs of a script share them, because the lock belongs to the
 * process.
 */
const held = new Map<string, Held>();
/** The sites that changed each folder. */
const changedBy = new Map<string, Set<string>>();

/**
 * Does `work` while no other run and no other site of this run changes the staging folder. Commands of one site
 * share the lock, and so do all that only read.
 *
 * @throws HostoutError `locked` if another run has the lock
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
      await (await own.taken)();
      held.delete(folder);
      own.ended.resolve();
    }
  }
}

/** Runs the staging of sites that share a folder one after the other, so that each has the folder for itself. */
export async function stageInTurn(context: OnStaging, next: Next): Promise<Outcome> {
  return onStaging(context, await stagingPath(context), () => next());
}

async function enter(context: Context, folder: string, reads: boolean): Promise<Held> {
  const site = context.site.name;
  for (let other = held.get(folder); other; other = held.get(folder)) {
    if (other.users > 0 && (other.site === site || (reads && other.reads))) {
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
 * Locks the folder itself, which needs no file and no right to write. A child process holds the lock and reads
 * from this process. So the lock is freed whenever and however this process ends.
 */
async function lockFolder(
  { warn }: Pick<Context, "warn">,
  folder: string,
  reads: boolean,
): Promise<() => Promise<void>> {
  const nothing = async () => undefined;
  if (!(await stat(folder).catch(() => undefined))) return nothing;
  const hold = ["sh", "-c", "echo locked; cat >/dev/null", lockHolder()];
  // The child must not get a Ctrl-C of the terminal.
  const child = spawn("flock", [reads ? "-s" : "-x", "-n", folder, ...hold], { detached: true });
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  child.stdin.on("error", nothing);
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  const isLocked = await new Promise<boolean>((resolve) => {
    child.stdout.once("data", () => resolve(true));
    child.once("close", () => resolve(false));
    child.once("error", ({ message }) => {
      said.push(message);
      resolve(false);
    });
  });
  // The child has the lock until its end, and the next command of this run may want it at once.
  if (isLocked)
    return async () => {
      child.stdin.end();
      await closed;
    };
  // The file system has no such locks (NFS), the right to read is missing, or flock is.
  if (said.length > 0) {
    warn(`another run on ${folder} goes unnoticed, as it cannot be locked: ${said.join("").trim()}`);
    return nothing;
  }
  throw new HostoutError({
    code: "locked",
    message: `the staging folder ${folder} is in use by ${(await holderOf(folder)) ?? "another run"}`,
    hint: "Wait for the end of that run, which frees the folder.",
  });
}

/**
 * Returns the last word of the process that holds the lock: its user. Undefined if the system does not report
 * it.
 */
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
    // Not every system has these files, and the holder may have ended.
  }
  return undefined;
}
