import { exits } from "../script/exits.ts";
import { readGiven, takeWords } from "../script/given.ts";
import { prelude } from "../script/script-prelude.ts";

/**
 * Removes releases, leftovers (`folder`), remnants, packages and records of failures. Arguments: `PATH TOKEN`. Input:
 * words `KIND:NAME`.
 * Never touches the live release, whatever the input names. Renames each entry out of the way first: half of a folder
 * is never a release.
 * Prints a line for each entry that stays: `KIND:NAME`, present path, other accounts with files in it, and error, with
 * tabs between.
 */
export const removeScript = `${prelude}
${readGiven}
t=$2
mine "$t"
${takeWords}
[ ! -L releases ] || { echo "$PWD/releases is a link" >&2; exit 1; }
stays() {
  o=$(find "$1" ! -user "$(id -u)" -exec stat -c %U {} + 2>/dev/null | LC_ALL=C sort -u | tr '\\n' ' ')
  printf '%s\\t%s\\t%s\\t%s\\n' "$w" "$1" "\${o% }" "$(printf '%s\\n' "$2" | head -n 1)"
}
for w; do
  held "$t" || exit ${exits.lockLost}
  n=\${w#*:}
  case $w in
    package:*) e=$(rm -f ".hostout/packages/$n.index" ".hostout/packages/$n.tar" 2>&1) || stays ".hostout/packages/$n.tar" "$e"; continue ;;
    record:*) e=$(rm -f ".hostout/records/$n.failed" 2>&1) || stays ".hostout/records/$n.failed" "$e"; continue ;;
    remnant:adopted*) e=$(wipe ".hostout/$n" 2>&1) || stays ".hostout/$n" "$e"; continue ;;
  esac
  served
  [ "$n" = "$live" ] && continue
  g=$n
  case $n in .*) ;; *)
    rm -f ".hostout/records/$n.ini" ".hostout/records/$n.pin" ".hostout/manifests/$n"
    g=.$n.gone
    if [ -d "releases/$n" ]; then
      e=$(wipe "releases/$g" 2>&1 && mv -T "releases/$n" "releases/$g" 2>&1) || { stays "releases/$n" "$e"; continue; }
    fi ;;
  esac
  e=$(wipe "releases/$g" 2>&1) || stays "releases/$g" "$e"
done
true`;
