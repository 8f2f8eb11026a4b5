import { exits } from "./exits.ts";

/** Prints a folder that the account may not enter, its owner and the account, and ends the script. Argument: the folder. */
export const closedFunction = `shutOut() { printf '%s\\t%s\\t%s\\n' "$1" "$(stat -c %U -- "$1")" "$(id -un)" >&2; exit ${exits.closed}; }
`;

/** Enters the site's folder, the argument of the script. */
export const enterSite = `${closedFunction}cd -- "$1" 2>/dev/null || { [ ! -d "$1" ] || shutOut "$1"; exit ${exits.noFolder}; }`;

/**
 * Checks, in the site's folder, that hostout's own folders are in it, are not links to elsewhere, and are open to the
 * account. A store of another account would look like none. Needs {@link closedFunction}.
 */
export const ownFolders = `[ ! -d .hostout ] || { [ -r .hostout ] && [ -x .hostout ]; } || shutOut "$1/.hostout"
for f in .hostout .hostout/records .hostout/packages .hostout/manifests; do
  [ ! -L "$f" ] || { echo "$f" >&2; exit ${exits.linked}; }
done`;

/**
 * The beginning of every script. A POSIX shell runs the script, with the site's path as first argument, in one remote
 * command.
 * At whatever point the script is killed, `current` leads to a complete release: the previous one or the new one.
 *
 * A release is complete if its record exists. The record is written last and removed first.
 */
export const prelude = `set -u
umask 022
${enterSite}
${ownFolders}
# Sets \`live\`.
served() {
  live=
  l=$(readlink current 2>/dev/null) || return
  case $l in releases/????????T*Z-????????) ;; *)
    # Somebody may have switched by hand, with the whole path or a slash at its end: it leads to a release all the same.
    at=$(cd -P ./current 2>/dev/null && pwd) && all=$(cd -P ./releases 2>/dev/null && pwd) && at=\${at#"$all"/} && at=\${at%%/*} &&
      case $at in ????????T*Z-????????) l=releases/$at ;; esac ;;
  esac
  live=\${l#releases/}
}
# Whoever looks makes no file: the owner may have made a link of it. Two who look do not hinder one another.
held() { [ -f ".hostout/held.$1" ] && { ! flock -n -s 6; } 6<".hostout/held.$1"; } 2>/dev/null
# Who changes something does so with the lock: and until his script has ended, nobody else gets it, even if he died meanwhile.
mine() { [ -d .hostout ] && exec 7>>.hostout/busy && flock -s 7 && held "$1" || exit ${exits.lockLost}; }
whole() { [ -e ".hostout/records/$1.ini" ] && [ ! -e ".hostout/records/$1.failed" ] && [ -d "releases/$1" ]; }
# What is served and is not the last of the log was switched to by one who was killed before he wrote it down. Its argument: who switched.
log() {
  served || return 0
  e=$(tail -n 1 .hostout/served.log 2>/dev/null && echo .)
  case $e in
    *"\t$live\t"* | *"\t$live
."*) return 0 ;;
    '' | *"
.") ;;
    *) echo >>.hostout/served.log ;;
  esac
  printf '%s\\t%s\\t%s\\n' "$(date -u +%Y%m%dT%H%M%SZ)" "$live" "\${1-}" >>.hostout/served.log
}
# Removes what a pattern found, if it found anything.
clear() {
  for f; do
    if [ -e "$f" ] || [ -L "$f" ]; then rm -f "$@"; return; fi
  done
}
# One rename makes a release the one that is served.
serve() {
  [ -L current ] || [ ! -e current ] || exit ${exits.inTheWay}
  # What another tool served is gone back to where the first release of ours fails.
  served
  case $live in
    '' | ????????T*Z-????????) ;;
    *) cp -P current ".hostout/current.$2" && mv -f -T ".hostout/current.$2" .hostout/foreign || exit 1 ;;
  esac
  # What is replaced must be known to have been served.
  log || exit 1
  clear .hostout/current.*
  ln -s "releases/$1" ".hostout/current.$2" || exit 1
  e=$(mv -T ".hostout/current.$2" current 2>&1) || {
    rm -f ".hostout/current.$2"
    printf '%s\\n' "$e" >&2
    case $e in *option* | *sage*) exit ${exits.missingProgram} ;; *) exit 1 ;; esac
  }
  IFS="$(printf '\\t')" read -r _ w 2>/dev/null <".hostout/held.$2" || w=
  log "$w"
}
# Folders that forbid their owner to write in them go, too. Files keep their rights, as another release may have the same files; and root,
# who needs no such right, changes none by a path that the owner may have made a link of.
wipe() {
  rm -rf "$@" 2>/dev/null && return
  [ "$(id -u)" = 0 ] || find "$@" -type d ! -perm -700 -exec chmod u+rwx {} \\; 2>/dev/null
  rm -rf "$@"
}
# Of a file that is renamed before it is on the disk, a power cut may leave the name alone.
onDisk() { sync "$@" 2>/dev/null || sync; }
# The text $3, written under another name, then renamed: whole or not there.
put() { printf '%s\\n' "$3" >"$2.$1" && onDisk "$2.$1" && mv -f "$2.$1" "$2"; }
# Sets \`s\` to the sum of a file. openssl is four times as quick where the processor helps.
sum() { { s=$(openssl dgst -sha256 -r "$1" 2>/dev/null) || s=$(sha256sum <"$1"); } && s=\${s%% *}; }
# Whether a package is still that which its name says.
proved() { sum ".hostout/packages/$1.tar" && [ "$s" = "$1" ]; }
drop() { rm -f ".hostout/packages/$1.index" ".hostout/packages/$1.tar"; }
`;
