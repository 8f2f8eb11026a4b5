import type { Connection } from "@hostout/kit";
import { storeError } from "../store/store-error.ts";
import { exits } from "./exits.ts";
import { unguardedFunction } from "./guarded-path.ts";

/**
 * Stops if an account other than root, and other than the one that became root here, may lead root elsewhere.
 * Arguments: `PATH OWNER LOGIN`. Lines to put after {@link unguardedFunction}.
 */
export const guardWay = `u=0
[ "$2" = "$3" ] || u=$(id -u "$3") || exit 1
guard to "$1" "$u"`;

const makeScript = `umask 022
${unguardedFunction}
${guardWay}
[ -d "$1" ] || { mkdir -p -m 755 -- "$1" && chown -h "$2:" "$1"; }`;

const rootsScript = `${unguardedFunction}
guard in "$1"
d=$(find "$1/." -type d \\( ! -user 0 -o -perm -020 -o -perm -002 \\) 2>/dev/null | head -n 1)
[ -z "$d" ] || { printf '%s\\t%s\\n' "$d" "$(stat -c %U "$d")" >&2; exit ${exits.unguarded}; }`;

/**
 * Makes a folder as root for the account `owner`, if that account may not make it. An existing folder stays as it is.
 *
 * @throws HostoutError `refused` if another account may put a link on the way, which would lead root elsewhere
 */
export function makeFolderFor(remote: Connection, path: string, owner: string): Promise<void> {
  return asRoot(remote, makeScript, [path, owner, remote.user]);
}

/**
 * Requires that root may safely write in a folder: only root may change it, each folder in it, and every folder above
 * it.
 *
 * @throws HostoutError `refused`, with the folder in which another account may put a link
 */
export function requireRootsFolder(remote: Connection, path: string): Promise<void> {
  return asRoot(remote, rootsScript, [path]);
}

async function asRoot(remote: Connection, script: string, words: readonly string[]): Promise<void> {
  const [path = ""] = words;
  try {
    await remote.as("root").run(["sh", "-c", script, "hostout", ...words], {
      quiet: true,
      title: `look at ${path}`,
    });
  } catch (error) {
    throw storeError(error, remote.name, path, path);
  }
}
