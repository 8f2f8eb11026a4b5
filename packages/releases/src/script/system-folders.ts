/**
 * `isSystem FOLDER` succeeds for a folder of the system, by the Filesystem Hierarchy Standard, whatever name leads to
 * it.
 * A site in such a folder would take `/etc` or `/usr/bin` for folders of an older deployment, and replace them with its
 * own.
 */
export const isSystemFunction = `isSystem() {
  case $(cd -- "$1" 2>/dev/null && pwd -P) in
    / | /bin | /boot | /dev | /etc | /home | /lib | /lib32 | /lib64 | /media | /mnt | /opt | /proc | /run | /sbin | /sys \\
      | /tmp | /usr | /usr/bin | /usr/lib | /usr/local | /usr/local/bin | /usr/local/etc | /usr/local/lib | /usr/sbin | /usr/share | /var | /var/lib | /var/log | /var/spool | /var/tmp) return 0 ;;
  esac
  return 1
}
`;

/**
 * `siteAround FOLDER` prints the path of another site if the folder is, or would be, in its releases or in its store,
 * whatever name leads there. Clean-up of that site would remove the folder.
 */
export const siteAroundFunction = `siteAround() {
  n=$1
  while [ ! -d "$n" ]; do case $n in */*) n=\${n%/*} ;; *) return 0 ;; esac; done
  n=$(cd -P -- "$n/" 2>/dev/null && pwd) || return 0
  while [ -n "$n" ]; do
    case \${n##*/} in releases | .hostout) [ ! -d "\${n%/*}/.hostout/records" ] || { printf '%s\\n' "\${n%/*}"; return 0; } ;; esac
    n=\${n%/*}
  done
}
`;
