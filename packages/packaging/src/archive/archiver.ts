import type { Stats } from "node:fs";
import { Readable, Transform, type Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { type Archiver, type EntryData, TarArchive, ZipArchive } from "archiver";
import type { Entry } from "../entries/entry.ts";
import { fileMode } from "../entries/file-mode.ts";
import { readContent, streamContent } from "../entries/read-content.ts";

/** The date of every entry. After 1980, the first year of zip. */
const date = new Date("2000-01-01T00:00:00Z");

/** Files above this size are never whole in memory. */
const streamedBytes = 4 * 1024 * 1024;

/** Bytes and entries that may wait for the writer. */
const mostWaiting = { bytes: 8 * 1024 * 1024, entries: 64 };

/**
 * Writes entries, in their order, as a tar. `stored` wraps the tar in gzip without compression, so that the bytes do
 * not depend on a machine's zlib.
 *
 * @throws HostoutError `failed` if a file changes during the read
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

/** Clears the tenth byte of gzip, which names the operating system. */
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

/** Writes entries, in their order, as a zip without compression. No links. */
export async function writeZip(entries: Iterable<Entry>, into: Writable): Promise<void> {
  await write(new ZipArchive({ store: true }), entries, into, Number.POSITIVE_INFINITY);
}

/**
 * Feeds an archive, and never destroys it: a stream in it without a listener would then end the process.
 * After a failure nothing reads from the archive any more, and its sources are closed.
 */
async function write(
  archive: Archiver,
  entries: Iterable<Entry>,
  into: Writable,
  wholeBytes = streamedBytes,
): Promise<void> {
  const waiting: number[] = [];
  const sources = new Set<Readable>();
  let bytes = 0;
  let wake = () => {};
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  archive.on("entry", () => {
    bytes -= waiting.shift() ?? 0;
    wake();
  });
  archive.on("error", fail);
  into.on("error", fail);
  archive.pipe(into);
  const feed = async () => {
    for (const entry of entries) {
      const { source, data, sizeBytes } = await open(entry, wholeBytes);
      while (waiting.length >= mostWaiting.entries || bytes >= mostWaiting.bytes)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      // A destroyed stream may report its error only after it is closed.
      if (into.destroyed) return finished(into, { readable: false });
      if (source instanceof Readable) sources.add(source.on("error", fail));
      waiting.push(sizeBytes);
      bytes += sizeBytes;
      archive.append(source, data);
    }
    await Promise.all([archive.finalize(), finished(into, { readable: false })]);
  };
  try {
    await Promise.race([feed(), failed]);
  } catch (error) {
    archive.unpipe(into);
    for (const source of sources) source.destroy();
    into.destroy(error as Error);
    throw error;
  }
}

interface Opened {
  readonly source: Buffer | Readable;
  readonly data: EntryData;
  readonly sizeBytes: number;
}

async function open(entry: Entry, wholeBytes: number): Promise<Opened> {
  const { path, content } = entry;
  const data = { name: path, date, mode: fileMode(entry), ...exactName(path) };
  if ("folder" in content) {
    const folder = { ...data, name: `${path}/`, ...exactName(`${path}/`), type: "directory" as const };
    return { source: Buffer.alloc(0), data: folder, sizeBytes: 512 };
  }
  if ("link" in content) {
    const link = { ...data, type: "symlink" as const, linkname: content.link, mode: 0o777 };
    return { source: Buffer.alloc(0), data: link, sizeBytes: 512 };
  }
  if ("bytes" in content || content.sizeBytes <= wholeBytes) {
    const bytes = await readContent(content);
    return { source: bytes, data, sizeBytes: bytes.length };
  }
  // With a known size, archiver does not gather the stream in memory.
  const stats = { size: content.sizeBytes } as Stats;
  const source = Readable.from(streamContent(content));
  return { source, data: { ...data, stats }, sizeBytes: mostWaiting.bytes };
}

/**
 * Returns the exact name of an entry as a pax record. archiver changes names for Windows: `a\b` and `c:d` would become
 * other names.
 */
function exactName(path: string): { readonly pax?: Readonly<Record<string, string>> } {
  return /\\|^\w+:|\/\//.test(path) ? { pax: { path } } : {};
}
