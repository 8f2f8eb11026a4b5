import { lstatSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findWorkingCopy, type WorkingCopy, type Workshop } from "@hostout/scm";
import { isToolsOwn, type Walking, walkFiles } from "./walk-files.ts";

/**
 * Lists the files that belong to a folder, relative to it: tracked files, and files that git or Mercurial does not
 * ignore.
 * Without version control, lists all files except the products of tools and files that `.gitignore` ignores. Empty
 * folders end in `/`. Mercurial does not know them.
 *
 * @param walking the way to walk without version control; from `ignoringFrom` on (default: the folder), unless that
 * ignores the folder itself
 * @throws HostoutError `command-failed` if a repository exists and its program does not
 */
export async function listFiles(
  folder: string,
  workshop: Workshop,
  walking?: Walking,
): Promise<readonly string[]> {
  const scm = await findWorkingCopy(folder, workshop);
  const known = scm ? await scm.list() : [];
  // The folder itself is ignored, so the repository above does not know its files.
  if (known.length === 0) {
    const ignoringFrom = scm ? undefined : (walking?.ignoringFrom ?? folder);
    const files = await walkFiles(folder, { ...walking, ignoringFrom });
    return files.length > 0 ? files : walkFiles(folder, { ...walking, ignoringFrom: undefined });
  }
  const files: string[] = [];
  for (const name of await emptyFolders(folder, scm)) files.push(name);
  for (const path of known) {
    if (isToolsOwn(path)) continue;
    const inner = path.replace(/\/$/, "");
    // git's name for the folder of a submodule, asked there, until it has a repository of its own.
    if (inner === ".") {
      workshop.warn(`${folder} is a submodule that is not checked out`);
      continue;
    }
    if (isFolder(join(folder, inner)))
      files.push(...(await listFiles(join(folder, inner), workshop)).map((name) => `${inner}/${name}`));
    else files.push(inner);
  }
  return files;
}

/** Lists the empty folders that version control knows. */
async function emptyFolders(folder: string, scm: WorkingCopy | undefined): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of (await scm?.untrackedFolders()) ?? []) {
    const inner = name.replace(/\/$/, "");
    if (isToolsOwn(inner) || !isFolder(join(folder, inner))) continue;
    const items = await walkFiles(join(folder, inner), { ignoringFrom: folder });
    const isEmpty = items.length === 0 && (await readdir(join(folder, inner))).length === 0;
    found.push(
      ...(isEmpty
        ? [`${inner}/`]
        : items.filter((item) => item.endsWith("/")).map((item) => `${inner}/${item}`)),
    );
  }
  return found;
}

/**
 * Returns whether a path is a folder: git lists a repository within a repository, or a submodule, as one name.
 * Synchronous, because there may be very many files.
 */
function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
