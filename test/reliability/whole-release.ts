import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Files of each release of these tests, below its folder; each has the name of its release in it, as `<name>`. */
export const releaseFiles = [
  "bin/app",
  "etc/site.cfg",
  "parts/built",
  "parts/label",
  "parts/one/a.txt",
  "parts/two/b.txt",
];

/** Where another tool had a release, below the site's path. */
export const foreignRelease = "releases/20260101000000";

/** What is in the project from which a release is deployed; `parts/built` is made by its build. */
export function projectFiles(label: string): Readonly<Record<string, string>> {
  const sources = releaseFiles.filter((name) => name !== "parts/built");
  return Object.fromEntries(sources.map((name) => [name, `${name} of <${label}>\n`]));
}

/**
 * The name of the release that is served at a site's path: all its files are there and name the same one, also where they are
 * looked for beside `current`. Undefined where no release is live. Throws where it is not whole.
 */
export function servedWhole(path: string): string | undefined {
  let target: string;
  try {
    target = readlinkSync(join(path, "current"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  if (target !== foreignRelease && !/^releases\/\d{8}T\d+Z-[0-9a-f]{8}$/.test(target))
    throw new Error(`current leads to ${target}`);
  const folder = join(path, target);
  if (!lstatSync(folder).isDirectory()) throw new Error(`${target} is no folder`);
  const files = filesBelow(folder).toSorted();
  if (files.join() !== releaseFiles.join()) throw new Error(`${target} has ${files.join()}`);
  const labels = new Set(files.map((name) => labelOf(join(folder, name))));
  for (const name of ["bin/app", "etc/site.cfg", "parts/built"]) labels.add(labelOf(join(path, name)));
  if (labels.size !== 1) throw new Error(`${target} is a mix of ${[...labels].join(" and ")}`);
  return [...labels][0]!;
}

function labelOf(file: string): string {
  const text = readFileSync(file, "utf8");
  const label = /<(\w+)>\n$/.exec(text)?.[1];
  if (label === undefined) throw new Error(`${file} names no release: ${JSON.stringify(text)}`);
  return label;
}

/** Without data, which a link leads to, and what a package says of itself. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => name !== "hostout-package.ini");
}
