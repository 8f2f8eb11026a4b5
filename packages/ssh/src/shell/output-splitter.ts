import type { PassThrough, Readable } from "node:stream";

/** An output that several scripts write to, one after another. */
export interface OutputSplitter {
  /**
   * Sends the output up to the mark to `sink`, after the marks that were asked for before. The end of the whole output
   * ends the sink, and the mark does not.
   *
   * @param rest whether a line follows the mark
   * @returns resolves to that line, without its end
   */
  readonly until: (mark: string, sink: PassThrough, rest: "nothing" | "line") => Promise<string>;
  /** Milliseconds since the last byte, or since the beginning. */
  readonly idleMs: () => number;
  /** Resolves at the end of the output. */
  readonly closed: Promise<void>;
}

interface Expected {
  readonly mark: string;
  readonly sink: PassThrough;
  readonly rest: "nothing" | "line";
  readonly resolve: (rest: string) => void;
}

/** Drops what arrives while no script runs. */
export function splitOutput(from: Readable): OutputSplitter {
  const expected: Expected[] = [];
  let held: Buffer = Buffer.alloc(0);
  let lastMs = performance.now();
  from.on("data", (chunk: Buffer) => {
    lastMs = performance.now();
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (expected[0] && takeUntil(expected[0])) expected.shift();
    if (expected.length === 0) held = Buffer.alloc(0);
  });
  const closed = new Promise<void>((resolve) => {
    for (const event of ["end", "close"]) from.once(event, () => resolve());
  });
  closed.then(() => {
    expected[0]?.sink.end(held);
    expected.length = 0;
  });
  /** Returns whether the mark has come, with its line. */
  const takeUntil = ({ mark, sink, rest, resolve }: Expected): boolean => {
    const at = held.indexOf(mark);
    if (at < 0) {
      // Bytes that may begin the mark stay.
      const safe = held.length - beginningAtEnd(held, mark);
      if (safe > 0) sink.write(held.subarray(0, safe));
      held = held.subarray(safe);
      return false;
    }
    const lineEnd = rest === "line" ? held.indexOf("\n", at) : at + mark.length;
    if (lineEnd < 0) return false;
    if (at > 0) sink.write(held.subarray(0, at));
    resolve(held.subarray(at + mark.length, lineEnd).toString("latin1"));
    held = held.subarray(rest === "line" ? lineEnd + 1 : lineEnd);
    return true;
  };
  return {
    closed,
    idleMs: () => performance.now() - lastMs,
    until: (mark, sink, rest) =>
      new Promise((resolve) => {
        expected.push({ mark, sink, rest, resolve });
      }),
  };
}

/** Counts the last bytes that may be the beginning of `text`. */
export function beginningAtEnd(bytes: Buffer, text: string): number {
  for (let length = Math.min(bytes.length, text.length - 1); length > 0; length--)
    if (bytes.subarray(-length).toString("latin1") === text.slice(0, length)) return length;
  return 0;
}
