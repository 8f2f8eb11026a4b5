import { HostoutError, type Outcome, quotePath } from "@hostout/kit";
import {
  isSystemFunction,
  lockCell,
  siteAroundFunction,
  siteStore,
  unguardedFunction,
  warnOfOtherSite,
} from "@hostout/releases";
import { lookCell, packagedValue } from "../values/cells.ts";
import type { OnHost } from "../values/release-options.ts";
import { hostPython } from "./interpreters.ts";
import { kindOfSite } from "./kind-of-site.ts";
import { programsOfHere } from "./programs-of-here.ts";
import { refusedAccounts, refusedRoot } from "./refused-accounts.ts";
import { refusedForwards } from "./refused-forwards.ts";
import { lackOfRoom, roomScript } from "./room-for-release.ts";
import { warnOfDrift } from "./warn-of-drift.ts";

/** Looks whether a host can take a release, before anything is changed there: reach, programs, rights, disk, lock, drift. */
export async function checkHost(context: OnHost): Promise<Outcome> {
  const { host, options, remote, resultOf, shared, site } = context;
  const store = await siteStore(context);
  const packaged = resultOf(packagedValue);
  const kind = kindOfSite(context);
  const python = kind === "buildout" ? await hostPython(context) : "";
  // Within a deploy, what it looked at just now.
  const before = shared.get(lookCell);
  shared.delete(lookCell);
  const [text, { state, isTouched }, refused, forwards, ofHere] = await Promise.all([
    remote.as("effective").capture(["sh", "-c", factsScript, "hostout", store.path, python], {
      quiet: true,
      title: `look at ${store.path}`,
    }),
    before ?? store.look(),
    refusedAccounts(context, kind),
    refusedForwards(context),
    kind === undefined ? [] : programsOfHere(context, store.path),
  ]);
  const facts = new Map(text.split("\n").map((line) => [line.split("\t")[0], line.split("\t")[1] ?? ""]));
  const { lockedBy, served, foreign } = state;
  const isLocked = lockedBy !== undefined && !shared.has(lockCell);
  const account = remote.as("effective").user || "the account";
  const noRoom = lackOfRoom(facts, store.path, packaged);
  const freeBytes = Number(facts.get("free") ?? 0) * 1024;
  const missing = facts.get("missing") ?? "";
  const isRootMaker = facts.has("above") && !facts.has("system");
  const notMade = isRootMaker
    ? await refusedRoot(context, `${store.path}, as ${account} may not write to ${facts.get("above")}`)
    : [];
  const found: readonly (string | false)[] = [
    facts.has("blocked") && `${facts.get("blocked")} is no folder: move it away, or give path another one`,
    missing &&
      `${missing.trim().split(" ").join(", ")} ${missing.trim().includes(" ") ? "are" : "is"} not there (on Debian: apt install util-linux coreutils findutils diffutils grep sed tar gzip)`,
    facts.get("mv") === "no" && "mv does not know -T, so nothing could be switched at once",
    facts.has("closed") && `${account} may not enter ${facts.get("closed")}`,
    facts.has("read-only") &&
      `${facts.get("read-only")} is on a file system that is mounted read-only ('findmnt -T ${facts.get("read-only")}' and 'dmesg' there say more)`,
    facts.has("unwritable") &&
      `${account} may not write to ${facts.get("unwritable")}${ofAnother(context, account, facts.get("holder"))}`,
    facts.get("system") === "yes" &&
      `${store.path} is a folder of the system: give the site one of its own, as /srv/${site.name}`,
    facts.has("nested") &&
      `${store.path} is in the releases or the store of the site at ${facts.get("nested")}, which would remove it. Give the site its own folder, as /srv/${site.name}`,
    facts.has("unguarded") &&
      `other accounts may write to ${facts.get("unguarded")}, and could lead root elsewhere by a link. Let the owner of the site deploy (effective-user), or give path a place that only root can change${lineForOwner(context, facts.get("owner"))}`,
    facts.has("elsewhere") &&
      `${store.path}/releases leads to ${facts.get("elsewhere")}, so var of a release would not be that of the site: let path lead there`,
    facts.get("mounted") === "yes" &&
      `${store.path}/.hostout is on another file system than ${store.path}, so nothing could be switched at once: let both be on one`,
    facts.has("var") &&
      `${store.path}/var is a link to ${facts.get("var")}, which does not exist: mount its disk, or make that folder`,
    facts.get("current") === "no" && `${store.path}/current is no link: move it away`,
    ...noRoom,
    facts.get("buildout") === "no" &&
      `${python} has neither zc.buildout nor what makes a virtualenv for it (on Debian: apt install python3-zc.buildout)`,
    ...notMade,
    ...refused,
    ...forwards,
    ...ofHere,
    isLocked && `a run of ${lockedBy} holds the lock`,
  ];
  const faults = found.filter((one) => one !== false && one !== "") as readonly string[];
  if (isLocked && faults.length === 1) throw fault(context, faults, "locked");
  if (faults.length > 0) throw fault(context, faults, "refused", noRoom.length > 0);
  if (served === undefined && foreign === undefined) await store.inPlace(options.links);
  warnOfOtherSite(context, store, state);
  const drift = served !== undefined && isTouched ? await warnOfDrift(context, store, served) : undefined;
  return {
    status: "ok",
    note: `${host.name} can take a release`,
    detail: true,
    value: {
      ...{ freeBytes, served },
      ...{ driftFiles: drift?.files.length ?? 0, hasMoreDrift: drift?.isCut ?? false },
    },
  };
}

/** The line that lets the account deploy that owns the folder. */
function lineForOwner({ options, site }: OnHost, owner = "root"): string {
  if (options.effectiveUser !== undefined || owner === "root") return "";
  return `; for ${owner}, add to [${site.name}]: effective-user = ${owner}`;
}

/** The owner of a folder to which the account may not write, and the cure. */
function ofAnother({ options, site }: OnHost, account: string, owner = ""): string {
  if (owner === "" || owner === account) return "";
  const use =
    options.effectiveUser !== undefined || owner === "root"
      ? ""
      : `add to [${site.name}]: effective-user = ${owner}; or `;
  return `, which belongs to ${owner}: ${use}give it to ${account} on the host: chown -R ${account} ${quotePath(options.path)}`;
}

function fault(
  { host, site }: OnHost,
  faults: readonly string[],
  code: "locked" | "refused",
  isFull = false,
): HostoutError {
  return new HostoutError({
    code,
    message: `${host.name}: ${faults.join("; ")}`,
    hint:
      code === "locked"
        ? `Wait for its end, or end it: hostout ${site.name} unlock`
        : isFull
          ? `Nothing was changed there. To remove releases that are not needed any more: hostout ${site.name} cleanup`
          : `Nothing was changed there. To look again: hostout ${site.name} check`,
    host: host.name,
  });
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
