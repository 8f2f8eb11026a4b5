/** A piece of a package, in blocks of 512 bytes. */
export interface Segment {
  readonly offsetBlocks: number;
  readonly blocks: number;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
}

/** Blocks that the host has in another package, or that are sent. */
export type Run =
  | { readonly from: "base"; readonly offsetBlocks: number; readonly blocks: number }
  | { readonly from: "sent"; readonly offsetBlocks: number; readonly blocks: number };

/** How a package is put together from one that is there and what is sent; `offsetBlocks` of what is sent is in the new one. */
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

/** As `receiveScript` reads them behind the blocks that are sent, one a line. */
export function formatRuns(runs: readonly Run[]): string {
  return runs
    .map((run) => (run.from === "base" ? `b:${run.offsetBlocks}:${run.blocks}\n` : `l:${run.blocks}\n`))
    .join("");
}

/** How many blocks are sent. */
export function sentBlocks(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => (run.from === "sent" ? sum + run.blocks : sum), 0);
}

/** One segment a line: sum, offset, blocks. */
export function formatIndex(segments: readonly Segment[]): string {
  return segments.map(({ sha256, offsetBlocks, blocks }) => `${sha256} ${offsetBlocks} ${blocks}\n`).join("");
}

/** Reads an index; what is no line of one is left out: its blocks are sent. */
export function parseIndex(text: string): readonly Segment[] {
  return [...text.matchAll(/^([0-9a-f]{64}) (\d+) (\d+)$/gm)].map(
    ([, sha256 = "", offsetBlocks, blocks]) => ({
      sha256,
      offsetBlocks: Number(offsetBlocks),
      blocks: Number(blocks),
    }),
  );
}
