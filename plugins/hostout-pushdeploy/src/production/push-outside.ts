import { join } from "node:path";
import { type Connection, pathText, sh } from "@hostout/kit";
import { asOwnerOf, makeFolderFor, unguardedFunction } from "@hostout/releases";
import type { OnHost } from "../options.ts";
import { dataBelow, localAccount, localAdmin } from "../staging/staging.ts";
import { realFolder } from "./real-folder.ts";

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
 * The owner of the site writes. If the owner may not, the account that owns the folder writes.
 */
export async function sendShared(context: OnHost, folder: string): Promise<readonly string[]> {
  if (!context.dryRun) context.detail(`push: ${folder} -> ${folder}`);
  const writer = await writerOf(context, folder);
  const { changed } = await writer.sync({
    direction: "push",
    local: folder,
    remote: await realFolder(writer, folder),
    localAccount: localAccount(context),
  });
  return changed;
}

/** Returns the connection that writes to a folder outside the site. Makes the folder if it is missing. */
async function writerOf(context: OnHost, folder: string): Promise<Connection> {
  const { remote, options } = context;
  const owner = remote.as("effective");
  if (context.dryRun) return owner;
  const name = options.effectiveUser ?? remote.user;
  const make = sh`umask o-w; mkdir -p -- ${folder} 2>/dev/null; [ -w ${folder} ]`;
  if (name !== "root") {
    if (await owner.test(make)) return owner;
    if (!options.remoteSudo && remote.user !== "root") return owner;
    await makeFolderFor(remote, folder, name);
    if (await owner.test(make)) return owner;
  }
  const writer = await asOwnerOf(name === "root" ? owner : remote.as("root"), folder, remote.user);
  if (name === "root") await writer.run(make, { title: `mkdir -p ${folder}` });
  return writer;
}

/**
 * Sends the folders and files of `var` that the build made and production does not have. The owner of the site
 * writes, so links in `var` lead only to files of that account's rights.
 */
export async function sendMissingData(
  context: OnHost,
  staged: string,
  path: string,
): Promise<readonly string[]> {
  const from = join(staged, "var");
  if (!(await context.local.test(["test", "-d", from]))) return [];
  const data = dataBelow(context, "var");
  if (data.includes("")) return [];
  const owner = context.remote.as("effective");
  const to = await realFolder(owner, join(path, "var"));
  const inTheWay = await notFolders(context, from, to);
  if (inTheWay.includes("")) return [];
  const { changed } = await owner.sync({
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
 * Returns the folders of the staged `var` that are not folders on the host, often links to another disk. The
 * push skips them with their content, because rsync writes through no link.
 * For root, folders that other accounts may change count too. `""` is `var` itself.
 */
async function notFolders(context: OnHost, from: string, to: string): Promise<readonly string[]> {
  const folders = await localAdmin(context).capture(
    sh`cd -- ${from} && find . -name 'blobstorage*' -prune -o -type d -exec printf '%s\0' {} + 2>/dev/null | ${asHex}`,
    { quiet: true, title: `find ${from}` },
  );
  const found = await context.remote.as("effective").capture(["sh", "-c", notFoldersScript, "hostout", to], {
    input: Buffer.from(folders, "hex"),
    quiet: true,
    title: `look at ${to}`,
  });
  const paths = pathText(Buffer.from(found, "hex")).split("\0");
  if (paths.includes(".")) {
    context.warn(
      `other accounts may change ${to}, so root adds nothing there: name the account that owns the site (effective-user)`,
    );
    return [""];
  }
  return paths.flatMap((path) => (path.startsWith("./") ? [path.slice(2)] : []));
}

/** Converts output to hex: output is text, but a file name can have any bytes. */
const asHex = sh`od -An -v -tx1 | tr -d ' \n'`;

/** `PATH`: reads the paths of folders below it, and prints those that are not folders, or not of root alone for root. */
export const notFoldersScript = String.raw`${unguardedFunction}
cd -- "$1" 2>/dev/null || exit 0
o=
if [ "$(id -u)" = 0 ]; then
  [ -z "$(unguarded in "$1")" ] || { printf '.\0' | ${asHex.text}; exit; }
  o='-o ! -user 0 -o -perm -020 -o -perm -002'
fi
xargs -0 sh -c 'o=$1; shift; find "$@" -prune \( ! -type d $o \) -exec printf "%s\0" {} + 2>/dev/null' sh "$o" | ${asHex.text}`;

/**
 * Returns the pattern of rsync that matches exactly this path below the sent folder. A pattern cannot have
 * bytes that are not UTF-8, so `?` stands for each of them.
 */
export function anchored(path: string): string {
  // In a pattern without a wildcard, a backslash is an ordinary character.
  if (path.isWellFormed() && !/[*?[]/.test(path)) return `/${path}`;
  return `/${path.replaceAll(/[*?[\\]/g, "\\$&").replaceAll(/[\udc80-\udcff]/gu, "?")}`;
}
