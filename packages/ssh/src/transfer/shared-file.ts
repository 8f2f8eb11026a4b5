import type { Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Bytes that are read at once. */
export const chunkBytes = 1024 * 1024;
/** The newest chunks, which stay for the other hosts. A host that is further behind reads for itself. */
const keptChunks = 4;

/** Bytes of a file, in memory that the next chunks take again. */
export interface Chunk {
  /** Fewer than {@link chunkBytes} at the end of the file, none after it. */
  readonly bytes: Promise<Buffer>;
  /** Ends the use of the bytes by one host. */
  readonly release: () => void;
}

/** A file of this machine on its way to one or more hosts. */
export interface SharedFile {
  /** Returns the chunk with this number, read once for all hosts that keep pace. */
  readonly take: (index: number) => Chunk;
  /** Ends the use of the file by one host. The last one closes it. */
  readonly leave: () => void;
}

interface Memory {
  readonly bytes: Promise<Buffer>;
  /** Hosts that use the bytes, and 1 while the chunk stays for others. */
  users: number;
}

interface OpenFile {
  readonly handle: Promise<FileHandle>;
  readonly kept: Map<number, Memory>;
  readonly free: ArrayBuffer[];
  newest: number;
  hosts: number;
}

const files = new Map<string, OpenFile>();

/**
 * Opens a file for one host. Hosts that receive the file at the same time share its chunks.
 *
 * @param facts the file's, as `stat` returned them: another file of the same name is not shared
 */
export function shareFile(path: string, { dev, ino, size, mtimeMs }: Stats): SharedFile {
  const key = JSON.stringify([path, dev, ino, size, mtimeMs]);
  const file = files.get(key) ?? { handle: open(path), kept: new Map(), free: [], newest: -1, hosts: 0 };
  file.hosts++;
  files.set(key, file);
  // The first read reports the failure.
  file.handle.catch(() => undefined);
  return {
    take: (index) => {
      const chunk = chunkOf(file, index);
      return { bytes: chunk.bytes, release: () => release(file, chunk) };
    },
    leave: () => {
      file.hosts--;
      if (file.hosts > 0) return;
      files.delete(key);
      file.handle.then((handle) => handle.close()).catch(() => undefined);
    },
  };
}

function chunkOf(file: OpenFile, index: number): Memory {
  const known = file.kept.get(index);
  if (known) {
    known.users++;
    return known;
  }
  const bytes = readChunk(file, index);
  bytes.catch(() => undefined);
  const chunk = { bytes, users: 1 };
  if (index <= file.newest) return chunk;
  chunk.users++;
  file.newest = index;
  file.kept.set(index, chunk);
  const old = file.kept.get(index - keptChunks);
  if (old) {
    file.kept.delete(index - keptChunks);
    release(file, old);
  }
  return chunk;
}

function release(file: OpenFile, chunk: Memory): void {
  chunk.users--;
  if (chunk.users > 0) return;
  chunk.bytes.then(
    ({ buffer }) => file.free.push(buffer as ArrayBuffer),
    () => undefined,
  );
}

async function readChunk({ handle, free }: OpenFile, index: number): Promise<Buffer> {
  const file = await handle;
  const chunk = Buffer.from(free.pop() ?? new ArrayBuffer(chunkBytes));
  let filled = 0;
  while (filled < chunkBytes) {
    const { bytesRead } = await file.read(chunk, filled, chunkBytes - filled, index * chunkBytes + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return chunk.subarray(0, filled);
}
