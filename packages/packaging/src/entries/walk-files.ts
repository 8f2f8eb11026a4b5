import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isBroken, notUtf8, unreadable } from "@hostout/scm";
import { type IgnoreFile, isGitIgnored, readIgnoreFile } from "./git-ignore.ts";

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
  /** The folder, this one or one above it, from which on the `.gitignore` files count. Undefined: none does. */
  readonly ignoringFrom?: string | undefined;
}

/**
 * Files, links and special files below a folder, relative to it; folders without any, with `/` at their end.
 *
 * @throws HostoutError `failed` for a name that is not UTF-8, and for a folder that cannot be read
 */
export async function walkFiles(
  folder: string,
  { all = false, takesInstalled = all, ignoringFrom }: Walking = {},
): Promise<readonly string[]> {
  const found: string[] = [];
  const isLeft = (name: string) =>
    alwaysLeft.has(name) || (!takesInstalled && installed.has(name)) || (!all && isCompiled(name));
  const walk = async (path: string, above: readonly IgnoreFile[]): Promise<void> => {
    const items = await readdir(join(folder, path), { withFileTypes: true }).catch((cause) => {
      throw unreadable(join(folder, path), cause);
    });
    const own = ignoringFrom !== undefined && items.some(({ name }) => name === ".gitignore");
    const ignoring = own ? [...above, ...(await readIgnoreFile(join(folder, path)))] : above;
    if (items.length === 0 && path !== "") found.push(`${path}/`);
    for (const item of items) {
      if (isLeft(item.name)) continue;
      if (isGitIgnored(ignoring, join(folder, path, item.name), item.isDirectory())) continue;
      const inner = path === "" ? item.name : `${path}/${item.name}`;
      if (isBroken(item.name)) throw notUtf8(join(folder, inner));
      if (item.isDirectory()) await walk(inner, ignoring);
      else found.push(inner);
    }
  };
  await walk("", await ignoreFilesAbove(ignoringFrom, folder));
  return found;
}

async function ignoreFilesAbove(from: string | undefined, folder: string): Promise<readonly IgnoreFile[]> {
  const files: IgnoreFile[] = [];
  for (let at = from; at !== undefined && at !== folder && folder.startsWith(`${at}/`); ) {
    files.push(...(await readIgnoreFile(at)));
    at = `${at}/${folder.slice(at.length + 1).split("/")[0]}`;
  }
  return files;
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
