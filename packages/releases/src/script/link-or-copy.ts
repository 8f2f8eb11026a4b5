import { exits } from "./exits.ts";

/**
 * `linkOrCopy FROM TO` makes `TO` a folder with all files of `FROM`: as hard links if the host allows them, else as
 * copies with the same rights.
 * Linux refuses hard links to files of other accounts (fs.protected_hardlinks). Leaves out compiled files of
 * interpreters that it cannot read.
 * If it can neither link nor read a file, prints its name and exits.
 */
export const linkOrCopyFunction = `linkOrCopy() {
  if [ ! -e "$2" ] && cp -al "$1" "$2" 2>/dev/null; then return; fi
  # What could not be linked is missing now, and nothing else.
  said=$(
    to=$PWD/$2
    [ -d "$to" ] || mkdir -m "$(stat -c %a "$1")" "$to"
    cd "$1" && find . \\( -name __pycache__ -type d ! \\( -exec test -r {} \\; -exec test -x {} \\; \\) -prune \\) -o -exec sh -c 'to=$1 of=$2
      shift 2
      exec 2>&1
      say() { echo "$of/\${f#./} of $(stat -c %U "$f")"; }
      for f; do
        d=$to/$f p=$to/\${f%/*}
        if [ -d "$f" ] && [ ! -L "$f" ]; then
          [ -r "$f" ] && [ -x "$f" ] || say
          [ -d "$d" ] || mkdir -m "$(stat -c %a "$f")" "$d"
          continue
        fi
        if [ -e "$d" ] || [ -L "$d" ]; then continue; fi
        if [ ! -r "$f" ] && [ ! -L "$f" ]; then
          ln "$f" "$d" 2>/dev/null && continue
          case $f in *.py[co]) ;; *) say ;; esac
          continue
        fi
        w=
        [ -w "$p" ] || { chmod u+w "$p" && w=1; }
        e=$(cp -pRP "$f" "$d" 2>&1) || printf "%s\\n" "$e"
        [ -z "$w" ] || chmod u-w "$p"
      done' sh "$to" "$1" {} + 2>/dev/null
  ) && [ -z "$said" ] && return
  printf '%s\\n' "\${said:-$1 could not be copied}" | head -n 5 >&2
  case $said in *' of '*) exit ${exits.unreadable} ;; *) exit 1 ;; esac
}
`;
