import { realpath } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Entry } from "./entry.ts";
import { isInInstalled } from "./walk-files.ts";

/** A line for each link that leads to something here which is not in the package: on a host it would lead nowhere. @param isMeant which links are looked at */
export async function warnOfLooseLinks(
  folder: string,
  entries: readonly Entry[],
  isMeant: (entry: Entry) => boolean | undefined,
): Promise<readonly string[]> {
  const real = await realpath(folder);
  const known = new Set<string>();
  for (const { path } of entries)
    for (let at = path; at !== "." && !known.has(at); at = dirname(at)) known.add(at);
  const lines: string[] = [];
  for (const { path } of entries.filter((entry) => "link" in entry.content && isMeant(entry))) {
    // What is not here either is for the build to make.
    const target = await realpath(join(folder, path)).catch(() => undefined);
    if (target === undefined || target === real) continue;
    const inner = relative(real, target);
    // Data is there on a host, and packages are installed there.
    if (known.has(inner) || /^var(?:\/|$)/.test(inner) || isInInstalled(inner)) continue;
    lines.push(`${path} is a link to ${inner}, which is not in the package`);
  }
  return lines;
}
