import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { HostoutError, isHostoutError } from "@hostout/kit";
import { findWorkingCopy, type Workshop } from "@hostout/scm";
import { contentHash } from "../archive/content-hash.ts";
import { repack } from "../archive/repack.ts";
import { sha256Of } from "../archive/sha256-of.ts";
import { copyEntries } from "../entries/copy-entries.ts";
import type { Entry } from "../entries/entry.ts";
import { readEntries } from "../entries/read-entries.ts";
import { walkFiles } from "../entries/walk-files.ts";
import { backendBuilder, otherBackend } from "./build-backend.ts";
import { plainBuilder } from "./build-plain.ts";
import { isPython, type PythonFormat, pythonBuilder } from "./build-python.ts";
import type { Builder } from "./builder.ts";
import { countRelease, isEdited } from "./count-release.ts";
import { type DevContent, devContent } from "./dev-content.ts";
import type { DevFolder } from "./dev-folders.ts";
import { type DevRecord, type DevState, recordsOf, stateKey } from "./dev-state.ts";

/** The settings for releases of development packages. */
export interface DevSettings {
  /** The folder of built files. */
  readonly dist: string;
  readonly state: DevState;
  readonly format: PythonFormat;
  readonly python: string;
  /** Returns whether the project means the development package, and not a version from an index. */
  readonly isMeant: (name: string, own: string) => boolean;
}

/** A development package and its release, existing or new. */
export interface DevRelease {
  readonly label: string;
  readonly record: DevRecord;
  /** Absolute path of the built file: in `dist` or, for a new release, in the scratch folder. */
  readonly file: string;
  readonly isChanged: boolean;
  /** Whether the package has edits that the project's repository does not show. */
  readonly isEdited: boolean;
  readonly product: string;
}

/**
 * Releases a development package. Uses the last build of the same content, or builds in a copy.
 *
 * @returns undefined if another version of the package is pinned
 * @throws HostoutError `failed` if the build fails
 */
export async function releaseDevPackage(
  dev: DevFolder,
  settings: DevSettings,
  workshop: Workshop,
): Promise<DevRelease | undefined> {
  const { folder, label } = dev;
  const { entries, isLeft } = await devContent(dev, workshop);
  if (entries.length === 0) throw unbuilt(label, emptyFolder());
  const scm = isApart(dev) ? await findWorkingCopy(folder, workshop) : undefined;
  const edited = scm !== undefined && (await isEdited(scm, isLeft));
  const hash = await contentHash(entries);
  const builder = await builderOf(folder, entries, settings);
  const known = settings.state.get(stateKey(label, builder.by));
  if (known?.hash === hash && (await sha256Of(join(settings.dist, known.file))) === known.sha256) {
    if (!settings.isMeant(known.name, known.own)) return undefined;
    const file = join(settings.dist, known.file);
    return { label, record: known, file, isChanged: false, isEdited: edited, product: builder.product };
  }
  const room = await mkdtemp(join(workshop.scratch, "build-"));
  try {
    const built = await build(dev, { entries, isLeft, hash, builder, room }, settings, workshop);
    return built && { ...built, isEdited: edited };
  } catch (error) {
    throw isHostoutError(error) && error.code === "interrupted" ? error : unbuilt(label, error);
  }
}

/** Returns whether a package is outside of the project, or a repository of its own. */
function isApart({ folder, label }: DevFolder): boolean {
  return label.startsWith("../") || [".git", ".hg"].some((name) => existsSync(join(folder, name)));
}

interface Building extends DevContent {
  readonly hash: string;
  readonly builder: Builder;
  readonly room: string;
}

async function build(
  { folder, label }: DevFolder,
  { entries, isLeft, hash, builder, room }: Building,
  settings: DevSettings,
  workshop: Workshop,
): Promise<Omit<DevRelease, "isEdited"> | undefined> {
  // The folder's own name, because some setups use it.
  const copy = join(room, "copy", basename(folder));
  const built = join(room, "built");
  await mkdir(built);
  await copyEntries(entries, copy);
  await refuseChanged(copy, hash, workshop);
  const facts = await builder.facts(copy, workshop);
  if (!settings.isMeant(facts.name, facts.version)) return undefined;
  const records = recordsOf(settings.state, label);
  const same = records.find((record) => record.hash === hash && record.own === facts.version);
  const count = same?.count ?? (await countRelease({ folder, isLeft }, records, workshop));
  const version = builder.versionOf(facts.version, count, hash);
  const made = await builder.build(copy, { name: facts.name, version }, built, workshop);
  const name = extname(made) === ".tgz" ? `${safeName(facts.name)}-${version}.tgz` : basename(made);
  const file = join(room, name);
  await repack(made, file, join(room, "unpacked"), workshop, settings.python);
  await rm(copy, { recursive: true });
  const sha256 = await sha256Of(file);
  const record = { ...facts, own: facts.version, version, hash, by: builder.by, count, file: name };
  return {
    label,
    record: { ...record, sha256: sha256! },
    file,
    isChanged: true,
    product: builder.product,
  };
}

/** Refuses a build whose copy differs from the content of its version. */
async function refuseChanged(copy: string, hash: string, { warn }: Workshop): Promise<void> {
  const paths = await walkFiles(copy, { all: true });
  const copied = await readEntries(copy, paths, { warn, linksOut: "refuse" });
  if ((await contentHash(copied)) === hash) return;
  throw new HostoutError({
    code: "failed",
    message: "its files changed during the packaging",
    hint: "Wait for what writes its files, then try again.",
  });
}

async function builderOf(folder: string, entries: readonly Entry[], settings: DevSettings): Promise<Builder> {
  const paths = entries.map(({ path }) => path);
  if (isPython(paths)) {
    const backend = paths.includes("pyproject.toml") ? await otherBackend(folder) : undefined;
    if (backend === undefined) return pythonBuilder(settings.python, settings.format);
    return backendBuilder(settings.python, settings.format, backend);
  }
  if (!paths.includes("package.json")) return plainBuilder(folder);
  // This module imports semver, which no other part of a deploy needs.
  const { npmBuilder } = await import("./build-npm.ts");
  return npmBuilder(folder);
}

/** Puts a new release among the built files. */
export async function keepRelease({ file, record }: DevRelease, dist: string): Promise<void> {
  await mkdir(dist, { recursive: true, mode: 0o700 });
  const part = join(dist, `.${basename(file)}.part`);
  await copyFile(file, part);
  await rename(part, join(dist, record.file));
}

/** Converts `@scope/name` to a part of a file's name, as npm does. */
function safeName(name: string): string {
  return name.replace(/^@/, "").replaceAll("/", "-");
}

function emptyFolder(): HostoutError {
  return new HostoutError({
    code: "failed",
    message: "its folder is empty",
    hint: "Check it out, if it is a submodule: git submodule update --init; else take it out of develop.",
  });
}

function unbuilt(label: string, cause: unknown): HostoutError {
  const { message } = cause as Error;
  return new HostoutError({
    code: "failed",
    message: `${label} could not be packaged: ${message}`,
    hint: isHostoutError(cause) && cause.hint ? cause.hint : `Try its own build in ${label}.`,
    cause,
  });
}
