import { type Command, type SyncRequest, sh } from "@hostout/kit";
import { collect } from "./collect.ts";
import { makeExclude } from "./exclude.ts";
import { commandFailure, execute } from "./execute.ts";
import type { Side } from "./side.ts";

/**
 * Folders whose rights a copy would change: both trees have them, with other rights. Relative to the trees; `.` is the topmost one. Empty
 * where the target does not exist, or is to have the rights of the source.
 */
export async function unlikeFolders(
  source: Side,
  target: Side,
  [from, to]: readonly [string, string],
  { keepFolders = "all", ignoreExisting, exclude = [] }: SyncRequest,
): Promise<ReadonlySet<string>> {
  if (keepFolders === "none" || ignoreExisting) return new Set();
  const isTopOnly = keepFolders === "top";
  const [have, there] = await Promise.all([modesOf(source, from, isTopOnly), modesOf(target, to, isTopOnly)]);
  const isExcluded = makeExclude(exclude);
  const paths = [...have].flatMap(([path, mode]) => ((there.get(path) ?? mode) === mode ? [] : [path]));
  return new Set(paths.filter((path) => path === "." || !isExcluded(path, true)));
}

/** Octal modes of the folders of a tree. */
async function modesOf(side: Side, folder: string, isTopOnly: boolean): Promise<ReadonlyMap<string, string>> {
  const depth = isTopOnly ? ["-maxdepth", "0"] : [];
  const modes = new Map<string, string>();
  await readLinesOf(
    side,
    sh`cd -- ${folder} 2>/dev/null || exit 0; find . ${depth} -type d -exec stat -c '%a %n' {} +`,
    (line) => {
      const blank = line.indexOf(" ");
      modes.set(line.slice(blank + 1).replace(/^\.\//, ""), line.slice(0, blank));
    },
  );
  return modes;
}

/**
 * All of a tree but these folders themselves: paths that begin with `./`. A folder among them is meant with all that it has.
 */
export async function pathsBeside(
  source: Side,
  from: string,
  folders: ReadonlySet<string>,
): Promise<readonly string[]> {
  const opened = new Set(["."]);
  for (const folder of folders) for (let path = folder; path !== "."; path = parentOf(path)) opened.add(path);
  const paths: string[] = [];
  await readLinesOf(source, sh`cd -- ${from} && find . ! -name .`, (line) => {
    const path = line.slice(2);
    if (!opened.has(path) && opened.has(parentOf(path))) paths.push(line);
  });
  return paths;
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

async function readLinesOf(
  { machine, account }: Side,
  command: Command,
  read: (line: string) => void,
): Promise<void> {
  const output = { stdout: collect(read), stderr: collect(undefined) };
  const finished = await execute(machine, account, command, { quiet: true }, output);
  output.stdout.end();
  if (finished.code !== 0) throw commandFailure(machine.name, "find", finished);
}
