# shellcheck shell=sh
# shellcheck disable=SC2154,SC2015 # v_… are values of the request (main.sh)
# The host's lock: flock on channel 9, which the main process opened and every verb inherits. It is freed when the last process that
# has it ends, by death and reboot too, so it is never stale.

# Waits up to v_wait seconds; false, and told, when somebody else has it. The owner file is for messages only.
lock_take() {
	command -v flock >/dev/null || fail_with "this host has no flock" "Install util-linux, or a busybox with flock."
	[ -e "$session/channel-9" ] ||
		fail_with "the lock $v_root/.tarlift/lock cannot be opened by $(id -un)" "As root on the host: chown -R $(id -un) $v_root/.tarlift"
	lock_left=${v_wait:-0}
	while ! flock -n 9; do
		if [ "$lock_left" -le 0 ]; then
			# Whoever took it a moment ago may not have said so yet.
			for lock_look in 1 2 3 4 5; do
				first_line "$v_root/.tarlift/owner"
				[ -z "$line" ] || break
				sleep 0.2 2>/dev/null || sleep "$lock_look"
			done
			reply locked_by "${line:-somebody}"
			return 1
		fi
		lock_left=$((lock_left - 1))
		alive
		sleep 1
		# The other side is gone, and its session with it.
		[ -d "$session" ] && [ ! -f "$session/ended" ] || exit 1
	done
	printf '%s\n' "${v_owner-}" >"$v_root/.tarlift/owner"
	: >"$session/locked"
	step locked
	sessions_sweep
}

lock_give() {
	rm -f "$v_root/.tarlift/owner" "$session/locked"
	flock -u 9
}

# lock_held: whether somebody has it, without trying to take it: the owner file of a run that was killed stays behind.
lock_held() {
	grep -q "FLOCK.*:$(stat -c %i "$v_root/.tarlift/lock") " /proc/locks
}

# `tarlift lock`: deploys are held until somebody lets them go again.
verb_hold() {
	mkdir -p "$v_root/.tarlift"
	write_file "$v_root/.tarlift/hold" <"$request/hold" ||
		fail_with "deploys cannot be held" "Give $v_root to the SSH user."
	log_event hold ""
}

verb_unhold() {
	rm -f "$v_root/.tarlift/hold"
	log_event unhold ""
}
