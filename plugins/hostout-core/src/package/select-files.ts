import { lstat } from "node:fs/promises";
import { join, posix } from "node:path";
import { HostoutError, type Origin } from "@hostout/kit";
import { isPattern, matchPaths } from "./file-pattern.ts";
import { listFiles } from "./list-files.ts";
import type { PackageSettings } from "./package.ts";
import type { Workshop } from "./package-tools.ts";
import { walkFiles } from "./walk-files.ts";

/**
 * The files that a package takes besides those that it must have, relative to the project.
 *
 * @param include files, folders and patterns; undefined: all that belongs to the project
 * @throws HostoutError `bad-option` for a name that is not there or not in the project
 */
export async function selectFiles(
  project: string,
  { include, exclude, origins }: Pick<PackageSettings, "include" | "exclude" | "origins">,
  workshop: Workshop,
): Promise<readonly string[]> {
  const found = include
    ? await Promise.all(include.map((word) => filesOf(project, word, origins?.include, workshop)))
    : [await listFiles(project, workshop)];
  const isExcluded = matchPaths(exclude, { name: "exclude", origin: origins?.exclude });
  return [...new Set(found.flat())].filter((path) => !isExcluded(path));
}

async function filesOf(
  project: string,
  word: string,
  origin: Origin | undefined,
  workshop: Workshop,
): Promise<readonly string[]> {
  const path = posix.normalize(word).replace(/\/$/, "");
  if (path.startsWith("..") || path.startsWith("/")) throw outside(word, origin);
  const stats = await lstat(join(project, path)).catch(() => undefined);
  if (stats?.isDirectory()) return folderFiles(project, path, workshop);
  if (stats) return [path];
  if (!isPattern(word)) throw missing(word, origin);
  const isMeant = matchPaths([path.includes("/") || word.startsWith("./") ? `/${path}` : path], {
    name: "include",
    origin,
  });
  const matched = (await walkFiles(project)).filter(isMeant);
  if (matched.length === 0) workshop.note(`include = ${word} matches nothing`);
  return matched;
}

/** A folder that is named is meant, even where version control ignores it. */
async function folderFiles(project: string, path: string, workshop: Workshop): Promise<readonly string[]> {
  const listed = await listFiles(join(project, path), workshop);
  const files = listed.length > 0 ? listed : await walkFiles(join(project, path), { all: true });
  return path === "." ? files : files.map((name) => `${path}/${name}`);
}

function outside(word: string, origin: Origin | undefined): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `include = ${word} is not in the project's folder`,
    hint: "Paths are relative to the folder of the configuration.",
    origin,
  });
}

function missing(word: string, origin: Origin | undefined): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `include = ${word} is not there`,
    hint: /\s/.test(word)
      ? "Write one a line; paths are relative to the folder of the configuration."
      : "Paths are relative to the folder of the configuration; is it built first?",
    origin,
  });
}
