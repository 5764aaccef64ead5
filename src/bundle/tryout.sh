#!/bin/sh
# The private root in which a check runs. Started in new namespaces (src/bundle/tryout.ts), as root of them; every value comes as an
# argument, none is spliced into this text. What a check leaves, the namespaces take with them.
#
#   tryout.sh ROOT USER NETWORK READABLE... -- BIND... -- ENV... COMMAND...
#     ROOT      an empty directory: the new root is mounted there
#     USER      numeric user and group of the check, or `keep`
#     NETWORK   `none`, or `host`
#     READABLE  further directories that are shown read-only
#     BIND      FROM TO: FROM is shown read-only at TO; the check starts in the last one
#     ENV       NAME=VALUE, the whole environment
set -eu

die() {
	printf 'tryout: %s\n' "$1" >&2
	exit 125
}

root=$1
user=$2
network=$3
shift 3

# Nothing that is mounted here may reach the machine.
mount --make-rprivate / || die "mounts cannot be made private"
mount -t tmpfs -o mode=755 tmpfs "$root" || die "no private root can be mounted"

# show FROM TO: a read-only view, with what is mounted below it. Flags of the underlying mount that may not be dropped are kept.
show() {
	if [ -d "$1" ]; then
		mkdir -p "$root$2"
	else
		mkdir -p "$root${2%/*}"
		: >"$root$2"
	fi
	mount --rbind "$1" "$root$2" || die "cannot show $1"
	mount -o remount,bind,ro "$root$2" 2>/dev/null ||
		mount -o remount,bind,ro,nosuid,nodev "$root$2" || die "cannot make $1 read-only"
}

for name in usr bin sbin lib lib32 lib64 libx32 etc opt; do
	if [ -L "/$name" ]; then
		ln -s "$(readlink "/$name")" "$root/$name"
	elif [ -d "/$name" ]; then
		show "/$name" "/$name"
	fi
done
while [ "$1" != -- ]; do
	[ ! -e "$1" ] || [ -e "$root$1" ] || show "$1" "$1"
	shift
done
shift
directory=/
while [ "$1" != -- ]; do
	show "$1" "$2"
	directory=$2
	shift 2
done
shift

mkdir -p "$root/proc" "$root/dev" "$root/tmp" "$root/run" "$root/root" "$root/home" "$root/var/tmp"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc" || die "no /proc"
for device in null zero full random urandom tty; do
	[ -e "/dev/$device" ] || continue
	: >"$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir -p "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$root/var/tmp"
if [ "$network" = none ]; then
	ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || true
fi

mkdir -p "$root/.old"
cd "$root"
pivot_root . .old || die "pivot_root failed"
cd /
umount -l /.old || die "the machine's own root stays visible"
rmdir /.old
mount -o remount,ro / || die "the private root cannot be made read-only"
cd "$directory" || die "$directory is not there"

# As a child and not by exec: the first process of a PID namespace ignores signals that it does not handle, also its own.
status=0
if [ "$user" = keep ]; then
	env -i "$@" || status=$?
else
	setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all env -i "$@" || status=$?
fi
exit "$status"
