import type { Stats } from "node:fs";
import { lstat, readlink, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { HostoutError } from "@hostout/kit";
import { unreadable } from "@hostout/scm";
import { byPath, type Entry, fileContent } from "./entry.ts";
import { readersOf } from "./file-mode.ts";

/** The number of files to look at in parallel. */
const sideBySide = 32;

export interface ReadingEntries {
  readonly warn: (line: string) => void;
  /** The treatment of a link that leads out of the folder: refused, or replaced by its target file. */
  readonly linksOut: "refuse" | "follow";
}

/**
 * Looks at files of a folder, and returns a sorted entry for each existing one. Leaves out special files with a
 * warning.
 *
 * @param paths relative to the folder; the path of an empty folder ends in `/`
 * @throws HostoutError `failed` for a link that leads out of the folder, and for an unreadable file
 */
export async function readEntries(
  folder: string,
  paths: readonly string[],
  reading: ReadingEntries,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (let at = 0; at < paths.length; at += sideBySide) {
    const some = paths.slice(at, at + sideBySide).map((path) => readEntry(folder, path, reading));
    for (const entry of await Promise.all(some)) if (entry) entries.push(entry);
  }
  return entries.sort(byPath);
}

async function readEntry(
  folder: string,
  path: string,
  { warn, linksOut }: ReadingEntries,
): Promise<Entry | undefined> {
  const file = join(folder, path);
  const stats = await lstat(file).catch((cause) => goneOrThrow(file, cause));
  if (stats === undefined) return undefined;
  if (stats.isDirectory())
    return { path: path.replace(/\/$/, ""), isExecutable: true, content: { folder: true } };
  if (stats.isFile()) return fileEntry(path, file, stats);
  if (stats.isSymbolicLink()) {
    const link = innerLink(folder, file, await readlink(file));
    if (link !== undefined) return { path, isExecutable: false, content: { link } };
    const target =
      linksOut === "follow" ? await stat(file).catch((cause) => goneOrThrow(file, cause)) : undefined;
    if (target?.isFile()) return fileEntry(path, await realpath(file), target);
    throw leadsOut(file, await readlink(file));
  }
  warn(`${path} is neither a file nor a link and is left out`);
  return undefined;
}

function fileEntry(path: string, file: string, stats: Stats): Entry {
  const isExecutable = (stats.mode & 0o100) !== 0;
  return { path, isExecutable, readers: readersOf(stats.mode), content: fileContent(file, stats) };
}

/** Returns the target of a link within the folder, relative. Undefined if the link leads out. */
function innerLink(folder: string, file: string, target: string): string | undefined {
  const absolute = resolve(dirname(file), target);
  if (absolute !== folder && !absolute.startsWith(`${folder}/`)) return undefined;
  const isStraight = !isAbsolute(target) && !leavesBetween(folder, file, target);
  return isStraight ? target : relative(dirname(file), absolute) || ".";
}

/** Returns whether a path leaves the folder and returns by the folder's name, which differs on hosts. */
function leavesBetween(folder: string, file: string, target: string): boolean {
  let depth = relative(folder, dirname(file)).split("/").filter(Boolean).length;
  return target.split("/").some((name) => {
    if (name === "..") depth--;
    else if (name !== "" && name !== ".") depth++;
    return depth < 0;
  });
}

function leadsOut(file: string, target: string): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `${file} is a link to ${target}, which is not in the package`,
    hint: "Put the file itself there, or leave the link out with 'exclude'.",
  });
}

function goneOrThrow(file: string, cause: NodeJS.ErrnoException): undefined {
  if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
  throw unreadable(file, cause);
}
