import { lstat, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

/** The most entries to read below one path: a larger tree is a compiled program, or data. */
const mostPaths = 500;
const mostTextBytes = 256 * 1024;

/** Returns the paths that recipes of the local build made, from `.installed.cfg`: files, and folders with their content. */
export function installedPaths(installed: string): readonly string[] {
  const values = installed.match(/^__buildout_installed__\s*=.*(?:\n[ \t].*)*/gm) ?? [];
  return values
    .flatMap((text) => text.slice(text.indexOf("=") + 1).split("\n"))
    .map((line) => line.trim())
    .filter((path) => path !== "");
}

/** Yields the texts of those files, the highest in a folder first. Does not follow links. @param folder the buildout's folder */
export async function* installedTexts(folder: string, installed: string): AsyncGenerator<string> {
  for (const top of installedPaths(installed)) {
    const paths = [resolve(folder, top)];
    for (let at = 0; at < Math.min(paths.length, mostPaths); at++) {
      const path = paths[at]!;
      // Removed and unreadable files say nothing: root may have built a part.
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
