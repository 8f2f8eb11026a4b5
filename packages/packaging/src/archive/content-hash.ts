import { createHash } from "node:crypto";
import { byPath, type Entry } from "../entries/entry.ts";
import { readContent, streamContent } from "../entries/read-content.ts";

/** Files above this size are never whole in memory. */
const wholeBytes = 1024 * 1024;

/**
 * Returns the sha256 (hex) of a folder's content: paths, executable bits, bytes. Times and owners do not count.
 *
 * @throws HostoutError `failed` if a file changes during the read
 */
export async function contentHash(entries: readonly Entry[]): Promise<string> {
  const whole = createHash("sha256");
  for (const { path, isExecutable, content } of [...entries].sort(byPath)) {
    const hash = createHash("sha256");
    if ("folder" in content) continue;
    if ("link" in content) hash.update(content.link);
    else if ("bytes" in content || content.sizeBytes <= wholeBytes) hash.update(await readContent(content));
    else for await (const part of streamContent(content)) hash.update(part);
    const kind = "link" in content ? "link" : isExecutable ? "program" : "file";
    whole.update(`${path}\0${kind}\0${hash.digest("hex")}\n`);
  }
  return whole.digest("hex");
}
