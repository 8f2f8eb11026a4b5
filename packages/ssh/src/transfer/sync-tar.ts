import { dirname } from "node:path";
import { HostoutError, quotePath, type SyncRequest, type SyncResult, sh } from "@hostout/kit";
import { execute, executeOrThrow, succeeds } from "../command/execute.ts";
import { findOnce } from "../command/machine.ts";
import { textOfBytes } from "../tree/byte-string.ts";
import { type Entry, listTree } from "../tree/listing.ts";
import { nulSeparated } from "../tree/read-bytes.ts";
import { compareTrees } from "../tree/tree-change.ts";
import { filesOfOtherContent } from "../tree/tree-content.ts";
import { carry } from "./carry.ts";
import { hiddenBeside } from "./file-transfer.ts";
import { hiddenName, isHidden, putInPlace, removeLeftovers, removing } from "./put-in-place.ts";
import { isSourceFolder, type Side } from "./side.ts";

/**
 * Makes one tree like another on machines without rsync: with POSIX sh, find, stat, xargs and tar on both sides.
 * Unpacks the changed files beside the target under an unguessable name, then renames each file to its place.
 *
 * @throws HostoutError `transfer-failed`, before any change, if a folder that is not empty is in the way
 */
export async function syncWithTar(local: Side, remote: Side, request: SyncRequest): Promise<SyncResult> {
  const push = request.direction === "push";
  const [source, target] = push ? [local, remote] : [remote, local];
  const [from, to] = push ? [request.local, request.remote] : [request.remote, request.local];
  if (!(await isSourceFolder(local, remote, request))) return copyFile(source, target, from, to, request);
  const [have] = await treeOf(source, from, true);
  const [there, leftovers] = await treeOf(target, to, false);
  if (leftovers.length > 0) await removeLeftovers(target, to, leftovers);
  const found = compareTrees(have, there, request);
  const other = request.checksum
    ? await filesOfOtherContent([source, target], [from, to], [have, there], request)
    : [];
  const change = { ...found, send: [...found.send, ...other] };
  if (change.inTheWay.length > 0) throw inTheWay(target, to, change.inTheWay, request);
  const changed = [...new Set([...change.remove, ...change.folders, ...change.send])].map(textOfBytes);
  if (changed.length === 0) return { changed, transferredBytes: 0, by: "tar" };
  const hidden = hiddenName();
  await unpack(source, target, [from, to], hidden, change.send);
  await putInPlace(target, to, hidden, change, { have, there });
  return { changed, transferredBytes: sizeOf(change.send, have), by: "tar" };
}

/** Lists a tree, and the leftovers of broken transfers in its folder. */
async function treeOf(
  side: Side,
  folder: string,
  mustExist: boolean,
): Promise<readonly [ReadonlyMap<string, Entry>, readonly string[]]> {
  const all = [...(await listTree(side, folder, mustExist))];
  const names = all.filter(([path, { kind }]) => kind === "folder" && isHidden(path) && !path.includes("/"));
  return [new Map(all.filter(([path]) => !isHidden(path))), names.map(([path]) => path)];
}

function sizeOf(paths: readonly string[], entries: ReadonlyMap<string, Entry>): number {
  return paths.reduce((sum, path) => sum + (entries.get(path)?.sizeBytes ?? 0), 0);
}

/**
 * Unpacks files of the source in the hidden folder of the target. On a failure the target removes the folder, even
 * without the client.
 */
async function unpack(
  source: Side,
  target: Side,
  [from, to]: readonly [string, string],
  hidden: string,
  paths: readonly string[],
): Promise<void> {
  const made = sh`umask o-w; mkdir -p -- ${to} && cd -- ${to} && mkdir -m 700 ${hidden} && mkdir ${hidden}/new`;
  if (paths.length === 0) {
    await executeOrThrow(target.machine, target.account, made, { quiet: true, title: `mkdir in ${to}` });
    return;
  }
  const { line: reader, parts } = await howToRead(source, from, paths);
  const onward = sh`cd -- ${to}`;
  const writer = (isFirst: boolean) => sh`${isFirst ? made : onward} || exit 1
trap ${removing(hidden)} HUP INT TERM
(cd ${hidden}/new && tar -xpof -) || { c=$?; rm -rf -- ${hidden}; exit $c; }`;
  try {
    for (const [index, part] of parts.entries())
      await carry(
        { side: source, line: reader },
        { side: target, line: writer(index === 0).text },
        to,
        nulSeparated(part.map((path) => `./${path}`)),
      );
  } catch (error) {
    const remove = sh`cd -- ${to} && rm -rf -- ${hidden}`;
    await execute(target.machine, target.account, remove, { quiet: true }).catch(() => undefined);
    throw error;
  }
}

/** The most bytes of paths that tar gets as words. */
const mostWordBytes = 16_000;

/**
 * Returns the way to pass names to tar. GNU tar reads a list of any names. Others read lines, or no list: they get the
 * names as words, a limited number at a time.
 */
async function howToRead(
  { machine, account }: Side,
  from: string,
  paths: readonly string[],
): Promise<{ readonly line: string; readonly parts: readonly (readonly string[])[] }> {
  const isGnu = await findOnce(machine, account, "gnu-tar", () =>
    succeeds(machine, account, sh`tar --version | grep -q GNU`),
  );
  if (isGnu) {
    const line = sh`cd -- ${from} && exec tar -cf - --format=gnu --hard-dereference --null -T -`.text;
    return { line, parts: [paths] };
  }
  const parts: string[][] = [];
  let bytes = mostWordBytes;
  for (const path of paths) {
    // With `./` before the name and an end.
    const length = path.length + 3;
    if (bytes + length > mostWordBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)!.push(path);
    bytes += length;
  }
  return { line: sh`cd -- ${from} && exec xargs -0 tar -cf -`.text, parts };
}

function inTheWay(
  { machine }: Side,
  folder: string,
  paths: readonly string[],
  { delete: removes, ignoreExisting }: SyncRequest,
): HostoutError {
  const names = paths.slice(0, 5).map((path) => JSON.stringify(textOfBytes(path)));
  const what = ignoreExisting
    ? "no folder takes the place of an existing file"
    : "a folder that is not empty is in the way";
  return new HostoutError({
    code: "transfer-failed",
    message: `${machine.name}: ${what}, below ${folder}: ${names.join(", ")}; nothing was changed`,
    hint:
      removes || ignoreExisting
        ? "Move it away on the target, or leave it out (exclude)."
        : "A file takes the place of a folder that is not empty: --delete removes that.",
    host: machine.name,
  });
}

async function copyFile(
  source: Side,
  target: Side,
  from: string,
  to: string,
  request: SyncRequest,
): Promise<SyncResult> {
  const unchanged = { changed: [], transferredBytes: 0, by: "tar" } as const;
  const look = async ({ machine, account }: Side, path: string) =>
    (await execute(machine, account, ["stat", "-c", "%a %s %Y", path], { quiet: true })).stdout.trim();
  const [have, there] = [await look(source, from), await look(target, to)];
  if (have === "")
    throw new HostoutError({
      code: "transfer-failed",
      message: `${source.machine.name}: ${from} does not exist or is not accessible; nothing was changed`,
      host: source.machine.name,
    });
  if (have === there || (there !== "" && request.ignoreExisting)) return unchanged;
  const [mode = "600", size = "0", modified = "0"] = have.split(" ");
  const part = quotePath(hiddenBeside(to));
  const line = `umask o-w; mkdir -p -- ${quotePath(dirname(to))} && umask 077 && cat >${part} && [ "$(wc -c <${part})" -ge ${size} ] && chmod ${mode} ${part} && touch -d @${modified} ${part} && mv -f ${part} ${quotePath(to)} || { rm -f ${part}; exit 1; }`;
  await carry({ side: source, line: `exec cat ${quotePath(from)}` }, { side: target, line }, to, "");
  return { changed: [to.split("/").at(-1)!], transferredBytes: Number(size), by: "tar" };
}
