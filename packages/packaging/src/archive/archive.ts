import { createHash, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HostoutError } from "@hostout/kit";
import { parseIndex, type Segment } from "@hostout/releases";
import { byPath, type Entry } from "../entries/entry.ts";
import { readIndex, removeIndex, writeIndex } from "./archive-index.ts";
import { markWritten } from "./archive-proof.ts";
import { archivesInUse, markInUse } from "./archives-in-use.ts";
import { type KnownArchive, lastArchive, looksLike, looksOf, rememberArchive } from "./known-archive.ts";

/** The number of archives to keep besides the newest. */
const kept = 5;

const dayMs = 24 * 60 * 60 * 1000;

/** An archive on this machine. */
export interface Archive {
  /** sha256 of its bytes, hex. */
  readonly hash: string;
  readonly file: string;
  readonly sizeBytes: number;
}

/**
 * Writes entries into `deploy-HASH.tar` of a folder. The same entries give the same bytes. An existing archive stays.
 *
 * @param write false: only computes the hash and the size
 * @throws HostoutError `failed` if a file changes during the read, `disk-full`
 */
export async function writeArchive(
  entries: readonly Entry[],
  folder: string,
  { write }: { readonly write: boolean },
): Promise<Archive> {
  const sorted = [...entries].sort(byPath);
  const looks = looksOf(sorted, Date.now());
  const last = await lastArchive(folder);
  if (last && looksLike(last, looks)) {
    if (write) {
      await writeIndex(last.file);
      await touch(last.file);
    }
    return last;
  }
  const [{ writeTar }, { archiveForm }] = await Promise.all([
    import("./archiver.ts"),
    import("./archive-form.ts"),
  ]);
  const form = await archiveForm();
  const whole = () => makeArchive((into) => writeTar(sorted, into), folder, write);
  const archive =
    (write && last?.form === form && (await mergeInto(sorted, looks, last, folder))) || (await whole());
  if (write) {
    await writeIndex(archive.file);
    await rememberArchive(folder, { ...archive, looks, form });
  }
  return archive;
}

/**
 * Makes an archive from an older one and from the changes. Undefined if little of the older one is usable, or if it is
 * damaged.
 */
async function mergeInto(
  entries: readonly Entry[],
  looks: readonly string[],
  last: KnownArchive,
  folder: string,
): Promise<Archive | undefined> {
  const there = await segmentsByLook(last);
  const kept = new Map<Entry, Segment>();
  for (const [index, entry] of entries.entries()) {
    const segment = there.get(looks[index]!);
    if (segment) kept.set(entry, segment);
  }
  if (kept.size < entries.length / 2) return undefined;
  const { DamagedArchive, mergeArchive } = await import("./merge-archive.ts");
  const fresh = partIn(folder);
  try {
    const merge = await mergeArchive(entries, kept, last.file, fresh);
    const archive = await makeArchive((into) => pipeline(merge.parts, into), folder, true);
    await writeIndex(archive.file, merge.segments);
    return archive;
  } catch (error) {
    if (error instanceof DamagedArchive) {
      // The new archive may have the same name, and would not replace the damaged one.
      await removeIndex(last.file);
      await rm(last.file, { force: true });
      return undefined;
    }
    throw explained(error, folder);
  } finally {
    await rm(fresh, { force: true });
  }
}

/** Returns the segments of an archive by the looks of their entries. Empty if unknown. */
async function segmentsByLook({ file, looks }: KnownArchive): Promise<ReadonlyMap<string, Segment>> {
  const segments = parseIndex(await readIndex(file).catch(() => ""));
  // One segment for each entry, and one for the end.
  if (segments.length !== looks.length + 1) {
    await removeIndex(file);
    return new Map();
  }
  const there = new Map(looks.map((look, index) => [look, segments[index]!]));
  // Entries that had just changed when hostout looked at them.
  there.delete("");
  return there;
}

const partIn = (folder: string) => join(folder, `.${randomBytes(12).toString("hex")}.part`);

async function makeArchive(
  writeInto: (into: Writable) => Promise<void>,
  folder: string,
  write: boolean,
): Promise<Archive> {
  const part = partIn(folder);
  if (write) {
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error) => {
      throw explained(error, folder);
    });
  }
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  const sink = write ? createWriteStream(part, { flags: "wx", mode: 0o600 }) : nowhere();
  const written = pipeline(count, sink);
  try {
    await Promise.all([writeInto(count), written]);
    const sum = hash.digest("hex");
    const file = join(folder, `deploy-${sum.slice(0, 12)}.tar`);
    if (write) {
      await place(part, file);
      markWritten(sum);
    }
    return { hash: sum, file, sizeBytes };
  } catch (error) {
    throw explained(sink.errored ?? error, folder);
  } finally {
    await written.catch(() => undefined);
    if (write) await rm(part, { force: true });
  }
}

/** Renames a file after it is on the disk. Otherwise a power cut may leave nothing but its name. */
async function place(part: string, file: string): Promise<void> {
  const handle = await open(part, "r");
  await handle.sync().finally(() => handle.close());
  await rename(part, file);
}

function explained(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new HostoutError({
      code: "refused",
      message: `no package can be written to ${folder}: this account may not, or it is read-only`,
      hint: "Let the account that runs hostout write there.",
      cause: error,
    });
  }
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new HostoutError({
    code: "disk-full",
    message: `there is no room left for a package in ${folder}`,
    hint: "Free space on this machine, then try again.",
    cause: error,
  });
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** Marks an archive as in use. */
async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now);
}

/**
 * Removes all but the newest archives of a folder, the indexes of removed archives, and unfinished files after a day.
 * Keeps `made`, and all archives that this run or another one needs.
 */
export async function removeOldArchives(folder: string, made: string): Promise<void> {
  await markInUse(made);
  const all = await readdir(folder);
  const remove = (name: string) => rm(join(folder, name), { force: true });
  for (const name of all.filter((one) => one.endsWith(".part"))) {
    const begun = await stat(join(folder, name)).catch(() => undefined);
    if (begun && Date.now() - begun.mtimeMs > dayMs) await remove(name);
  }
  const archives = (
    await Promise.all(
      all
        .filter((name) => /^deploy-[0-9a-f]{12}\.tar$/.test(name))
        .map(async (name) => {
          // Another run may remove the file at the same time.
          const stats = await stat(join(folder, name)).catch(() => undefined);
          return stats ? [{ name, changedMs: stats.mtimeMs }] : [];
        }),
    )
  ).flat();
  const inUse = await archivesInUse(folder);
  const others = archives.filter(({ name }) => name !== basename(made));
  const old = others
    .sort((one, other) => other.changedMs - one.changedMs)
    .slice(kept - 1)
    .filter(({ name }) => !inUse.has(name));
  const gone = new Set(old.map(({ name }) => name));
  for (const name of gone) await remove(name);
  const left = new Set(archives.map(({ name }) => name).filter((name) => !gone.has(name)));
  for (const name of all.filter((one) => one.endsWith(".index")))
    if (!left.has(name.replace(/index$/, "tar"))) await remove(name);
}
