import { closeSync, openSync, writeSync } from "node:fs";

const flushMs = 200;
const flushCharacters = 65_536;

/** A file that is written at its end: at once, or in pieces where nothing depends on the last of it. */
export interface BufferedFile {
  /** Is in the file before this returns, with all that was added before. @throws what the file system says, now or before */
  readonly write: (text: string) => void;
  /** Is in the file a little later. @throws what the file system said before */
  readonly add: (text: string) => void;
  /** Bytes of all that was written and added. */
  readonly size: () => number;
  readonly close: () => void;
}

/** Makes a file that only its owner can read. @throws what the file system says */
export function openBufferedFile(path: string): BufferedFile {
  const descriptor = openSync(path, "ax", 0o600);
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
    writeAll(descriptor, text);
  };
  // An error of a timer would be nobody's, and end the task in which the timer was set.
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
        if (!isClosed) closeSync(descriptor);
        isClosed = true;
      }
    },
  };
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
