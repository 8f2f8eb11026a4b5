import { createHash, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HostoutError } from "@hostout/kit";
import { byPath, type Entry } from "./entry.ts";
import { knownArchive, lookOf, rememberArchive } from "./known-archive.ts";

/** Archives that are kept beside the newest. */
const kept = 5;

const dayMs = 24 * 60 * 60 * 1000;

/** An archive that was written. */
export interface Archive {
  /** sha256 of its bytes, hex. */
  readonly hash: string;
  readonly file: string;
  readonly sizeBytes: number;
}

/**
 * Writes entries into `deploy-HASH.tar` of a folder. The same entries are the same bytes; an archive that is there is left.
 *
 * @param write false: only its hash and its size are found out
 * @throws HostoutError `failed` when a file changes while it is read, `disk-full`
 */
export async function writeArchive(
  entries: readonly Entry[],
  folder: string,
  { write }: { readonly write: boolean },
): Promise<Archive> {
  const look = lookOf(entries, Date.now());
  const known = look && (await knownArchive(folder, look));
  if (known) return known;
  const archive = await makeArchive(entries, folder, write);
  if (write && look) await rememberArchive(folder, look, archive);
  return archive;
}

async function makeArchive(entries: readonly Entry[], folder: string, write: boolean): Promise<Archive> {
  const { writeTar } = await import("./archiver.ts");
  const part = join(folder, `.${randomBytes(12).toString("hex")}.part`);
  if (write) await mkdir(folder, { recursive: true });
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
    await Promise.all([writeTar([...entries].sort(byPath), count), written]);
    const sum = hash.digest("hex");
    const file = join(folder, `deploy-${sum.slice(0, 12)}.tar`);
    if (write) await place(part, file, sizeBytes);
    return { hash: sum, file, sizeBytes };
  } catch (error) {
    throw explained(sink.errored ?? error, folder);
  } finally {
    await written.catch(() => undefined);
    if (write) await rm(part, { force: true });
  }
}

async function place(part: string, file: string, sizeBytes: number): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there?.size !== sizeBytes) return rename(part, file);
  // It is the newest again, and so not removed soon.
  const now = new Date();
  await utimes(file, now, now);
}

function explained(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
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

/**
 * Removes all but the newest archives of a folder, the indexes of those that are gone, and what was begun a day ago.
 * `made` stays in any case.
 */
export async function removeOldArchives(folder: string, made: string): Promise<void> {
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
          // Another run may remove it at this time.
          const stats = await stat(join(folder, name)).catch(() => undefined);
          return stats ? [{ name, changedMs: stats.mtimeMs }] : [];
        }),
    )
  ).flat();
  const others = archives.filter(({ name }) => name !== basename(made));
  const old = others.sort((one, other) => other.changedMs - one.changedMs).slice(kept - 1);
  const gone = new Set(old.map(({ name }) => name));
  for (const name of gone) await remove(name);
  const left = new Set(archives.map(({ name }) => name).filter((name) => !gone.has(name)));
  for (const name of all.filter((one) => one.endsWith(".index")))
    if (!left.has(name.replace(/index$/, "tar"))) await remove(name);
}
