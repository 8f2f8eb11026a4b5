import { posix } from "node:path";
import {
  absolutePath,
  type Connection,
  HostoutError,
  isHostoutError,
  type Outcome,
  reportError,
  runLines,
  sh,
} from "@hostout/kit";
import { releaseConfig } from "@hostout/packaging";
import {
  buildoutMain,
  type Lock,
  makeFolderFor,
  removeOldFailures,
  type Store,
  siteStore,
  withLock,
} from "@hostout/releases";
import { hostPython } from "../look/interpreters.ts";
import { refusedRoot } from "../look/refused-accounts.ts";
import { startsByDefault } from "../look/starts-by-default.ts";
import { runtimeValue, uploadedValue } from "../values/cells.ts";
import type { OnHost } from "../values/release-options.ts";
import { eggsOfSdists } from "./eggs-of-sdists.ts";
import { builderOf, endOrphanedBuilds } from "./end-orphaned-builds.ts";
import { giveRelease } from "./give-release.ts";
import { makeRecord } from "./make-record.ts";
import { type Packaged, requirePackaged } from "./package-site.ts";
import { markedRecord } from "./preparing.ts";
import { sendPackage, type Uploaded, unpackProved } from "./upload.ts";

/** The release that a build completed. */
export interface Built {
  readonly release: string;
}

/** Builds the release in its folder on the host, also while the connection is broken. A failed release is kept apart, and the live one stays. */
export async function buildRelease(context: OnHost): Promise<Outcome> {
  const packaged = requirePackaged(context);
  const { release, isBuilt } = requireUploaded(context);
  const value: Built = { release };
  const store = await siteStore(context);
  if (isBuilt) {
    if (context.rest.length > 0)
      context.warn(
        `${release} is built already, so ${context.rest.join(" ")} has no effect; to build it anew: hostout ${context.site.name} deploy --rebuild`,
      );
    await markBuilt(context, store, release);
    return { status: "unchanged", note: `${release} is built`, value };
  }
  return withLock(context, store, async (lock) => {
    const folder = store.folderOf(release);
    const record = makeRecord(context, release, packaged);
    const { releases } = await store.state();
    // Of files alone nothing is built, and a run that this one resumes may have completed it.
    if (releases.some((one) => one.name === release && one.package === packaged.hash)) {
      await refuseUnstartable(context, folder);
      return { status: "ok", note: release, detail: packaged.kind === "files", value };
    }
    try {
      await endOrphanedBuilds(context, store, release);
      await ensureUnpacked(context, store, release, packaged, lock);
      await build(context, store, release, packaged);
    } catch (error) {
      throw context.dryRun
        ? error
        : await keepApart(context, store, { ...record, result: "failed" }, error, lock);
    }
    if (context.dryRun) return { status: "ok", note: `would build ${release}`, value };
    // Outside of what is kept apart: where the answer is lost, it may be complete.
    await store.finish(markedRecord(context, record, await store.state()), lock);
    await refuseUnstartable(context, folder);
    // Of files alone nothing was built.
    return { status: "ok", note: release, detail: packaged.kind === "files", value };
  });
}

/** A complete release is prepared from now on, or (in a deploy) is not any more. */
async function markBuilt(context: OnHost, store: Store, release: string): Promise<void> {
  if (context.dryRun) return;
  await withLock(context, store, async (lock) => {
    const state = await store.state();
    const record = state.releases.find(({ name }) => name === release);
    if (record === undefined) return;
    const marked = markedRecord(context, record, state);
    if (marked.prepared !== record.prepared) await store.record(marked, lock);
  });
}

/** Checks root's rights before the site is stopped: the new release may have a supervisor that root starts. */
async function refuseUnstartable(context: OnHost, folder: string): Promise<void> {
  const { host, options, remote, site } = context;
  if (!startsByDefault(options) || options.commandsAs !== "root" || remote.user === "root") return;
  if (!(await remote.as("effective").test(["test", "-x", `${folder}/bin/supervisord`]))) return;
  const [why] = await refusedRoot(context, "bin/supervisord, which starts the site (commands-as = root)");
  if (why === undefined) return;
  throw new HostoutError({
    code: "refused",
    message: `${host.name}: ${why}`,
    hint: `The release is built, and nothing was stopped. Let its owner start the site: commands-as = effective. Then: hostout ${site.name} deploy`,
    host: host.name,
  });
}

function requireUploaded({ resultOf, site }: OnHost): Uploaded {
  const uploaded = resultOf(uploadedValue);
  if (uploaded) return uploaded;
  throw new HostoutError({
    code: "usage",
    message: `nothing of ${site.name} was uploaded in this run`,
    hint: `To build without a switch: hostout ${site.name} prepare`,
  });
}

/**
 * Unpacks the package again if needed. A run that resumes one with a failed build finds the folder put apart. After a cut-off
 * build the folder is as it was. The run then follows each line of the build to its end, and starts no line twice.
 */
async function ensureUnpacked(
  context: OnHost,
  store: Store,
  release: string,
  packaged: Packaged,
  lock: Lock,
): Promise<void> {
  if (context.dryRun) return;
  const { leftovers, packages } = await store.state();
  if (leftovers.includes(release)) return;
  // A clean-up since the failed build has removed it.
  if (!packages.includes(packaged.hash)) await sendPackage(context, store, packaged, lock);
  await unpackProved(context, store, { release, files: packaged.files }, packaged, lock);
}

async function build(context: OnHost, store: Store, release: string, { kind }: Packaged): Promise<void> {
  const { options, remote } = context;
  if (kind === "files") return;
  const folder = store.folderOf(release);
  const owner = options.effectiveUser ?? remote.user;
  const { builder, isOther } = builderOf(context);
  if (isOther) await giveRelease(context, store, release, owner, builder.user);
  if (kind === "application") {
    if (options.buildCommand)
      await runLines(builder, options.buildCommand, { option: "build-command", cwd: folder, detached: true });
  } else await runBuildout(context, store, builder, folder);
  if (isOther) await giveRelease(context, store, release, builder.user, owner);
}

/** The buildout is run from outside of what it builds: nothing in a release is needed to make or remove another one. */
async function runBuildout(
  context: OnHost,
  store: Store,
  builder: Connection,
  folder: string,
): Promise<void> {
  const { options, rest, remote, detail, resultOf } = context;
  const cache = posix.resolve(
    store.path,
    await absolutePath(builder, options.buildoutCache ?? "buildout-cache"),
  );
  const folders = ["eggs", "downloads", "extends"].map((name) => `${cache}/${name}`);
  await ensureFolders(remote, builder, folders);
  const { python } = resultOf(runtimeValue) ?? {
    python: await hostPython(context),
  };
  const run = [python, "-c", buildoutMain, "-c", releaseConfig];
  const settings = [
    `buildout:eggs-directory=${cache}/eggs`,
    `buildout:download-cache=${cache}/downloads`,
    `buildout:extends-cache=${cache}/extends`,
  ];
  const install = (parts: readonly string[]) => (parts.length > 0 ? ["install", ...parts] : []);
  detail(`buildout: ${folder}`);
  const how = { cwd: folder, title: "buildout" };
  await builder.run([python, "-c", eggsOfSdists, `${cache}/eggs`], how);
  await builder.run([...run, ...rest, ...settings, ...install(options.parts ?? [])], {
    ...how,
    detached: true,
  });
  const sudoParts = options.sudoParts ?? [];
  if (sudoParts.length > 0)
    await remote
      .as("root")
      .run(sh`umask 022; exec ${[...run, ...rest, ...settings, ...install(sudoParts)]}`, how);
}

async function ensureFolders(
  remote: Connection,
  builder: Connection,
  folders: readonly string[],
): Promise<void> {
  const make = sh`umask 022; mkdir -p -- ${folders}`;
  if (await builder.test(sh`for f in ${folders}; do [ -w "$f" ] || exit 1; done`)) return;
  try {
    await builder.run(make, { quiet: true });
  } catch {
    // A cache of the system is made by root and belongs to who builds. What is there already may be a link of somebody to anywhere.
    for (const folder of folders) await makeFolderFor(remote, folder, builder.user);
  }
}

/** Resolves to the error that counts: a run that lost its lock meanwhile did not fail by its build, which another run may have ended. */
async function keepApart(
  context: OnHost,
  store: Store,
  record: Parameters<Store["fail"]>[0],
  error: unknown,
  lock: Lock,
): Promise<unknown> {
  const { host, note } = context;
  const { message: reason, code } = reportError(error);
  const isDiskFull = code === "disk-full" || /no space left|disk quota|\b(?:ENOSPC|EDQUOT)\b/i.test(reason);
  try {
    const became = await store.fail({ ...record, reason }, isDiskFull, lock);
    note(
      became === "kept"
        ? `the release that failed is kept in ${store.path}/releases/.${record.name}.failed`
        : `the disk of ${host.name} is full: the release that failed was removed`,
    );
    // The failure is recorded: what keeps older ones from being removed is not the reason of this one.
    await removeOldFailures(store, record.name, lock).catch(() => undefined);
  } catch (failure) {
    if (isHostoutError(failure) && failure.code === "locked") return failure;
    // Why the build failed is what counts; the folder is no release without its record.
  }
  return error;
}
