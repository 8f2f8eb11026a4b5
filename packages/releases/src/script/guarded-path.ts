import { exits } from "./exits.ts";

/**
 * `unguarded in|to PATH [UID]` prints the first folder of a path in which an account other than root (and `UID`) may
 * replace a name by a link. Prints nothing if root can safely use the path by its name.
 * `to` leaves out the folder at the end of the path, as root does nothing in it. `in` checks that folder and those of
 * the store in it. The function follows each link on the way, because the folder of the link counts.
 *
 * In a folder that only root can change, each name keeps its meaning. So the answer stays true as long as root changes
 * nothing. In a sticky folder such as `/tmp`, the entries of root keep theirs too.
 */
export const unguardedFunction = `unguarded() {
  k=$1 w=$2/ u=\${3:-0} a= i=0 lost=
  set -- /
  while w=\${w#"\${w%%[!/]*}"}; [ -n "$w" ]; do
    c=\${w%%/*} w=\${w#*/}
    case $c in .) continue ;; ..) a=\${a%/*}; set -- "$@" "\${a:-/}"; continue ;; esac
    if [ -L "$a/$c" ]; then
      i=$((i + 1))
      l=$(readlink "$a/$c") || l=
      [ -n "$l" ] && [ "$i" -le 40 ] || { echo "\${a:-/}"; return; }
      set -- "$@" "$a/$c"
      case $l in /*) a= ;; esac
      set -- "$@" "\${a:-/}"
      w=$l/$w
    elif [ -e "$a/$c" ]; then a=$a/$c; set -- "$@" "$a"
    else lost=1; break; fi
  done
  # So many at the end root does something in; none where it only goes there.
  n=0
  if [ "$k" = in ] && [ -z "$lost" ]; then
    n=1
    for f in releases .hostout .hostout/records .hostout/packages .hostout/manifests; do
      [ ! -e "$a/$f" ] || { set -- "$@" "$a/$f"; n=$((n + 1)); }
    done
  fi
  stat -c '%u %f' -- "$@" 2>/dev/null | {
    s=
    while read -r o m; do
      m=$((0x$m)) t=
      case $o in 0 | "$u") t=1 ;; esac
      [ -n "$t" ] || [ -z "$s" ] || { echo "$s"; exit; }
      s=
      # What a link holds, nobody changes. What is at the end of the path is another account's to fill.
      if [ $((m & 0170000)) = $((0120000)) ] && [ $# -gt "$n" ]; then shift; continue; fi
      if [ $# = 1 ] && [ "$n$lost" = 0 ]; then exit; fi
      [ -n "$t" ] || { echo "$1"; exit; }
      if [ $((m & 022)) != 0 ]; then
        s=$1
        [ $((m & 01000)) != 0 ] && [ $# -gt "$n" ] || { echo "$s"; exit; }
      fi
      shift
    done
    # What does not exist yet, others may make.
    if [ $# -gt 0 ]; then echo "$1"; elif [ -n "$s" ]; then echo "$s"; fi
  }
}
# Root does not go on where others could lead it elsewhere.
guard() {
  g=$(unguarded "$@")
  [ -z "$g" ] || { printf '%s\\t%s\\n' "$g" "$(stat -c %U -- "$g")" >&2; exit ${exits.unguarded}; }
}
`;

/** Runs the guard for root alone: an owner of a site goes only where the account may go. */
export const guardRoot = `if [ "$(id -u)" = 0 ]; then guard in "$1"; fi`;
