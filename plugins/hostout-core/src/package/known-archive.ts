import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Archive } from "./archive.ts";
import type { Entry } from "./entry.ts";
import { replaceFile } from "./replace-file.ts";

/** A file that changed so short a time ago may change once more without its times telling. */
const settledMs = 2500;

const nameOf = (folder: string) => join(folder, "last.json");

/**
 * What an archive would be made of, by the times and numbers of its files and not by their bytes: as version control knows that nothing
 * has changed. Undefined where a file changed just now.
 *
 * @param nowMs milliseconds since the epoch
 */
export function lookOf(entries: readonly Entry[], nowMs: number): string | undefined {
  const hash = createHash("sha256");
  for (const { path, isExecutable, content } of entries) {
    hash.update(JSON.stringify([path, isExecutable]));
    if ("bytes" in content) hash.update(createHash("sha256").update(content.bytes).digest());
    else if ("link" in content) hash.update(JSON.stringify(content.link));
    else {
      const { file, sizeBytes, inode, changedMs, modifiedMs } = content;
      if (Math.max(changedMs, modifiedMs) > nowMs - settledMs) return undefined;
      hash.update(JSON.stringify([file, sizeBytes, inode, changedMs, modifiedMs]));
    }
  }
  return hash.digest("hex");
}

/** The archive that was made last, if it was of what looks the same and is there still. */
export async function knownArchive(folder: string, look: string): Promise<Archive | undefined> {
  try {
    const { look: before, hash, sizeBytes } = JSON.parse(await readFile(nameOf(folder), "utf8"));
    if (before !== look || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
    const file = join(folder, `deploy-${hash.slice(0, 12)}.tar`);
    return (await stat(file)).size === sizeBytes ? { hash, file, sizeBytes } : undefined;
  } catch {
    // It is made anew.
    return undefined;
  }
}

/** Writes down what an archive was made of. */
export async function rememberArchive(
  folder: string,
  look: string,
  { hash, sizeBytes }: Archive,
): Promise<void> {
  await replaceFile(nameOf(folder), JSON.stringify({ look, hash, sizeBytes }), 0o600);
}
