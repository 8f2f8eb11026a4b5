import { lstat, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

/** So much is looked at of what one path names: more is a program that was compiled, or data. */
const mostPaths = 500;
const mostTextBytes = 256 * 1024;

/** What recipes of the local build made, as `.installed.cfg` names it: files, and folders with all below. */
export function installedPaths(installed: string): readonly string[] {
  const values = installed.match(/^__buildout_installed__\s*=.*(?:\n[ \t].*)*/gm) ?? [];
  return values
    .flatMap((text) => text.slice(text.indexOf("=") + 1).split("\n"))
    .map((line) => line.trim())
    .filter((path) => path !== "");
}

/** The texts among that, those that lie high in a folder first. Links are not followed. @param folder that of the buildout */
export async function* installedTexts(folder: string, installed: string): AsyncGenerator<string> {
  for (const top of installedPaths(installed)) {
    const paths = [resolve(folder, top)];
    for (let at = 0; at < Math.min(paths.length, mostPaths); at++) {
      const path = paths[at]!;
      // What is gone, or is not ours to read, says nothing: a part may have been built by root.
      const stats = await lstat(path).catch(() => undefined);
      if (stats?.isDirectory()) {
        const names = (await readdir(path).catch(() => [])).sort().slice(0, mostPaths);
        paths.push(...names.map((name) => join(path, name)));
      } else if (stats?.isFile() && stats.size <= mostTextBytes) {
        const bytes = await readFile(path).catch(() => Buffer.of());
        if (!bytes.includes(0)) yield bytes.toString("utf8");
      }
    }
  }
}
