import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Segment } from "@hostout/releases";
import type { Entry } from "../entries/entry.ts";
import { writeTar } from "./archiver.ts";
import { readLayout } from "./read-layout.ts";

const block = 512;
const partBytes = 1024 * 1024;

/** A piece of one of two archives. */
interface Piece extends Segment {
  readonly from: "base" | "fresh";
}

/** The merge of an older archive with an archive of the changes. */
export interface Merge {
  /** The segments of the result. */
  readonly segments: readonly Segment[];
  /**
   * The bytes of the result.
   *
   * @throws {@link DamagedArchive}
   */
  readonly parts: () => AsyncGenerator<Buffer>;
}

/** The error for an older archive that has changed. */
export class DamagedArchive extends Error {}

/**
 * Archives only the entries that an older archive lacks, into `fresh`, a new file.
 *
 * @param kept the older archive's segment of each unchanged entry
 * @throws HostoutError `failed` if a file changes during the read
 */
export async function mergeArchive(
  entries: readonly Entry[],
  kept: ReadonlyMap<Entry, Segment>,
  base: string,
  fresh: string,
): Promise<Merge> {
  const changed = entries.filter((entry) => !kept.has(entry));
  await writeTar(changed, createWriteStream(fresh, { flags: "wx", mode: 0o600 }));
  const layout = await readLayout(fresh);
  const made = new Map(changed.map((entry, index) => [entry, layout[index]!]));
  const pieces = entries.map((entry): Piece => {
    const known = kept.get(entry);
    return known ? { ...known, from: "base" } : { ...made.get(entry)!, from: "fresh" };
  });
  const all: readonly Piece[] = [...pieces, { ...layout.at(-1)!, from: "fresh" }];
  return { segments: placed(all), parts: () => partsOf(all, { base, fresh }) };
}

/** Computes the offsets of consecutive pieces. */
function placed(pieces: readonly Piece[]): readonly Segment[] {
  let offsetBlocks = 0;
  return pieces.map(({ blocks, sha256 }) => {
    const segment = { offsetBlocks, blocks, sha256 };
    offsetBlocks += blocks;
    return segment;
  });
}

async function* partsOf(
  pieces: readonly Piece[],
  files: Readonly<Record<Piece["from"], string>>,
): AsyncGenerator<Buffer> {
  const base = await open(files.base);
  try {
    const fresh = await open(files.fresh);
    try {
      for (const run of runsOf(pieces)) yield* readRun(run, run[0]!.from === "base" ? base : fresh);
    } finally {
      await fresh.close();
    }
  } finally {
    await base.close();
  }
}

/** Groups pieces that follow one another in the same archive, to read them at once. */
function runsOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const last = runs.at(-1)?.at(-1);
    const goesOn = last?.from === piece.from && last.offsetBlocks + last.blocks === piece.offsetBlocks;
    if (goesOn) runs.at(-1)!.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

async function* readRun(run: readonly Piece[], handle: FileHandle): AsyncGenerator<Buffer> {
  const check = checker(run);
  const end = run.at(-1)!;
  const to = (end.offsetBlocks + end.blocks) * block;
  for (let at = run[0]!.offsetBlocks * block; at < to; ) {
    const part = Buffer.allocUnsafeSlow(Math.min(partBytes, to - at));
    const { bytesRead } = await handle.read(part, 0, part.length, at);
    if (bytesRead === 0) throw new DamagedArchive();
    const read = part.subarray(0, bytesRead);
    check(read);
    yield read;
    at += bytesRead;
  }
}

/** Takes the bytes of pieces, as they arrive, and compares their sums. */
function checker(pieces: readonly Piece[]): (bytes: Buffer) => void {
  let index = 0;
  let left = pieces[0]!.blocks * block;
  let hash = createHash("sha256");
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const some = bytes.subarray(at, at + left);
      hash.update(some);
      at += some.length;
      left -= some.length;
      if (left > 0) return;
      if (hash.digest("hex") !== pieces[index]!.sha256) throw new DamagedArchive();
      index++;
      left = (pieces[index]?.blocks ?? 0) * block;
      hash = createHash("sha256");
    }
  };
}
