import { isAbsolute, join, normalize, relative } from "node:path";
import { type Account, absolutePath, type Connection, HostoutError, readConfig, sh } from "@hostout/kit";
import { pretended } from "../cells.ts";
import { type OnHost, type OnStaging, whyNotPushed } from "../options.ts";
import { stagedConfig } from "./staged-config.ts";

type Context = OnHost | OnStaging;

/** Returns the absolute path of the staged site on this machine. */
export function stagingPath({ local, options }: Context): Promise<string> {
  return absolutePath(local, options.stagingPath ?? options.path);
}

/** Records in a dry run that a command would have created something that later commands do not find. */
export function pretend({ dryRun, shared }: OnStaging, what: "checkout" | "bin/buildout"): void {
  if (dryRun) shared.set(pretended, [...(shared.get(pretended) ?? []), what]);
}

/** Checks whether an earlier command of a dry run would have created something. */
export function isPretended({ dryRun, shared }: OnStaging, what: "checkout" | "bin/buildout"): boolean {
  return dryRun && shared.get(pretended)?.includes(what) === true;
}

/** Returns this machine, as root if the site uses sudo. */
export function localAdmin({ local, options }: Context): Connection {
  return options.localSudo ? local.as("root") : local;
}

/** Returns the host, as root if the site uses sudo. */
export function remoteAdmin({ remote, options }: OnHost): Connection {
  return options.remoteSudo ? remote.as("root") : remote;
}

/** Returns the account that reads the staged files on this machine. */
export function localAccount({ options }: OnHost): Account {
  return options.localSudo ? "root" : "login";
}

/** Gives files of the staged site to the owner of the site, if one is set. */
export async function chownStaged(
  context: Context,
  path: string,
  account = context.options.effectiveUser,
): Promise<void> {
  if (account === undefined) return;
  const { local } = context;
  if (account === local.user && !context.options.localSudo) return;
  // -h: change the link itself, not the file that it leads to
  await localAdmin(context).run(["chown", "-Rh", account, path]);
  const led = await folderLedTo(context, path);
  if (led !== undefined) await localAdmin(context).run(["chown", "-Rh", account, led]);
}

/**
 * Returns the folder that a link leads to, such as one on another disk. Undefined if it does not belong to an
 * account of the site: root must not change a folder of others.
 */
async function folderLedTo({ local, options }: Context, path: string): Promise<string | undefined> {
  if (!(await local.test(["test", "-L", path]))) return undefined;
  const { effectiveUser, buildoutUser } = options;
  const owners = ["login", ...(effectiveUser ? ["effective"] : []), ...(buildoutUser ? ["buildout"] : [])];
  for (const owner of owners as readonly Account[]) {
    const found = await local
      .as(owner)
      .capture(sh`cd -P -- ${path} 2>/dev/null && [ -O . ] && pwd -P; true`, {
        quiet: true,
        title: `look at ${path}`,
      });
    if (found !== "") return found;
  }
  return undefined;
}

/** Returns the paths of `data` below a folder of the site, relative to it; "" if the folder itself is data. */
export function dataBelow({ options }: Context, folder: string): readonly string[] {
  return options.data.flatMap((name) => {
    const path = normalize(`./${name}/`).slice(0, -1);
    if (path === folder || folder.startsWith(`${path}/`)) return [""];
    return path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [];
  });
}

/**
 * Returns the path of a mark that prevents the push of a partial build. The mark exists during a build, and
 * after a build that failed or was killed.
 */
export function unbuiltMark(staged: string): string {
  return join(staged, ".hostout-unbuilt");
}

/** The folders that a build makes. */
export interface BuiltFolders {
  /** The folders below the site's path, relative to it. */
  readonly inside: readonly string[];
  /** The folders below the site's path that do not exist. */
  readonly missing: readonly string[];
  /** The folders elsewhere, absolute: for example a cache of eggs that several sites share. */
  readonly outside: readonly string[];
  /** The parts folder, absolute. */
  readonly parts: string;
}

/** Returns the folders that the staged build made: those in its configuration, and those beside them by custom. */
export async function builtFolders(context: Context): Promise<BuiltFolders> {
  const staged = await stagingPath(context);
  const named = await namedFolders(context, staged);
  const parts = named[1]!;
  const wanted = context.options.pushFolders?.map((folder) => join(staged, folder)) ?? [
    ...named,
    join(staged, "products"),
    join(staged, "etc"),
  ];
  const there: string[] = [];
  for (const folder of wanted) if (await context.local.test(["test", "-d", folder])) there.push(folder);
  const inside = there
    .map((folder) => relative(staged, folder))
    .filter((folder) => isBelow(folder) && !dataBelow(context, folder).includes(""));
  if (inside.includes("")) throw notPushable(context, `is the whole of ${staged}, with its data`);
  for (const folder of inside) {
    const why = whyNotPushed(folder);
    if (why) throw notPushable(context, `is ${join(staged, folder)}: ${why}`);
  }
  return {
    inside,
    missing: wanted
      .filter((folder) => !there.includes(folder))
      .map((folder) => relative(staged, folder))
      .filter(isBelow),
    outside: there.filter((folder) => !isBelow(relative(staged, folder))),
    parts,
  };
}

function isBelow(path: string): boolean {
  return path !== ".." && !path.startsWith("../") && !isAbsolute(path);
}

function notPushable({ site }: Context, why: string): HostoutError {
  return new HostoutError({
    code: "refused",
    message: `a folder of the build ${why}`,
    hint: "Name the built folders: push-folders = bin",
    origin: site.values.get("push-folders")?.origin ?? site.origin,
  });
}

/**
 * Returns the paths of bin, parts and eggs by `[buildout]` of the staged configuration, or else their usual
 * names.
 */
async function namedFolders({ local, options }: Context, staged: string): Promise<readonly string[]> {
  const usual = ["bin", "parts", "eggs"];
  const file = join(staged, stagedConfig(options.buildout));
  const read = (await local.test(["test", "-f", file]))
    ? (await readConfig(file)).section("buildout").options
    : undefined;
  return usual.map((name) => join("/", absoluteIn(staged, read?.get(`${name}-directory`)?.text ?? name)));
}

function absoluteIn(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
