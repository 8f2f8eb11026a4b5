import type { Stats } from "node:fs";
import type { Readers } from "./file-mode.ts";

/** One file or link of an archive, or a folder without any: other folders are implied by the paths. */
export interface Entry {
  /** Relative, with `/`, without `./`. */
  readonly path: string;
  readonly isExecutable: boolean;
  /** Who may read it besides the owner of the site; undefined: everybody. */
  readonly readers?: Readers | undefined;
  readonly content: Content;
}

/** Bytes at hand, a file of this machine that is read when it is needed, the target of a symbolic link, or an empty folder. */
export type Content =
  | { readonly bytes: Uint8Array }
  | FileContent
  | { readonly link: string }
  | { readonly folder: true };

/** A file of this machine, as it was seen. */
export interface FileContent {
  readonly file: string;
  readonly sizeBytes: number;
  readonly inode: number;
  /** Of its content, and of that or its rights; milliseconds since the epoch. */
  readonly modifiedMs: number;
  readonly changedMs: number;
}

export function fileContent(
  file: string,
  { size, ino, mtimeMs, ctimeMs }: Pick<Stats, "size" | "ino" | "mtimeMs" | "ctimeMs">,
): FileContent {
  return { file, sizeBytes: size, inode: ino, modifiedMs: mtimeMs, changedMs: ctimeMs };
}

/** The order of entries: by the bytes of their paths, whatever the machine's language is. */
export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return compareBytes(one.path, other.path);
}

/** Below, above or equal to 0, by the bytes of UTF-8. */
export function compareBytes(one: string, other: string): number {
  // Up to there the order of code units is that of the bytes.
  if (isBelowSurrogates(one) && isBelowSurrogates(other)) return one < other ? -1 : Number(one > other);
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function isBelowSurrogates(text: string): boolean {
  return /^[\0-\ud7ff]*$/.test(text);
}

/** An entry with a text, as hostout writes them. */
export function textEntry(path: string, text: string): Entry {
  return { path, isExecutable: false, content: { bytes: Buffer.from(text) } };
}
