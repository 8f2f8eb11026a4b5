import { basename, dirname, join, normalize } from "node:path";
import { absolutePath, type Connection, HostoutError, type Outcome, sh } from "@hostout/kit";
import type { OnHost } from "../options.ts";
import { chownStaged, localAdmin, remoteAdmin, stagingPath } from "../staging/staging.ts";
import { onStaging } from "../staging/staging-lock.ts";
import { realFolder } from "./real-folder.ts";
import { refuseLostVar } from "./refuse-lost-var.ts";

/**
 * Makes the staged data equal to production's. With several hosts, only the first counts: else the data of one
 * host would overwrite the data of another.
 */
export async function pull(context: OnHost): Promise<Outcome> {
  const { host, site } = context;
  if (host !== site.hosts[0]) return { status: "skipped", note: `data comes from ${site.hosts[0]?.name}` };
  const staged = await stagingPath(context);
  return onStaging(context, staged, () => pullInto(context, staged));
}

async function pullInto(context: OnHost, staged: string): Promise<Outcome> {
  const { options, detail } = context;
  const production = await absolutePath(context.remote, options.path);
  await refuseLostVar(context, production);
  let found = 0;
  let changed = 0;
  let bytes = 0;
  for (const name of options.data) {
    const source = join(production, name);
    const target = join(staged, name);
    const reader = await readerOf(context, source);
    if (!(await isThere(context, reader, name, source))) continue;
    found++;
    // A dry run prints its own line of the transfer.
    if (!context.dryRun) {
      detail(`pull: ${source} -> ${target}`);
      await localAdmin(context).run(["mkdir", "-p", dirname(target)]);
    }
    const { path: remote, isFolder } = await whereItIs(reader, source);
    const result = await reader.sync({
      direction: "pull",
      local: target,
      remote,
      // A single file has nothing else beside it to remove.
      delete: isFolder,
      keepFolders: "top",
      localAccount: options.localSudo ? "root" : "login",
    });
    changed += result.changed.length;
    bytes += result.transferredBytes;
  }
  for (const top of new Set(options.data.map((name) => normalize(`./${name}`).split("/")[0]!))) {
    // Without data, a dry run has no owner to print.
    if (context.dryRun && found === 0) continue;
    if (await context.local.test(["test", "-e", join(staged, top)]))
      await chownStaged(context, join(staged, top));
  }
  if (context.dryRun)
    return found === 0 ? { status: "unchanged", note: "no data to fetch" } : { status: "ok" };
  return changed === 0
    ? { status: "unchanged" }
    : { status: "ok", note: `${changed} changed, ${bytes} bytes` };
}

/**
 * Returns the connection that reads the data. A link of the owner would lead root to files that the owner may not
 * read. So root reads only where no other account could put a link.
 */
async function readerOf(context: OnHost, source: string): Promise<Connection> {
  const { remote, options } = context;
  if (!options.remoteSudo && remote.user !== "root") return remote;
  const { effectiveUser = "root" } = options;
  if (effectiveUser !== "root") return remote.as("effective");
  const { asOwnerOf } = await import("@hostout/releases");
  return asOwnerOf(remoteAdmin(context), source, remote.user);
}

/** Returns the source without links in its path. For a file, only the links of its folder are resolved. */
async function whereItIs(
  reader: Connection,
  source: string,
): Promise<{ readonly path: string; readonly isFolder: boolean }> {
  const isFolder = await reader.test(["test", "-d", source]);
  const path = isFolder
    ? await realFolder(reader, source)
    : join(await realFolder(reader, dirname(source)), basename(source));
  return { path, isFolder };
}

/**
 * Checks that the data exists on the host and that the reader may read it. A new production has no data yet, but
 * data that the option names must exist.
 *
 * @throws HostoutError `failed`
 */
async function isThere(context: OnHost, reader: Connection, name: string, source: string): Promise<boolean> {
  const { site, host, note, options } = context;
  const closed = await reader.capture(
    sh`d=${source}
[ ! -r "$d" ] || { printf there; exit; }
until [ -e "$d" ]; do d=$(dirname -- "$d"); done
[ "$d" != ${source} ] && { [ -x "$d" ] || [ ! -d "$d" ]; } || printf %s "$d"`,
    { quiet: true, title: `look at ${source}` },
  );
  if (closed === "there") return true;
  if (closed !== "") {
    throw new HostoutError({
      code: "failed",
      message: `${host.name}: ${reader.user} may not ${closed === source ? "read" : "look into"} ${closed}`,
      hint:
        reader === context.remote && !options.remoteSudo
          ? "Give it the right to, or let the owner of the site fetch the data: remote-sudo = true"
          : "Give it the right to, or name the account that owns the data: effective-user",
      host: host.name,
    });
  }
  const named = site.values.get("data");
  if (named === undefined) {
    note(`pull: ${source} does not exist yet`);
    return false;
  }
  throw new HostoutError({
    code: "failed",
    message: `there is no ${source} to pull`,
    hint: `'${name}' is a line of the option data: is it right, and is this the right host?`,
    origin: named.origin,
    host: host.name,
  });
}
