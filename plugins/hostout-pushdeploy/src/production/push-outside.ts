import { join } from "node:path";
import { pathBytes, pathText, sh } from "@hostout/kit";
import type { OnHost } from "../options.ts";
import { ownFolder } from "../staging/own-folder.ts";
import { dataBelow, localAccount, localAdmin, remoteOwner } from "../staging/staging.ts";

/**
 * The files that a running site writes. They are never sent, whatever `data` names. The first six come from the
 * original.
 */
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

/**
 * Sends a folder outside the site to the same path on the host. Removes nothing, because other sites may use
 * the folder too.
 */
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

/** Sends the folders and files of `var` that the build made and production does not have. */
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
 * Returns the folders of the staged `var` that are not folders on the host, often links to another disk. The
 * push skips them with their content, because rsync writes through no link.
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

/** Converts output to hex: output is text, but a file name can have any bytes. */
const asHex = sh`od -An -v -tx1 | tr -d ' \n'`;

/**
 * Returns the pattern of rsync that matches exactly this path below the sent folder. A pattern cannot have
 * bytes that are not UTF-8, so `?` stands for each of them.
 */
export function anchored(path: string): string {
  // In a pattern without a wildcard, a backslash is an ordinary character.
  if (path.isWellFormed() && !/[*?[]/.test(path)) return `/${path}`;
  return `/${path.replaceAll(/[*?[\\]/g, "\\$&").replaceAll(/[\udc80-\udcff]/gu, "?")}`;
}

/** Gives the sent paths to the owner of the site. All other paths keep their owners. */
async function giveAway(context: OnHost, root: string, changed: readonly string[]): Promise<void> {
  const owner = newOwner(context);
  if (changed.length === 0 || owner === undefined) return;
  const input = Buffer.concat(changed.map((path) => pathBytes(`${join(root, path)}\0`)));
  await remoteOwner(context).run(["xargs", "-0", "chown", "-h", owner, "--"], { input });
}

/**
 * Returns the account and group for files that root makes on the host, in the form of chown. Undefined if root
 * keeps them, or if root did not make them.
 */
function newOwner({ options, remote }: OnHost): string | undefined {
  // With sudo, root made the files; then they belong to the login user.
  const owner = options.effectiveUser ?? (options.remoteSudo ? remote.user : undefined);
  // The colon stands for the account's own group.
  return owner && `${owner}:`;
}
