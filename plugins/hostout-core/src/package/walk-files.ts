import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isBroken, notUtf8 } from "./not-utf8.ts";

/** What no package holds, whatever else is in the folder: what belongs to tools. */
const alwaysLeft: ReadonlySet<string> = new Set([".git", ".hg", ".svn", ".hostout"]);

/** What is left out where nothing says what belongs to a project. */
const made: ReadonlySet<string> = new Set(["node_modules", "__pycache__", ".venv"]);

/**
 * Files, links and special files below a folder, relative to it. `all` takes along what tools make of sources, too.
 *
 * @throws HostoutError `failed` for a name that is not UTF-8
 */
export async function walkFiles(
  folder: string,
  { all = false }: { readonly all?: boolean } = {},
): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for (const item of await readdir(join(folder, path), { withFileTypes: true })) {
      if (alwaysLeft.has(item.name) || (!all && isMade(item.name))) continue;
      const inner = path === "" ? item.name : `${path}/${item.name}`;
      if (isBroken(item.name)) throw notUtf8(join(folder, inner));
      if (item.isDirectory()) await walk(inner);
      else found.push(inner);
    }
  };
  await walk("");
  return found;
}

/** Whether a path has a name in it that belongs to a tool of version control, or to hostout. */
export function isToolsOwn(path: string): boolean {
  return path.split("/").some((name) => alwaysLeft.has(name));
}

function isMade(name: string): boolean {
  return made.has(name) || name.endsWith(".pyc");
}
