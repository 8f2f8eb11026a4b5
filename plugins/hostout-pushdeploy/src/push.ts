import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { HostoutError, type Outcome, sh } from "@hostout/kit";
import {
  adoptInPlace,
  type Lock,
  type ReleaseRecord,
  releaseName,
  removable,
  removeFrom,
  type Store,
  siteStore,
  switchAndWarn,
  warnOfOtherSite,
  who,
} from "@hostout/releases";
import { isDeploying, withDeployLock } from "./deploy-lock.ts";
import { compareMachines } from "./facts.ts";
import type { OnHost } from "./options.ts";
import { anchored, sendMissingData, sendShared } from "./push-outside.ts";
import {
  type BuiltFolders,
  builtFolders,
  dataBelow,
  localAccount,
  stagingPath,
  unbuiltMark,
} from "./staging.ts";

type Context = OnHost<{ readonly delete: boolean }>;

/** What the command `push` made. */
interface Pushed {
  readonly release: string;
  readonly before: string | undefined;
}

/** A push under way: what is made of which release. */
interface Sending {
  readonly context: Context;
  readonly staged: string;
  readonly store: Store;
  readonly lock: Lock;
  readonly built: BuiltFolders;
}

/**
 * Sends the built folders to a release of their own, of which what did not change is shared with the one that is served, then serves it.
 * Data is never deleted or overwritten: of `var` only what production does not have is sent.
 */
export async function push(context: Context): Promise<Outcome> {
  const staged = await stagingPath(context);
  return context.exclusive(`${context.host.name} ${staged}`, () => pushFrom(context, staged));
}

async function pushFrom(context: Context, staged: string): Promise<Outcome> {
  const built = await builtFolders(context);
  if (built.inside.length === 0) throw nothingBuilt(context, staged);
  if (await context.local.test(["test", "-e", unbuiltMark(staged)])) throw halfBuilt(context, staged);
  const store = await siteStore(context);
  await compareMachines(context, staged, store.path, built.inside);
  if (context.dryRun) return pretend(context, staged, built, store.path);
  // What cannot be adopted is refused before anything is made there.
  const state = await store.state();
  if (state.served === undefined && state.foreign === undefined) await store.inPlace(namesOf(built));
  warnOfOtherSite(context, store, state);
  return withDeployLock(context, store, (lock) => sendAndServe({ context, staged, store, lock, built }));
}

async function sendAndServe(sending: Sending): Promise<Outcome> {
  const { context, staged, store, lock, built } = sending;
  const changed: string[] = [];
  const names = namesOf(built);
  const { served, foreign } = await store.state();
  const isFirst = served === undefined && foreign === undefined;
  const before = isFirst ? await adoptInPlace(context, store, names, lock) : served;
  const others = before === undefined ? [] : await otherFolders(context, store.folderOf(before), names);
  const dropped = context.args.delete ? others.filter((name) => built.missing.includes(name)) : [];
  const kept = others.filter((name) => !dropped.includes(name));
  changed.push(...dropped);
  const release = releaseName(Date.now(), randomBytes(4).toString("hex"));
  const folder = await store.clone(release, before, [...names, ...kept], lock);
  let isServed = false;
  try {
    for (const shared of built.outside) changed.push(...(await sendShared(context, shared)));
    for (const name of built.inside) changed.push(...(await sendFolder(context, staged, name, folder)));
    const isNew = changed.some((path) => !isCompiled(path));
    const data = await sendMissingData(context, staged, store.path);
    if (!isNew && before !== undefined)
      return data.length === 0 ? { status: "unchanged" } : { status: "ok", note: `${data.length} changed` };
    changed.push(...data);
    await store.finish(recordOf(context, release), lock);
    // Until the deploy has restarted the site; a push alone leaves that to others.
    if (isDeploying(context)) await store.settle(false, lock);
    await switchAndWarn(context, store, release, names, lock);
    isServed = true;
    const gone = removable(await store.state(), context.options.keep);
    for (const one of gone) context.detail(`remove ${store.path}/${one.path}: ${one.reason}`);
    await removeFrom(context, store, gone, lock);
    const value: Pushed = { release, before };
    return { status: "ok", note: `${changed.length} changed, ${release}`, value };
  } finally {
    if (!isServed) await removeQuietly(sending, release);
  }
}

/** What Python writes beside its sources: it names their times, and differs after a build of the same content. */
const isCompiled = (path: string) => /\.py[co]$|(?:^|\/)__pycache__\/?$/.test(path);

/** Names of the site's folder that what was built is found by. */
function namesOf({ inside }: BuiltFolders): readonly string[] {
  return [...new Set(inside.map((folder) => folder.split("/")[0]!))];
}

/** Folders of the release that is served, found in the site's folder, that this push does not send. */
async function otherFolders(
  { remote }: Context,
  served: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const script = sh`cd -- ${served} || exit 1
for n in *; do if [ -d "$n" ] && [ "$(readlink ../../"$n")" = "current/$n" ]; then printf '%s\n' "$n"; fi; done`;
  const found = await remote.as("effective").capture(script, { quiet: true });
  return found.split("\n").filter((name) => name !== "" && !names.includes(name));
}

/** A release of nothing would take the site away. */
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

function recordOf({ site }: Context, name: string): ReleaseRecord {
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
  context.detail(`push: ${join(staged, folder)} -> ${join(release, folder)}`);
  const { changed } = await context.remote.as("effective").sync({
    direction: "push",
    local: join(staged, folder),
    remote: join(release, folder),
    delete: context.args.delete,
    // A release is like what was built.
    keepFolders: "none",
    // Builds that are the same twice give new content the times of the old.
    checksum: true,
    exclude: dataBelow(context, folder).map(anchored),
    localAccount: localAccount(context),
  });
  return changed.map((path) => join(folder, path));
}

/** A push that fails leaves nothing of its own behind where the host still answers; why it failed is what counts. */
async function removeQuietly({ context, store, lock }: Sending, release: string): Promise<void> {
  const path = store.folderOf(release);
  try {
    await store.remove([{ kind: "folder", name: release, path, reason: "was not finished" }], lock);
  } catch {
    context.warn(`${path} could not be removed; cleanup will`);
  }
}

/** A dry run compares the built folders with those that are served, and tells what would be sent. */
async function pretend(
  context: Context,
  staged: string,
  built: BuiltFolders,
  path: string,
): Promise<Outcome> {
  for (const folder of [...built.inside, ...built.outside]) {
    const isOutside = built.outside.includes(folder);
    await context.remote.as("effective").sync({
      direction: "push",
      local: isOutside ? folder : join(staged, folder),
      remote: isOutside ? folder : join(path, "current", folder),
      localAccount: localAccount(context),
    });
  }
  context.note(`would serve a release of: ${built.inside.join(" ")}`);
  return { status: "ok" };
}
