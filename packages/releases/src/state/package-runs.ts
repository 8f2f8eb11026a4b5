import { formatRecord, type ReleaseRecord } from "./release-record.ts";
import { linesOf } from "./store-answers.ts";

/** A piece of a package, in blocks of 512 bytes. */
export interface Segment {
  readonly offsetBlocks: number;
  readonly blocks: number;
  /** Sum of the bytes, hexadecimal. */
  readonly sha256: string;
}

/** Consecutive blocks: from another package on the host, or sent. */
export type Run =
  | { readonly from: "base"; readonly offsetBlocks: number; readonly blocks: number }
  | { readonly from: "sent"; readonly offsetBlocks: number; readonly blocks: number };

/**
 * Returns the runs that make a package from one on the host and from sent blocks. The `offsetBlocks` of a sent run is
 * an offset in the new package.
 */
export function packageRuns(base: readonly Segment[], wanted: readonly Segment[]): readonly Run[] {
  const there = new Map(base.map((segment) => [segment.sha256, segment]));
  const runs: Run[] = [];
  for (const segment of wanted) {
    const found = there.get(segment.sha256);
    const run: Run = found
      ? { from: "base", offsetBlocks: found.offsetBlocks, blocks: segment.blocks }
      : { from: "sent", offsetBlocks: segment.offsetBlocks, blocks: segment.blocks };
    const last = runs.at(-1);
    if (last?.from === run.from && last.offsetBlocks + last.blocks === run.offsetBlocks)
      runs[runs.length - 1] = { ...last, blocks: last.blocks + run.blocks };
    else runs.push(run);
  }
  return runs;
}

/** Formats what follows the sent blocks for `receiveScript`: the runs, one a line, and the lines of a record. */
export function formatRuns(runs: readonly Run[], record?: ReleaseRecord): string {
  const lines = runs.map((run) =>
    run.from === "base" ? `b:${run.offsetBlocks}:${run.blocks}` : `l:${run.blocks}`,
  );
  const ofRecord = record === undefined ? [] : linesOf(formatRecord(record)).map((line) => `r:${line}`);
  return [...lines, ...ofRecord].map((line) => `${line}\n`).join("");
}

/** Counts the sent blocks. */
export function sentBlocks(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => (run.from === "sent" ? sum + run.blocks : sum), 0);
}

/** Formats an index, one segment a line: sum, offset, blocks. */
export function formatIndex(segments: readonly Segment[]): string {
  return segments.map(({ sha256, offsetBlocks, blocks }) => `${sha256} ${offsetBlocks} ${blocks}\n`).join("");
}

/** Reads an index. Leaves out damaged lines: hostout then sends their blocks. */
export function parseIndex(text: string): readonly Segment[] {
  return [...text.matchAll(/^([0-9a-f]{64}) (\d+) (\d+)$/gm)].map(
    ([, sha256 = "", offsetBlocks, blocks]) => ({
      sha256,
      offsetBlocks: Number(offsetBlocks),
      blocks: Number(blocks),
    }),
  );
}
