/** Accounts that run a service often have no home that they can write to. */
const base = `base=$HOME/.hostout
[ -d "$HOME" ] && [ -w "$HOME" ] || base=\${TMPDIR:-/tmp}/.hostout-$(id -u)`;

/** Another one after each start of a Linux machine. */
const bootId = "/proc/sys/kernel/random/boot_id";

/** Exit codes of {@link followScript} besides 0, the end of the command. */
export const vanished = 250;
export const notThere = 251;

/**
 * `NAME LINE`: starts the line on its own in a folder of that name, unless that was done before, and says the folder. There
 * are its output (`out`, `err`), its process (`pid`), the start of the machine (`boot`) and, when it has ended, its status (`exit`). Folders of a week ago go.
 */
export const startScript = `umask 077
${base}
# Where everybody may write, somebody may have put a link to what is ours.
if { [ "$base" != "$HOME/.hostout" ] && [ -L "$base" ]; } || ! mkdir -p "$base/steps" || [ ! -O "$base" ]; then
  echo "what runs there needs a folder of $(id -un) that it may write to: its home, or \${TMPDIR:-/tmp}; $base is none" >&2
  exit 1
fi
find "$base/steps" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} + 2>/dev/null
d=$base/steps/$1
if mkdir "$d" 2>/dev/null; then
  : >"$d/out"; : >"$d/err"
  cat ${bootId} >"$d/boot" 2>/dev/null
  (
    trap "" HUP
    umask 022
    sh -c "$2" >"$d/out" 2>"$d/err" </dev/null
    echo $? >"$d/exit.new" && mv "$d/exit.new" "$d/exit"
  ) </dev/null >/dev/null 2>&1 &
  echo $! >"$d/pid"
fi
printf %s "$d"`;

/** `FOLDER OUT ERR`: writes what the line writes, from these bytes on, until it has ended. */
export const followScript = `cd "$1" 2>/dev/null || exit ${notThere}
o=$2 e=$3 waits=0
# Started anew, a host gives numbers of processes again.
[ -e exit ] || [ ! -s boot ] || [ "$(cat boot)" = "$(cat ${bootId})" ] || exit ${vanished}
while :; do
  ended=
  [ -e exit ] && ended=1
  n=$(($(wc -c <out)))
  if [ "$n" -gt "$o" ]; then tail -c "+$((o + 1))" out | head -c "$((n - o))"; o=$n; fi
  n=$(($(wc -c <err)))
  if [ "$n" -gt "$e" ]; then tail -c "+$((e + 1))" err | head -c "$((n - e))" >&2; e=$n; fi
  [ -n "$ended" ] && exit 0
  if [ -s pid ]; then kill -0 "$(cat pid)" 2>/dev/null || [ -e exit ] || exit ${vanished}
  else waits=$((waits + 1)); [ "$waits" -gt 50 ] && exit ${vanished}; fi
  sleep 0.2 2>/dev/null || sleep 1
done`;

/** `FOLDER`: says the status that the line ended with. */
export const statusScript = 'cat "$1/exit"';

/** `NAME`: ends the line and all that it started, where the host has /proc, and removes its folder. */
export const endScript = `${base}
d=$base/steps/$1 mark=HOSTOUT_STEP=$1
for p in /proc/[0-9]*; do
  if tr "\\000" "\\n" <"$p/environ" | grep -qxF "$mark"; then kill "\${p#/proc/}"; fi
done 2>/dev/null
[ -s "$d/pid" ] && kill "$(cat "$d/pid")" 2>/dev/null
rm -rf "$d"`;
