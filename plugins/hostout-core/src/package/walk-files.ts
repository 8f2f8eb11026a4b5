import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isBroken, notUtf8 } from "./not-utf8.ts";
import { unreadable } from "./unreadable.ts";

/** What no package holds, whatever else is in the folder: what belongs to tools. */
const alwaysLeft: ReadonlySet<string> = new Set([".git", ".hg", ".svn", ".hostout"]);

/** What is left out where nothing says what belongs to a project, besides what Python compiled. */
const installed: ReadonlySet<string> = new Set(["node_modules", ".venv"]);

/** What a walk takes of what tools make. */
export interface Walking {
  /** Packages that were installed, too. */
  readonly takesInstalled?: boolean;
  /** All that tools make of sources. */
  readonly all?: boolean;
}

/**
 * Files, links and special files below a folder, relative to it.
 *
 * @throws HostoutError `failed` for a name that is not UTF-8, and for a folder that cannot be read
 */
export async function walkFiles(
  folder: string,
  { all = false, takesInstalled = all }: Walking = {},
): Promise<readonly string[]> {
  const found: string[] = [];
  const isLeft = (name: string) =>
    alwaysLeft.has(name) || (!takesInstalled && installed.has(name)) || (!all && isCompiled(name));
  const walk = async (path: string): Promise<void> => {
    const items = await readdir(join(folder, path), { withFileTypes: true }).catch((cause) => {
      throw unreadable(join(folder, path), cause);
    });
    for (const item of items) {
      if (isLeft(item.name)) continue;
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

/** Whether a path lies in packages that were installed. */
export function isInInstalled(path: string): boolean {
  return path.split("/").some((name) => installed.has(name));
}

function isCompiled(name: string): boolean {
  return name === "__pycache__" || name.endsWith(".pyc");
}
