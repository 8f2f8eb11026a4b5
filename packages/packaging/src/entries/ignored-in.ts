import { lstat } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { walkFiles } from "./walk-files.ts";

/** Files that exist only to keep a folder in version control. */
const keeperForm = /(?:^|\/)\.(?:(?:git|hg)(?:keep|ignore)|keep|placeholder)$/;

/** Files that tools, editors and systems leave behind: nobody misses them. */
const leftoverForm =
  /(?:^|\/)(?:[^/]+\.egg-info|\.[^/]*cache|\.(?:tox|nox|idea|vscode|DS_Store)|Thumbs\.db|[^/]+\.(?:log|tmp|swp|bak|orig)|[^/]*~)(?:\/|$)/;

/** The most names in a message about a folder. */
const mostTold = 3;

/**
 * Returns a line for each folder of `include` of which version control ignores a part: the package lacks that part.
 *
 * @param isSettled whether the package contains a path, or the user excluded it
 */
export async function ignoredIn(
  project: string,
  include: readonly string[],
  isSettled: (path: string) => boolean,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const word of include) {
    const path = posix.normalize(word).replace(/\/$/, "");
    // A user who names the whole project means its own files.
    if (path === "." || !(await isFolder(join(project, path)))) continue;
    const walked = (await walkFiles(join(project, path)))
      .map((name) => `${path}/${name}`)
      .filter((name) => !name.endsWith("/"));
    const left = walked.filter((name) => !isSettled(name) && !leftoverForm.test(name));
    if (left.length === 0) continue;
    const kept = walked.filter(isSettled);
    if (kept.length > 0 && kept.every((name) => keeperForm.test(name)))
      lines.push(
        `include = ${word}: only ${kept.join(", ")} is packaged, because version control ignores the rest; to take all of it: include = ${posix.join(path, "*")}`,
      );
    else {
      const places = placesOf(left, kept);
      const more = places.length > mostTold ? ` and ${places.length - mostTold} more` : "";
      lines.push(
        `include = ${word}: version control ignores ${places.slice(0, mostTold).join(", ")}${more}, so the package is without; to take it, name it in include too, else in exclude`,
      );
    }
  }
  return lines;
}

/** Returns the highest folders of which nothing is packaged, and files beside packaged ones. */
function placesOf(left: readonly string[], kept: readonly string[]): readonly string[] {
  const used = new Set<string>();
  for (const name of kept) for (let at = dirname(name); at !== "."; at = dirname(at)) used.add(at);
  const places = left.map((name) => {
    let place = name;
    while (dirname(place) !== "." && !used.has(dirname(place))) place = dirname(place);
    return place;
  });
  return [...new Set(places)];
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
