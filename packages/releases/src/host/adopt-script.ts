import { exits } from "../script/exits.ts";
import { readGiven, takeTextAndWords, takeWords } from "../script/given.ts";
import { linkOrCopyFunction } from "../script/link-or-copy.ts";
import { prelude } from "../script/script-prelude.ts";
import { manifest } from "./release-scripts.ts";

/**
 * Prints the names that are folders of an older deployment in the site's own folder. With `RELEASE`: only names that
 * the release has too.
 * Arguments: `PATH RELEASE`. Input: names.
 * In a home folder, `bin` may be the account's own. There the script prints a name only with proof that somebody
 * deployed a buildout into the home.
 */
export const inPlaceScript = `${prelude}
${readGiven}
r=$2
${takeWords}
home=
case $(pwd -P) in /root) home=1 ;; /home/*/*) ;; /home/*) home=1 ;; esac
if [ -d parts ] || [ -e .installed.cfg ]; then home=; fi
for n; do
  [ -d "$n" ] && [ ! -L "$n" ] || continue
  [ -z "$r" ] || [ -e "releases/$r/$n" ] || continue
  [ -z "$home" ] || exit ${exits.someonesHome}
  printf '%s\\n' "$n"
done`;

/**
 * Makes a release of folders in the site's own folder, from the same files, and makes it live. Arguments:
 * `PATH NAME TOKEN`. Input: a record, and names of folders.
 * The release is pinned: nobody deployed it with hostout, so perhaps no other copy exists.
 */
export const adoptScript = `${prelude}${linkOrCopyFunction}
${readGiven}
mine "$3"
[ ! -L current ] && [ ! -e current ] || exit ${exits.inTheWay}
r=$2 t=$3
${takeTextAndWords}
# Half of one that was killed here; the folders are where they were.
wipe "releases/$r"
mkdir "releases/$r" || exit 1
trap '[ "$?" = 0 ] || [ -e ".hostout/records/$r.ini" ] || wipe "releases/$r"' EXIT
for n; do linkOrCopy "$n" "releases/$r/$n"; done
ln -s ../../var "releases/$r/var" 2>/dev/null || true
(cd "releases/$r" && ${manifest}) >".hostout/manifests/.$r" && mv -f ".hostout/manifests/.$r" ".hostout/manifests/$r" || exit 1
: >.hostout/adopting || exit 1
: >".hostout/records/$r.pin" || exit 1
put "$t" ".hostout/records/$r.ini" "$text" || exit 1
serve "$r" "$t"`;

/**
 * `link NAME…` replaces adopted folders by links to the live release. Folder and link swap places at once, if the host
 * has a program for that (renameat2). Otherwise the name is missing for the moment between two renames.
 * The mark stays until every folder is replaced: the next switch finishes the work.
 */
export const linkFunction = `link() {
  for n; do
    [ -e "current/$n" ] || continue
    if [ -L "$n" ]; then continue; fi
    # What is put here and cannot be removed, as other accounts have files in it, must take in no link.
    a=.hostout/adopted.$n
    while wipe "$a" 2>/dev/null; [ -e "$a" ] || [ -L "$a" ]; do a=$a.0; done
    ln -s "current/$n" "$a" || exit 1
    if [ -d "$n" ]; then swap "$a" "$n" || exit 1; else mv -T "$a" "$n" || exit 1; fi
    wipe "$a" "$a.old" 2>/dev/null
  done
  rm -f .hostout/adopting
}
swap() {
  mv -T --exchange "$1" "$2" 2>/dev/null && return
  command -v python3 >/dev/null && python3 -c 'import ctypes, sys
f = ctypes.CDLL(None).renameat2
sys.exit(0 if f(-100, sys.argv[1].encode(), -100, sys.argv[2].encode(), 2) == 0 else 1)' "$1" "$2" 2>/dev/null && return
  command -v perl >/dev/null && perl -e '
    my %n = (x86_64 => 316, aarch64 => 276); my $m = \`uname -m\`; chomp $m;
    exit(defined $n{$m} && syscall($n{$m}, -100, $ARGV[0], -100, $ARGV[1], 2) == 0 ? 0 : 1)' "$1" "$2" 2>/dev/null && return
  mv "$2" "$1.old" && mv -T "$1" "$2" && mv "$1.old" "$1"
}
`;

/** Replaces folders by links to the live release. Arguments: `PATH TOKEN`. Input: names of folders. */
export const linkScript = `${prelude}${linkFunction}
${readGiven}
mine "$2"
${takeWords}
link "$@"`;
