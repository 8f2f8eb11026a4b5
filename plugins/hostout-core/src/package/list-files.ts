import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { Workshop } from "./package-tools.ts";
import { findScm } from "./scm.ts";
import { isToolsOwn, type Walking, walkFiles } from "./walk-files.ts";

/**
 * The files that belong to a folder, relative to it: those that git or Mercurial tracks and those that they do not ignore,
 * else all but what tools make.
 *
 * @param walking how it is walked where version control says nothing about it
 * @throws HostoutError `command-failed` when there is a repository and no program for it
 */
export async function listFiles(
  folder: string,
  workshop: Workshop,
  walking?: Walking,
): Promise<readonly string[]> {
  const scm = await findScm(folder, workshop);
  const known = scm ? await scm.list() : [];
  // In a folder that is ignored itself, the repository above says nothing about it.
  if (known.length === 0) return walkFiles(folder, walking);
  const files: string[] = [];
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

/** A repository within a repository, a submodule too, is told as one name. At once: there may be very many files. */
function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
