import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { HostoutError } from "@hostout/kit";
import type { Segment } from "@hostout/releases";

/** One whole entry of an archive, with the headers before it and the padding after it. */
export interface EntrySegment extends Segment {
  /** The path of the entry. The end of the archive is a segment without a path. */
  readonly path: string;
}

const block = 512;
const partBytes = 1024 * 1024;

/**
 * Reads the segments of an archive that hostout made. The segments follow one another and cover the whole file.
 *
 * @throws HostoutError `failed` if the file is not such an archive
 */
export async function readLayout(file: string): Promise<readonly EntrySegment[]> {
  const handle = await open(file);
  const segments: EntrySegment[] = [];
  const { size } = await handle.stat();
  if (size % block !== 0) {
    await handle.close();
    throw broken(file);
  }
  const read = reader(handle, file);
  try {
    for (let offset = 0; offset < size; ) {
      const { path, length } = await readSegment(read, offset, size, file);
      const hash = createHash("sha256");
      for (let done = 0; done < length; done += partBytes)
        hash.update(await read(offset + done, Math.min(partBytes, length - done)));
      const sha256 = hash.digest("hex");
      segments.push({ path, offsetBlocks: offset / block, blocks: length / block, sha256 });
      offset += length;
    }
    return segments;
  } finally {
    await handle.close();
  }
}

/** Keeps bytes in memory until the next read: most entries are small, and one part contains several. */
function reader(handle: FileHandle, file: string): Read {
  const part = Buffer.allocUnsafeSlow(partBytes);
  let [from, to] = [0, 0];
  return async (offset, length) => {
    if (offset < from || offset + length > to) {
      const { bytesRead } = await handle.read(part, 0, partBytes, offset);
      [from, to] = [offset, offset + bytesRead];
      if (bytesRead < length) throw broken(file);
    }
    return part.subarray(offset - from, offset - from + length);
  };
}

/** Reads at most one part at once. */
type Read = (offset: number, length: number) => Promise<Buffer>;

async function readSegment(
  read: Read,
  offset: number,
  size: number,
  file: string,
): Promise<{ readonly path: string; readonly length: number }> {
  let path: string | undefined;
  for (let at = offset; at < size; ) {
    const header = await read(at, block);
    if (header.every((byte) => byte === 0)) return { path: "", length: size - offset };
    if (header.toString("latin1", 257, 262) !== "ustar") break;
    const sizeBytes = sizeOf(header);
    const next = at + block + Math.ceil(sizeBytes / block) * block;
    if (next > size) break;
    if (header[156] !== "x".charCodeAt(0)) return { path: path ?? nameOf(header), length: next - offset };
    path = paxPath(await read(at + block, sizeBytes)) ?? path;
    at = next;
  }
  throw broken(file);
}

function nameOf(header: Buffer): string {
  const [name, prefix] = [textOf(header, 0, 100), textOf(header, 345, 155)];
  return prefix === "" ? name : `${prefix}/${name}`;
}

function textOf(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? length : end);
}

/** Reads a size: octal, or from 8 GiB on a binary number with the first bit set. */
function sizeOf(header: Buffer): number {
  if ((header[124]! & 0x80) === 0) return Number.parseInt(textOf(header, 124, 12), 8) || 0;
  return header.subarray(125, 136).reduce((sum, byte) => sum * 256 + byte, 0);
}

/** Returns the last `path` of records `LENGTH key=value\n`. */
function paxPath(records: Buffer): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < records.length; ) {
    const length = Number.parseInt(records.toString("latin1", at, at + 12), 10);
    if (!(length > 0)) return path;
    const record = records.toString("utf8", records.indexOf(" ", at) + 1, at + length - 1);
    if (record.startsWith("path=")) path = record.slice("path=".length);
    at += length;
  }
  return path;
}

function broken(file: string): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `${file} is not a whole archive`,
    hint: "Remove the file. hostout makes it again.",
  });
}
