import { exits } from "../script/exits.ts";
import { readGiven, takeWords } from "../script/given.ts";
import { prelude } from "../script/script-prelude.ts";
import { linkFunction } from "./adopt-script.ts";
import { sayPrograms } from "./state-script.ts";

/**
 * Makes a complete release live. Arguments: `PATH NAME TOKEN MARK TARGET`. Input: names of links.
 * Links each name that the release has and the site's folder lacks to `current`. Prints the names that exist in the
 * site's folder and are not links, then the programs of the release. If `MARK` is not empty, first leaves the mark of
 * {@link settleScript}.
 */
export const switchScript = `${prelude}${linkFunction}
${readGiven}
mine "$3"
whole "$2" || exit ${exits.noRelease}
[ -z "\${4-}" ] || printf %s "\${5-}" >.hostout/unsettled || exit 1
r=$2 t=$3
${takeWords}
# An adoption that was cut off.
[ ! -e .hostout/adopting ] || link "$@"
for n; do
  [ -e "releases/$r/$n" ] && [ ! -L "$n" ] || continue
  if [ -e "$n" ]; then printf 'there\\t%s\\n' "$n"; continue; fi
  ln -s "current/$n" "$n" || exit 1
done
serve "$r" "$t" || exit 1
${sayPrograms}`;

/**
 * Marks whether the site runs the live release (`SETTLED` is not empty), or is being stopped, switched and started.
 * Arguments: `PATH TOKEN SETTLED TARGET`.
 * `TARGET`: the release to which the host rolls back, if it does.
 */
export const settleScript = `${prelude}
mine "$2"
if [ -n "$3" ]; then clear .hostout/unsettled; else printf %s "$4" >.hostout/unsettled; fi`;

/**
 * Replaces the record of the live release, and removes the mark of {@link settleScript}. Arguments: `PATH NAME TOKEN`.
 * Input: a record.
 */
export const acceptScript = `${prelude}
${readGiven}
mine "$3"
whole "$2" || exit ${exits.noRelease}
put "$3" ".hostout/records/$2.ini" "$given" || exit 1
clear .hostout/unsettled`;

/**
 * Marks `NAME` as failed and, if it is live, makes `BEFORE` live again. Arguments: `PATH NAME TOKEN BEFORE`. Input: the
 * record of the failure.
 * If `BEFORE` is empty, restores the link that another tool had put at `current`, or none.
 */
export const goBackScript = `${prelude}
${readGiven}
mine "$3"
[ -z "$4" ] || whole "$4" || exit ${exits.noRelease}
put "$3" ".hostout/records/$2.failed" "$given" && rm -f ".hostout/records/$2.ini" || exit 1
served
[ "$live" = "$2" ] || exit 0
if [ -n "$4" ]; then serve "$4" "$3"
elif [ -L .hostout/foreign ]; then cp -P .hostout/foreign ".hostout/current.$3" && mv -T ".hostout/current.$3" current
else rm -f current; fi`;
