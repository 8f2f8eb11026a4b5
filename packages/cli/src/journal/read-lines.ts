import { closeSync, openSync, readSync } from "node:fs";

const chunkBytes = 262_144;

/** A longer line does not fit into a string. hostout writes none. */
const mostLineBytes = 64 * 1024 * 1024;

/**
 * Yields the lines of a file, read piece by piece: a journal may be larger than a string. Skips lines above 64
 * MiB.
 *
 * @param except the starts of further lines to skip; they are not even decoded
 */
export function* linesOf(file: string, except: readonly string[] = []): Generator<string> {
  const unwanted = except.map((start) => Buffer.from(start));
  const isWanted = (line: Buffer) => !unwanted.some((start) => line.subarray(0, start.length).equals(start));
  const descriptor = openSync(file, "r");
  try {
    // Only the bytes that were read count.
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let begun: Buffer[] = [];
    let bytes = 0;
    const keep = (part: Buffer) => {
      bytes += part.length;
      if (bytes <= mostLineBytes) begun.push(Buffer.from(part));
      else begun = [];
    };
    for (;;) {
      const count = readSync(descriptor, chunk);
      if (count === 0) break;
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0 && end < count; end = chunk.indexOf(10, from)) {
        const part = chunk.subarray(from, end);
        const isWhole = bytes + part.length <= mostLineBytes;
        const line = begun.length === 0 ? part : Buffer.concat([...begun, part]);
        [begun, bytes, from] = [[], 0, end + 1];
        if (isWhole && isWanted(line)) yield line.toString("utf8");
      }
      if (from < count) keep(chunk.subarray(from, count));
    }
    const last = Buffer.concat(begun);
    if (last.length > 0 && isWanted(last)) yield last.toString("utf8");
  } finally {
    closeSync(descriptor);
  }
}

/** Returns a part of a file as text; the text is shorter if the file ends before. */
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
