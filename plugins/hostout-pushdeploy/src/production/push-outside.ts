import { join } from "node:path";
import { pathBytes, pathText, sh } from "@hostout/kit";
import type { OnHost } from "../options.ts";
import { ownFolder } from "../staging/own-folder.ts";
import { dataBelow, localAccount, localAdmin, remoteOwner } from "../staging/staging.ts";

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

/** Sends a folder outside the site to where it is: other sites may use it too, so nothing is removed. */
export async function sendShared(context: OnHost, folder: string): Promise<readonly string[]> {
  const admin = remoteOwner(context);
  if (!context.dryRun) context.detail(`push: ${folder} -> ${folder}`);
  const owner = newOwner(context);
  await admin.run(
    owner === undefined
      ? sh`umask o-w; mkdir -p -- ${folder}`
      : sh`umask o-w; [ -d ${folder} ] || { mkdir -p -- ${folder} && chown -h ${owner} ${folder}; }`,
    { title: `mkdir -p ${folder}` },
  );
  const to = await ownFolder(context, folder);
  const { changed } = await admin.sync({
    direction: "push",
    local: folder,
    remote: to,
    localAccount: localAccount(context),
  });
  await giveAway(context, to, changed);
  return changed;
}

/** What of `var` production does not have: folders and files that the build made. */
export async function sendMissingData(
  context: OnHost,
  staged: string,
  path: string,
): Promise<readonly string[]> {
  const from = join(staged, "var");
  if (!(await context.local.test(["test", "-d", from]))) return [];
  const data = dataBelow(context, "var");
  if (data.includes("")) return [];
  const to = await ownFolder(context, join(path, "var"));
  const inTheWay = await notFolders(context, from, to);
  const { changed } = await remoteOwner(context).sync({
    direction: "push",
    local: from,
    remote: to,
    ignoreExisting: true,
    exclude: [...[...data, ...inTheWay].map(anchored), ...runtimeFiles],
    localAccount: localAccount(context),
  });
  await giveAway(context, to, changed);
  return changed;
}

/**
 * Folders of the staged `var` that are none on the host: often a link to another disk. They are left alone with what is below,
 * as rsync writes through no link.
 */
async function notFolders(context: OnHost, from: string, to: string): Promise<readonly string[]> {
  const folders = await localAdmin(context).capture(
    sh`cd -- ${from} && find . -name 'blobstorage*' -prune -o -type d ! -name . -exec printf '%s\0' {} + 2>/dev/null | ${asHex}`,
    { quiet: true, title: `find ${from}` },
  );
  const script = sh`cd -- ${to} 2>/dev/null || exit 0
xargs -0 sh -c 'for d do if [ -L "$d" ] || { [ -e "$d" ] && [ ! -d "$d" ]; }; then printf "%s\0" "$d"; fi; done' sh | ${asHex}`;
  const found = await remoteOwner(context).capture(script, {
    input: Buffer.from(folders, "hex"),
    quiet: true,
    title: `look at ${to}`,
  });
  return pathText(Buffer.from(found, "hex"))
    .split("\0")
    .flatMap((path) => (path.startsWith("./") ? [path.slice(2)] : []));
}

/** Output is text: names go through it, whatever bytes they have. */
const asHex = sh`od -An -v -tx1 | tr -d ' \n'`;

/** As a pattern of rsync that is just this path below what is sent. No pattern has bytes that are no UTF-8: any byte counts as such a one. */
export function anchored(path: string): string {
  // Without a wildcard a backslash is one.
  if (path.isWellFormed() && !/[*?[]/.test(path)) return `/${path}`;
  return `/${path.replaceAll(/[*?[\\]/g, "\\$&").replaceAll(/[\udc80-\udcff]/gu, "?")}`;
}

/** Gives just the paths that were sent to who owns the site: all others are as their owners made them. */
async function giveAway(context: OnHost, root: string, changed: readonly string[]): Promise<void> {
  const owner = newOwner(context);
  if (changed.length === 0 || owner === undefined) return;
  const input = Buffer.concat(changed.map((path) => pathBytes(`${join(root, path)}\0`)));
  await remoteOwner(context).run(["xargs", "-0", "chown", "-h", owner, "--"], { input });
}

/** Account and group of what root makes on the host, as chown takes them; undefined where it is root's to keep, or was not made by root. */
function newOwner({ options, remote }: OnHost): string | undefined {
  // Root made the files where sudo was used: they are given back to whoever logs in.
  const owner = options.effectiveUser ?? (options.remoteSudo ? remote.user : undefined);
  // The colon stands for the account's own group.
  return owner && `${owner}:`;
}
