import { stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import {
  absolutePath,
  type Connection,
  type HostContext,
  HostoutError,
  type Outcome,
  type SyncResult,
} from "@hostout/kit";

/** Sends a file or folder to the host. */
export async function put(
  context: HostContext<unknown, { local: string; remote: string | undefined }>,
): Promise<Outcome> {
  const from = resolve(context.args.local);
  const kind = await kindOf(from);
  const { connection, path } = await place(context, context.args.remote ?? basename(from));
  tell(context, `put: ${from} -> ${path}`);
  if (kind === "folder")
    return told(context, await connection.sync({ direction: "push", local: from, remote: path }));
  const { mode } = await stat(from);
  await connection.upload(from, path, { mode: mode & 0o777 });
  return { status: "ok" };
}

/** Fetches a file or folder from the host. */
export async function get(
  context: HostContext<unknown, { local: string | undefined; remote: string }>,
): Promise<Outcome> {
  const { connection, path } = await place(context, context.args.remote);
  const several = context.site.hosts.length > 1;
  const wanted = resolve(context.args.local ?? basename(path));
  const to = several ? join(wanted, context.host.name.replaceAll("/", "_")) : wanted;
  await requireThere(context, connection, path);
  tell(context, `get: ${path} -> ${to}`);
  if (await connection.test(["test", "-d", path])) {
    if (!context.dryRun) await context.local.run(["mkdir", "-p", dirname(to)], { quiet: true });
    return told(context, await connection.sync({ direction: "pull", local: to, remote: path }));
  }
  await connection.download(path, several ? join(to, basename(path)) : to);
  return { status: "ok" };
}

/** Makes one folder equal to another. */
export async function sync(
  context: HostContext<unknown, { local: string; remote: string; pull: boolean; delete: boolean }>,
): Promise<Outcome> {
  const { args } = context;
  const local = resolve(args.local);
  if (!args.pull) await kindOf(local);
  const { connection, path } = await place(context, args.remote);
  if (args.pull) await requireThere(context, connection, path);
  else if (args.delete) await refuseSites(context, connection, path);
  tell(context, args.pull ? `sync: ${path} -> ${local}` : `sync: ${local} -> ${path}`);
  return told(
    context,
    await connection.sync({
      direction: args.pull ? "pull" : "push",
      local,
      remote: path,
      delete: args.delete,
    }),
  );
}

/**
 * Refuses to delete in a folder with the releases or the data of a site. A store of hostout then lies above or below
 * that folder.
 *
 * @throws HostoutError `refused`
 */
async function refuseSites({ host }: HostContext, connection: Connection, path: string): Promise<void> {
  const words = ["sh", "-c", sitesScript, "hostout", path];
  const found = await connection.capture(words, { quiet: true, title: `look for sites in ${path}` });
  const [site] = found.split("\n");
  if (site === undefined || site === "") return;
  throw new HostoutError({
    code: "refused",
    message: `${host.name}: --delete would remove releases and data of the site at ${site}; nothing was changed`,
    hint: "Name a folder below it, such as var/media; or leave --delete out.",
    host: host.name,
  });
}

/** Prints the sites of which a folder has the store, or in whose store a folder is. Argument: `FOLDER`. */
export const sitesScript = `p=$(cd -P -- "$1" 2>/dev/null && pwd) || exit 0
case $p in
  */.hostout | */.hostout/*) printf '%s\\n' "\${p%%/.hostout*}" ;;
  */releases) [ ! -d "\${p%/*}/.hostout/records" ] || printf '%s\\n' "\${p%/*}" ;;
esac
find "$p/" -type d -name records -path '*/.hostout/records' -prune 2>/dev/null | sed 's:/*\\.hostout/records$::'`;

/** Prints a line of detail, except in a dry run, which prints its own line for each transfer. */
function tell({ dryRun, detail }: HostContext, line: string): void {
  if (!dryRun) detail(line);
}

function told({ dryRun }: HostContext, { changed, transferredBytes }: SyncResult): Outcome {
  // A dry run compares nothing, so it does not know the differences.
  if (dryRun) return { status: "ok" };
  if (changed.length === 0) return { status: "unchanged" };
  return { status: "ok", note: `${changed.length} changed, ${transferredBytes} bytes` };
}

/**
 * Checks that the path exists on the host, also in a dry run, which fetches nothing.
 *
 * @throws HostoutError `failed`
 */
async function requireThere({ host }: HostContext, connection: Connection, path: string): Promise<void> {
  if (await connection.test(["test", "-e", path])) return;
  throw new HostoutError({
    code: "failed",
    message: `${host.name}: ${path} does not exist, or ${connection.user || "the account"} may not look into its folder`,
    hint: "A relative path is one below the option path.",
    host: host.name,
  });
}

async function kindOf(path: string): Promise<"file" | "folder"> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (cause) {
    throw new HostoutError({
      code: "usage",
      message: `${path} does not exist on this machine`,
      hint: "Paths on this machine are relative to the folder you are in.",
      cause,
    });
  }
}

/**
 * Returns the connection and the absolute path for a path on the host. Below the site's folder the owner of the site
 * does the work. If root is the owner, the account does it that owns the folder. Elsewhere the login user's rights apply.
 */
async function place(
  { remote, options }: HostContext,
  given: string,
): Promise<{ readonly connection: Connection; readonly path: string }> {
  const root = await absolutePath(remote, options.path);
  const path = isAbsolute(given)
    ? given
    : given.startsWith("~")
      ? await absolutePath(remote, given)
      : join(root, given);
  const isInside = path === root || path.startsWith(`${root}/`);
  if (!isInside) return { connection: remote, path };
  const owner = remote.as("effective");
  // Another account than root goes only where it may.
  if (owner.user !== "root") return { connection: owner, path };
  const { asOwnerOf } = await import("@hostout/releases");
  return { connection: await asOwnerOf(owner, path), path };
}
