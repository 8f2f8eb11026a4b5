import { type ShellLine, type SyncRequest, sh } from "@hostout/kit";
import type { Side } from "../transfer/side.ts";
import { makeExclude } from "./exclude.ts";
import type { Entry } from "./listing.ts";
import { nulSeparated, readBytes } from "./read-bytes.ts";
import { differ } from "./tree-change.ts";

type Tree = ReadonlyMap<string, Entry>;

/** Returns the files of both trees that look equal but have different content. */
export async function filesOfOtherContent(
  [source, target]: readonly [Side, Side],
  [from, to]: readonly [string, string],
  [have, there]: readonly [Tree, Tree],
  request: SyncRequest,
): Promise<readonly string[]> {
  if (request.ignoreExisting) return [];
  const paths = alike(have, there, request);
  // For a name with such a character, some sha256sum programs print several lines.
  const isOdd = (path: string) => /[\\\n\r]/.test(path);
  const [odd, plain] = [paths.filter(isOdd), paths.filter((path) => !isOdd(path))];
  const differing = async (some: readonly string[], sums: ShellLine) => {
    if (some.length === 0) return [];
    const [own, other] = await Promise.all([read(source, from, some, sums), read(target, to, some, sums)]);
    return some.filter((_, index) => own[index] !== other[index]);
  };
  return [...(await differing(plain, sumsOfPlain)), ...(await differing(odd, sumsOfOdd))];
}

const sumsOfPlain = sh`xargs -0 sha256sum --`;
const sumsOfOdd = sh`xargs -0 sh -c 'for f do sha256sum <"$f" || exit 255; done' sh`;
/** Length of a sum, the first word of its line, in characters. */
const sumLength = 64;

async function read(
  side: Side,
  folder: string,
  paths: readonly string[],
  sums: ShellLine,
): Promise<readonly string[]> {
  const text = await readBytes(side, sh`cd -- ${folder} && ${sums}`, {
    title: `read ${folder}`,
    input: nulSeparated(paths.map((path) => `./${path}`)),
  });
  return text.split("\n").map((line) => line.slice(0, sumLength));
}

function alike(source: Tree, target: Tree, request: SyncRequest): readonly string[] {
  const isExcluded = makeExclude(request.exclude ?? []);
  return [...source].flatMap(([path, entry]) => {
    const there = target.get(path);
    const isAlike = entry.kind === "file" && there !== undefined && !differ(entry, there, request);
    return isAlike && !isExcluded(path, false) ? [path] : [];
  });
}
