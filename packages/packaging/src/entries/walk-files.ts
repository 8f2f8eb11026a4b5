import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isBroken, notUtf8, unreadable } from "@hostout/scm";
import { type IgnoreFile, isGitIgnored, readIgnoreFile } from "./git-ignore.ts";

/** Names of tools' folders that no package contains. */
const alwaysLeft: ReadonlySet<string> = new Set([".git", ".hg", ".svn", ".hostout"]);

/** Folders to leave out, besides compiled Python files, if nothing defines the files of a project. */
const installed: ReadonlySet<string> = new Set(["node_modules", ".venv"]);

/** The products of tools that a walk includes. */
export interface Walking {
  /** Installed packages too. */
  readonly takesInstalled?: boolean;
  /** All products of tools. */
  readonly all?: boolean;
  /** The folder from which the `.gitignore` files count, this one or one above it. Undefined: none counts. */
  readonly ignoringFrom?: string | undefined;
}

/**
 * Lists files, links and special files below a folder, relative to it. Empty folders have `/` at their end.
 *
 * @throws HostoutError `failed` for a name that is not UTF-8, and for an unreadable folder
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

/** Returns whether a path contains the name of a folder of version control, or of hostout. */
export function isToolsOwn(path: string): boolean {
  return path.split("/").some((name) => alwaysLeft.has(name));
}

/** Returns whether a path is inside installed packages. */
export function isInInstalled(path: string): boolean {
  return path.split("/").some((name) => installed.has(name));
}

function isCompiled(name: string): boolean {
  return name === "__pycache__" || name.endsWith(".pyc");
}
