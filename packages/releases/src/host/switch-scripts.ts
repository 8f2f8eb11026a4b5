import { exits } from "../script/exits.ts";
import { readGiven, takeWords } from "../script/given.ts";
import { prelude } from "../script/script-prelude.ts";
import { linkFunction } from "./adopt-script.ts";

/**
 * `PATH NAME TOKEN`, and names of links: serves a complete release. Each link that it has and the site's folder has not is led to `current`. Says
 * those that are in the site's folder and are no link.
 */
export const switchScript = `${prelude}${linkFunction}
${readGiven}
mine "$3"
complete "$2" || exit ${exits.noRelease}
r=$2 t=$3
${takeWords}
# An adoption that was cut off.
[ ! -e .hostout/adopting ] || link "$@"
for n; do
  [ -e "releases/$r/$n" ] && [ ! -L "$n" ] || continue
  if [ -e "$n" ]; then printf '%s\\n' "$n"; continue; fi
  ln -s "current/$n" "$n" || exit 1
done
serve "$r" "$t"`;

/**
 * `PATH TOKEN SETTLED TARGET`: whether (`SETTLED` is not empty) the site runs what is served, or is being stopped, switched and started.
 * `TARGET`: the release that is gone back to, if it is.
 */
export const settleScript = `${prelude}
mine "$2"
if [ -n "$3" ]; then rm -f .hostout/unsettled; else printf %s "$4" >.hostout/unsettled; fi`;

/** `PATH NAME TOKEN BEFORE`, and a record: `NAME` has failed, as the record says; where it is served, `BEFORE` is served again; if that is empty, what another tool served, or nothing. */
export const goBackScript = `${prelude}
${readGiven}
mine "$3"
[ -z "$4" ] || complete "$4" || exit ${exits.noRelease}
printf '%s\\n' "$text" | put "$3" ".hostout/records/$2.failed" && rm -f ".hostout/records/$2.ini" || exit 1
[ "$(served)" = "$2" ] || exit 0
if [ -n "$4" ]; then serve "$4" "$3"
elif [ -L .hostout/foreign ]; then cp -P .hostout/foreign ".hostout/current.$3" && mv -T ".hostout/current.$3" current
else rm -f current; fi`;
