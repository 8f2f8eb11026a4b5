import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";

const flushMs = 200;
const flushCharacters = 65_536;

/** A file that grows at its end. Each write is immediate, or buffered if nothing depends on its last part. */
export interface BufferedFile {
  /**
   * Writes a text before it returns, together with every text added before.
   *
   * @throws the error of the file system, now or before
   */
  readonly write: (text: string) => void;
  /**
   * Adds a text, which is written a little later.
   *
   * @throws an earlier error of the file system
   */
  readonly add: (text: string) => void;
  /** The number of bytes written and added. */
  readonly size: () => number;
  readonly close: () => void;
}

/**
 * Creates a file that only its owner can read.
 *
 * @param isKept whether the file stays open between writes. A process may not open a file for each of a thousand hosts
 * @throws the error of the file system
 */
export function openBufferedFile(path: string, isKept = true): BufferedFile {
  const descriptor = openSync(path, "ax", 0o600);
  if (!isKept) closeSync(descriptor);
  let held = "";
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let fault: unknown;
  const flush = () => {
    if (fault !== undefined) throw fault;
    clearTimeout(timer);
    timer = undefined;
    if (held === "" || isClosed) return;
    const text = held;
    held = "";
    if (isKept) writeAll(descriptor, text);
    else appendFileSync(path, text, { mode: 0o600 });
  };
  // An error in a timer has no caller, and would end an unrelated task.
  const flushLater = () => {
    try {
      flush();
    } catch (error) {
      fault = error;
    }
  };
  return {
    size: () => size,
    write: (text) => {
      held += text;
      size += Buffer.byteLength(text);
      flush();
    },
    add: (text) => {
      held += text;
      size += Buffer.byteLength(text);
      if (fault !== undefined || held.length > flushCharacters) flush();
      else timer ??= setTimeout(flushLater, flushMs).unref();
    },
    close: () => {
      try {
        flush();
      } finally {
        if (isKept && !isClosed) closeSync(descriptor);
        isClosed = true;
      }
    },
  };
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
