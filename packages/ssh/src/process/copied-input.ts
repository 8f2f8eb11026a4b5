import type { Writable } from "node:stream";

const copied = new WeakSet<Writable>();

/** Notes that an input has copied the bytes of a write when it reports the end of the write. */
export function noteCopied(input: Writable): void {
  copied.add(input);
}

/** Returns whether the memory of a write may have other bytes once the input reports the end of the write. */
export function isCopied(input: Writable): boolean {
  return copied.has(input);
}
