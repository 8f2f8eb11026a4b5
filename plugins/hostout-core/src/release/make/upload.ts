import { Readable } from "node:stream";
import type { Outcome } from "@hostout/kit";
import { requireWholeArchive } from "@hostout/packaging";
import {
  formatRuns,
  isDamaged,
  type Lock,
  type MakingRelease,
  type Store,
  type StoreState,
  siteStore,
  withLock,
} from "@hostout/releases";
import { unpackedCell } from "../values/cells.ts";
import { isOfCore } from "../values/is-of-core.ts";
import type { OnHost } from "../values/release-options.ts";
import { gzipParts } from "./gzip-parts.ts";
import { makeRecord } from "./make-record.ts";
import { nameOfRelease } from "./names-of-package.ts";
import { type Packaged, requirePackaged } from "./package-site.ts";
import { parcelOf } from "./parcel.ts";
import { markedRecord } from "./preparing.ts";
import { isRebuild } from "./rebuild.ts";

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
    const making = makingWith(context, packaged, state);
    const sentBytes = await sendPackage(context, store, packaged, lock, making);
    if (making) context.shared.set(unpackedCell, making.release);
    return { status: "ok", note: `${sentBytes} of ${packaged.sizeBytes} bytes sent` };
  });
}

/** The release of a package, and its record if it needs no build and nothing is run before that. */
function makingOf(context: OnHost, packaged: Packaged, state: StoreState): MakingRelease {
  const { options, site } = context;
  const release = nameOfRelease(packaged, state);
  const isComplete =
    packaged.kind === "files" && !options.preCommands && isOfCore(site, "pre-commands", "buildout");
  const record = isComplete
    ? markedRecord(context, makeRecord(context, release, packaged), state)
    : undefined;
  return { release, files: packaged.files, record };
}

/** As {@link makingOf}. Undefined if a plugin may do something between the upload and the unpacking. */
function makingWith(context: OnHost, packaged: Packaged, state: StoreState): MakingRelease | undefined {
  return isOfCore(context.site, "upload", "uploadeggs", "uploadbuildout")
    ? makingOf(context, packaged, state)
    : undefined;
}

/** Sends the difference from a package on the host, or all of it if that one is damaged. Resolves to the number of bytes. */
export async function sendPackage(
  context: OnHost,
  store: Store,
  packaged: Packaged,
  lock: Lock,
  making?: MakingRelease,
): Promise<number> {
  await requireWholeArchive(packaged);
  const base = baseOf(await store.state());
  try {
    return await sendBeside(store, packaged, { base, making }, lock);
  } catch (error) {
    if (base === undefined || !isDamaged(error)) throw error;
    context.detail(
      `the package ${base.slice(0, 12)} on the host is damaged: all of ${packaged.file} is sent`,
    );
    return sendBeside(store, packaged, { base: undefined, making }, lock);
  }
}

async function sendBeside(
  store: Store,
  packaged: Packaged,
  { base, making }: { readonly base: string | undefined; readonly making: MakingRelease | undefined },
  lock: Lock,
): Promise<number> {
  const parcel = await parcelOf(packaged, base, store);
  let sentBytes = 0;
  const count = async function* (...all: readonly AsyncIterable<Buffer>[]) {
    for (const parts of all)
      for await (const part of parts) {
        sentBytes += part.length;
        yield part;
      }
  };
  const tail = Buffer.from(`${formatRuns(parcel.runs, making?.record)}${parcel.index}`);
  const sent = Readable.from(count(parcel.blocks(), gzipParts([tail])));
  await store.receive({ hash: packaged.hash, base: parcel.base, runs: parcel.runs, sent, making }, lock);
  return sentBytes;
}

/** Returns the package that is most like the new one: the package of the newest release, if the host has it. */
function baseOf({ releases, packages }: StoreState): string | undefined {
  return (
    releases.findLast((record) => record.package && packages.includes(record.package))?.package ?? packages[0]
  );
}

/** Makes the folder of a release of a package; a package that is damaged on the host is sent again. */
export async function unpackProved(
  context: OnHost,
  store: Store,
  making: MakingRelease,
  packaged: Packaged,
  lock: Lock,
): Promise<void> {
  try {
    await store.unpack(packaged.hash, making, lock);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    context.warn(`the package ${packaged.hash.slice(0, 12)} on the host was damaged: hostout sends it again`);
    await sendPackage(context, store, packaged, lock);
    await store.unpack(packaged.hash, making, lock);
  }
}

/** Makes the folder of the release of the package, unless there is a complete one. */
export async function unpackPackage(context: OnHost): Promise<Outcome> {
  const packaged = requirePackaged(context);
  const store = await siteStore(context);
  return withLock(context, store, async (lock) => {
    const unpacked = context.shared.get(unpackedCell);
    if (unpacked !== undefined) {
      const value: Uploaded = { release: unpacked, isBuilt: false };
      return { status: "ok", note: unpacked, detail: true, value };
    }
    const built = await builtOf(context, store, await store.state(), packaged);
    if (built !== undefined) {
      const value: Uploaded = { release: built, isBuilt: true };
      return { status: "unchanged", note: `the host has ${built}`, value };
    }
    const making = makingOf(context, packaged, await store.state());
    const { release } = making;
    const value: Uploaded = { release, isBuilt: false };
    if (context.dryRun) return { status: "ok", note: `would make ${store.folderOf(release)}`, value };
    await unpackProved(context, store, making, packaged, lock);
    return { status: "ok", note: release, detail: true, value };
  });
}
