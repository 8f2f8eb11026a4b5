import type { Readable } from "node:stream";
import { readLines } from "./lines.ts";

/** The part of an output that stays in memory, in bytes. */
const keptBytes = 4 * 1024 * 1024;

/** An output that arrives line by line, of which the last 4 MiB stay in memory. */
export interface Collected {
  /** Takes the bytes of a stream. Resolves at its end. */
  readonly take: (stream: Readable) => Promise<void>;
  /** Ends the output: reports the text after the last line end. */
  readonly end: () => void;
  readonly text: () => string;
  /** Whether the text lacks the beginning of the output. */
  readonly isCut: () => boolean;
  /** Bytes so far. */
  readonly count: () => number;
}

export function collect(tell: ((line: string) => void) | undefined): Collected {
  const lines = tell && readLines(tell);
  const chunks: Buffer[] = [];
  let kept = 0;
  let total = 0;
  return {
    take: (stream) => {
      stream.on("data", (chunk: Buffer) => {
        lines?.write(chunk);
        chunks.push(chunk);
        kept += chunk.length;
        total += chunk.length;
        while (kept > keptBytes && chunks.length > 1) kept -= chunks.shift()!.length;
      });
      return new Promise<void>((resolve) => {
        for (const event of ["end", "close", "error"]) stream.once(event, () => resolve());
      });
    },
    end: () => lines?.end(),
    text: () => Buffer.concat(chunks).toString("utf8"),
    isCut: () => kept < total,
    count: () => total,
  };
}
