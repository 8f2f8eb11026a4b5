import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { commandValue, HostoutError, type Outcome, sh, who } from "@hostout/kit";
import {
  adoptInPlace,
  type Lock,
  preparedNow,
  type ReleaseRecord,
  releaseName,
  type Store,
  siteStore,
  warnOfOtherSite,
} from "@hostout/releases";
import type { OnHost } from "../options.ts";
import {
  type BuiltFolders,
  builtFolders,
  dataBelow,
  localAccount,
  stagingPath,
  unbuiltMark,
} from "../staging/staging.ts";
import { onStaging } from "../staging/staging-lock.ts";
import { deletes, isKeeping, withDeployLock } from "./deploy-lock.ts";
import { compareMachines } from "./facts.ts";
import { anchored, sendMissingData, sendShared } from "./push-outside.ts";
import { refuseLostVar } from "./refuse-lost-var.ts";

type Context = OnHost<{ readonly delete: boolean | undefined }>;

/** A complete release of the staged build that is not live yet. */
export interface Sent {
  /** The name of the new release; undefined if the live release already has the same content. */
  readonly release: string | undefined;
  /** The release that was live when `send` ran. */
  readonly before: string | undefined;
  /** The names in the site's folder that are links to the live release. */
  readonly links: readonly string[];
}

/** The value of the command `send`. */
export const sentValue = commandValue<Sent>("hostout-pushdeploy", "send");

/** The state of a release while `send` makes it. */
interface Making {
  readonly context: Context;
  readonly staged: string;
  readonly store: Store;
  readonly lock: Lock;
  readonly built: BuiltFolders;
  readonly release: string;
  readonly before: string | undefined;
}

/**
 * Sends the built folders to a new release, which shares unchanged files with the live release. Makes no
 * release if no content changed. Never deletes or overwrites data: the host gets only the files of `var` that
 * it does not have.
 */
export async function send(context: Context): Promise<Outcome> {
  const staged = await stagingPath(context);
  const work = () => context.exclusive(`${context.host.name} ${staged}`, () => sendFrom(context, staged));
  return onStaging(context, staged, work, { reads: true });
}

async function sendFrom(context: Context, staged: string): Promise<Outcome> {
  const built = await builtFolders(context);
  if (built.inside.length === 0) throw nothingBuilt(context, staged);
  if (await context.local.test(["test", "-e", unbuiltMark(staged)])) throw halfBuilt(context, staged);
  const store = await siteStore(context);
  await refuseLostVar(context, store.path);
  await compareMachines(context, staged, store.path, built.inside);
  // A site that cannot be adopted is refused before the host changes.
  const state = await store.state();
  if (state.served === undefined && state.foreign === undefined) await store.inPlace(namesOf(built));
  warnOfOtherSite(context, store, state);
  return withDeployLock(context, store, async (lock) => {
    const { served, foreign } = await store.state();
    const isFirst = !context.dryRun && served === undefined && foreign === undefined;
    const before = isFirst ? await adoptInPlace(context, store, namesOf(built), lock) : served;
    const release = releaseName(Date.now(), randomBytes(4).toString("hex"));
    return makeRelease({ context, staged, store, lock, built, release, before });
  });
}

async function makeRelease(making: Making): Promise<Outcome> {
  const { context, staged, store, lock, built, release, before } = making;
  const links = namesOf(built);
  const value: Sent = { release, before, links };
  const folder = store.folderOf(release);
  const others = before === undefined ? [] : await otherFolders(context, store.folderOf(before), links);
  const dropped = deletes(context) ? others.filter((name) => built.missing.includes(name)) : [];
  const kept = others.filter((name) => !dropped.includes(name));
  if (context.dryRun) context.note(`would make ${folder}`);
  else await store.clone(release, before, [...links, ...kept], lock);
  let isComplete = false;
  try {
    const outside: string[] = [];
    for (const shared of built.outside) outside.push(...(await sendShared(context, shared)));
    const inside = [...dropped];
    for (const name of built.inside) inside.push(...(await sendFolder(context, staged, name, folder)));
    outside.push(...(await sendMissingData(context, staged, store.path)));
    if (context.dryRun) return { status: "ok", note: release, value };
    const note = `${inside.length + outside.length} changed`;
    if (before !== undefined && inside.every(isCompiled)) {
      const unchanged: Sent = { ...value, release: undefined };
      return outside.length === 0
        ? { status: "unchanged", value: unchanged }
        : { status: "ok", note, value: unchanged };
    }
    await store.finish(await markedRecord(making), lock);
    isComplete = true;
    return { status: "ok", note: `${note}, ${release}`, value };
  } finally {
    if (!isComplete && !context.dryRun) await removeQuietly(making);
  }
}

/** Returns the record of a release. The record carries a mark if another command activates the release later. */
async function markedRecord({ context, store, release }: Making): Promise<ReleaseRecord> {
  const record = recordOf(context, release);
  return isKeeping(context)
    ? record
    : { ...record, by: "prepare", result: "built", ...preparedNow(await store.state()) };
}

/**
 * Checks for files that Python writes beside its sources. They contain times, so they differ after a build of
 * the same content.
 */
const isCompiled = (path: string) => /\.py[co]$|(?:^|\/)__pycache__\/?$/.test(path);

/** Returns the names in the site's folder that lead to the built folders. */
function namesOf({ inside }: BuiltFolders): readonly string[] {
  return [...new Set(inside.map((folder) => folder.split("/")[0]!))];
}

/** Returns the folders of the live release that the site's folder links to and that this push does not send. */
async function otherFolders(
  { remote }: Context,
  served: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const script = sh`cd -- ${served} || exit 1
for n in *; do if [ -d "$n" ] && [ "$(readlink ../../"$n")" = "current/$n" ]; then printf '%s\n' "$n"; fi; done`;
  const found = await remote.as("effective").capture(script, { quiet: true, title: `look at ${served}` });
  return found.split("\n").filter((name) => name !== "" && !names.includes(name));
}

/** The error for an empty build. An empty release would take the site down. */
function nothingBuilt({ site, options }: Context, staged: string): HostoutError {
  const wanted = options.pushFolders?.map((folder) => `'${folder}'`).join(", ");
  return new HostoutError({
    code: "refused",
    message: `nothing of ${site.name} is built in ${staged}: there is no folder ${wanted ?? "bin, parts or eggs"}`,
    hint: wanted
      ? "Is it built? push-folders names one folder a line."
      : `Build it first: hostout ${site.name} buildout`,
    origin: site.values.get("push-folders")?.origin,
  });
}

function halfBuilt({ site }: Context, staged: string): HostoutError {
  return new HostoutError({
    code: "refused",
    message: `${site.name} is not built to its end in ${staged}: the last build failed or was cut off, or one is under way`,
    hint: `Build it: hostout ${site.name} buildout. After a build by hand remove ${unbuiltMark(staged)}`,
  });
}

/** Returns the record of a release that a push made. */
export function recordOf({ site }: OnHost, name: string): ReleaseRecord {
  const at = new Date().toISOString();
  const from = dirname(site.config);
  return { name, result: "ok", site: site.name, by: "push", at, who: who(), from };
}

async function sendFolder(
  context: Context,
  staged: string,
  folder: string,
  release: string,
): Promise<readonly string[]> {
  if (!context.dryRun) context.detail(`push: ${join(staged, folder)} -> ${join(release, folder)}`);
  const { changed } = await context.remote.as("effective").sync({
    direction: "push",
    local: join(staged, folder),
    remote: join(release, folder),
    delete: deletes(context),
    // A release equals its build.
    keepFolders: "none",
    // Two equal builds give new content the times of the old content.
    checksum: true,
    exclude: dataBelow(context, folder).map(anchored),
    localAccount: localAccount(context),
  });
  return changed.map((path) => join(folder, path));
}

/**
 * Removes the release of a failed push, if the host still answers. An error here must not hide the error of the
 * push.
 */
async function removeQuietly({ context, store, lock, release }: Making): Promise<void> {
  const path = store.folderOf(release);
  try {
    await store.remove([{ kind: "folder", name: release, path, reason: "was not finished" }], lock);
  } catch {
    context.warn(`${path} could not be removed; cleanup will`);
  }
}
