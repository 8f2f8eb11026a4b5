import type { PassThrough, Readable } from "node:stream";

/** An output that several scripts write to, one after another. */
export interface OutputSplitter {
  /**
   * Sends the output from now on to `sink`, and ends it at the mark.
   *
   * @param rest whether a line follows the mark
   * @returns resolves to that line, without its end
   */
  readonly until: (mark: string, sink: PassThrough, rest: "nothing" | "line") => Promise<string>;
  /** Resolves at the end of the output. */
  readonly closed: Promise<void>;
}

/** Drops what arrives while no script runs. */
export function splitOutput(from: Readable): OutputSplitter {
  let take: (chunk: Buffer) => void = () => undefined;
  let endSink = () => {};
  from.on("data", (chunk: Buffer) => take(chunk));
  const closed = new Promise<void>((resolve) => {
    for (const event of ["end", "close"]) from.once(event, () => resolve());
  });
  closed.then(() => endSink());
  return {
    closed,
    until: (mark, sink, rest) =>
      new Promise((resolve) => {
        let held: Buffer = Buffer.alloc(0);
        endSink = () => sink.end(held);
        take = (chunk) => {
          held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
          const at = held.indexOf(mark);
          if (at < 0) {
            // Bytes that may begin the mark stay.
            const safe = held.length - beginningAtEnd(held, mark);
            if (safe > 0) sink.write(held.subarray(0, safe));
            held = held.subarray(safe);
            return;
          }
          const after = held.subarray(at + mark.length).toString("latin1");
          if (rest === "line" && !after.includes("\n")) return;
          take = () => undefined;
          endSink = () => {};
          sink.end(held.subarray(0, at));
          resolve(after.split("\n")[0]!);
        };
      }),
  };
}

/** Counts the last bytes that may be the beginning of `text`. */
export function beginningAtEnd(bytes: Buffer, text: string): number {
  for (let length = Math.min(bytes.length, text.length - 1); length > 0; length--)
    if (bytes.subarray(-length).toString("latin1") === text.slice(0, length)) return length;
  return 0;
}
