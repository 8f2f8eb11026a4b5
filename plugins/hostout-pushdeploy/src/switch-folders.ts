import { type ShellLine, sh } from "@hostout/kit";

/** The folders of one push on a host: where the site is, what is sent, where it is put together, whose it will be. */
export interface FolderSwitch {
  /** Absolute path of the site. */
  readonly path: string;
  /** Folder below it that has no other user: `.hostout/incoming-…`. */
  readonly incoming: string;
  readonly folders: readonly string[];
  /** Undefined: whose files they are is as whoever logs in makes them. */
  readonly owner: string | undefined;
}

/**
 * Makes the site's folders, and a folder `incoming` with the served build as hard links: what did not change is neither
 * sent nor stored twice. What an earlier push that was killed left behind is put back or, a day later, removed.
 */
export function makeReady({ path, incoming, folders, owner = "" }: FolderSwitch): ShellLine {
  return sh`set -eu
umask 022
mkdir -p -- ${path}
cd -- ${path}
mkdir -p var .hostout
chmod 700 .hostout
if [ -n ${owner} ]; then chown -h ${owner} . var .hostout; fi
for name in ${folders}; do
  for old in .hostout/outgoing-*; do
    if [ -e "$old/$name" ] && [ ! -e "$name" ]; then mv -- "$old/$name" "$name"; fi
  done
done
find .hostout -maxdepth 1 \( -name 'incoming-*' -o -name 'outgoing-*' \) -mtime +0 -exec rm -rf {} +
mkdir -m 700 ${incoming}
for name in ${folders}; do
  mkdir -p -- ${incoming}/"$name"
  if [ -d "$name" ]; then cp -al -- "$name/." ${incoming}/"$name/" 2>/dev/null || cp -pR -- "$name/." ${incoming}/"$name/"; fi
done`;
}

/**
 * Puts the folders of `incoming` in place of those that are served: renames only, all of them or none. Until the last
 * one is done, the folders that were served are kept; they are put back when a rename fails or the shell is told to end.
 */
export function putInPlace({ path, incoming, folders, owner = "" }: FolderSwitch): ShellLine {
  const outgoing = incoming.replace("incoming", "outgoing");
  return sh`set -eu
cd -- ${path}
if [ -n ${owner} ]; then for name in ${folders}; do chown -Rh ${owner} ${incoming}/"$name"; done; fi
for name in ${folders}; do mkdir -p -- "$(dirname -- ${outgoing}/"$name")" "$(dirname -- "$name")"; done
back() {
  for name in ${folders}; do
    if [ -e ${outgoing}/"$name" ] || [ ! -e ${incoming}/"$name" ]; then
      if [ -e "$name" ]; then mv -- "$name" ${incoming}/"$name"; fi
      if [ -e ${outgoing}/"$name" ]; then mv -- ${outgoing}/"$name" "$name"; fi
    fi
  done
}
trap 'back; exit 1' HUP INT TERM
for name in ${folders}; do
  if [ -e "$name" ]; then mv -- "$name" ${outgoing}/"$name" || { back; exit 1; }; fi
  mv -- ${incoming}/"$name" "$name" || { back; exit 1; }
done
trap - HUP INT TERM
rm -rf -- ${outgoing} ${incoming}`;
}

/** Removes what a push that did not come to its end had sent. */
export function removeIncoming({ path, incoming }: FolderSwitch): ShellLine {
  return sh`cd -- ${path} && rm -rf -- ${incoming}`;
}
