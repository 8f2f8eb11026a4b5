import { createReadStream } from "node:fs";
import { indexBeside, readIndex } from "@hostout/packaging";
import { packageRuns, parseIndex, type Run, type Store } from "@hostout/releases";
import { gzipParts } from "./gzip-parts.ts";
import type { Packaged } from "./package-site.ts";

/** Bytes that are compressed at once. */
const partBytes = 1024 * 1024;

/** A package for hosts that have the same older package. */
export interface Parcel {
  /** SHA-256 of the package on the host; undefined if all is sent. */
  readonly base: string | undefined;
  readonly runs: readonly Run[];
  /** Index of the new package, as text. */
  readonly index: string;
  /** The blocks to send, gzipped. */
  readonly blocks: () => AsyncIterable<Buffer>;
}

/** The longest blocks, in bytes, that stay in memory for all hosts. Longer ones are read and compressed for each host. */
const mostKept = 16 * 1024 * 1024;

/** More runs cost the host more than their bytes cost the line. */
const mostRuns = 2000;

const parcels = new WeakMap<Packaged, Map<string, Promise<Parcel>>>();

/** Makes the parcel of a package, once for all hosts of the run that have the same base. */
export function parcelOf(packaged: Packaged, base: string | undefined, store: Store): Promise<Parcel> {
  const known = parcels.get(packaged) ?? new Map<string, Promise<Parcel>>();
  parcels.set(packaged, known);
  const key = base ?? "";
  const parcel = known.get(key) ?? makeParcel(packaged, base, store);
  known.set(key, parcel);
  // The host that was asked for the index may be lost; another one can answer.
  parcel.catch(() => known.delete(key));
  return parcel;
}

async function makeParcel({ file }: Packaged, base: string | undefined, store: Store): Promise<Parcel> {
  const index = await readIndex(file);
  const segments = parseIndex(index);
  const there = base === undefined ? [] : ((await indexBeside(file, base)) ?? (await store.indexOf(base)));
  const runs = packageRuns(there, segments);
  const isWhole = runs.length > mostRuns;
  const sent = isWhole ? packageRuns([], segments) : runs;
  const blocks = () => gzipParts(blocksOf(file, sent));
  const sizeBytes = 512 * sent.reduce((sum, { from, blocks }) => sum + (from === "sent" ? blocks : 0), 0);
  const parcel = { base: isWhole ? undefined : base, runs: sent, index };
  if (sizeBytes > mostKept) return { ...parcel, blocks };
  const kept: Buffer[] = [];
  for await (const part of blocks()) kept.push(part);
  return {
    ...parcel,
    blocks: async function* () {
      yield* kept;
    },
  };
}

async function* blocksOf(file: string, runs: readonly Run[]): AsyncGenerator<Buffer> {
  let part: Buffer[] = [];
  let bytes = 0;
  for (const run of runs) {
    if (run.from !== "sent" || run.blocks === 0) continue;
    const start = run.offsetBlocks * 512;
    const end = start + run.blocks * 512 - 1;
    for await (const chunk of createReadStream(file, { start, end, highWaterMark: partBytes })) {
      part.push(chunk);
      bytes += chunk.length;
      if (bytes < partBytes) continue;
      yield Buffer.concat(part);
      [part, bytes] = [[], 0];
    }
  }
  if (bytes > 0) yield Buffer.concat(part);
}
