#!/bin/sh
# The private root in which a check runs. It is started as root of new namespaces (src/bundle/isolated-root.ts). Every
# value is an argument, none is spliced into this text. What a check leaves disappears with the namespaces.
#
#   isolated-root.sh guard COMMAND...
#   isolated-root.sh ROOT USER NETWORK HIDDEN... -- READABLE... -- BIND... -- SHARED... -- ENV... COMMAND...
#     guard     runs COMMAND outside, and ends it when standard input ends, even because the process at the other
#               end was killed
#     ROOT      an empty directory: the new root is mounted there
#     USER      numeric user and group of the check, or `keep:UID:GID`: without root the user stays the same
#     NETWORK   `none`, or `host`
#     HIDDEN    directories in the system's directories that appear empty: a home or a workspace below /opt
#     READABLE  further directories that are visible, read-only
#     BIND      FROM TO: FROM is visible at TO, read-only; the check starts in the last one
#     SHARED    empty, writable directories, as on a new host
#     ENV       NAME=VALUE, the whole environment
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 022

if [ "$1" = guard ]; then
	shift
	exec 3<&0 </dev/null
	"$@" 3<&- &
	child=$!
	trap 'kill -KILL "$child"' TERM
	(
		trap : TERM
		read -r _ <&3 || :
		kill -KILL "$child"
	) >/dev/null 2>&1 &
	watcher=$!
	exec 3<&-
	status=0
	wait "$child" || status=$?
	kill -KILL "$watcher" 2>/dev/null || :
	exit "$status"
fi

die() {
	printf 'isolated-root: %s\n' "$1" >&2
	exit 125
}

root=$1
user=$2
network=$3
shift 3

# Mounts must not propagate to the machine.
mount --make-rprivate / || die "mounts cannot be made private"
mount -t tmpfs -o mode=755 tmpfs "$root" || die "no private root can be mounted"

# show FROM TO: a read-only view, including what is mounted below. Flags of the underlying mount that must not be
# dropped are kept.
show() {
	if [ -d "$1" ]; then
		mkdir -p "$root$2"
	else
		mkdir -p "$root${2%/*}"
		: >"$root$2"
	fi
	mount --rbind "$1" "$root$2" || die "cannot show $1"
	# The flag does not apply to the mounts below: each gets its own. The fifth field escapes spaces as printf does.
	below=$(printf '%s' "$root$2" | sed 's/ /\\040/g')
	while read -r _ _ _ _ point _; do
		case $point/ in
			"$below"/*)
				# shellcheck disable=SC2059
				point=$(printf "$(printf '%s' "$point" | sed 's/%/%%/g')")
				mount -o remount,bind,ro "$point" 2>/dev/null ||
					mount -o remount,bind,ro,nosuid,nodev "$point" 2>/dev/null ||
					mount -o remount,bind,ro,nosuid,nodev,noexec "$point" || die "cannot make $point read-only"
				;;
		esac
	done <<MOUNTS
$(cat /proc/self/mountinfo)
MOUNTS
}

# Writable directories come first, since an environment may be below /tmp.
mkdir -p "$root/proc" "$root/dev/shm" "$root/tmp" "$root/run" "$root/root" "$root/home" "$root/var/tmp"
for name in dev/shm tmp var/tmp; do
	mount -t tmpfs -o mode=1777 tmpfs "$root/$name" || die "no /$name of its own"
done
# Never the machine's /proc: it shows the processes of all users, with their environments.
mount -t proc proc "$root/proc" || die "no /proc of its own"
for device in null zero full random urandom tty; do
	[ -e "/dev/$device" ] || continue
	: >"$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "$root/dev/${number#*:}"; done

for name in usr bin sbin lib lib32 lib64 libx32 etc opt; do
	if [ -L "/$name" ]; then
		ln -s "$(readlink "/$name")" "$root/$name"
	elif [ -d "/$name" ]; then
		show "/$name" "/$name"
	fi
done
# systemd-resolved keeps the file below /run, which is not visible.
resolver=$(readlink -f /etc/resolv.conf || :)
case $network$resolver in
	host/run/*) [ ! -f "$resolver" ] || show "$resolver" "$resolver" ;;
esac
while [ "$1" != -- ]; do
	if [ -d "$root$1" ]; then
		mount -t tmpfs -o mode=755 tmpfs "$root$1" || die "$1 cannot be hidden"
	fi
	shift
done
shift
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
while [ "$1" != -- ]; do
	mount -t tmpfs -o mode=1777 tmpfs "$root$1" || die "no $1 of its own"
	shift
done
shift

if [ "$network" = none ]; then
	ip link set lo up 2>/dev/null || ifconfig lo up || die "no loopback interface: iproute2 is missing"
fi

mkdir -p "$root/.old"
cd "$root"
pivot_root . .old || die "pivot_root failed"
cd /
umount -l /.old || die "the machine's own root stays visible"
rmdir /.old
mount -o remount,bind,ro / || die "the private root cannot be made read-only"
cd "$directory" || die "$directory is not there"

# As a child and not by exec: the first process of a PID namespace ignores signals that it does not handle, even its
# own.
status=0
case $user in
	keep:*)
		# Root of a user namespace could make everything writable again. As this user in another namespace it cannot change
		# these mounts.
		ids=${user#keep:}
		unshare --user --map-user="${ids%:*}" --map-group="${ids#*:}" setpriv --no-new-privs env -i "$@" || status=$?
		;;
	*)
		setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all env -i "$@" ||
			status=$?
		;;
esac
exit "$status"
