import { exits } from "../script/exits.ts";
import { guardRoot, unguardedFunction } from "../script/guarded-path.ts";
import { guardWay } from "../script/root-folder.ts";
import { closedFunction, ownFolders } from "../script/script-prelude.ts";
import { isSystemFunction, siteAroundFunction } from "../script/system-folders.ts";

const folders = "releases .hostout .hostout/records .hostout/packages .hostout/manifests var";

/** Makes the folders of the store, as the owner of the site. Argument: `PATH`. */
export const prepareScript = `set -eu
umask 022
${isSystemFunction}${siteAroundFunction}${unguardedFunction}${closedFunction}
if isSystem "$1"; then exit ${exits.systemFolder}; fi
a=$(siteAround "$1")
[ -z "$a" ] || { printf '%s\\n' "$a" >&2; exit ${exits.nested}; }
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
 * Makes the folder at the path, as root, and gives it to `OWNER`. Arguments: `PATH OWNER LOGIN`.
 * If the folder exists, gives `OWNER` the parts of the store in it that belong to root: `OWNER` could do nothing with
 * them.
 * Root makes nothing if an account other than root may put a link on the way. `LOGIN`, who becomes root here, does not
 * count, unless `LOGIN` is the owner.
 * In a folder of the owner, root enters each folder first and checks it from within. The folder may have another name
 * or place by then, but still belongs to the owner.
 * `env pwd` asks the kernel, see {@link discardScript}.
 */
export const giveScript = `set -eu
umask 022
${isSystemFunction}${siteAroundFunction}${unguardedFunction}
if isSystem "$1"; then exit ${exits.systemFolder}; fi
a=$(siteAround "$1")
[ -z "$a" ] || { printf '%s\\n' "$a" >&2; exit ${exits.nested}; }
${guardWay}
if [ ! -d "$1" ]; then
  mkdir -p -m 755 -- "$1"
  chown -h "$2:" "$1"
  exit
fi
cd -- "$1"
b=$(env pwd -P)
[ -O . ] || [ "$(stat -c %u .)" = "$(id -u "$2")" ] || { printf '%s\\t%s\\n' "$b" "$(stat -c %U .)" >&2; exit ${exits.unguarded}; }
b=\${b%/}
for f in ${folders}; do (
  [ -d "$f" ] && [ ! -L "$f" ] && cd -P "./$f" && [ "$(env pwd -P)" = "$b/$f" ] && [ -O . ] || exit 0
  # Data of others stays theirs.
  [ "$f" != var ] || [ -z "$(ls -A)" ] || exit 0
  chown "$2" .
); done
if [ -O . ] && [ ! -L "$1" ]; then chown "$2" .; fi`;
