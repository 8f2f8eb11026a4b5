import { dirname } from "node:path/posix";
import { HostoutError, sh } from "@hostout/kit";
import type { Side } from "../transfer/side.ts";
import { readBytes } from "./read-bytes.ts";

/** An entry at one path of a tree. */
export interface Entry {
  /** `other`: a device, a pipe or a socket. hostout does not copy them. */
  readonly kind: "file" | "folder" | "link" | "other";
  /** Permission bits. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Seconds since the epoch. */
  readonly modified: number;
  /** The text of a link. Each character is one byte. */
  readonly target?: string | undefined;
}

const kinds: Readonly<Record<number, Entry["kind"]>> = { 32768: "file", 16384: "folder", 40960: "link" };

/** The end of a path in a listing: no path has two slashes side by side. */
export const pathEnd = "//\n";

/**
 * Lists the tree below a folder by relative path, each folder before its content. Each character of a path is one byte.
 *
 * @param mustExist whether a missing folder is an error; otherwise the tree is empty
 * @throws HostoutError `command-failed` if a part is unreadable, `transfer-failed` if the host names a path outside
 */
export async function listTree(
  side: Side,
  folder: string,
  mustExist: boolean,
): Promise<ReadonlyMap<string, Entry>> {
  const text = await readBytes(
    side,
    sh`[ -e ${folder} ] || exit ${mustExist ? 1 : 0}
cd -- ${folder} || exit 1
find . ! -name . -exec stat -c '%f|%s|%Y|%n//' {} + || exit 1
printf '\0'
if find . -prune -printf '' 2>/dev/null; then find . -type l -printf '%p\0%l\0'
else printf '\0'; find . -type l -exec stat -c '%s|%n//%N' {} +; fi`,
    { title: `find ${folder}` },
  );
  const at = text.indexOf("\0");
  const [found, links] = [text.slice(0, at), text.slice(at + 1)];
  const targets = links.startsWith("\0") ? targetsOfStat(links.slice(1)) : targetsOfFind(links);
  const entries = new Map<string, Entry>();
  for (const record of found.split(pathEnd).slice(0, -1)) {
    const [, mode = "", size, time, path = ""] =
      /^([0-9a-f]+)\|(\d+)\|(-?\d+)\|\.\/(.*)$/s.exec(record) ?? [];
    if (!isBelow(entries, path)) throw leadingOut(side.machine.name, folder, path === "" ? record : path);
    const bits = Number.parseInt(mode, 16);
    entries.set(path, {
      kind: kinds[bits & 0xf000] ?? "other",
      mode: bits & 0o7777,
      sizeBytes: Number(size),
      modified: Number(time),
      target: targets.get(`./${path}`),
    });
  }
  return entries;
}

function targetsOfFind(links: string): ReadonlyMap<string, string> {
  const words = links.split("\0");
  const targets = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) targets.set(words[at]!, words[at + 1]!);
  return targets;
}

/**
 * Reads link targets from stat. busybox quotes nothing in `'./name' -> 'target'`: the size of a link is the length of
 * its target.
 */
function targetsOfStat(links: string): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (let at = 0; at < links.length; ) {
    const head = at + links.slice(at, at + 32).indexOf("|");
    const name = links.slice(head + 1, links.indexOf(pathEnd.trim(), head));
    const begin = head + 1 + name.length * 2 + "//'' -> '".length;
    // Some file systems report a size of 0.
    const end = links.indexOf("'\n", begin + Number(links.slice(at, head)));
    if (end < 0) break;
    targets.set(name, links.slice(begin, end));
    at = end + 2;
  }
  return targets;
}

/**
 * Returns whether a path is in a folder that find listed before. Otherwise a host could redirect writes elsewhere,
 * through `..` or an existing link.
 */
function isBelow(entries: ReadonlyMap<string, Entry>, path: string): boolean {
  if (path.split("/").some((name) => name === "" || name === "." || name === "..")) return false;
  const parent = dirname(path);
  return parent === "." || entries.get(parent)?.kind === "folder";
}

function leadingOut(host: string, folder: string, path: string): HostoutError {
  return new HostoutError({
    code: "transfer-failed",
    message: `${host} names a file that is not below ${folder}: ${JSON.stringify(path)}`,
    hint: "hostout fetched nothing. Check the program 'find' on the host.",
    host,
  });
}
