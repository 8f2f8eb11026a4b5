import { realpath } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Entry } from "./entry.ts";
import { isInInstalled } from "./walk-files.ts";

/**
 * Returns a line for each link to a local path outside of the package: on a host the link would lead nowhere. @param
 * isMeant which links to check
 */
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
    // The build may make a target that does not exist here.
    const target = await realpath(join(folder, path)).catch(() => undefined);
    if (target === undefined || target === real) continue;
    const inner = relative(real, target);
    // A host has data of its own, and installs packages itself.
    if (known.has(inner) || /^var(?:\/|$)/.test(inner) || isInInstalled(inner)) continue;
    lines.push(`${path} is a link to ${inner}, which is not in the package`);
  }
  return lines;
}
