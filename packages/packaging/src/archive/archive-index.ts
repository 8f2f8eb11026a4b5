import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { formatIndex, parseIndex, type Segment } from "@hostout/releases";
import { replaceFile } from "../replace-file.ts";
import { readLayout } from "./read-layout.ts";

const indexOf = (archive: string) => archive.replace(/\.tar$/, ".index");

/**
 * Writes the index of an archive beside it, so that the archive need not be read again for each host. `segments`: the
 * segments, if known.
 */
export async function writeIndex(archive: string, segments?: readonly Segment[]): Promise<void> {
  const index = indexOf(archive);
  if (existsSync(index)) return;
  await replaceFile(index, formatIndex(segments ?? (await readLayout(archive))), 0o600);
}

/** Removes an index that has changed, if it exists. */
export function removeIndex(archive: string): Promise<void> {
  return rm(indexOf(archive), { force: true });
}

/** Reads the index of an archive, as text. */
export function readIndex(archive: string): Promise<string> {
  return readFile(indexOf(archive), "utf8");
}

/** Reads the index of another archive in the same folder, if it exists. */
export async function indexBeside(archive: string, hash: string): Promise<readonly Segment[] | undefined> {
  try {
    return parseIndex(await readIndex(join(dirname(archive), `deploy-${hash.slice(0, 12)}.tar`)));
  } catch {
    return undefined;
  }
}
