import { exits } from "../script/exits.ts";
import { readGiven, takeWords } from "../script/given.ts";

/**
 * `PATH OWNER`, and words `KIND:NAME TAB PATH`, as root: removes what the owner of the site could not, as other accounts have files in it. Paths are
 * below that of the site: in `releases` only what is out of the way already, and in the folders of `.hostout`.
 *
 * The owner may rename what is there, and put links in its place, at any time. So root goes by no name of more than one part: it enters a folder,
 * looks from within where that is, and removes names in `.`, which are the owner's to lose, wherever the folder is by then. A name that is a link by then
 * is removed itself. Prints what stays, as {@link removeScript}.
 */
export const discardScript = `set -u
cd -- "$1" 2>/dev/null || exit ${exits.noFolder}
${readGiven}
b=$(pwd -P) o=$2
[ "$(stat -c %u .)" = "$(id -u "$o")" ] || { printf '%s\\t%s\\n' "$b" "$(stat -c %U .)" >&2; exit ${exits.unguarded}; }
b=\${b%/}
${takeWords}
# What is in \`.\`: files first, then each folder, from within.
empty() {
  find . ! -name . -prune ! -type d -exec rm -f {} +
  for e in ./* ./.[!.]* ./..?*; do [ ! -d "$e" ] || [ -L "$e" ] || discard "$e"; done
}
discard() {
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    (h=$(pwd -P)/\${1#./} && cd -P "$1" && [ "$(pwd -P)" = "$h" ] && empty)
    rmdir "$1"
  else rm -f "$1"; fi
}
t=$(printf '\\t')
for w; do
  p=\${w#*"$t"} w=\${w%%"$t"*}
  d=\${p%/*} n=\${p##*/}
  case $d/$n in
    releases/.????????T* | .hostout/adopted* | .hostout/packages/*.tar | .hostout/records/*.failed) e=$(
      exec 2>&1
      cd -P "./$d" && [ "$(pwd -P)" = "$b/$d" ] || { echo "$d is a link"; exit; }
      discard "./$n"
      case $n in *.tar) discard "./\${n%.tar}.index" ;; esac
    ) ;;
    *) e="it could not be renamed" ;;
  esac
  [ ! -e "$p" ] && [ ! -L "$p" ] || printf '%s\\t%s\\t\\t%s\\n' "$w" "$p" "$(printf '%s\\n' "$e" | head -n 1)"
done`;
