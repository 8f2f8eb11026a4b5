import { exits } from "../script/exits.ts";
import { prelude } from "../script/script-prelude.ts";
import { finishLines, unpackLines } from "./release-scripts.ts";

/**
 * Assembles a package from blocks of a package on the host and from the `SENT` blocks of its input. Arguments:
 * `PATH HASH BASE TOKEN SENT NAME FILES`.
 * Input, gzipped: `SENT` blocks of 512 bytes, then the runs, the lines of a record, and the index of the new package.
 * A run is `b:OFFSET:COUNT` for blocks of the base, or `l:COUNT` for blocks of the input. A line of the record is
 * `r:LINE`.
 * Without `BASE` all blocks come from the input. The script keeps the package only if its sum is right.
 * If `NAME` is not empty, makes the folder of that release from the package, as {@link unpackLines} say; with a record, a
 * complete release.
 */
export const receiveScript = `${prelude}
mine "$4"
command -v sha256sum >/dev/null && command -v gzip >/dev/null || exit ${exits.missingProgram}
h=$2 b=$3 t=$4 l=$5 r=\${6-} n=\${7-}
cd .hostout/packages || exit 1
p="$PWD/.new.$t"
umask 027
rm -f .new.*
trap 'rm -f "$p".*' EXIT
# Who vanished while he sent keeps nobody else from the lock: what is read until then goes when it is taken.
exec 7>&-
# What cannot be written here is no fault of what came.
torn=$({ { gzip -dc || echo torn >&3; } | cat >"$p.read"; } 3>&1) || { echo "it cannot be written to $PWD" >&2; exit 1; }
[ -z "$torn" ] || exit ${exits.wrongSum}
cd ../.. && mine "$t" && cd .hostout/packages || exit 1
# What is behind the blocks that were sent says what goes where, and is the index.
tail -c +$((l * 512 + 1)) "$p.read" >"$p.tail" && sed '/^[blr]:/d' "$p.tail" >"$p.index" || exit 1
given=$(sed -n 's/^r://p' "$p.tail")
set -- $(sed -n '/^[bl]:/p' "$p.tail")
# FILE OFFSET COUNT: one program where dd can count bytes, so that blocks may be larger than what they are counted in.
if dd if="$p.read" iflag=skip_bytes,count_bytes,fullblock count=0 2>/dev/null; then
  blocks() { dd if="$1" bs=65536 iflag=skip_bytes,count_bytes,fullblock skip=$(($2 * 512)) count=$(($3 * 512)) 2>/dev/null; }
else
  blocks() { tail -c +$(($2 * 512 + 1)) "$1" | head -c $(($3 * 512)); }
fi
if [ "$*" = "l:$l" ]; then
  # All of it was sent: it is cut off before the index, not copied.
  dd if=/dev/null of="$p.read" bs=512 seek="$l" 2>/dev/null && mv -f "$p.read" "$p.tar" || exit 1
  shift
else : >"$p.tar"; fi
l=0
for w; do
  c=\${w##*:}
  case $w in
    b:*) o=\${w#b:}; blocks "$b.tar" "\${o%:*}" "$c" ;;
    *) blocks "$p.read" "$l" "$c" && l=$((l + c)) ;;
  esac >>"$p.tar" || { echo "it cannot be put together in $PWD: is there no space left?" >&2; exit 1; }
done
sum "$p.tar" || exit 1
if [ "$s" != "$h" ]; then
  [ -n "$b" ] || exit ${exits.wrongSum}
  # The fault may be that of the other package: then all is sent.
  cd ../.. && { proved "$b" || drop "$b"; }
  exit ${exits.wrongBase}
fi
onDisk "$p.tar" "$p.index"
# A package without its index is sent anew as a whole. Nobody would look for an index without its package.
mv -f "$p.tar" "$h.tar" && mv -f "$p.index" "$h.index" || exit 1
[ -n "$r" ] || exit 0
rm -f "$p".*
trap - EXIT
umask 022
cd ../.. || exit 1
${unpackLines}
[ -n "$given" ] || exit 0
${finishLines}`;

/** Prints the last 4 MB of a package's index. Arguments: `PATH HASH`. hostout sends the blocks that are missing in it. */
export const indexScript = `${prelude}
[ ! -e ".hostout/packages/$2.index" ] || tail -c 4000000 ".hostout/packages/$2.index"`;
