import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Entry } from "../entries/entry.ts";
import { fileMode } from "../entries/file-mode.ts";
import { replaceFile } from "../replace-file.ts";
import type { Archive } from "./archive.ts";

/** A file that changed so short a time ago may change once more without its times telling. */
const settledMs = 2500;

const nameOf = (folder: string) => join(folder, "last.json");

/** An archive that was made before, and what each entry of it looked like then. */
export interface KnownArchive extends Archive {
  /** In the order of the archive; see {@link looksOf}. */
  readonly looks: readonly string[];
  /** Which tar it is; see `archive-form.ts`. */
  readonly form: string;
}

/**
 * How each entry looks: by the times and numbers of its file and not by its bytes, as version control knows that nothing has changed. Empty
 * where a file changed just now.
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

/** Whether an archive is of just these entries, none of which changed since. */
export function looksLike(known: KnownArchive, looks: readonly string[]): boolean {
  return (
    looks.length === known.looks.length && looks.every((look, at) => look !== "" && look === known.looks[at])
  );
}

/** The archive that was made last, if it is there still. */
export async function lastArchive(folder: string): Promise<KnownArchive | undefined> {
  try {
    const { hash, sizeBytes, looks, form } = JSON.parse(await readFile(nameOf(folder), "utf8"));
    if (!/^[0-9a-f]{64}$/.test(hash) || !Array.isArray(looks)) return undefined;
    const file = join(folder, `deploy-${hash.slice(0, 12)}.tar`);
    return (await stat(file)).size === sizeBytes ? { hash, file, sizeBytes, looks, form } : undefined;
  } catch {
    // It is made anew.
    return undefined;
  }
}

/** Writes down what an archive was made of. */
export async function rememberArchive(folder: string, { file: _, ...known }: KnownArchive): Promise<void> {
  await replaceFile(nameOf(folder), JSON.stringify(known), 0o600);
}
