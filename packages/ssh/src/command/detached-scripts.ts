/** Finds a base folder. Accounts that run a service often have no home to which they can write. */
const base = `base=$HOME/.hostout
[ -d "$HOME" ] && [ -w "$HOME" ] || base=\${TMPDIR:-/tmp}/.hostout-$(id -u)`;

/** Holds another value after each boot of a Linux machine. */
const bootId = "/proc/sys/kernel/random/boot_id";

/** Exit codes of {@link followScript} besides 0, the end of the command. */
export const vanished = 250;
export const notThere = 251;
export const noRoom = 252;

/**
 * Starts the line in HOSTOUT_DETACHED on its own, unless an earlier call did, and prints its folder. Arguments:
 * `NAME IN`.
 * The folder has the line's output (`out`, `err`), process (`pid`), boot id (`boot`) and working folder (`in`). At its
 * end it has the exit code (`exit`).
 * Removes such folders after a week.
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
  printf '%s\\n' "\${2-}" >"$d/in"
  (
    trap "" HUP
    umask 022
    HOSTOUT_STEP=$1 sh -c 'eval "unset HOSTOUT_DETACHED; $HOSTOUT_DETACHED"' >"$d/out" 2>"$d/err" </dev/null
    echo $? >"$d/exit.new" && mv "$d/exit.new" "$d/exit"
  ) </dev/null >/dev/null 2>&1 &
  echo $! >"$d/pid"
fi
printf %s "$d"`;

/** Prints the output of the line, from these bytes on, until the line has ended. Arguments: `FOLDER OUT ERR`. */
export const followScript = `cd "$1" 2>/dev/null || exit ${notThere}
o=$2 e=$3 waits=0 s=0.02
# Where nothing can be written, its status could not be, either.
lost() { { echo >probe && rm -f probe; } 2>/dev/null || exit ${noRoom}; exit ${vanished}; }
# Started anew, a host gives numbers of processes again.
[ -e exit ] || [ ! -s boot ] || [ "$(cat boot)" = "$(cat ${bootId})" ] || exit ${vanished}
while :; do
  ended=
  [ -e exit ] && ended=1
  # Whoever ended the line has removed the folder.
  n=$({ wc -c <out; } 2>/dev/null) || exit ${notThere}
  n=$((n))
  if [ "$n" -gt "$o" ]; then tail -c "+$((o + 1))" out | head -c "$((n - o))"; o=$n; fi
  n=$({ wc -c <err; } 2>/dev/null) || exit ${notThere}
  n=$((n))
  if [ "$n" -gt "$e" ]; then tail -c "+$((e + 1))" err | head -c "$((n - e))" >&2; e=$n; fi
  [ -n "$ended" ] && exit 0
  if [ -s pid ]; then kill -0 "$(cat pid)" 2>/dev/null || [ -e exit ] || lost
  else waits=$((waits + 1)); [ "$waits" -gt 50 ] && lost; fi
  sleep "$s" 2>/dev/null || sleep 1
  case $s in 0.02) s=0.05 ;; 0.05) s=0.1 ;; *) s=0.2 ;; esac
done`;

/** Prints the exit code of the line. Argument: `FOLDER`. */
export const statusScript = 'cat "$1/exit"';

/**
 * `marked NAME` prints the processes of a line, if the host has /proc. `started NAME FOLDER` prints the process that
 * waits for its end.
 */
const processes = `marked() {
  grep -lF "HOSTOUT_STEP=$1" /proc/[0-9]*/environ 2>/dev/null | while IFS= read -r f; do
    tr "\\000" "\\n" <"$f" 2>/dev/null | grep -qxF "HOSTOUT_STEP=$1" && p=\${f#/proc/} && printf '%s\\n' "\${p%/environ}"
  done
  true
}
started() {
  p=$(cat "$2/pid" 2>/dev/null) && [ -n "$p" ] || return 0
  # Its number may be that of another process by now.
  [ ! -e /proc/self/cmdline ] || tr "\\000" "\\n" 2>/dev/null <"/proc/$p/cmdline" | grep -qxF "$1" || return 0
  ! kill -0 "$p" 2>/dev/null || printf '%s\\n' "$p"
}
`;

/** Ends the line with all processes that it started, if the host has /proc, and removes its folder. Argument: `NAME`. */
export const endScript = `${base}
${processes}d=$base/steps/$1
for p in $(started "$1" "$d") $(marked "$1"); do kill "$p" 2>/dev/null; done
rm -rf "$d"`;

/**
 * Ends the running lines that work below a folder, except `EXCEPT`, with all processes that they started. Arguments:
 * `FOLDER EXCEPT`.
 * Prints the working folders of the lines that it ended. Leaves processes of finished lines alone, such as a server.
 */
export const endBelowScript = `${base}
${processes}for d in "$base"/steps/*; do
  [ -s "$d/in" ] && [ ! -e "$d/exit" ] || continue
  i=$(cat "$d/in")
  case $i in "$1"/*) ;; *) continue ;; esac
  [ "$i" != "$2" ] || continue
  [ ! -s "$d/boot" ] || [ "$(cat "$d/boot")" = "$(cat ${bootId} 2>/dev/null)" ] || continue
  n=\${d##*/} t=0
  while p="$(started "$n" "$d") $(marked "$n")" && [ -n "\${p# }" ] && [ "$t" -lt 40 ]; do
    [ "$t" -gt 0 ] || printf '%s\\n' "$i"
    s=TERM
    [ "$t" -lt 20 ] || s=KILL
    kill -s "$s" $p 2>/dev/null
    t=$((t + 1))
    sleep 0.2 2>/dev/null || sleep 1
  done
  rm -rf "$d"
done
true`;
