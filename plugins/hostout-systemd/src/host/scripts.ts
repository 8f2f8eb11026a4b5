/** Exit statuses of these scripts, apart from those of systemctl. */
export const exits = { refusedUnit: 61, foreignUnit: 62, notUp: 63 };

/**
 * Begins each script. Arguments: `SCOPE MARKER`. Defines the folders of the scope, `ctl` for its systemctl, and `own` for
 * the names of the unit files whose first line is the marker.
 */
const begin = `set -u
scope=$1 marker=$2
shift 2
if [ "$scope" = user ]; then
  XDG_RUNTIME_DIR=/run/user/$(id -u)
  export XDG_RUNTIME_DIR
  dir=$HOME/.config/systemd/user
  ctl() { systemctl --user "$@"; }
  journal() { journalctl --user "$@"; }
  analyze() { systemd-analyze --user verify "$@"; }
else
  dir=/etc/systemd/system
  ctl() { systemctl "$@"; }
  journal() { journalctl "$@"; }
  analyze() { systemd-analyze verify "$@"; }
fi
isOwn() {
  [ -f "$1" ] && [ ! -L "$1" ] && IFS= read -r first <"$1" && [ "$first" = "$marker" ]
}
own() {
  for file in "$dir"/*.socket "$dir"/*.timer "$dir"/*.service; do
    if isOwn "$file"; then printf '%s\\n' "\${file##*/}"; fi
  done
}
`;

/** Defines the folder in which the host keeps the units of each release. */
const keeping = `kept=/var/lib/hostout/units
[ "$scope" = system ] || kept=$HOME/.local/state/hostout/units
`;

/**
 * Prints the units of the site on the host as blocks. Arguments: `SCOPE MARKER KEY RELEASE NAME…`. Prints `own NAME
 * STATE` and its text, `foreign NAME PLACE` for each `NAME` that hostout did not make, `kept` and the units of the
 * release, and `end`.
 */
export const lookScript = `${begin}${keeping}key=$1 release=$2
shift 2
if [ ! -d /run/systemd/system ] || ! command -v systemctl >/dev/null; then echo none; echo end; exit; fi
own | while IFS= read -r name; do
  printf 'own %s %s\\n' "$name" "$(ctl is-enabled "$name" 2>/dev/null)"
  sed 's/^/ /' "$dir/$name"
done
for name do
  if isOwn "$dir/$name"; then continue; fi
  place=$(ctl show -p FragmentPath "$name" 2>/dev/null)
  place=\${place#FragmentPath=}
  if [ -e "$dir/$name" ] || [ -L "$dir/$name" ]; then place=$dir/$name; fi
  [ -z "$place" ] || printf 'foreign %s %s\\n' "$name" "$place"
done
if [ -n "$release" ] && [ -f "$kept/$key/$release" ]; then echo kept; sed 's/^/ /' "$kept/$key/$release"; fi
echo end`;

/**
 * Makes the units of the site equal to those on its input, and keeps these for the live release. Arguments: `SCOPE MARKER
 * KEY RELEASE RELEASES`. Each file is written whole under another name, then renamed. Units that the input lacks are
 * stopped, disabled and removed. Prints `warning LINE` for each finding of systemd-analyze about a unit that systemd
 * accepts.
 */
export const applyScript = `${begin}${keeping}key=$1 release=$2 releases=$3
umask 022
new=$(mktemp -d) || exit
trap 'rm -rf "$new"' EXIT
cat >"$new/.bundle" || exit
while IFS= read -r line; do
  case $line in
    "unit "*/*) exit 1 ;;
    "unit "*) name=\${line#unit } && : >"$new/$name" ;;
    *) printf '%s\\n' "\${line# }" >>"$new/$name" ;;
  esac || exit
done <"$new/.bundle"
set -- "$new"/*
[ -e "$1" ] || set --
if [ $# -gt 0 ] && command -v systemd-analyze >/dev/null; then
  status=0
  said=$(analyze "$@" 2>&1) || status=1
  for unit do
    printf '%s\\n' "$said" | grep -F "\${unit##*/}" || :
  done | sed "s|$new/||g" | sort -u >"$new/.said"
  if [ $status != 0 ]; then
    if [ -s "$new/.said" ]; then cat "$new/.said"; else printf '%s\\n' "$said"; fi >&2
    exit ${exits.refusedUnit}
  fi
  sed 's/^/warning /' "$new/.said"
fi
for unit do
  name=\${unit##*/}
  if { [ -e "$dir/$name" ] || [ -L "$dir/$name" ]; } && ! isOwn "$dir/$name"; then
    printf '%s\\n' "$dir/$name" >&2
    exit ${exits.foreignUnit}
  fi
done
mkdir -p "$dir" "$kept/$key" || exit
changed=
for unit do
  name=\${unit##*/}
  if cmp -s "$unit" "$dir/$name"; then continue; fi
  cat "$unit" >"$dir/.$name.hostout" && chmod 644 "$dir/.$name.hostout" && mv -f "$dir/.$name.hostout" "$dir/$name" || exit
  changed=yes
done
own >"$new/.own"
while IFS= read -r name; do
  if [ -e "$new/$name" ]; then continue; fi
  ctl disable --now "$name" 2>/dev/null || ctl stop "$name"
  rm -f "$dir/$name" || exit
  changed=yes
done <"$new/.own"
if [ -n "$changed" ]; then ctl daemon-reload || exit; fi
for unit do
  name=\${unit##*/}
  if ! grep -q '^\\[Install\\]' "$unit" || ctl is-enabled --quiet "$name" 2>/dev/null; then continue; fi
  ctl enable --quiet "$name" || exit
done
if [ -n "$release" ]; then
  cat "$new/.bundle" >"$kept/$key/.new" && mv -f "$kept/$key/.new" "$kept/$key/$release" || exit
fi
for file in "$kept/$key"/*; do
  case " $releases " in *" \${file##*/} "*) ;; *) rm -f "$file" ;; esac
done`;

/** Lets the manager of a user run without a login, and waits for it. Argument: `USER`. */
export const lingerScript = `set -u
[ -e "/var/lib/systemd/linger/$1" ] || loginctl enable-linger "$1" || exit
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ ! -S "/run/user/$(id -u "$1")/systemd/private" ] || exit 0
  sleep 0.5
done
echo "the manager of $1 does not run" >&2
exit 1`;

/**
 * Starts units. Arguments: `SCOPE MARKER`, then `socket:NAME`, `timer:NAME`, `service:NAME`; with `new-` before for a
 * unit that changed. A service restarts. Each service is watched for a second: one that ends meanwhile is an error,
 * with the last lines of its journal.
 */
export const startScript = `${begin}fail() {
  journal -u "$1" -n 10 --no-pager -o cat >&2
  printf '%s\\n' "$1 $2" >&2
  exit ${exits.notUp}
}
for unit do
  name=\${unit#*:}
  case $unit in
    socket:*)
      ctl is-active --quiet "$name" && continue
      ctl stop "\${name%.socket}.service" 2>/dev/null
      ctl start "$name" || fail "$name" "does not listen" ;;
    new-socket:*)
      ctl stop "$name" "\${name%.socket}.service" 2>/dev/null
      ctl start "$name" || fail "$name" "does not listen" ;;
    timer:*) ctl start "$name" || fail "$name" "does not run" ;;
    new-timer:*) ctl restart "$name" || fail "$name" "does not run" ;;
    *)
      ctl reset-failed "$name" 2>/dev/null
      ctl restart "$name" || fail "$name" "does not start" ;;
  esac
done
for time in 1 2 3 4 5; do
  watched=
  for unit do
    case $unit in *service:*) ;; *) continue ;; esac
    watched=yes
    name=\${unit#*:}
    state=$(ctl show -p ActiveState -p SubState "$name")
    case $state in
      *ActiveState=failed* | *SubState=auto-restart*) fail "$name" "ended right after its start" ;;
    esac
  done
  [ -n "$watched" ] || exit 0
  [ "$time" = 5 ] || sleep 0.25
done`;

/**
 * Stops the units of the site that run, and prints their names. Arguments: `SCOPE MARKER HOW`. With `handover`, leaves
 * timers, sockets, and services whose socket is open. With `all`, stops everything.
 */
export const stopScript = `${begin}how=$1
set --
for name in $(own); do
  if [ "$how" = handover ]; then
    case $name in *.service) ;; *) continue ;; esac
    if [ -e "$dir/\${name%.service}.timer" ]; then continue; fi
    if isOwn "$dir/\${name%.service}.socket" && ctl is-active --quiet "\${name%.service}.socket"; then continue; fi
  fi
  case $(ctl show -p ActiveState "$name") in *=inactive | *=failed) ;; *) set -- "$@" "$name" ;; esac
done
[ $# -gt 0 ] || exit 0
ctl stop "$@" || exit
printf '%s\\n' "$@"`;

/** Prints `NAME ACTIVE SUB` for each unit of the site. Arguments: `SCOPE MARKER`. */
export const stateScript = `${begin}for name in $(own); do
  active=$(ctl show -p ActiveState "$name") sub=$(ctl show -p SubState "$name")
  printf '%s %s %s\\n' "$name" "\${active#*=}" "\${sub#*=}"
done`;

/** Makes the services of the site read their configuration anew. Arguments: `SCOPE MARKER`. Prints those that did, and `cannot NAME` for those that cannot. */
export const reloadScript = `${begin}for name in $(own); do
  case $name in *.service) ;; *) continue ;; esac
  if [ -e "$dir/\${name%.service}.timer" ]; then continue; fi
  case $(ctl show -p CanReload "$name") in
    *=yes) ctl reload "$name" && printf '%s\\n' "$name" || exit ;;
    *) printf 'cannot %s\\n' "$name" ;;
  esac
done`;

/** Prints the journal of all units of the site. Arguments: `SCOPE MARKER LINES FOLLOW`. */
export const logsScript = `${begin}lines=$1 follow=$2
set -- --no-pager -o short-iso -n "$lines"
[ "$follow" = no ] || set -- "$@" -f
found=
for name in $(own); do
  found=yes
  set -- "$@" -u "$name"
done
[ -n "$found" ] || exit 0
journal "$@"`;
