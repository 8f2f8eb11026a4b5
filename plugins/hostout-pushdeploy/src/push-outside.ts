import { join } from "node:path";
import { type Connection, pathText, sh } from "@hostout/kit";
import { makeFolderFor, requireRootsFolder } from "@hostout/releases";
import type { OnHost } from "./options.ts";
import { ownFolder } from "./own-folder.ts";
import { dataBelow, localAccount, localAdmin } from "./staging.ts";

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

/**
 * Sends a folder outside the site to where it is: other sites may use it too, so nothing is removed. The owner of the site writes; root does in a
 * folder that only root can change, and what root makes there stays root's.
 */
export async function sendShared(context: OnHost, folder: string): Promise<readonly string[]> {
  if (!context.dryRun) context.detail(`push: ${folder} -> ${folder}`);
  const writer = await writerOf(context, folder);
  const { changed } = await writer.sync({
    direction: "push",
    local: folder,
    // rsync takes a link at the end of the path for what is to be replaced.
    remote: writer.dryRun ? folder : await realPath(writer, folder),
    localAccount: localAccount(context),
  });
  return changed;
}

/** Who writes to a folder outside the site, which is made where it is missing. */
async function writerOf(context: OnHost, folder: string): Promise<Connection> {
  const { remote, options } = context;
  const owner = remote.as("effective");
  const make = sh`umask o-w; mkdir -p -- ${folder} 2>/dev/null; [ -w ${folder} ]`;
  if (context.dryRun) return owner;
  const name = options.effectiveUser ?? remote.user;
  if (name !== "root") {
    if (await owner.test(make)) return owner;
    if (!options.remoteSudo && remote.user !== "root") return owner;
    await makeFolderFor(remote, folder, name);
    if (await owner.test(make)) return owner;
  } else await owner.run(make, { title: `mkdir -p ${folder}` });
  await requireRootsFolder(remote, folder);
  return remote.as("root");
}

const realPath = async (writer: Connection, folder: string) =>
  (await writer.capture(sh`cd -P -- ${folder} && pwd -P`, { quiet: true, title: `look at ${folder}` })) ||
  folder;

/** What of `var` production does not have: folders and files that the build made. The owner of the site writes, as a link in it is the owner's. */
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
  if (inTheWay.includes("")) return [];
  const { changed } = await context.remote.as("effective").sync({
    direction: "push",
    local: from,
    remote: to,
    ignoreExisting: true,
    exclude: [...[...data, ...inTheWay].map(anchored), ...runtimeFiles],
    localAccount: localAccount(context),
  });
  return changed;
}

/**
 * Folders of the staged `var` that are none on the host: often a link to another disk. They are left alone with what is below,
 * as rsync writes through no link. Where root owns the site, folders that others may change are none, either; `""` is `var` itself.
 */
async function notFolders(context: OnHost, from: string, to: string): Promise<readonly string[]> {
  const { remote, options, warn } = context;
  const isRoot = (options.effectiveUser ?? remote.user) === "root";
  const folders = await localAdmin(context).capture(
    sh`cd -- ${from} && find . -name 'blobstorage*' -prune -o -type d -exec printf '%s\0' {} + 2>/dev/null | ${asHex}`,
    { quiet: true, title: `find ${from}` },
  );
  const others = isRoot ? sh`-o ! -user 0 -o -perm -020 -o -perm -002` : sh``;
  // `.` may be a link that the owner has put there.
  const script = sh`cd -- ${to} 2>/dev/null || exit 0
xargs -0 sh -c 'find "$@" -prune \( ! -type d ${others} \) -exec printf "%s\0" {} + 2>/dev/null' sh | ${asHex}`;
  const found = await remote.as("effective").capture(script, {
    input: Buffer.from(folders, "hex"),
    quiet: true,
    title: `look at ${to}`,
  });
  const paths = pathText(Buffer.from(found, "hex")).split("\0");
  if (paths.includes(".")) {
    warn(
      `${to} is not of root alone, so root adds nothing there: name the account that owns the site (effective-user)`,
    );
    return [""];
  }
  return paths.flatMap((path) => (path.startsWith("./") ? [path.slice(2)] : []));
}

/** Output is text: names go through it, whatever bytes they have. */
const asHex = sh`od -An -v -tx1 | tr -d ' \n'`;

/** As a pattern of rsync that is just this path below what is sent. No pattern has bytes that are no UTF-8: any byte counts as such a one. */
export function anchored(path: string): string {
  // Without a wildcard a backslash is one.
  if (path.isWellFormed() && !/[*?[]/.test(path)) return `/${path}`;
  return `/${path.replaceAll(/[*?[\\]/g, "\\$&").replaceAll(/[\udc80-\udcff]/gu, "?")}`;
}
