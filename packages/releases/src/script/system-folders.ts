/**
 * `isSystem FOLDER`: it belongs to the system, by the Filesystem Hierarchy Standard, however it is named here. A site there would take
 * `/etc` or `/usr/bin` for folders of an older deployment, and serve its own in their place.
 */
export const isSystemFunction = `isSystem() {
  case $(cd -- "$1" 2>/dev/null && pwd -P) in
    / | /bin | /boot | /dev | /etc | /home | /lib | /lib32 | /lib64 | /media | /mnt | /opt | /proc | /run | /sbin | /sys \\
      | /tmp | /usr | /usr/bin | /usr/lib | /usr/local | /usr/local/bin | /usr/local/etc | /usr/local/lib | /usr/sbin | /usr/share | /var | /var/lib | /var/log | /var/spool | /var/tmp) return 0 ;;
  esac
  return 1
}
`;
