import { exits } from "../script/exits.ts";
import { readGiven, takeWords } from "../script/given.ts";

/**
 * Removes, as root, files of other accounts that the owner of the site could not remove. Arguments: `PATH OWNER`.
 * Input: words `KIND:NAME TAB PATH`.
 * Paths are relative to the site's path: renamed folders in `releases`, and the folders of `.hostout`. Prints the
 * entries that stay, as {@link removeScript} does.
 *
 * The owner may rename a folder, or replace it by a link, at any time. So root uses no name of more than one part. Root
 * enters a folder, checks from within where that folder is, and removes names in `.`.
 * Wherever the folder is by then, those names are the owner's to lose. If a name has become a link, root removes the
 * link itself.
 *
 * The program `pwd` asks the kernel where a folder is. The built-in of bash repeats the name that `cd` found before it
 * changed the folder: sh_physpath in its cd.def.
 */
export const discardScript = `set -u
cd -- "$1" 2>/dev/null || exit ${exits.noFolder}
${readGiven}
b=$(env pwd -P) o=$2
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
    (h=$(env pwd -P)/\${1#./} && cd -P "$1" && [ "$(env pwd -P)" = "$h" ] && empty)
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
      cd -P "./$d" && [ "$(env pwd -P)" = "$b/$d" ] || { echo "$d is a link"; exit; }
      case $n in *.tar) discard "./\${n%.tar}.index" ;; esac
      discard "./$n"
    ) ;;
    *) e="it could not be renamed" ;;
  esac
  [ ! -e "$p" ] && [ ! -L "$p" ] || printf '%s\\t%s\\t\\t%s\\n' "$w" "$p" "$(printf '%s\\n' "$e" | head -n 1)"
done`;
