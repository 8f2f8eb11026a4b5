import { lstat, realpath } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { HostoutError, type Origin } from "@hostout/kit";
import { findWorkingCopy, type Workshop } from "@hostout/scm";
import type { PackageSettings } from "../package.ts";
import { isPattern, matchPaths } from "./file-pattern.ts";
import { ignoredIn } from "./ignored-in.ts";
import { listFiles } from "./list-files.ts";
import { isInInstalled, isToolsOwn, walkFiles } from "./walk-files.ts";

/**
 * Returns the files that a package takes besides the required ones, relative to the project.
 *
 * @param include files, folders and patterns; undefined: all files of the project
 * @throws HostoutError `bad-option` for a name that does not exist or is outside of the project
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
  const all = new Set(found.flat());
  for (const line of await ignoredIn(project, include ?? [], (path) => all.has(path) || isExcluded(path)))
    workshop.warn(line);
  return [...all].filter((path) => !isExcluded(path));
}

async function filesOf(
  project: string,
  word: string,
  origin: Origin | undefined,
  workshop: Workshop,
): Promise<readonly string[]> {
  const path = posix.normalize(word).replace(/\/$/, "");
  if (/^(?:\.\.(?:\/|$)|\/)/.test(path)) throw outside(word, origin);
  if (isToolsOwn(path)) throw toolsOwn(word, origin);
  await refuseWayOut(project, word, path, origin);
  const stats = await lstat(join(project, path)).catch(() => undefined);
  if (stats?.isDirectory()) return folderFiles(project, { word, path }, workshop);
  if (stats) return [path];
  if (!isPattern(word)) throw missing(word, origin);
  const isMeant = matchPaths([path.includes("/") || word.startsWith("./") ? `/${path}` : path], {
    name: "include",
    origin,
  });
  const matched = (await walkFiles(project)).filter(isMeant);
  if (matched.length === 0) workshop.warn(`include = ${word} matches nothing`);
  return matched;
}

/** Returns the files of a named folder, even if version control ignores it. */
async function folderFiles(
  project: string,
  { word, path }: { readonly word: string; readonly path: string },
  workshop: Workshop,
): Promise<readonly string[]> {
  const folder = join(project, path);
  const scm = await findWorkingCopy(folder, workshop);
  // An ignored folder, or one among installed packages, may need the packages inside it.
  const takesInstalled = scm !== undefined || isInInstalled(path);
  const listed = await listFiles(folder, workshop, { takesInstalled, ignoringFrom: project });
  const files = listed.length > 0 ? listed : await walkFiles(folder, { all: true });
  const isNone = files.every((name) => name.endsWith("/"));
  if (isNone) workshop.warn(`include = ${word} has no files`);
  if (path === ".") return files;
  return files.length > 0 ? files.map((name) => `${path}/${name}`) : [`${path}/`];
}

function outside(word: string, origin: Origin | undefined, leadsTo?: string): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `include = ${word} is not in the project's folder${leadsTo === undefined ? "" : `: a link leads to ${leadsTo}`}`,
    hint:
      leadsTo === undefined
        ? "Paths are relative to the folder of the configuration."
        : "Put the files themselves into the project.",
    origin,
  });
}

/** Refuses a path that leaves the project through a link. Only a link on the way to a file is followed. */
async function refuseWayOut(
  project: string,
  word: string,
  path: string,
  origin: Origin | undefined,
): Promise<void> {
  const above = await realpath(join(project, dirname(path))).catch(() => undefined);
  if (above === undefined) return;
  const root = await realpath(project);
  if (above !== root && !above.startsWith(`${root}/`)) throw outside(word, origin, above);
}

function toolsOwn(word: string, origin: Origin | undefined): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `include = ${word} belongs to a tool, and to no package`,
    hint: "Name what the site needs of it in another folder.",
    origin,
  });
}

function missing(word: string, origin: Origin | undefined): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `include = ${word} does not exist`,
    hint: missingHint(word),
    origin,
  });
}

function missingHint(word: string): string {
  if (/\s[#;]/.test(word))
    return "Write the comment on a line of its own: behind a value it is part of the value.";
  if (/\s/.test(word)) return "Write one a line; paths are relative to the folder of the configuration.";
  return "Paths are relative to the folder of the configuration; is it built first?";
}
