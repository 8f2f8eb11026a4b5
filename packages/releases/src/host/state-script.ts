import { prelude } from "../script/script-prelude.ts";

/** Prints the programs in `bin` of the live folder by which hostout starts and stops a site that sets no lines. */
export const sayPrograms = `for f in supervisorctl supervisord; do
  [ ! -x "current/bin/$f" ] || printf 'program\\t%s\\n' "$f"
done`;

/**
 * Lines after the prelude that print the state: a kind and its words a line, with tabs between. The last line is `end`:
 * an answer without it was cut off.
 */
export const sayState = `served && printf 'served\\t%s\\n' "$live"
${sayPrograms}
[ ! -e .hostout/unsettled ] || printf 'unsettled\\t%s\\n' "$(head -n 1 .hostout/unsettled)"
# Of years of switches the last ones are asked for.
[ -e .hostout/served.log ] && tail -c 65536 .hostout/served.log | sed 's/^/log\t/' && echo
for f in .hostout/held.*; do
  [ -e "$f" ] && held "\${f#.hostout/held.}" && { IFS= read -r x || [ -n "$x" ]; } <"$f" && printf 'lock\\t%s\\n' "$x"
done
for f in .hostout/records/*; do
  n=\${f##*/}
  case $n in
    *.ini) r=\${n%.ini}; whole "$r" && k=release || continue ;;
    *.failed) r=\${n%.failed}; k=failed ;;
    *.pin) printf 'pin\\t%s\\n' "\${n%.pin}"; continue ;;
    *) continue ;;
  esac
  printf '%s\\t%s\\n' "$k" "$r"
  i=0
  while [ "$i" -lt 2000 ] && { IFS= read -r x || [ -n "$x" ]; }; do
    i=$((i + 1))
    printf 'record\\t%s\\t%s\\n' "$r" "$x"
  done <"$f"
done
for f in releases/* releases/.[!.]*; do
  [ -d "$f" ] && [ ! -L "$f" ] && ! whole "\${f#releases/}" && printf 'leftover\\t%s\\n' "\${f#releases/}"
done
for f in .hostout/adopted*; do
  [ -d "$f" ] && [ ! -L "$f" ] && printf 'remnant\\t%s\\n' "\${f#.hostout/}"
done
for f in .hostout/packages/*.tar; do
  n=\${f##*/} k=package
  [ -e "$f" ] || continue
  # What only another account reads can neither be unpacked nor built upon.
  x=\${f%.tar}.index
  [ -r "$f" ] && { [ ! -e "$x" ] || [ -r "$x" ]; } || k=closed
  printf '%s\\t%s\\n' "$k" "\${n%.tar}"
done
[ -d .hostout/manifests ] || echo none
echo end`;

/** Prints the state of a site's releases. Argument: `PATH`. */
export const stateScript = `${prelude}
${sayState}`;

/** Lines that print `touched` if somebody wrote to the live release since it was complete, and `looked`. */
const sayTouched = `(
  served && [ -e ".hostout/manifests/$live" ] && cd "releases/$live" || exit 0
  m=../../.hostout/manifests/$live
  # A time that was set back tells of itself in the inode's; the find of busybox knows only the other one.
  { find . ! -name '*.pyc' -cnewer "$m" 2>/dev/null || find . ! -name '*.pyc' -newer "$m" 2>/dev/null; } | grep -q . && echo touched
)
echo looked`;

/**
 * Prints the state, and `touched` if somebody wrote to the live release since it was complete. Argument: `PATH`. A
 * quick look, without sums. The last line is `looked`.
 */
export const lookScript = `${stateScript}
${sayTouched}`;

/**
 * Prints the answer of {@link lookScript}, then that of another script in the same command, after a line `more`. Arguments:
 * `PATH HASH SCRIPT ARGUMENTS…`. The other script has `PATH` and its own arguments. The script
 * leaves it out if a release of the package `HASH` is live and settled. A host without the site has only the second answer.
 */
export const lookFurtherScript = `further() {
  echo more
  p=$1 c=$3
  shift 3
  set -- "$p" "$@"
  eval "$c"
}
[ -d "$1" ] || { further "$@"; exit; }
${lookScript}
f=.hostout/records/$live.ini
if [ -n "$2" ] && [ ! -e .hostout/unsettled ] && grep -qx "package = $2" "$f" && grep -qx 'result = ok' "$f"; then exit 0; fi 2>/dev/null
further "$@"`;
