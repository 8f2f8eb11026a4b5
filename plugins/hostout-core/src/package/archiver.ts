import type { Stats } from "node:fs";
import { Readable, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Archiver, type EntryData, TarArchive, ZipArchive } from "archiver";
import type { Entry } from "./entry.ts";
import { readContent, streamContent } from "./read-content.ts";

/** What every entry is dated. After 1980, where zip begins. */
const date = new Date("2000-01-01T00:00:00Z");

/** Files above this size are never whole in memory. */
const streamedBytes = 4 * 1024 * 1024;

/** Bytes and entries that may wait to be written. */
const mostWaiting = { bytes: 8 * 1024 * 1024, entries: 64 };

/**
 * Writes entries, in their order, as a tar; `stored` puts it into gzip without compressing it, so that the bytes do not
 * depend on how well a machine's zlib does.
 *
 * @throws HostoutError `failed` when a file changes while it is read
 */
export async function writeTar(
  entries: Iterable<Entry>,
  into: Writable,
  { stored = false }: { readonly stored?: boolean } = {},
): Promise<void> {
  if (!stored) return write(new TarArchive({}), entries, into);
  const header = sameHeader();
  const archive = new TarArchive({ gzip: true, gzipOptions: { level: 0 } });
  await Promise.all([write(archive, entries, header), pipeline(header, into)]);
}

/** Gzip names the system that it was written on, in its tenth byte: here, none. */
function sameHeader(): Transform {
  let offset = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (offset <= 9 && offset + chunk.length > 9) chunk[9 - offset] = 255;
      offset += chunk.length;
      done(null, chunk);
    },
  });
}

/** Writes entries, in their order, as a zip that is not compressed. No links. */
export async function writeZip(entries: Iterable<Entry>, into: Writable): Promise<void> {
  await write(new ZipArchive({ store: true }), entries, into, Number.POSITIVE_INFINITY);
}

async function write(
  archive: Archiver,
  entries: Iterable<Entry>,
  into: Writable,
  wholeBytes = streamedBytes,
): Promise<void> {
  const waiting = { bytes: 0, entries: 0 };
  const sizes: number[] = [];
  let failure: unknown;
  let wake = () => {};
  archive.on("entry", () => {
    waiting.entries--;
    waiting.bytes -= sizes.shift() ?? 0;
    wake();
  });
  const piped = pipeline(archive, into).catch((error) => {
    failure = error;
    wake();
  });
  const room = async () => {
    while (!failure && (waiting.entries >= mostWaiting.entries || waiting.bytes >= mostWaiting.bytes))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  try {
    for (const entry of entries) {
      const { source, data, sizeBytes } = await open(entry, wholeBytes);
      await room();
      if (failure) break;
      // What fails while it is read would only leave the archive waiting.
      if (source instanceof Readable) source.on("error", (error) => archive.destroy(error));
      waiting.entries++;
      waiting.bytes += sizeBytes;
      sizes.push(sizeBytes);
      archive.append(source, data);
    }
    if (!failure) archive.finalize().catch(() => undefined);
  } catch (error) {
    archive.destroy(error as Error);
    await piped;
    throw error;
  }
  await piped;
  if (failure) throw failure;
}

interface Opened {
  readonly source: Buffer | Readable;
  readonly data: EntryData;
  readonly sizeBytes: number;
}

async function open({ path, isExecutable, content }: Entry, wholeBytes: number): Promise<Opened> {
  const data = { name: path, date, mode: isExecutable ? 0o755 : 0o644, ...exactName(path) };
  if ("link" in content) {
    const link = { ...data, type: "symlink" as const, linkname: content.link, mode: 0o777 };
    return { source: Buffer.alloc(0), data: link, sizeBytes: 512 };
  }
  if ("bytes" in content || content.sizeBytes <= wholeBytes) {
    const bytes = await readContent(content);
    return { source: bytes, data, sizeBytes: bytes.length };
  }
  // With the size known, archiver does not gather the stream in memory.
  const stats = { size: content.sizeBytes } as Stats;
  const source = Readable.from(streamContent(content));
  return { source, data: { ...data, stats }, sizeBytes: mostWaiting.bytes };
}

/** Archiver mends names for Windows: `a\b` and `c:d` would be other names. A pax record says what they really are. */
function exactName(path: string): { readonly pax?: Readonly<Record<string, string>> } {
  return /\\|^\w+:|\/\//.test(path) ? { pax: { path } } : {};
}
