// Each script is run by a POSIX shell with the site's path as its first argument, whole in one remote command. Whatever it
// is killed at, `current` leads to a complete release, the one before or the new one.

/** Exit codes that have a meaning here. */
export const exits = { noFolder: 66, noRelease: 67, notEmpty: 68, noRename: 69, lockLost: 75 } as const;

const prelude = `set -u
cd -- "$1" 2>/dev/null || exit ${exits.noFolder}
served() { l=$(readlink current 2>/dev/null) && printf %s "\${l#releases/}"; }
held() { [ -e ".hostout/held.$1" ] && ! flock -n ".hostout/held.$1" true; }
# What is served and is not the last of the log was switched to by one who was killed before he wrote it down.
log() {
  c=$(served) || return 0
  if [ "$(tail -n 1 .hostout/served.log 2>/dev/null | cut -f 2)" = "$c" ]; then return 0; fi
  [ -z "$(tail -c 1 .hostout/served.log 2>/dev/null)" ] || echo >>.hostout/served.log
  printf '%s\\t%s\\n' "$(date -u +%Y%m%dT%H%M%SZ)" "$c" >>.hostout/served.log
}
`;

/** `PATH`: makes the folders. */
export const prepareScript = `mkdir -p -- "$1/releases" "$1/.hostout" && chmod 750 -- "$1/.hostout"`;

/**
 * `PATH TOKEN`: holds the lock as long as its input is open, which is as long as the one who holds it is there. The file of its
 * token is locked by the same process: so a token proves that this very process is alive, not only that somebody is.
 */
export const holdScript = `set -u
cd -- "$1" || exit ${exits.noFolder}
command -v flock >/dev/null || { echo "flock is needed there (util-linux or busybox)" >&2; exit ${exits.noRename}; }
exec 9>>.hostout/lock
flock -n 9 || exit ${exits.lockLost}
rm -f .hostout/held.*
exec 8>".hostout/held.$2"
# Who looks whether it is locked locks it for a moment himself.
flock 8 || exit ${exits.lockLost}
exec cat >/dev/null`;

/** `PATH TOKEN`: waits until the lock is held by that token. */
export const awaitScript = `${prelude}
i=0
until held "$2"; do i=$((i + 1)); [ "$i" -gt 100 ] && exit ${exits.lockLost}; sleep 0.05 2>/dev/null || sleep 1; done`;

/** `PATH`: says what is there. */
export const stateScript = `${prelude}
c=$(served) && printf 'served\\t%s\\n' "$c"
[ -e .hostout/served.log ] && sed 's/^/log\\t/' .hostout/served.log && echo
for f in releases/* releases/.[!.]*; do
  [ -d "$f" ] && [ ! -L "$f" ] || continue
  case \${f#releases/} in .*) k=leftover ;; *) k=release ;; esac
  printf '%s\\t%s\\n' "$k" "\${f#releases/}"
done
true`;

/** `PATH NAME TOKEN`: a hidden folder to build the release in. */
export const beginScript = `${prelude}
held "$3" || exit ${exits.lockLost}
[ ! -e "releases/$2" ] && mkdir "releases/.$2.part" || exit ${exits.notEmpty}`;

/** `PATH NAME TOKEN`: the release is complete. */
export const finishScript = `${prelude}
held "$3" || exit ${exits.lockLost}
[ -d "releases/.$2.part" ] || exit ${exits.noRelease}
[ ! -e "releases/$2" ] && mv "releases/.$2.part" "releases/$2"`;

/** `PATH NAME TOKEN`: one rename makes the release the one that is served. */
export const switchScript = `${prelude}
held "$3" || exit ${exits.lockLost}
[ -d "releases/$2" ] || exit ${exits.noRelease}
[ -L current ] || [ ! -e current ] || exit ${exits.notEmpty}
log
rm -f .hostout/current.*
ln -s "releases/$2" ".hostout/current.$3" || exit 1
mv -T ".hostout/current.$3" current 2>/dev/null || { rm -f ".hostout/current.$3"; exit ${exits.noRename}; }
log`;

/** `PATH TOKEN NAME…`: removes releases and leftovers, by their folder names; what is served is not touched. */
export const removeScript = `${prelude}
t=$2
shift 2
for n; do
  held "$t" || exit ${exits.lockLost}
  [ "$n" = "$(served)" ] && continue
  case $n in
    .*) g=$n ;;
    *) g=.$n.gone; rm -rf "releases/$g"; mv "releases/$n" "releases/$g" || exit 1 ;;
  esac
  rm -rf "releases/$g"
done`;
