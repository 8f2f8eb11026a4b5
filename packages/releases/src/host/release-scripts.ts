import { exits } from "../script/exits.ts";
import { readGiven, takeWords } from "../script/given.ts";
import { guardRoot, unguardedFunction } from "../script/guarded-path.ts";
import { linkOrCopyFunction } from "../script/link-or-copy.ts";
import { prelude } from "../script/script-prelude.ts";

/**
 * Makes the folder of the release `$r` from the package `$h`, which is proved, and links its `var` to the site's. `$n`
 * counts the files and folders of the package (empty: unknown). Entries of the package's `var` that the site lacks go to
 * the site's `var`.
 */
export const unpackLines = `if [ -L var ] && [ ! -d var ]; then exit ${exits.varLost}; fi
# Half of one that was cut off here.
served
if ! whole "$r" && [ "$live" != "$r" ]; then wipe "releases/$r"; fi
mkdir "releases/$r" 2>/dev/null || exit ${exits.inTheWay}
# Half of it may be all that the disk had room for.
trap '[ "$?" = 0 ] || wipe "releases/$r"' EXIT
# Files are as old as the release: what serves them tells by their time that they have changed.
tar -xmf ".hostout/packages/$h.tar" -C "releases/$r" || exit 1
c=$(find "releases/$r" | grep -c "^releases/$r/")
[ "$c" -ge "\${n:-0}" ] || { echo "of $n files and folders of the package $c were unpacked" >&2; exit 1; }
[ -d var ] || mkdir var
if [ -d "releases/$r/var" ]; then
  (cd "releases/$r/var" && find . -type d ! -name . -exec sh -c 'for d; do [ -d "../../../var/$d" ] || mkdir "../../../var/$d" || exit 1; done' sh {} + &&
    find . ! -type d -exec sh -c 'for f; do [ -e "../../../var/$f" ] || [ -L "../../../var/$f" ] || cp -pP "$f" "../../../var/$f" || exit 1; done' sh {} +) || exit 1
  wipe "releases/$r/var"
fi
ln -s ../../var "releases/$r/var" || exit 1`;

const unpackProved = `r=$2 h=$4 n=\${5-}
[ -e ".hostout/packages/$h.tar" ] || exit ${exits.noRelease}
proved "$h" || { drop "$h"; exit ${exits.wrongPackage}; }
${unpackLines}`;

/** Makes the folder of a release from a package on the host. Arguments: `PATH NAME TOKEN HASH FILES`. */
export const unpackScript = `${prelude}
mine "$3"
${unpackProved}`;

/**
 * Makes the folder of a release from folders of another release, as hard links. Arguments: `PATH NAME TOKEN FROM`.
 * Input: names of folders.
 * For plugins that replace files and never write into them. `FROM` is empty if no such release exists. Files that
 * arrive in the folder from now on count as signs of life of the lock holder.
 */
export const cloneScript = `${prelude}${linkOrCopyFunction}
${readGiven}
mine "$3"
mkdir "releases/$2" 2>/dev/null || exit ${exits.inTheWay}
printf '%s\\n' "$2" >".hostout/sending.$3"
r=$2 from=$4
${takeWords}
trap '[ "$?" = 0 ] || wipe "releases/$r"' EXIT
for n; do
  case $n in */*) mkdir -p "releases/$r/\${n%/*}" || exit 1 ;; esac
  if [ -n "$from" ] && [ -d "releases/$from/$n" ]; then linkOrCopy "releases/$from/$n" "releases/$r/$n"
  else mkdir -p "releases/$r/$n" || exit 1; fi
done
ln -s ../../var "releases/$r/var" 2>/dev/null || true`;

/** The sum of no bytes: openssl works if it prints that. */
const sumOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Prints the sum of each file of a release, without the files that interpreters write beside their sources. Runs in the
 * release's folder. The lines are those of sha256sum also where openssl makes the sums: a manifest must still match
 * after an update of the host. openssl does not mask names with a line end or a backslash.
 */
export const manifest = `{
  o=$(openssl dgst -sha256 -r /dev/null 2>/dev/null)
  n='
'
  c=$(printf '\\r')
  case $o in
    ${sumOfNothing}*)
      find . -type f ! -name '*.pyc' ! -name '*.pyo' \\( -path "*[\\\\\\\\$n$c]*" -exec sha256sum {} + -o -exec openssl dgst -sha256 -r {} + \\) |
        LC_ALL=C sed 's/^\\([0-9a-f]*\\) \\*/\\1  /'
      ;;
    *) find . -type f ! -name '*.pyc' ! -name '*.pyo' -exec sha256sum {} + ;;
  esac
} | LC_ALL=C sort -k 2`;

/** Makes the release `$r` complete, with the record `$given`. All files are on the disk before the record exists. */
export const finishLines = `[ -L "releases/$r/var" ] || exit ${exits.varReplaced}
(cd "releases/$r" && ${manifest}) >".hostout/manifests/.$r" && mv -f ".hostout/manifests/.$r" ".hostout/manifests/$r" || exit 1
sync -f "releases/$r" 2>/dev/null || sync
# It may have failed before, and been gone on with.
clear ".hostout/records/$r.failed" ".hostout/sending.$t"
put "$t" ".hostout/records/$r.ini" "$given"`;

/** Makes the release complete. Arguments: `PATH NAME TOKEN`. Input: a record. */
export const finishScript = `${prelude}
${readGiven}
mine "$3"
r=$2 t=$3
[ -d "releases/$r" ] || exit ${exits.noRelease}
${finishLines}`;

/**
 * Makes a complete release of a package on the host that needs no build. Arguments: `PATH NAME TOKEN HASH FILES`. Input: a
 * record.
 */
export const completeScript = `${prelude}
${readGiven}
mine "$3"
t=$3
${unpackProved}
${finishLines}`;

/** Replaces the record of a complete release. Arguments: `PATH NAME TOKEN`. Input: a record. */
export const recordScript = `${prelude}
${readGiven}
mine "$3"
whole "$2" || exit ${exits.noRelease}
put "$3" ".hostout/records/$2.ini" "$given"`;

/**
 * Checks whether less than a hundredth of the disk, or of its inodes, is free, and their number is small too. Some file
 * systems count no inodes.
 */
const isFullFunction = `isFull() {
  df -Pk . | tail -n 1 | { read -r _ k _ a _; [ "$a" -lt 1048576 ] && [ "$a" -lt $((k / 100)) ]; } 2>/dev/null && return
  df -Pi . 2>/dev/null | tail -n 1 | { read -r _ k _ a _; [ "$k" -gt 0 ] && [ "$a" -lt 10000 ] && [ "$a" -lt $((k / 100)) ]; } 2>/dev/null
}
`;

/**
 * Keeps a release whose build failed apart from the others; such a release never becomes live. Arguments:
 * `PATH NAME TOKEN FULL`. Input: a record.
 * Removes the release if the disk is full (`FULL` is not empty, or the script finds it full), and prints so. The live
 * release writes to that disk too.
 */
export const failScript = `${prelude}${isFullFunction}
${readGiven}
mine "$3"
if [ ! -e ".hostout/records/$2.ini" ] && [ -d "releases/$2" ] && { [ -n "\${4-}" ] || isFull; }; then
  wipe "releases/$2"
  echo removed
fi
put "$3" ".hostout/records/$2.failed" "$given" || exit 1
[ -e ".hostout/records/$2.ini" ] || [ ! -d "releases/$2" ] || mv "releases/$2" "releases/.$2.failed"`;

/** The longest list of files that differ. */
const mostDrift = 1000;

/**
 * Prints the drift of a release: its files that differ from the complete release. Arguments: `PATH NAME`.
 * A last line `+` means that more files differ. Without a manifest every file counts as drift.
 */
export const driftScript = `${prelude}
# It is there, or may be, and cannot be read.
closed() {
  d=$1
  until [ -e "$d" ] || [ -L "$d" ]; do case $d in */*) d=\${d%/*} ;; *) d=. ;; esac; done
  [ ! -L "$d" ] && { [ ! -r "$d" ] || { [ -d "$d" ] && [ ! -x "$d" ]; }; }
}
whole "$2" || exit ${exits.noRelease}
m=../../.hostout/manifests/$2
cd "releases/$2" || exit 1
[ -e "$m" ] || m=/dev/null
${manifest} | LC_ALL=C diff "$m" - | sed -n 's/^\\([<>]\\) \\\\\\{0,1\\}[0-9a-f]* [ *]\\.\\//\\1 /p' | LC_ALL=C sort -k 2 | {
  i=0 b=
  while IFS= read -r l; do
    f=\${l#? }
    # A changed file has two lines.
    [ "$f" = "$b" ] || i=$((i + 1)) b=$f
    [ "$i" -le ${mostDrift} ] || { echo +; cat >/dev/null; break; }
    case $l in '< '*) ! closed "$f" || l="? $f" ;; esac
    printf '%s\\n' "$l"
  done
}`;

/**
 * Pins a release, or unpins it if `WANTED` is empty. Arguments: `PATH NAME WANTED`. Clean-up keeps a pinned release
 * whatever its age.
 */
export const pinScript = `${prelude}${unguardedFunction}
${guardRoot}
whole "$2" || exit ${exits.noRelease}
if [ -n "$3" ]; then : >".hostout/records/$2.pin"; else rm -f ".hostout/records/$2.pin"; fi`;
