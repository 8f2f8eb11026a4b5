import { closeSync, openSync, readSync } from "node:fs";

const chunkBytes = 262_144;

/** The lines of a file, read piece by piece: a journal may be larger than a string. */
export function* linesOf(file: string): Generator<string> {
  const descriptor = openSync(file, "r");
  try {
    const chunk = Buffer.alloc(chunkBytes);
    let rest = Buffer.alloc(0);
    for (;;) {
      const count = readSync(descriptor, chunk);
      if (count === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
      const end = bytes.lastIndexOf(10) + 1;
      if (end > 0) yield* bytes.toString("utf8", 0, end - 1).split("\n");
      rest = bytes.subarray(end);
    }
    if (rest.length > 0) yield rest.toString("utf8");
  } finally {
    closeSync(descriptor);
  }
}

/** A part of a file as text; less, where the file ends before. */
export function partOf(descriptor: number, from: number, bytes: number): string {
  const part = Buffer.alloc(bytes);
  let done = 0;
  while (done < bytes) {
    const count = readSync(descriptor, part, done, bytes - done, from + done);
    if (count === 0) break;
    done += count;
  }
  return part.toString("utf8", 0, done);
}
