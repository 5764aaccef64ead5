# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# The host's lock: flock on channel 9, which the main process opened and every verb inherits. It is freed when the last
# process that holds it ends, by death and reboot too, so it is never stale.

# lock_file FILE: gives the file to this user alone. flock needs only read permission, so other users could hold a lock
# that they can open, also through a file that they opened earlier: such a file is replaced, unless a process of this
# user holds the lock.
lock_file() {
	case $(stat -c %a "$1" 2>/dev/null) in
	'')
		(umask 077 && : >>"$1") 2>/dev/null || return 1
		return 0
		;;
	*[1-7]) ;;
	*) return 0 ;;
	esac
	(
		umask 077
		# The process that holds the lock of the new file makes it; it has its name before it is free.
		exec 7>>"$1.new" 6>>"$1" || exit 1
		flock -n 7 || exit 0
		case $(stat -c %a "$1") in
		*[1-7])
			lock_shown || exit 0
			if flock -n 6 || ! lock_ours "$1"; then mv -f "$1.new" "$1"; fi
			;;
		*) rm -f "$1.new" ;;
		esac
	) 2>/dev/null
}

# lock_shown: whether the holder of a lock can be seen here (not with old kernels, nor in some sandboxes).
lock_shown() {
	(flock -n 7 && grep -qs '^lock:' /proc/self/fdinfo/7) 7>>"$session/lock-shown"
}

# lock_place FILE: sets $lock_place to a pattern for the kernel's name of FILE among its locks, `<device>:<inode>`; any
# device if that cannot be seen. The device is taken from a lock on the directory: for overlayfs and btrfs, stat reports
# another one.
lock_place() {
	lock_place=$( (flock -s -n 7 && sed -n 's/^lock:.* \([0-9a-f]*:[0-9a-f]*:\)[0-9]* .*/\1/p' /proc/self/fdinfo/7) 2>/dev/null 7<"${1%/*}")
	lock_place=" ${lock_place:-[0-9a-f]*:[0-9a-f]*:}$(stat -c %i "$1") "
}

# lock_ours FILE: whether a process of this user holds it, or none of them could be examined.
lock_ours() {
	lock_place "$1"
	lock_processes=$(echo /proc/[0-9]*/fdinfo/* | for_all grep -ls "^lock:.*FLOCK.*$lock_place") || return 0
	for lock_process in $lock_processes; do
		lock_process=${lock_process#/proc/}
		[ ! -O "/proc/${lock_process%%/*}" ] || return 0
	done
	return 1
}

# lock_stranger FILE: the process that took it, in words, if none of this user's holds it.
lock_stranger() {
	lock_place "$1"
	lock_process=$(sed -n "s/.*FLOCK .* \([0-9]*\)$lock_place.*/\1/p" /proc/locks 2>/dev/null | head -n 1)
	lock_user=$(stat -c %U "/proc/$lock_process" 2>/dev/null)
	echo "process ${lock_process:-unknown}${lock_user:+ of $lock_user}"
}

# lock_within SECONDS CHANNEL FILE: takes the lock of CHANNEL, which FILE was opened for; false after SECONDS.
lock_within() {
	lock_left=$1
	until flock -n "$2"; do
		[ "$lock_left" -gt 0 ] || return 1
		lock_left=$((lock_left - 1))
		alive
		sleep 1
		# The other side is gone, and its session with it.
		[ -d "$session" ] && [ ! -f "$session/ended" ] || exit 1
	done
	# Replaced by another run between opening and locking it.
	# shellcheck disable=SC3013 # dash, bash and busybox have it
	[ "/proc/self/fd/$2" -ef "$3" ]
}

# Waits up to v_wait seconds; false, with a reply, if another process holds it. The owner file is for messages only.
lock_take() {
	command -v flock >/dev/null || fail program-missing "this host has no flock" "Install util-linux, or a busybox with flock."
	[ -e "$session/channel-9" ] ||
		fail not-writable "the lock $v_root/.tarlift/lock cannot be opened by $(id -un)" "As root on the host: chown -R $(id -un) $v_root/.tarlift"
	if ! lock_within "${v_wait:-0}" 9 "$v_root/.tarlift/lock"; then
		# A run that took it a moment ago may not have written its name yet.
		for lock_look in 1 2 3 4 5; do
			first_line "$v_root/.tarlift/owner"
			[ -z "$first_line" ] || break
			sleep 0.2 2>/dev/null || sleep "$lock_look"
		done
		if lock_shown && lock_held && ! lock_ours "$v_root/.tarlift/lock"; then
			reply locked_by_stranger "$(lock_stranger "$v_root/.tarlift/lock")"
		fi
		reply locked_by "${first_line:-another run}"
		return 1
	fi
	printf '%s\n' "${v_owner-}" >"$v_root/.tarlift/owner"
	: >"$session/locked"
	step locked
	sessions_sweep
}

lock_release() {
	rm -f "$v_root/.tarlift/owner" "$session/locked"
	flock -u 9
}

# lock_held: whether a process holds the lock, without an attempt to take it: the owner file of a killed run stays
# behind.
lock_held() {
	lock_place "$v_root/.tarlift/lock"
	grep -q "FLOCK.*$lock_place" /proc/locks
}

# `tarlift lock`: deploys are held until a person releases them.
verb_hold() {
	mkdir -p "$v_root/.tarlift"
	write_file "$v_root/.tarlift/hold" <"$request/hold" ||
		fail not-writable "deploys cannot be held" "Give $v_root to the SSH user."
	log_event hold ""
}

verb_unhold() {
	rm -f "$v_root/.tarlift/hold" || fail not-writable "deploys stay held" "Give $v_root to the SSH user."
	log_event unhold ""
}
