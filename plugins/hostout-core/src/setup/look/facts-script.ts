/**
 * Prints the facts of a host, one a line, with tabs. Changes nothing. Arguments: `LOGIN KEY NAME SUM PATH GROUP PYTHON
 * ACCOUNT…`. `NAME` is that of the site's drop-in, and `SUM` that of its command lines. Input: the text of the drop-in that the site wants. An account of another rights than root's does not see
 * locks, keys and drop-ins.
 */
export const factsScript = `umask 077
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin
login=$1 key=$2 name=$3 sum=$4 path=$5 group=$6 python=$7
shift 7
if [ -r /etc/os-release ]; then
  while IFS= read -r l; do printf 'os\\t%s\\n' "$l"; done </etc/os-release
else printf 'os\\tID=%s\\n' "$(uname -s)"; fi
entry() { getent "$1" "$2" 2>/dev/null || grep "^$2:" "/etc/$1" 2>/dev/null; }
# A hash behind '!' is a lock that somebody set; '!' alone is an account that never had a password.
lockOf() {
  s=$(entry shadow "$1" || grep "^$1:" /etc/master.passwd 2>/dev/null) || return 0
  h=\${s#*:} h=\${h%%:*}
  case $h in '!'*'$'* | '*LOCKED*'*) echo locked; return ;; esac
  x=$(printf '%s\\n' "$s" | cut -d: -f8)
  case $x in '' | *[!0-9]*) ;; *) [ "$x" -gt $(($(date +%s) / 86400)) ] || { echo expired; return; } ;; esac
  case $h in '!' | '!!') echo barred ;; esac
}
for a in "$@"; do
  e=$(entry passwd "$a")
  [ -n "$e" ] || continue
  h=$(printf '%s\\n' "$e" | cut -d: -f6)
  [ -d "$h" ] && d=yes || d=no
  printf 'account\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$a" "$(printf '%s\\n' "$e" | cut -d: -f3)" "$h" "$(printf '%s\\n' "$e" | cut -d: -f7)" "$(lockOf "$a")" "$d"
  [ -z "$group" ] || case " $(id -Gn "$a" 2>/dev/null) " in *" $group "*) printf 'member\\t%s\\n' "$a" ;; esac
  if [ "$a" = "$login" ] && [ -n "$key" ] && grep -v '^[[:space:]]*#' "$h/.ssh/authorized_keys" 2>/dev/null | grep -qF -- "$key"; then printf 'key\\tyes\\n'; fi
done
[ -z "$group" ] || [ -z "$(entry group "$group")" ] || printf 'group\\tyes\\n'
f=/etc/sudoers.d/$name
[ "$(uname)" != FreeBSD ] || f=/usr/local$f
if [ ! -e "$f" ]; then s=none
elif cmp -s - "$f"; then s=same
else s=other; fi
printf 'sudoers\\t%s\\t%s\\n' "$s" "$(head -n 1 "$f" 2>/dev/null)"
[ "$(cat "/var/lib/hostout/$name" 2>/dev/null)" != "$sum" ] || printf 'commands\\tyes\\n'
for c in sudo visudo node; do
  command -v "$c" >/dev/null && printf 'program\\t%s\\n' "$c"
done
if [ -n "$python" ] && { "$python" -c 'import zc.buildout' || "$python" -c 'import venv, ensurepip'; } 2>/dev/null; then
  printf 'program\\tpython\\n'
fi
case $path in /*) [ -e "$path" ] && printf 'path\\tyes\\n' ;; esac
printf 'end\\tyes\\n'`;
