import { exits } from "./exits.ts";
import { prelude } from "./script-prelude.ts";

/**
 * `PATH HASH BASE TOKEN RUN…`: puts a package together from blocks of one that is there (`b:OFFSET:COUNT`, in 512 bytes) and those that it
 * reads (`l:COUNT`), gzipped; what it reads after them is the index of the new one. Without `BASE` all blocks are read. It is
 * kept only where its sum is right.
 */
export const receiveScript = `${prelude}
mine "$4"
command -v sha256sum >/dev/null && command -v gzip >/dev/null || exit ${exits.missingProgram}
h=$2 b=$3 p=".new.$4"
cd .hostout/packages || exit 1
umask 027
rm -f .new.*
shift 4
trap 'rm -f "$p".*' EXIT
gzip -dc >"$p.read" || exit ${exits.wrongSum}
l=0
: >"$p.tar"
for r; do
  c=\${r##*:}
  case $r in
    b:*) o=\${r#b:}; o=\${o%:*}; tail -c +$((o * 512 + 1)) "$b.tar" | head -c $((c * 512)) ;;
    *) tail -c +$((l * 512 + 1)) "$p.read" | head -c $((c * 512)); l=$((l + c)) ;;
  esac >>"$p.tar" || exit 1
done
s=$(sha256sum "$p.tar") || exit 1
[ "\${s%% *}" = "$h" ] || exit ${exits.wrongSum}
tail -c +$((l * 512 + 1)) "$p.read" >"$p.index" && mv -f "$p.index" "$h.index" && mv -f "$p.tar" "$h.tar"`;

/** `PATH HASH`: the index of a package. */
export const indexScript = `${prelude}
cat ".hostout/packages/$2.index"`;
