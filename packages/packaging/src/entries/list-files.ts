import { lstatSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findWorkingCopy, type WorkingCopy, type Workshop } from "@hostout/scm";
import { isToolsOwn, type Walking, walkFiles } from "./walk-files.ts";

/**
 * The files that belong to a folder, relative to it: those that git or Mercurial tracks and those that they do not ignore,
 * else all but what tools make and what `.gitignore` files say. Empty folders end in `/`; Mercurial does not know of them.
 *
 * @param walking how it is walked where version control says nothing about it; from `ignoringFrom` on (default: the folder),
 *   unless that ignores the folder itself
 * @throws HostoutError `command-failed` when there is a repository and no program for it
 */
export async function listFiles(
  folder: string,
  workshop: Workshop,
  walking?: Walking,
): Promise<readonly string[]> {
  const scm = await findWorkingCopy(folder, workshop);
  const known = scm ? await scm.list() : [];
  // In a folder that is ignored itself, the repository above says nothing about it.
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
    // So git calls the folder of a submodule, asked there, as long as it has no repository of its own.
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

/** Those that version control knows of. */
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

/** A repository within a repository, a submodule too, is told as one name. At once: there may be very many files. */
function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
