import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Account, absolutePath, type Outcome } from "@hostout/kit";
import { compareMachines } from "./facts.ts";
import type { OnHost } from "./options.ts";
import { type BuiltFolders, builtFolders, remoteAdmin, stagingPath } from "./staging.ts";
import { type FolderSwitch, makeReady, putInPlace, removeIncoming } from "./switch-folders.ts";

/** Never sent, whatever `data` says: what a running site writes. The first six are the original's. */
const runtimeFiles = [
  "blobstorage*",
  "*.fs",
  "*.old",
  "*.zip",
  "*.log",
  "*.backup",
  "*.fs.*",
  "*.lock",
  "*.pid",
  "*.sock",
];

type Context = OnHost<{ readonly delete: boolean }>;

/**
 * Sends the built folders beside those that are served, then puts all of them in place in one remote command.
 * Data is never deleted or overwritten: of `var` only what production does not have is sent.
 */
export async function push(context: Context): Promise<Outcome> {
  const staged = await stagingPath(context);
  return context.exclusive(`${context.host.name} ${staged}`, () => pushFrom(context, staged));
}

async function pushFrom(context: Context, staged: string): Promise<Outcome> {
  const { options, remote } = context;
  const folders = await builtFolders(context);
  const production = await absolutePath(remote, options.path);
  await compareMachines(context, staged, production, folders.inside);
  const change: FolderSwitch = {
    path: production,
    incoming: `.hostout/incoming-${randomBytes(9).toString("hex")}`,
    folders: folders.inside,
    // Root made the files where sudo was used: they are given back to whoever logs in.
    owner: options.effectiveUser ?? (options.remoteSudo ? remote.user : undefined),
  };
  if (context.dryRun) return pretend(context, staged, folders, change);
  return sendAndSwitch(context, staged, folders, change);
}

async function sendAndSwitch(
  context: Context,
  staged: string,
  built: BuiltFolders,
  change: FolderSwitch,
): Promise<Outcome> {
  const admin = remoteAdmin(context);
  const changed: string[] = [];
  let switched = false;
  await admin.run(makeReady(change));
  try {
    for (const folder of built.outside) changed.push(...(await sendShared(context, folder, change)));
    for (const folder of built.inside) changed.push(...(await sendFolder(context, staged, folder, change)));
    const forSwitch = changed.length;
    changed.push(...(await sendMissingData(context, staged, change)));
    if (forSwitch > 0) await admin.run(putInPlace(change));
    switched = forSwitch > 0;
    return changed.length === 0
      ? { status: "unchanged" }
      : { status: "ok", note: `${changed.length} changed` };
  } finally {
    if (!switched) await removeQuietly(context, change);
  }
}

async function sendFolder(
  context: Context,
  staged: string,
  folder: string,
  change: FolderSwitch,
): Promise<readonly string[]> {
  context.note(`push: ${join(staged, folder)} -> ${join(change.path, folder)}`);
  const { changed } = await remoteAdmin(context).sync({
    direction: "push",
    local: join(staged, folder),
    remote: join(change.path, change.incoming, folder),
    delete: context.args.delete,
    localAccount: localAccount(context),
  });
  return changed.map((path) => join(folder, path));
}

/** Sends a folder outside the site to where it is: other sites may use it too, so nothing is removed. */
async function sendShared(
  context: Context,
  folder: string,
  change: FolderSwitch,
): Promise<readonly string[]> {
  const admin = remoteAdmin(context);
  context.note(`push: ${folder} -> ${folder}`);
  await admin.run(["mkdir", "-p", folder]);
  const { changed } = await admin.sync({
    direction: "push",
    local: folder,
    remote: folder,
    localAccount: localAccount(context),
  });
  await giveAway(context, folder, changed, change.owner);
  return changed;
}

/** What of `var` production does not have: folders and files that the build made. */
async function sendMissingData(
  context: Context,
  staged: string,
  change: FolderSwitch,
): Promise<readonly string[]> {
  const from = join(staged, "var");
  if (!(await context.local.test(["test", "-d", from]))) return [];
  const data = context.options.data
    .filter((name) => name.startsWith("var/"))
    .map((name) => name.slice("var".length));
  const to = join(change.path, "var");
  const { changed } = await remoteAdmin(context).sync({
    direction: "push",
    local: from,
    remote: to,
    ignoreExisting: true,
    exclude: [...data, ...runtimeFiles],
    localAccount: localAccount(context),
  });
  await giveAway(context, to, changed, change.owner);
  return changed;
}

/** Gives just the paths that were sent to `owner`: all others are as their owners made them. */
async function giveAway(
  context: Context,
  root: string,
  changed: readonly string[],
  owner: string | undefined,
): Promise<void> {
  if (changed.length === 0 || owner === undefined) return;
  const input = changed.map((path) => `${join(root, path)}\0`).join("");
  await remoteAdmin(context).run(["xargs", "-0", "chown", "-h", owner, "--"], { input });
}

function localAccount({ options }: Context): Account {
  return options.localSudo ? "root" : "login";
}

/** A push that fails leaves nothing of its own behind where the host still answers; why it failed is what counts. */
async function removeQuietly(context: Context, change: FolderSwitch): Promise<void> {
  try {
    await remoteAdmin(context).run(removeIncoming(change), { quiet: true });
  } catch {
    context.note(`${join(change.path, change.incoming)} could not be removed; a later push will`);
  }
}

/** A dry run compares the built folders with those that are served, and tells what would be sent. */
async function pretend(
  context: Context,
  staged: string,
  built: BuiltFolders,
  change: FolderSwitch,
): Promise<Outcome> {
  for (const folder of [...built.inside, ...built.outside]) {
    const local = built.outside.includes(folder) ? folder : join(staged, folder);
    const remote = built.outside.includes(folder) ? folder : join(change.path, folder);
    await remoteAdmin(context).sync({
      direction: "push",
      local,
      remote,
      localAccount: localAccount(context),
    });
  }
  context.note(`would put in place: ${built.inside.join(" ")}`);
  return { status: "ok" };
}
