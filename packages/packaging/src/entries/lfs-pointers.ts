import { join } from "node:path";
import type { Entry } from "./entry.ts";
import { readContent } from "./read-content.ts";

const pointerForm = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n/;

/** The sizes of a pointer, which has a sum and a size. Only files of these sizes are read (git-lfs, spec.md). */
const [leastBytes, mostBytes] = [120, 200];

/** The most names in a message. */
const mostTold = 10;

/** Returns a line for each file that Git LFS did not fetch: only its pointer exists here. @param folder for the lines */
export async function warnOfLfsPointers(entries: readonly Entry[], folder = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { path, content } of entries) {
    if (!("file" in content) || content.sizeBytes < leastBytes || content.sizeBytes > mostBytes) continue;
    if (pointerForm.test((await readContent(content)).toString("latin1"))) found.push(path);
  }
  const lines = found
    .slice(0, mostTold)
    .map(
      (path) =>
        `Git LFS did not fetch ${join(folder, path)}: only its pointer is packaged; 'git lfs pull' fetches it`,
    );
  const more = found.length - mostTold;
  if (more > 0) lines.push(`nor ${more} more ${more === 1 ? "file" : "files"}`);
  return lines;
}
