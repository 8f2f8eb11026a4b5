import { type Further, isSystemFunction, siteAroundFunction, unguardedFunction } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";
import { hostPython } from "./interpreters.ts";
import { kindOfSite } from "./kind-of-site.ts";
import { roomScript } from "./room-for-release.ts";

/** The question about what a deploy needs on a host. */
export async function askFacts(context: OnHost): Promise<Further> {
  const python = kindOfSite(context) === "buildout" ? await hostPython(context) : "";
  return { script: factsScript, words: [python] };
}

/** Prints the facts of a host. Arguments: `PATH PYTHON`. For a folder that does not exist yet, its nearest parent counts. */
export const factsScript = `${isSystemFunction}${siteAroundFunction}${unguardedFunction}
m=
for c in tar gzip flock sha256sum mv ln readlink find sort diff cat chmod cp cut date dd df dirname grep head id mkdir rm sed sleep stat tail wc; do
  command -v $c >/dev/null || m="$m $c"
done
printf 'missing\\t%s\\n' "$m"
# What follows is said with these.
case "$m " in *' dirname '* | *' df '* | *' tail '* | *' sed '* | *' grep '*) exit 0 ;; esac
p=$1
while [ ! -e "$p" ] && [ ! -L "$p" ]; do p=$(dirname -- "$p"); done
[ -d "$p" ] || { printf 'blocked\\t%s\\n' "$p"; exit 0; }
[ -x "$p" ] || printf 'closed\\t%s\\n' "$p"
case $(mv --help 2>&1) in *-T*) printf 'mv\\tyes\\n' ;; *) printf 'mv\\tno\\n' ;; esac
mountOf() { df -P "$1/." | tail -n 1 | sed 's/.* //'; }
# The last mount of a place is the one that is seen.
isReadOnly() {
  at=$(mountOf "$1") o=
  while read -r _ d _ w _; do [ "$d" != "$at" ] || o=$w; done </proc/mounts
  case ,$o, in *,ro,*) return 0 ;; esac
  return 1
} 2>/dev/null
if [ "$p" != "$1" ] && [ ! -w "$p" ]; then
  isReadOnly "$p" && k=read-only || k=above
  printf '%s\\t%s\\n' "$k" "$p"
fi
for f in "$1" "$1/releases" "$1/.hostout" "$1/.hostout/records" "$1/.hostout/packages" "$1/.hostout/manifests"; do
  if [ -d "$f" ] && [ ! -w "$f" ]; then
    isReadOnly "$f" && k=read-only || k=unwritable
    printf '%s\\t%s\\nholder\\t%s\\n' "$k" "$f" "$(stat -c %U "$f")"
    break
  fi
done
# A link in a release leads to ../../var.
r=$(cd -P -- "$1/releases/.." 2>/dev/null && pwd -P) && [ "$r" != "$(cd -P -- "$1" && pwd -P)" ] &&
  printf 'elsewhere\\t%s\\n' "$(cd -P -- "$1/releases" && pwd -P)"
# A rename from one mount to another is a copy.
if [ -x "$1" ] && [ -d "$1/.hostout" ] && [ -x "$1/.hostout" ] ; then
  df -P "$1/." "$1/.hostout/." | { read -r _; read -r a; read -r b; [ "\${a##* }" = "\${b##* }" ] || printf 'mounted\\tyes\\n'; }
fi
if [ -d "$1" ]; then printf 'owner\\t%s\\n' "$(stat -c %U "$1")"; fi
a=$(siteAround "$1")
[ -z "$a" ] || printf 'nested\\t%s\\n' "$a"
if isSystem "$1"; then printf 'system\\tyes\\n'
elif [ "$(id -u)" = 0 ]; then
  g=$(unguarded in "$1")
  [ -z "$g" ] || printf 'unguarded\\t%s\\n' "$g"
fi
if [ -L "$1/var" ] && [ ! -d "$1/var" ]; then printf 'var\\t%s\\n' "$(readlink "$1/var")"; fi
if [ -d "$1/var" ] && [ ! -x "$1/var" ]; then printf 'closed\\t%s\\n' "$1/var"; fi
if [ -e "$1/current" ] && [ ! -L "$1/current" ]; then printf 'current\\tno\\n'; fi
${roomScript}
[ -z "$2" ] || "$2" -c 'import zc.buildout' 2>/dev/null || "$2" -c 'import venv, ensurepip' 2>/dev/null || printf 'buildout\\tno\\n'`;
