import { promisify } from "node:util";
import { gzip } from "node:zlib";

const gzipBuffer = promisify(gzip);

/** Of a part's beginning, which says whether it packs. */
const sampleBytes = 16 * 1024;
/** The largest ratio at which compression is worth its time. */
const worthwhile = 0.9;
/** Parts that are packed side by side, as many as Node has threads for it. */
const sideBySide = 4;

/**
 * Compresses each part as a gzip file of its own. Joined, they are one gzip file (RFC 1952, 2.2). The quickest level keeps
 * up with a line of 1 Gbit/s for text. Compressed files (eggs, pictures) would take longer than the line, so those are
 * stored.
 */
export async function* gzipParts(parts: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  const waiting: Promise<Buffer>[] = [];
  for await (const part of parts) {
    const packing = packPart(part);
    // It is awaited in its turn.
    packing.catch(() => undefined);
    waiting.push(packing);
    if (waiting.length >= sideBySide) yield await waiting.shift()!;
  }
  for (const packed of waiting) yield await packed;
}

async function packPart(part: Buffer): Promise<Buffer> {
  if (part.length <= sampleBytes) return gzipBuffer(part, { level: 1 });
  const sample = part.subarray(0, sampleBytes);
  const packed = await gzipBuffer(sample, { level: 1 });
  return gzipBuffer(part, { level: packed.length < sample.length * worthwhile ? 1 : 0 });
}
