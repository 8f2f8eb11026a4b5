import { dirname } from "node:path/posix";
import { HostoutError, sh } from "@hostout/kit";
import { executeOrThrow } from "./execute.ts";
import type { Side } from "./side.ts";

/** What is at one path of a tree. */
export interface Entry {
  readonly kind: "file" | "folder" | "link";
  /** Permission bits. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Seconds since the epoch. */
  readonly modified: number;
}

const kinds: Readonly<Record<number, Entry["kind"]>> = { 32768: "file", 16384: "folder", 40960: "link" };

/** The tree below a folder by relative path; empty where there is none. Devices and sockets are left out. */
export async function listTree(
  { machine, account }: Side,
  folder: string,
): Promise<ReadonlyMap<string, Entry>> {
  const { stdout } = await executeOrThrow(
    machine,
    account,
    sh`cd -- ${folder} 2>/dev/null || exit 0; find . ! -name . -exec stat -c '%f|%s|%Y|%n' {} +`,
    { quiet: true, title: `find ${folder}` },
  );
  const entries = new Map<string, Entry>();
  for (const line of stdout.split("\n").filter((text) => text !== "")) {
    const [, mode = "", size, time, path = ""] = /^([0-9a-f]+)\|(\d+)\|(-?\d+)\|\.\/(.*)$/.exec(line) ?? [];
    // A name with a line end comes as two lines, a backslash means something to tar.
    if (path === "" || path.includes("\\")) throw unusableName(machine.name, folder, line);
    if (!isBelow(entries, path)) throw leadingOut(machine.name, folder, path);
    const kind = kinds[Number.parseInt(mode, 16) & 0xf000];
    if (kind)
      entries.set(path, {
        kind,
        mode: Number.parseInt(mode, 16) & 0o7777,
        sizeBytes: Number(size),
        modified: Number(time),
      });
  }
  return entries;
}

/** As find says it: in a folder that it said before. Else a host could have files written elsewhere, through `..` or a link that is there. */
function isBelow(entries: ReadonlyMap<string, Entry>, path: string): boolean {
  if (path.split("/").some((name) => name === "" || name === "." || name === "..")) return false;
  const parent = dirname(path);
  return parent === "." || entries.get(parent)?.kind === "folder";
}

function leadingOut(host: string, folder: string, path: string): HostoutError {
  return new HostoutError({
    code: "transfer-failed",
    message: `${host}: it names a file that is not below ${folder}: ${JSON.stringify(path)}`,
    hint: "Nothing of it was taken. Look at what 'find' is there.",
    host,
  });
}

function unusableName(host: string, folder: string, line: string): HostoutError {
  return new HostoutError({
    code: "transfer-failed",
    message: `${host}: below ${folder} there is a name that only rsync can send: ${JSON.stringify(line)}`,
    hint: "Install rsync on both machines, or rename the file.",
    host,
  });
}
