import { randomBytes } from "node:crypto";
import { dirname } from "node:path/posix";
import { sh } from "@hostout/kit";
import { execute, executeOrThrow } from "../command/execute.ts";
import type { Entry } from "../tree/listing.ts";
import { nulSeparated } from "../tree/read-bytes.ts";
import type { TreeChange } from "../tree/tree-change.ts";
import type { Side } from "./side.ts";

/** Returns an unguessable name of a folder beside the target, in which files are unpacked. */
export function hiddenName(): string {
  return `.hostout-${randomBytes(9).toString("hex")}`;
}

/** Returns the line that a shell in the target runs on a signal. */
export function removing(hidden: string): string {
  return sh`rm -rf -- ${hidden}; exit 143`.text;
}

/** Returns whether the path is a {@link hiddenName} or lies below one. Such a folder belongs to no tree. */
export function isHidden(path: string): boolean {
  return /^\.hostout-[0-9a-f]{18}(\/|$)/.test(path);
}

/** Minutes for which a transfer without a visible process may still be running. */
const leftAfterMinutes = 60;

/**
 * Removes leftovers of broken transfers of this account from a folder: no process works in them, and they have not
 * changed for an hour.
 * A failure of the removal does not fail the transfer.
 */
export async function removeLeftovers(
  { machine, account }: Side,
  folder: string,
  names: readonly string[],
): Promise<void> {
  const script = sh`cd -- ${folder} && at=$(pwd -P) || exit 0
for n in ${names}; do
  ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -qF -- "-> $at/$n" && continue
  find "./$n" -prune -type d -user "$(id -u)" -mmin +${leftAfterMinutes} -exec rm -rf {} +
done`;
  await execute(machine, account, script, { quiet: true, title: `rm in ${folder}` });
}

/**
 * Does a list of work. Arguments: `WORK PATH`, any number of times.
 * - `r` removes,
 * - `d` makes a folder,
 * - `m` and `b` rename an unpacked entry to its place,
 * - a number is the mode of a folder.
 * One program handles neighbours if possible. `m` replaces a link, which `mv` would follow: a link to a folder, or to
 * nothing, is removed first.
 */
const eachPath = `run() {
  [ $# -gt 0 ] || return 0
  case $work in
    r) rm -rf -- "$@" ;;
    d) mkdir -p -- "$@" ;;
    b*) mv -f -- "$@" "\${work#b}/" ;;
    *) chmod "$work" "$@" ;;
  esac || exit 255
}
work=
for what do
  [ -n "$work" ] || set --
  p=./\${what#* }
  new=\${what%% *}
  [ $new != b ] || new=b\${p%/*}
  if [ "$new" != "$work" ] || [ $# -ge 200 ]; then
    run "$@"
    work=$new
    set --
  fi
  case $new in
    m)
      if [ -L "$p" ] && { [ -d "$p" ] || [ ! -e "$p" ]; }; then rm -f -- "$p"; fi
      mv -f -- "$HOSTOUT_FROM/$p" "$p" || exit 255 ;;
    b*) set -- "$@" "$HOSTOUT_FROM/$p" ;;
    *) set -- "$@" "$p" ;;
  esac
done
run "$@"`;

/**
 * Removes, makes and renames in one command, then removes the hidden folder.
 * Once the whole list has arrived, the host works without the client. Folders get their modes last, because a mode may
 * forbid writing.
 */
export async function putInPlace(
  { machine, account }: Side,
  to: string,
  hidden: string,
  change: TreeChange,
  { have, there }: { readonly have: ReadonlyMap<string, Entry>; readonly there: ReadonlyMap<string, Entry> },
): Promise<void> {
  const isLink = (path: string) => there.get(path)?.kind === "link";
  const neighbours = Map.groupBy(
    change.send.filter((path) => !isLink(path)),
    (path) => dirname(path),
  );
  const input = nulSeparated([
    ...change.removeWhole.map((path) => `r ${path}`),
    ...change.folders.map((path) => `d ${path}`),
    ...change.send.filter(isLink).map((path) => `m ${path}`),
    ...[...neighbours.values()].flat().map((path) => `b ${path}`),
    ...[...change.folders].reverse().map((path) => `${have.get(path)!.mode.toString(8)} ${path}`),
  ]);
  const script = sh`cd -- ${to} || exit 1
trap ${removing(hidden)} HUP INT TERM
cat >${hidden}/list
if [ "$(wc -c <${hidden}/list)" -ne ${input.length} ]; then
  echo "the list of what is to be done did not come whole" >&2; c=1
else
  LC_ALL=C HOSTOUT_FROM=${hidden}/new xargs -0 sh -c ${eachPath} sh <${hidden}/list; c=$?
fi
rm -rf -- ${hidden}
exit $c`;
  await executeOrThrow(machine, account, script, { input, quiet: true, title: `mv into ${to}` });
}
