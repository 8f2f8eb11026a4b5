import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { HostoutError } from "@hostout/kit";
import { unreadable } from "@hostout/scm";
import type { Content, FileContent } from "./entry.ts";

const partBytes = 1024 * 1024;

/** Files up to this size are read at once: separate steps in the thread pool would take ten times as long. */
const smallBytes = 64 * 1024;

type Readable = Exclude<Content, { readonly link: string } | { readonly folder: true }>;

/** Returns all bytes of a file at once. @throws HostoutError `failed` if its size has changed */
export async function readContent(content: Readable): Promise<Buffer> {
  if ("bytes" in content) return Buffer.from(content.bytes);
  if (content.sizeBytes <= smallBytes) return readSmall(content);
  const parts: Buffer[] = [];
  for await (const part of streamContent(content)) parts.push(part);
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/**
 * Yields the bytes of a file, part by part.
 *
 * @throws HostoutError `failed` if the size has changed, or if the file changes during the read
 */
export async function* streamContent(content: Readable): AsyncGenerator<Buffer> {
  if ("bytes" in content) {
    yield Buffer.from(content.bytes);
    return;
  }
  const { file, sizeBytes } = content;
  const handle = await open(file).catch((cause) => {
    throw unreadable(file, cause);
  });
  try {
    const before = await handle.stat({ bigint: true });
    if (before.size !== BigInt(sizeBytes)) throw changed(file);
    yield* partsOf(handle, file, sizeBytes);
    const after = await handle.stat({ bigint: true });
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) throw changed(file);
  } finally {
    await handle.close();
  }
}

function readSmall({ file, sizeBytes, modifiedMs }: FileContent): Buffer {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch (cause) {
    throw unreadable(file, cause);
  }
  try {
    const bytes = Buffer.allocUnsafeSlow(sizeBytes);
    const count = readSync(handle, bytes, 0, sizeBytes, 0);
    const { size, mtimeMs } = fstatSync(handle);
    if (count !== sizeBytes || size !== sizeBytes || mtimeMs !== modifiedMs) throw changed(file);
    return bytes;
  } finally {
    closeSync(handle);
  }
}

async function* partsOf(handle: FileHandle, file: string, sizeBytes: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < sizeBytes; ) {
    const part = Buffer.allocUnsafeSlow(Math.min(partBytes, sizeBytes - position));
    const { bytesRead } = await handle.read(part, 0, part.length, position);
    if (bytesRead === 0) throw changed(file);
    position += bytesRead;
    yield part.subarray(0, bytesRead);
  }
}

function changed(file: string): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `${file} changed while it was packaged`,
    hint: "Stop what writes it, or leave it out with 'exclude'; then try again.",
  });
}
