import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** Resolves to the SHA-256 of a file, hexadecimal. */
export async function sumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Writes a file of so many MiB, of which no two blocks are alike, and then `end`. */
export async function writeBlocks(file: string, sizeMb: number, end = ""): Promise<void> {
  const handle = await open(file, "w");
  const block = Buffer.alloc(1024 * 1024);
  for (let index = 0; index < sizeMb; index++) {
    for (let at = 0; at < block.length; at += 4096) block.writeUInt32BE(index * 256 + at / 4096, at);
    await handle.write(block);
  }
  await handle.write(end);
  await handle.close();
}
