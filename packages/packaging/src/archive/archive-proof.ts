import { rm } from "node:fs/promises";
import { HostoutError } from "@hostout/kit";
import { parseIndex } from "@hostout/releases";
import type { Archive } from "./archive.ts";
import { readIndex, removeIndex, writeIndex } from "./archive-index.ts";
import { sha256Of } from "./sha256-of.ts";

/** The proof of each archive that a run sends, made once for all hosts. */
const proofs = new WeakMap<Archive, Promise<void>>();

/** The sums of the archives that this process wrote: their bytes were summed on the way to the disk. */
const written = new Set<string>();

/** Records that this process wrote an archive. */
export function markWritten(hash: string): void {
  written.add(hash);
}

/**
 * Proves, before hostout sends an archive, that its bytes still match its name, and that its index is whole.
 *
 * @throws HostoutError `failed` if the archive is damaged; hostout then removes it
 */
export function requireWholeArchive(archive: Archive): Promise<void> {
  const proof = proofs.get(archive) ?? prove(archive);
  proofs.set(archive, proof);
  return proof;
}

async function prove({ file, hash, sizeBytes }: Archive): Promise<void> {
  if (!written.has(hash) && (await sha256Of(file)) !== hash) {
    await removeIndex(file);
    await rm(file, { force: true });
    throw new HostoutError({
      code: "failed",
      message: `the package ${file} was damaged on this machine, and was removed; nothing was sent`,
      hint: "Deploy again: hostout makes the package anew.",
    });
  }
  let endBlocks = 0;
  for (const { offsetBlocks, blocks } of parseIndex(await readIndex(file).catch(() => "")))
    if (offsetBlocks === endBlocks) endBlocks += blocks;
  if (endBlocks * 512 === sizeBytes) return;
  await removeIndex(file);
  await writeIndex(file);
}
