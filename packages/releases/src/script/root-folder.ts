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
