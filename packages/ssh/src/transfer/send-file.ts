import type { Stats } from "node:fs";
import type { Writable } from "node:stream";
import type { Process } from "@hostout/kit";
import { isCopied } from "../process/copied-input.ts";
import { chunkBytes, shareFile } from "./shared-file.ts";

/**
 * Writes a file of this machine into the input of a command, as fast as the host takes it. Beside the memory of the
 * session, two chunks are in memory at most, however large the file and however slow the host.
 * Returns early if the command ends: its exit code explains that.
 *
 * @param facts the file's, as `stat` returned them
 * @param count receives the numbers of bytes as the host takes them
 * @throws the error of a read. The input has ended then, and the host compares the size.
 */
export async function sendFile(
  path: string,
  facts: Stats,
  { stdin, exited }: Pick<Process, "stdin" | "exited">,
  count: (bytes: number) => void,
): Promise<void> {
  const file = shareFile(path, facts);
  const ended = exited.then(
    () => false,
    () => false,
  );
  try {
    let next = file.take(0);
    for (let index = 1; ; index++) {
      const chunk = next;
      const bytes = await chunk.bytes;
      // The next chunk is read while the host takes this one.
      if (bytes.length === chunkBytes) next = file.take(index);
      // A chunk that an ended command did not take is not released: the input may still hold it.
      if (bytes.length > 0 && !(await Promise.race([write(stdin, bytes), ended]))) return;
      count(bytes.length);
      chunk.release();
      if (bytes.length < chunkBytes) return;
    }
  } finally {
    stdin.end();
    file.leave();
  }
}

/** Resolves to whether the input took the bytes. */
function write(input: Writable, bytes: Buffer): Promise<boolean> {
  // The memory of the chunk takes other bytes afterwards.
  const own = isCopied(input) ? bytes : Buffer.from(bytes);
  return new Promise((resolve) => {
    input.write(own, (error) => resolve(!error));
  });
}
