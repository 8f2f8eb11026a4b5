import { exits } from "../script/exits.ts";
import { guardRoot, unguardedFunction } from "../script/guarded-path.ts";
import { enterSite, ownFolders, prelude } from "../script/script-prelude.ts";
import { sayState } from "./state-script.ts";

/**
 * Holds the lock while the client is alive. Arguments: `PATH TOKEN WHO SECONDS`.
 * A client is alive while its input is open and, every `SECONDS`, something arrives: input, or data that the client
 * sends with this token.
 * The same process locks the file of its token. So a token proves that this very process is alive, not just any holder.
 */
export const holdScript = `set -u
umask 022
${unguardedFunction}
${enterSite}
${ownFolders}
for f in releases .hostout/records .hostout/packages .hostout/manifests; do [ -d "$f" ] || exit ${exits.noFolder}; done
command -v flock >/dev/null || exit ${exits.missingProgram}
# Whatever is done with the lock is done where only root leads root.
${guardRoot}
exec 9>>.hostout/lock
flock -n 9 || exit ${exits.lockLost}
# What one who held it before has begun, and does still.
exec 7>>.hostout/busy
flock 7 || exit ${exits.lockLost}
exec 7>&-
rm -f .hostout/held.* .hostout/sending.* .hostout/current.* .hostout/records/*.ini.* .hostout/records/*.failed.*
rm -rf .hostout/manifests/.[0-9]* .hostout/packages/.new.* .hostout/adopted* 2>/dev/null
exec 8>".hostout/held.$2"
printf '%s\\t%s\\n' $$ "$3" >&8
# Who looks whether it is locked locks it for a moment himself.
flock 8 || exit ${exits.lockLost}
# Nothing that is begun here has the locked files open: who ends this process has ended the lock. busybox leaves a process behind.
timeout 1 dd count=0 </dev/null 2>/dev/null 8>&- 9>&- || exec cat >/dev/null
# On a slow line what is waited for comes behind what is sent. That it comes in is a sign of life, too: as long as it grows, whatever the clock
# says, and only what is sent with this token.
arrived() (
  exec 8>&- 9>&-
  IFS= read -r r 2>/dev/null <".hostout/sending.$1" || r=
  set -- .hostout/packages/.new."$1".* \${r:+"releases/$r"}
  [ "$#" -gt 1 ] || [ -e "$1" ] || exit 0
  ls -lnRA "$@" 2>/dev/null | sha256sum
)
before= wait=$4
while :; do
  if said=$(exec 8>&- 9>&- && exec timeout "$wait" dd bs=512 count=1 2>/dev/null); then
    [ -n "$said" ] || exit 0
    before= wait=$4
  else
    now=$(arrived "$2")
    [ "$now" != "$before" ] || exit ${exits.lockSilent}
    before=$now wait=$(($4 / 5 + 1))
  fi
done`;

/** Waits until a process holds the lock with that token, then prints the state. Arguments: `PATH TOKEN`. */
export const awaitScript = `${prelude}
i=0 s=0.03
until held "$2"; do
  [ -d .hostout ] || exit ${exits.noFolder}
  i=$((i + 1))
  [ "$i" -gt 100 ] && exit ${exits.lockLost}
  [ "$i" -le 10 ] || s=0.05
  sleep "$s" 2>/dev/null || sleep 1
done
${sayState}`;

/** Proves that a process holds the lock with that token. Arguments: `PATH TOKEN`. */
export const proveScript = `${prelude}
mine "$2"`;

/** Ends the process that holds the lock (with that token), if one does, and prints the lock holder. Arguments: `PATH [TOKEN]`. */
export const unlockScript = `${prelude}${unguardedFunction}
${guardRoot}
for f in .hostout/held.\${2:-*}; do
  [ -e "$f" ] && held "\${f#.hostout/held.}" || continue
  IFS="$(printf '\\t')" read -r pid who <"$f" || continue
  printf '%s\\n' "$who"
  kill "$pid" || exit 1
done`;
