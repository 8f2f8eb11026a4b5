/** Status of a script that refuses: its message is the last line of its error output. */
export const refusedStatus = 3;

const refuse = `refuse() { printf '%s\\n' "$1" >&2; exit ${refusedStatus}; }
`;

/**
 * Adds a key to the keys of the account that runs it, once. Arguments: `KEY COMMENT`. Writes the whole file under
 * another name first, so that a full disk leaves the old one.
 */
export const authorizeScript = `${refuse}set -e
umask 077
cd
[ -O . ] || refuse "the home $PWD does not belong to $(id -un)"
case $(ls -ld . | cut -c 6,9) in *w*) refuse "other accounts may write to the home $PWD, so sshd accepts no key of it" ;; esac
[ -d .ssh ] || mkdir .ssh
[ -O .ssh ] || refuse "$PWD/.ssh does not belong to $(id -un)"
f=.ssh/authorized_keys
if [ -L "$f" ]; then refuse "$PWD/$f is a link: add the key by hand"; fi
chmod 700 .ssh
t=$(mktemp .ssh/.hostout.XXXXXXXXXX)
trap 'rm -f "$t"' EXIT
trap 'exit 1' HUP INT TERM
if [ -e "$f" ]; then
  # A last line without its end would swallow the key.
  awk 1 "$f" >"$t"
  grep -v '^[[:space:]]*#' "$t" | grep -qF -- "$1" && n= || n=yes
else n=yes; fi
[ -z "$n" ] || printf '%s %s\\n' "$1" "$2" >>"$t"
chmod 600 "$t"
mv -f "$t" "$f"
if command -v restorecon >/dev/null 2>&1; then restorecon -R .ssh || :; fi`;

/**
 * Puts a drop-in of sudo in place, once visudo accepts it. Argument: `FILE`. Input: its text. sudo skips files with a
 * dot in the name, so the half of a file is never read.
 */
export const sudoersScript = `${refuse}set -e
umask 077
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin
d=\${1%/*}
command -v visudo >/dev/null || refuse "visudo is missing, so nothing could check $1"
[ -d "$d" ] || refuse "$d does not exist: sudo of this host reads no further files"
t=$(mktemp "$d/.hostout.XXXXXXXXXX")
trap 'rm -f "$t"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$t"
chown 0:0 "$t"
chmod 440 "$t"
e=$(visudo -c -f "$t" 2>&1) || refuse "visudo refuses the drop-in: $(printf '%s\\n' "$e" | sed "s#$t#$1#g" | head -n 3 | tr '\\n' ' ')"
mv -f "$t" "$1"`;

/** Makes the home of an account, as root. Arguments: `ACCOUNT HOME`. */
export const homeScript = `set -e
umask 022
[ -d "$2" ] || { mkdir -p -- "\${2%/*}"; mkdir -m 750 -- "$2"; chown "$1:$(id -gn "$1")" "$2"; }`;

/** Records that command lines have run, as root. Arguments: `NAME SUM`. */
export const stampScript = `set -e
umask 022
mkdir -p /var/lib/hostout
t=$(mktemp /var/lib/hostout/.stamp.XXXXXXXXXX)
trap 'rm -f "$t"' EXIT
printf '%s\\n' "$2" >"$t"
chmod 644 "$t"
mv -f "$t" "/var/lib/hostout/$1"`;

/** Makes a folder for an archive, as root, and prints its path. */
export const makePlaceScript = `umask 077
mktemp -d /var/tmp/hostout.XXXXXXXXXX`;

/**
 * Unpacks the archive of Node, as root, and links its programs into /usr/local/bin. Arguments: `FOLDER SUM`. Removes
 * `FOLDER`. Programs that exist there stay.
 */
export const archiveScript = `set -e
umask 022
d=/usr/local/lib/hostout
trap 'rm -rf "$1" "\${t:-}"' EXIT
trap 'exit 1' HUP INT TERM
s=$(sha256sum <"$1/archive")
[ "\${s%% *}" = "$2" ]
mkdir -p "$d" /usr/local/bin
if [ ! -e "$d/node-$2" ]; then
  t=$(mktemp -d "$d/.hostout.XXXXXXXXXX")
  tar -xf "$1/archive" -C "$t"
  set -- "$1" "$2" "$t"/*/bin/node
  [ -x "$3" ]
  chown -R 0:0 "$t"
  mv "\${3%/bin/node}" "$d/node-$2"
fi
for p in node npm npx; do
  [ ! -e "$d/node-$2/bin/$p" ] || [ -e "/usr/local/bin/$p" ] || ln -s "$d/node-$2/bin/$p" "/usr/local/bin/$p"
done`;
