import { type SyncRequest, sh } from "@hostout/kit";
import type { Side } from "../transfer/side.ts";
import { makeExclude } from "./exclude.ts";
import { pathEnd } from "./listing.ts";
import { readBytes } from "./read-bytes.ts";

/**
 * Returns the folders whose rights a copy would change: folders of both trees with different rights.
 * Paths are relative to the trees, each character one byte. `.` is the top folder. Empty if the target does not exist,
 * or takes the rights of the source.
 */
export async function unlikeFolders(
  source: Side,
  target: Side,
  [from, to]: readonly [string, string],
  { keepFolders = "all", ignoreExisting, exclude = [] }: SyncRequest,
): Promise<ReadonlySet<string>> {
  if (keepFolders === "none" || ignoreExisting) return new Set();
  const isTopOnly = keepFolders === "top";
  const [have, there] = await Promise.all([modesOf(source, from, isTopOnly), modesOf(target, to, isTopOnly)]);
  const isExcluded = makeExclude(exclude);
  const paths = [...have].flatMap(([path, mode]) => ((there.get(path) ?? mode) === mode ? [] : [path]));
  return new Set(paths.filter((path) => path === "." || !isExcluded(path, true)));
}

/** Returns the octal modes of the folders of a tree. */
async function modesOf(side: Side, folder: string, isTopOnly: boolean): Promise<ReadonlyMap<string, string>> {
  const depth = isTopOnly ? ["-maxdepth", "0"] : [];
  const text = await readBytes(
    side,
    sh`cd -- ${folder} 2>/dev/null || exit 0; find . ${depth} -type d -exec stat -c '%a %n//' {} +`,
    { title: `find ${folder}` },
  );
  const records = text.split(pathEnd).slice(0, -1);
  return new Map(
    records.map((record) => {
      const blank = record.indexOf(" ");
      return [record.slice(blank + 1).replace(/^\.\//, ""), record.slice(0, blank)];
    }),
  );
}

/**
 * Returns all paths of a tree except these folders themselves. Paths begin with `./`, each character one byte.
 * A folder in the result stands for its whole content.
 */
export async function pathsBeside(
  source: Side,
  from: string,
  folders: ReadonlySet<string>,
): Promise<readonly string[]> {
  const opened = new Set(["."]);
  for (const folder of folders) for (let path = folder; path !== "."; path = parentOf(path)) opened.add(path);
  const text = await readBytes(source, sh`cd -- ${from} && find . ! -name . -exec printf '%s\0' {} +`, {
    title: `find ${from}`,
  });
  return text.split("\0").filter((line) => {
    const path = line.slice(2);
    return path !== "" && !opened.has(path) && opened.has(parentOf(path));
  });
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}
