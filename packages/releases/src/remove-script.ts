import { exits } from "./exits.ts";
import { prelude } from "./script-prelude.ts";

/**
 * `PATH TOKEN KIND:NAME…`: removes releases, what is left of others (`folder`), packages and records of failures. What is served
 * is not touched, whatever is asked for. What is to go is renamed out of the way first: half of a folder is never a release.
 */
export const removeScript = `${prelude}
t=$2 e=0
mine "$t"
shift 2
# Root removes too, and whoever owns the site may have put a link there.
[ ! -L releases ] || { echo "$PWD/releases is a link" >&2; exit 1; }
for w; do
  held "$t" || exit ${exits.lockLost}
  n=\${w#*:}
  case $w in
    package:*) rm -f ".hostout/packages/$n.tar" ".hostout/packages/$n.index"; continue ;;
    record:*) rm -f ".hostout/records/$n.failed"; continue ;;
  esac
  [ "$n" = "$(served)" ] && continue
  g=$n
  case $n in .*) ;; *)
    rm -f ".hostout/records/$n.ini" ".hostout/records/$n.pin" ".hostout/manifests/$n"
    g=.$n.gone
    if [ -d "releases/$n" ]; then rm -rf "releases/$g" && mv -T "releases/$n" "releases/$g" || { e=1; continue; }; fi ;;
  esac
  rm -rf "releases/$g" || e=1
done
exit $e`;
