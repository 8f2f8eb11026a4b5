import { exits } from "./exits.ts";
import { prelude } from "./script-prelude.ts";

/** `PATH NAME TOKEN LINK…`: serves a complete release. Each `LINK` that it has and the site's folder has not is led to `current`. */
export const switchScript = `${prelude}
mine "$3"
complete "$2" || exit ${exits.noRelease}
r=$2 t=$3
shift 3
for n; do
  [ -e "releases/$r/$n" ] && [ ! -e "$n" ] && [ ! -L "$n" ] || continue
  ln -s "current/$n" "$n" || exit 1
done
serve "$r" "$t"`;

/** `PATH NAME TOKEN BEFORE`: `NAME` has failed; where it is served, `BEFORE` is served again, or nothing if that is empty. */
export const goBackScript = `${prelude}
mine "$3"
[ -z "$4" ] || complete "$4" || exit ${exits.noRelease}
[ ! -e ".hostout/records/$2.ini" ] || mv ".hostout/records/$2.ini" ".hostout/records/$2.failed" || exit 1
[ "$(served)" = "$2" ] || exit 0
if [ -n "$4" ]; then serve "$4" "$3"; else rm -f current; fi`;
