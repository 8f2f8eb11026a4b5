import { dirname } from "node:path/posix";
import type { SyncRequest } from "@hostout/kit";
import { makeExclude } from "./exclude.ts";
import type { Entry } from "./listing.ts";

/** The changes that make the target like the source. Paths are relative. */
export interface TreeChange {
  readonly remove: readonly string[];
  /** The paths of `remove` that are not in a removed folder. */
  readonly removeWhole: readonly string[];
  readonly folders: readonly string[];
  readonly send: readonly string[];
  /** Paths of the target that block their replacement: folders that are not empty, or entries that are not folders. */
  readonly inTheWay: readonly string[];
}

type Tree = ReadonlyMap<string, Entry>;
type Request = Pick<SyncRequest, "delete" | "ignoreExisting" | "exclude" | "checksum" | "keepFolders">;

/**
 * Compares two trees by kind, size, time and mode, and links by their target, as rsync does. With `checksum`, times do
 * not count.
 */
export function compareTrees(source: Tree, target: Tree, request: Request): TreeChange {
  const isExcluded = makeExclude(request.exclude ?? []);
  const filled = foldersThatStay(source, target, request, isExcluded);
  const gone = new Set<string>();
  const folders: string[] = [];
  const send: string[] = [];
  const inTheWay: string[] = [];
  for (const [path, entry] of source) {
    if (entry.kind === "other" || isExcluded(path, entry.kind === "folder")) continue;
    const there = target.get(path);
    if (there && request.ignoreExisting) {
      if (entry.kind === "folder" && there.kind !== "folder") inTheWay.push(path);
      continue;
    }
    if (there && there.kind !== entry.kind && (there.kind === "folder" || entry.kind === "folder")) {
      if (filled.has(path)) inTheWay.push(path);
      else gone.add(path);
    }
    if (entry.kind === "folder") {
      const isKept = (request.keepFolders ?? "all") === "all";
      if (there?.kind !== "folder" || (!isKept && there.mode !== entry.mode)) folders.push(path);
    } else if (!there || differ(entry, there, request)) send.push(path);
  }
  if (request.delete) {
    for (const [path, { kind }] of target)
      if (!source.has(path) && !filled.has(path) && !isExcluded(path, kind === "folder")) gone.add(path);
  }
  const remove = [...gone];
  return { remove, removeWhole: remove.filter((path) => !gone.has(dirname(path))), folders, send, inTheWay };
}

/**
 * Returns the target's folders with entries that stay: all folders with content if nothing is removed, else those with
 * excluded entries.
 */
function foldersThatStay(
  source: Tree,
  target: Tree,
  { delete: removes = false }: Request,
  isExcluded: (path: string, isFolder: boolean) => boolean,
): ReadonlySet<string> {
  const filled = new Set<string>();
  for (const [path, { kind }] of target) {
    const goes = removes && !isExcluded(path, kind === "folder") && !(source.has(path) && kind === "other");
    if (goes) continue;
    for (let folder = dirname(path); folder !== "." && !filled.has(folder); folder = dirname(folder))
      filled.add(folder);
  }
  return filled;
}

/** Returns whether an entry of the target needs a replacement. */
export function differ(
  entry: Entry,
  there: Entry,
  { checksum = false }: Pick<SyncRequest, "checksum">,
): boolean {
  if (entry.kind !== there.kind) return true;
  if (entry.kind === "link") return entry.target !== there.target;
  if (entry.sizeBytes !== there.sizeBytes || entry.mode !== there.mode) return true;
  return !checksum && entry.modified !== there.modified;
}
