import type { Stats } from "node:fs";
import type { Readers } from "./file-mode.ts";

/** One file or link of an archive, or an empty folder. The paths imply all other folders. */
export interface Entry {
  /** Relative, with `/`, without `./`. */
  readonly path: string;
  readonly isExecutable: boolean;
  /** The accounts that may read the entry besides the owner of the site. Undefined: everybody. */
  readonly readers?: Readers | undefined;
  readonly content: Content;
}

/** Bytes in memory, a file of this machine that is read later, the target of a symbolic link, or an empty folder. */
export type Content =
  | { readonly bytes: Uint8Array }
  | FileContent
  | { readonly link: string }
  | { readonly folder: true };

/** A file of this machine, with its state at the first look. */
export interface FileContent {
  readonly file: string;
  readonly sizeBytes: number;
  readonly inode: number;
  /** Time of the last change of the content, and of the last change of content or rights, in milliseconds since the epoch. */
  readonly modifiedMs: number;
  readonly changedMs: number;
}

export function fileContent(
  file: string,
  { size, ino, mtimeMs, ctimeMs }: Pick<Stats, "size" | "ino" | "mtimeMs" | "ctimeMs">,
): FileContent {
  return { file, sizeBytes: size, inode: ino, modifiedMs: mtimeMs, changedMs: ctimeMs };
}

/** Orders entries by the bytes of their paths, independent of the machine's language. */
export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return compareBytes(one.path, other.path);
}

/** Returns a number below, above or equal to 0, by the bytes of UTF-8. */
export function compareBytes(one: string, other: string): number {
  // Up to the surrogates, the order of code units is that of the bytes.
  if (isBelowSurrogates(one) && isBelowSurrogates(other)) return one < other ? -1 : Number(one > other);
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function isBelowSurrogates(text: string): boolean {
  return /^[\0-\ud7ff]*$/.test(text);
}

/** Returns an entry with a text that hostout writes. */
export function textEntry(path: string, text: string): Entry {
  return { path, isExecutable: false, content: { bytes: Buffer.from(text) } };
}
