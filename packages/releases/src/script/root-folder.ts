import type { Connection, RunOptions } from "@hostout/kit";
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

export const makeScript = `umask 022
${unguardedFunction}
${guardWay}
[ -d "$1" ] || { mkdir -p -m 755 -- "$1" && chown -h "$2:" "$1"; }`;

/** `PATH LOGIN`: if root runs it, prints the account that works at the path in root's place. */
export const ownerScript = `${unguardedFunction}
[ "$(id -u)" = 0 ] || exit 0
u=0 o=root
[ "$2" = root ] || u=$(id -u "$2") || exit 1
if [ -d "$1" ]; then
  o=$(stat -c %U -- "$1/.")
  g=$(unguarded in "$1" "$u")
  # Root would go through all folders below.
  [ -n "$g" ] || f=$(find "\${1%/}/" -type d \\( ! -user 0 ! -user "$u" -o -perm -020 -o -perm -002 \\) 2>/dev/null | head -n 1)
else g=$(unguarded to "$1" "$u"); fi
[ -z "$g" ] || o=$(stat -c %U -- "$g")
g=$g\${f-}
case $g/$o in
  */ | /*/root | /*/UNKNOWN) printf '%s\\t%s\\n' "$g" "$(stat -c %U -- "$g")" >&2; exit ${exits.unguarded} ;;
esac
printf %s "$o"`;

/**
 * Makes a folder as root for the account `owner`, if that account may not make it. An existing folder stays as it is.
 *
 * @throws HostoutError `refused` if another account may put a link on the way, which would lead root elsewhere
 */
export async function makeFolderFor(remote: Connection, path: string, owner: string): Promise<void> {
  const words = ["sh", "-c", makeScript, "hostout", path, owner, remote.user];
  await telling(remote, path, (how) => remote.as("root").run(words, how));
}

/**
 * Returns the connection for work at a path where a link of another account could lead root elsewhere. Root does the
 * work only if nobody but root and `login` may change the folders on the way and each folder below. In a folder of
 * `login`, that account does it. Otherwise the owner of the first other folder on the way does it. A link there leads
 * the owner only to files of the owner's rights. A connection that is not root's is returned as it is.
 *
 * @param login the account that became root, which is trusted like root
 * @throws HostoutError `refused`, with the name of a folder of root that other accounts may write to
 */
export async function asOwnerOf(connection: Connection, path: string, login = "root"): Promise<Connection> {
  const words = ["sh", "-c", ownerScript, "hostout", path, login];
  const owner = await telling(connection, path, (how) => connection.capture(words, how));
  return owner === "" ? connection : connection.as(owner === "root" ? "root" : { user: owner });
}

async function telling<T>(
  { name }: Connection,
  path: string,
  work: (how: RunOptions) => Promise<T>,
): Promise<T> {
  try {
    return await work({ quiet: true, title: `look at ${path}` });
  } catch (error) {
    throw storeError(error, name, path, path);
  }
}
