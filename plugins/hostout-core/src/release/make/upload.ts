import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { Outcome } from "@hostout/kit";
import { indexBeside, readIndex, requireWholeArchive } from "@hostout/packaging";
import {
  formatRuns,
  isDamaged,
  type Lock,
  packageRuns,
  parseIndex,
  type Run,
  type Store,
  type StoreState,
  siteStore,
  withLock,
} from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";
import { gzipParts } from "./gzip-parts.ts";
import { nameOfRelease } from "./names-of-package.ts";
import { type Packaged, requirePackaged } from "./package-site.ts";
import { isRebuild } from "./rebuild.ts";

/** Bytes that are compressed at once. */
const partBytes = 1024 * 1024;

/** A release folder on a host that is being made, or was made before of the same package. */
export interface Uploaded {
  readonly release: string;
  /** Whether the release is complete, so that no build is needed. */
  readonly isBuilt: boolean;
}

/**
 * Returns the newest release of the package that did not fail. A release that somebody edited on the host does not count: the
 * live files are to be those of the package.
 */
async function builtOf(
  context: OnHost,
  store: Store,
  state: StoreState,
  { hash }: Packaged,
): Promise<string | undefined> {
  if (isRebuild(context)) return undefined;
  const built = state.releases.findLast((record) => record.package === hash)?.name;
  if (built === undefined || built === state.served) return built;
  return (await store.drift(built)).files.length === 0 ? built : undefined;
}

/** Sends of the package what the host does not have. */
export async function uploadPackage(context: OnHost): Promise<Outcome> {
  const packaged = requirePackaged(context);
  const store = await siteStore(context);
  const { note, detail, dryRun, host } = context;
  return withLock(context, store, async (lock) => {
    const state = await store.state();
    if (state.packages.includes(packaged.hash) || (await builtOf(context, store, state, packaged)))
      return { status: "unchanged", note: `the host has ${packaged.hash.slice(0, 12)}` };
    const target = `${store.path}/.hostout/packages/${packaged.hash}.tar`;
    if (dryRun) {
      note(`would send up to ${packaged.sizeBytes} bytes to ${host.name}`);
      return { status: "ok" };
    }
    detail(`put: ${packaged.file} -> ${target}`);
    const sentBytes = await sendPackage(context, store, packaged, lock);
    return { status: "ok", note: `${sentBytes} of ${packaged.sizeBytes} bytes sent` };
  });
}

/** Sends the difference from a package on the host, or all of it if that one is damaged. Resolves to the number of bytes. */
export async function sendPackage(
  context: OnHost,
  store: Store,
  packaged: Packaged,
  lock: Lock,
): Promise<number> {
  await requireWholeArchive(packaged);
  const base = baseOf(await store.state());
  try {
    return await sendBeside(store, packaged, base, lock);
  } catch (error) {
    if (base === undefined || !isDamaged(error)) throw error;
    context.detail(
      `the package ${base.slice(0, 12)} on the host is damaged: all of ${packaged.file} is sent`,
    );
    return sendBeside(store, packaged, undefined, lock);
  }
}

async function sendBeside(
  store: Store,
  { file, hash }: Packaged,
  base: string | undefined,
  lock: Lock,
): Promise<number> {
  const index = await readIndex(file);
  const runs = packageRuns(
    base === undefined ? [] : ((await indexBeside(file, base)) ?? (await store.indexOf(base))),
    parseIndex(index),
  );
  // So many pieces cost the host more than their bytes do the line.
  const isWhole = runs.length > 2000;
  const sent = isWhole ? packageRuns([], parseIndex(index)) : runs;
  let sentBytes = 0;
  const count = async function* (parts: AsyncIterable<Buffer>) {
    for await (const part of parts) {
      sentBytes += part.length;
      yield part;
    }
  };
  const parcel = Readable.from(count(gzipParts(blocksOf(file, sent, index))));
  await store.receive({ hash, base: isWhole ? undefined : base, runs: sent, sent: parcel }, lock);
  return sentBytes;
}

/** Returns the package that is most like the new one: the package of the newest release, if the host has it. */
function baseOf({ releases, packages }: StoreState): string | undefined {
  return (
    releases.findLast((record) => record.package && packages.includes(record.package))?.package ?? packages[0]
  );
}

async function* blocksOf(file: string, runs: readonly Run[], index: string): AsyncGenerator<Buffer> {
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
  yield Buffer.concat([...part, Buffer.from(`${formatRuns(runs)}${index}`)]);
}

/** Makes the folder of a release of a package; a package that is damaged on the host is sent again. */
export async function unpackProved(
  context: OnHost,
  store: Store,
  release: string,
  packaged: Packaged,
  lock: Lock,
): Promise<void> {
  try {
    await store.unpack(release, packaged, lock);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    context.warn(`the package ${packaged.hash.slice(0, 12)} on the host was damaged: hostout sends it again`);
    await sendPackage(context, store, packaged, lock);
    await store.unpack(release, packaged, lock);
  }
}

/** Makes the folder of the release of the package, unless there is a complete one. */
export async function unpackPackage(context: OnHost): Promise<Outcome> {
  const packaged = requirePackaged(context);
  const store = await siteStore(context);
  return withLock(context, store, async (lock) => {
    const built = await builtOf(context, store, await store.state(), packaged);
    if (built !== undefined) {
      const value: Uploaded = { release: built, isBuilt: true };
      return { status: "unchanged", note: `the host has ${built}`, value };
    }
    const release = nameOfRelease(packaged, await store.state());
    const value: Uploaded = { release, isBuilt: false };
    if (context.dryRun) return { status: "ok", note: `would make ${store.folderOf(release)}`, value };
    await unpackProved(context, store, release, packaged, lock);
    return { status: "ok", note: release, detail: true, value };
  });
}
