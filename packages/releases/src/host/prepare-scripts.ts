import { exits } from "../script/exits.ts";
import { guardRoot, unguardedFunction } from "../script/guarded-path.ts";
import { guardWay } from "../script/root-folder.ts";
import { ownFolders } from "../script/script-prelude.ts";
import { isSystemFunction } from "../script/system-folders.ts";

const folders = "releases .hostout .hostout/records .hostout/packages .hostout/manifests var";

/** `PATH`: makes the folders of the store, as the account that owns the site. */
export const prepareScript = `set -eu
umask 022
${isSystemFunction}${unguardedFunction}
if isSystem "$1"; then exit ${exits.systemFolder}; fi
${guardRoot}
[ -d "$1" ] || mkdir -p -m 755 -- "$1"
cd -- "$1"
${ownFolders}
for f in ${folders}; do
  case $f in
    var) if [ -L var ] && [ ! -d var ]; then exit ${exits.varLost}; fi ;;
    releases) [ ! -L releases ] || { echo "$PWD/releases is a link" >&2; exit 1; } ;;
  esac
  case $f in .hostout) m=750 ;; *) m=755 ;; esac
  [ -d "$f" ] || mkdir -p -m "$m" -- "$f"
done`;

/**
 * `PATH OWNER LOGIN`, as root: makes the folder at the path where there is none, and gives it to `OWNER`; of a folder that is there, what of the
 * store in it is root's, as `OWNER` could do nothing with that. Root makes nothing where an account other than root may put a link on the way;
 * `LOGIN`, who becomes root here, is not counted, unless it is the owner. In a folder of the owner each folder is entered first, and looked at from
 * within: it may have another name by then, or be elsewhere, and is the owner's all the same.
 */
export const giveScript = `set -eu
umask 022
${isSystemFunction}${unguardedFunction}
if isSystem "$1"; then exit ${exits.systemFolder}; fi
${guardWay}
if [ ! -d "$1" ]; then
  mkdir -p -m 755 -- "$1"
  chown -h "$2:" "$1"
  exit
fi
cd -- "$1"
b=$(pwd -P)
[ -O . ] || [ "$(stat -c %u .)" = "$(id -u "$2")" ] || { printf '%s\\t%s\\n' "$b" "$(stat -c %U .)" >&2; exit ${exits.unguarded}; }
b=\${b%/}
for f in ${folders}; do (
  [ -d "$f" ] && [ ! -L "$f" ] && cd -P "./$f" && [ "$(pwd -P)" = "$b/$f" ] && [ -O . ] || exit 0
  # Data of others stays theirs.
  [ "$f" != var ] || [ -z "$(ls -A)" ] || exit 0
  chown "$2" .
); done
if [ -O . ] && [ ! -L "$1" ]; then chown "$2" .; fi`;
