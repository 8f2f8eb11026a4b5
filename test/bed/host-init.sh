#!/bin/bash
# Process 1 of a host of the test bed: host-init.sh STATE NAME DISK [BIND…]
#
# Runs in mount, uts, ipc, net and pid namespaces of its own. Makes a root of its own over this machine's (an overlay on
# a tmpfs, so that a full disk can be had), hides what is this machine's alone, and starts sshd. BIND folders of this
# machine are seen read-only at the same path.
set -euo pipefail
state=$1 name=$2 disk=$3
shift 3
# Never on the machine itself: what follows makes accounts and lets them use sudo.
[ "$$" = 1 ] || { echo "host-init.sh is for process 1 of a new pid namespace" >&2; exit 1; }
mnt=$state/$name/mnt
mount --make-rprivate /
mount -t tmpfs -o "size=$disk,mode=755" "bed-$name" "$mnt"
mkdir "$mnt/upper" "$mnt/work" "$mnt/root" "$mnt/own"
mount -t overlay -o "lowerdir=/,upperdir=$mnt/upper,workdir=$mnt/work" "bed-$name" "$mnt/root"
cd "$mnt/root"
for folder in * var/tmp; do # all but the system's folders are empty ones of the host
  [ -d "$folder" ] && [ ! -L "$folder" ] || continue
  case $folder in bin | boot | dev | etc | lib* | proc | sbin | sys | usr | var) continue ;; esac
  case $folder in *tmp) mode=1777 ;; root) mode=700 ;; *) mode=755 ;; esac
  mkdir -p "$mnt/own/$folder"
  chmod "$mode" "$mnt/own/$folder"
  mount --bind "$mnt/own/$folder" "$folder"
done
for bind in "$@"; do
  mkdir -p ".$bind"
  mount --bind "$bind" ".$bind"
  mount -o remount,bind,ro ".$bind"
done
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 dev dev
for device in null zero full random urandom tty; do : >"dev/$device" && mount --bind "/dev/$device" "dev/$device"; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
hostname "$name"
echo "$name" >etc/hostname
{ echo "127.0.0.1 localhost"; cat "$state/hosts"; } >etc/hosts
rm -f etc/resolv.conf && : >etc/resolv.conf # a name that is not in hosts is not there, at once
mkdir -p run/sshd root/.ssh etc/ssh/bed etc/sudoers.d
chmod 700 root/.ssh
cp "$state/id.pub" root/.ssh/authorized_keys
cp "$state/id" root/.ssh/id_ed25519 && chmod 600 root/.ssh/id_ed25519
cp "$state/known_hosts" root/.ssh/known_hosts
cp "$state/$name/host-key" "$state/$name/host-key.pub" etc/ssh/bed/
printf '%s\n' 'HostKey /etc/ssh/bed/host-key' 'PidFile /run/sshd.pid' 'PermitRootLogin yes' 'UsePAM yes' 'UseDNS no' \
  'PrintMotd no' 'MaxStartups 200' 'Subsystem sftp internal-sftp' >etc/ssh/bed/config
ip link set lo up
mkdir old
pivot_root . old
cd /
umount -l /old
rmdir /old
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
for user in deploy admin nosudo zope m3user; do
  id "$user" >/dev/null 2>&1 || useradd -M -s /bin/bash "$user"
  mkdir -p "/home/$user/.ssh"
  case $user in zope | m3user) ;; *) cp /root/.ssh/authorized_keys "/home/$user/.ssh/" ;; esac
  chown -R "$user": "/home/$user"
  chmod 700 "/home/$user/.ssh"
done
echo 'admin:admin' | chpasswd
printf 'deploy ALL=(ALL) NOPASSWD: ALL\nadmin ALL=(ALL) ALL\n' >/etc/sudoers.d/bed
chmod 440 /etc/sudoers.d/bed
/usr/sbin/sshd -f /etc/ssh/bed/config -E /var/log/sshd.log
trap 'exit 0' TERM
sleep infinity &
while :; do wait -n || true; kill -0 $! 2>/dev/null || { sleep infinity & }; done # bash reaps orphans
