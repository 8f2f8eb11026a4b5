import { randomBytes } from "node:crypto";
import { dirname } from "node:path/posix";
import { sh } from "@hostout/kit";
import { execute, executeOrThrow } from "../command/execute.ts";
import type { Entry } from "../tree/listing.ts";
import { nulSeparated } from "../tree/read-bytes.ts";
import type { TreeChange } from "../tree/tree-change.ts";
import type { Side } from "./side.ts";

/** A folder beside what is copied that nobody can guess: files are unpacked there. */
export function hiddenName(): string {
  return `.hostout-${randomBytes(9).toString("hex")}`;
}

/** What a shell in the target does that is told to end. */
export function removing(hidden: string): string {
  return sh`rm -rf -- ${hidden}; exit 143`.text;
}

/** Whether the path is one of {@link hiddenName}, or below one. Such a folder belongs to no tree. */
export function isHidden(path: string): boolean {
  return /^\.hostout-[0-9a-f]{18}(\/|$)/.test(path);
}

/** For how long a transfer that nobody sees at work may be one still, in minutes. */
const leftAfterMinutes = 60;

/**
 * Removes what broken transfers of this account left in a folder: no process works in it, and nothing came to it for an hour. A fault
 * of that is none of the transfer.
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
 * `WORK PATH`, as often as there is something to do: `r` removes, `d` makes a folder, `m` and `b` rename what is unpacked to its place, a
 * number is the mode of a folder. Neighbours are done by one program where they can be: `m` is for what takes the place of a link, which
 * `mv` would follow. That goes first, where it leads to a folder or nowhere.
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
 * Removes, makes and renames in one command, then removes the hidden folder. Once the list of what is to be done has come whole, the host
 * goes through it without the client. Folders get their modes last: one may forbid writing in it.
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
