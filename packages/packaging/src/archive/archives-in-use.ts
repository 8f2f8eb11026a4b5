import { rmSync } from "node:fs";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/** No run takes longer. An older mark belongs to a process that happens to have the number of an ended one. */
const longestMs = 24 * 60 * 60 * 1000;

/** For another machine, this one cannot check whether the process is alive. */
const longestElsewhereMs = 60 * 60 * 1000;

const own = new Set<string>();

const form = /^(deploy-[0-9a-f]{12}\.tar)\.(\d+)\.use$/;

/**
 * Marks an archive, in a file beside it, as needed by this process until it ends. A run packages all its sites before
 * it sends them.
 */
export async function markInUse(archive: string): Promise<void> {
  const mark = `${archive}.${process.pid}.use`;
  await writeFile(mark, hostname(), { mode: 0o600 });
  if (own.size === 0) process.once("exit", removeOwn);
  own.add(mark);
}

function removeOwn(): void {
  for (const mark of own) rmSync(mark, { force: true });
}

/** Returns the names of a folder's archives that a process needs. Removes the marks of ended processes. */
export async function archivesInUse(folder: string): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const name of await readdir(folder)) {
    const [, archive = "", pid = ""] = form.exec(name) ?? [];
    if (archive === "") continue;
    const mark = join(folder, name);
    if (await isInUse(mark, Number(pid))) used.add(archive);
    else await rm(mark, { force: true });
  }
  return used;
}

async function isInUse(mark: string, pid: number): Promise<boolean> {
  try {
    const ageMs = Date.now() - (await stat(mark)).mtimeMs;
    if ((await readFile(mark, "utf8")) !== hostname()) return ageMs < longestElsewhereMs;
    return ageMs < longestMs && isThere(pid);
  } catch {
    // Its process has just ended.
    return false;
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
