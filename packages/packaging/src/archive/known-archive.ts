import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Entry } from "../entries/entry.ts";
import { fileMode } from "../entries/file-mode.ts";
import { replaceFile } from "../replace-file.ts";
import type { Archive } from "./archive.ts";

/** A file that changed less than this time ago may change again without a change of its times. In milliseconds. */
const settledMs = 2500;

const nameOf = (folder: string) => join(folder, "last.json");

/** An archive of an earlier run, with the looks of its entries at that time. */
export interface KnownArchive extends Archive {
  /** In the order of the archive; see {@link looksOf}. */
  readonly looks: readonly string[];
  /** The kind of its tar; see `archive-form.ts`. */
  readonly form: string;
}

/**
 * Returns the looks of entries: the times and numbers of their files instead of their bytes, as version control detects
 * changes. Empty if a file has just changed.
 *
 * @param nowMs milliseconds since the epoch
 */
export function looksOf(entries: readonly Entry[], nowMs: number): readonly string[] {
  return entries.map((entry) => {
    const { path, content } = entry;
    const hash = createHash("sha256").update(JSON.stringify([path, fileMode(entry)]));
    if ("bytes" in content) hash.update(content.bytes);
    else if ("folder" in content) hash.update(JSON.stringify(content));
    else if ("link" in content) hash.update(JSON.stringify({ link: content.link }));
    else {
      const { file, sizeBytes, inode, changedMs, modifiedMs } = content;
      if (Math.max(changedMs, modifiedMs) > nowMs - settledMs) return "";
      hash.update(JSON.stringify({ file, sizeBytes, inode, changedMs, modifiedMs }));
    }
    return hash.digest("base64url");
  });
}

/** Returns whether an archive has exactly these entries, without a change since. */
export function looksLike(known: KnownArchive, looks: readonly string[]): boolean {
  return (
    looks.length === known.looks.length && looks.every((look, at) => look !== "" && look === known.looks[at])
  );
}

/** Returns the last archive, if it still exists. */
export async function lastArchive(folder: string): Promise<KnownArchive | undefined> {
  try {
    const { hash, sizeBytes, looks, form } = JSON.parse(await readFile(nameOf(folder), "utf8"));
    if (!/^[0-9a-f]{64}$/.test(hash) || !Array.isArray(looks)) return undefined;
    const file = join(folder, `deploy-${hash.slice(0, 12)}.tar`);
    return (await stat(file)).size === sizeBytes ? { hash, file, sizeBytes, looks, form } : undefined;
  } catch {
    // hostout makes the archive again.
    return undefined;
  }
}

/** Records the looks of an archive's entries. */
export async function rememberArchive(folder: string, { file: _, ...known }: KnownArchive): Promise<void> {
  await replaceFile(nameOf(folder), JSON.stringify(known), 0o600);
}
