# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# A delayed task: a command that this host runs by itself, in the live release, when no run has held its lock for some
# time and no transaction is open (the host's auto-revert reverts an open one). It restores a server in a balancer. It
# is sent only with its own call.
#
#   .tarlift/seats/<key>/      armed (its process), about, in (the request: task, variables, taken), program, more

# Values: do (probe, arm, disarm), key, after (seconds), run_as, timeout. Texts: task, variables; taken: its line in
# .tarlift/taken.
verb_later() {
	later_place=$v_root/.tarlift/seats/$v_key
	case $v_do in
	probe)
		detach_method
		[ -n "$detach_method" ] || reply lacks way
		;;
	arm) later_arm ;;
	disarm) later_remove "$later_place" ;;
	esac
}

# later_remove DIRECTORY: it may not exist, and others may be beside it.
later_remove() {
	rm -rf "$1"
	rmdir "${1%/*}" || :
} 2>/dev/null

later_arm() {
	detach_method
	rm -rf "$later_place"
	(umask 077 && mkdir -p "$later_place" && cp -R "$request" "$later_place/in") && mv "$later_place/in/program" "$later_place/more" &&
		printf '%s\n' "$v_root" "$v_after" "${v_run_as-}" "${v_timeout:-0}" "${v_owner-}" >"$later_place/about" ||
		fail not-writable "$v_root/.tarlift cannot be written" "Look at free space (df)."
	detach "$detach_method" "$later_place" "$later_place/armed" later_main ||
		fail auto-revert-unavailable "the delayed task could not be started ($detach_method)" "Look at the log of the host."
}

later_main() {
	detached_begin
	{
		read -r v_root
		read -r later_after
		read -r v_run_as
		read -r v_timeout
		read -r v_owner
	} <"$1/about"
	session=$1
	request=$1/in
	echo "$$" >"$1/armed.part" && mv "$1/armed.part" "$1/armed"
	later_quiet=0
	while sleep 1; do
		later_armed "$1" || exit 0
		later_quiet=$((later_quiet + 1))
		! lock_held || later_quiet=0
		[ "$later_quiet" -ge "$later_after" ] || continue
		! (later_run "$1") || break
	done
	! later_armed "$1" || later_remove "$1"
}

# Whether this process is still the current one: a later run may have armed another in its place.
later_armed() {
	first_line "$1/armed"
	[ "$first_line" = "$$" ]
}

# Whether no transaction is open that the host's own auto-revert must revert first; if services of the release were only
# restarted, auto-revert has nothing to do.
later_allowed() {
	transaction_read
	[ -z "$open_id" ] || [ "$open_phase" = precommit ] || [ "$open_release" = "$open_previous" ]
}

# later_run DIRECTORY: runs under the host's lock, which a run may have taken first. False: not yet. A command that
# fails is not repeated: the record stays, and the next run reports it.
later_run() {
	lock_file "$v_root/.tarlift/lock"
	exec 9>>"$v_root/.tarlift/lock" 3>/dev/null
	lock_within 0 9 "$v_root/.tarlift/lock" || return 1
	later_armed "$1" || return 0
	later_allowed || return 1
	link_release current
	[ -n "$link_release" ] || return 0
	printf '%s\n' "the dead man's switch of $v_owner" >"$v_root/.tarlift/owner"
	if task_run "$v_root/releases/$link_release" "$request/task" "$v_run_as" "$v_timeout" closed; then
		# Read through a pipe: a list that was cut on a full disk would look like one that names nothing more.
		if grep -qvxF -f "$request/taken" "$v_root/.tarlift/taken"; then
			grep -vxF -f "$request/taken" "$v_root/.tarlift/taken" | write_file "$v_root/.tarlift/taken"
		else
			rm -f "$v_root/.tarlift/taken"
		fi
	fi
	rm -f "$v_root/.tarlift/owner"
}
