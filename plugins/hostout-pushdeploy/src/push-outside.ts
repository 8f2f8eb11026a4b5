import { join } from "node:path";
import { sh } from "@hostout/kit";
import type { OnHost } from "./options.ts";
import { ownFolder } from "./own-folder.ts";
import { dataBelow, localAccount, localAdmin, remoteOwner } from "./staging.ts";

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
      ? ["mkdir", "-p", folder]
      : sh`[ -d ${folder} ] || { mkdir -p -- ${folder} && chown -h ${owner} ${folder}; }`,
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
    sh`cd -- ${from} && find . -name 'blobstorage*' -prune -o -type d ! -name . -print 2>/dev/null; true`,
    { quiet: true, title: `find ${from}` },
  );
  const script = sh`cd -- ${to} 2>/dev/null || exit 0
while IFS= read -r d; do if [ -L "$d" ] || { [ -e "$d" ] && [ ! -d "$d" ]; }; then printf '%s\n' "$d"; fi; done`;
  const found = await remoteOwner(context).capture(script, {
    input: `${folders}\n`,
    quiet: true,
    title: `look at ${to}`,
  });
  return found.split("\n").flatMap((path) => (path.startsWith("./") ? [path.slice(2)] : []));
}

/** As a pattern of rsync that is just this path below what is sent. */
export function anchored(path: string): string {
  return `/${path.replaceAll(/[*?[]/g, "[$&]")}`;
}

/** Gives just the paths that were sent to who owns the site: all others are as their owners made them. */
async function giveAway(context: OnHost, root: string, changed: readonly string[]): Promise<void> {
  const owner = newOwner(context);
  if (changed.length === 0 || owner === undefined) return;
  const input = changed.map((path) => `${join(root, path)}\0`).join("");
  await remoteOwner(context).run(["xargs", "-0", "chown", "-h", owner, "--"], { input });
}

/** Account and group of what root makes on the host, as chown takes them; undefined where it is root's to keep, or was not made by root. */
function newOwner({ options, remote }: OnHost): string | undefined {
  // Root made the files where sudo was used: they are given back to whoever logs in.
  const owner = options.effectiveUser ?? (options.remoteSudo ? remote.user : undefined);
  // The colon stands for the account's own group.
  return owner && `${owner}:`;
}
