# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034,SC2015 # v_… are values of the request (main.sh), and here values for others; A && B || C is meant as it is
# The dead man's switch of a place in a balancer that a command on this host gives back: armed before the place is taken. When nobody has
# held the host's lock for some time, and no transaction is open (the host's own switch takes back what is), the command runs in what is
# live. It travels with its call alone.
#
#   .tarlift/seats/<key>/      armed (its process), about, in (the request: task, variables, taken), program, more

# Values: do (probe, arm, disarm), key, after (seconds), run_as, timeout. Texts: task, variables; taken: its line in .tarlift/taken.
verb_seats() {
	own_place=$v_root/.tarlift/seats/$v_key
	switch_way
	case $v_do in
	probe) [ -n "$switch_way" ] || reply lacks way ;;
	arm) own_arm ;;
	disarm) own_remove "$own_place" ;;
	esac
}

own_remove() {
	rm -rf "$1"
	rmdir "${1%/*}"
} 2>/dev/null

own_arm() {
	rm -rf "$own_place"
	(umask 077 && mkdir -p "$own_place" && cp -R "$request" "$own_place/in") && mv "$own_place/in/program" "$own_place/more" &&
		printf '%s\n' "$v_root" "$v_after" "${v_run_as-}" "${v_timeout:-0}" "${v_owner-}" >"$own_place/about" ||
		fail_with "$v_root/.tarlift cannot be written" "Look at free space (df)."
	switch_start "$own_place" "$own_place/armed" own_main ||
		fail_with "the dead man's switch of a place in a balancer could not be armed ($switch_way)" "Look at the log of the host."
}

own_main() {
	switch_alone
	{
		read -r v_root
		read -r own_after
		read -r v_run_as
		read -r v_timeout
		read -r v_owner
	} <"$1/about"
	session=$1
	request=$1/in
	echo "$$" >"$1/armed.part" && mv "$1/armed.part" "$1/armed"
	own_quiet=0
	while sleep 1; do
		own_armed "$1" || exit 0
		own_quiet=$((own_quiet + 1))
		! lock_held || own_quiet=0
		[ "$own_quiet" -ge "$own_after" ] || continue
		! (own_give "$1") || break
	done
	! own_armed "$1" || own_remove "$1"
}

# Whether this process still is the one: a later run may have armed another in its place.
own_armed() {
	first_line "$1/armed"
	[ "$line" = "$$" ]
}

# Whether no transaction is open that the host's own switch has to take back first: where a release only was started anew, it has nothing
# to do.
own_whole() {
	transaction_read
	[ -z "$open_id" ] || [ "$open_phase" = precommit ] || [ "$open_release" = "$open_previous" ]
}

# own_give DIRECTORY: under the host's lock, which whoever is quicker has taken. False: not yet. A command that fails is not run again: the
# record stays, and the next run tells.
own_give() {
	lock_file "$v_root/.tarlift/lock"
	exec 9>>"$v_root/.tarlift/lock" 3>/dev/null
	lock_within 0 9 "$v_root/.tarlift/lock" || return 1
	own_armed "$1" || return 0
	own_whole || return 1
	link_release current
	[ -n "$line" ] || return 0
	printf '%s\n' "the dead man's switch of $v_owner" >"$v_root/.tarlift/owner"
	if task_run "$v_root/releases/$line" "$request/task" "$v_run_as" "$v_timeout" closed; then
		# Piped: a list that was cut on a full disk would pass for one that names nothing more.
		if grep -qvxF -f "$request/taken" "$v_root/.tarlift/taken"; then
			grep -vxF -f "$request/taken" "$v_root/.tarlift/taken" | write_file "$v_root/.tarlift/taken"
		else
			rm -f "$v_root/.tarlift/taken"
		fi
	fi
	rm -f "$v_root/.tarlift/owner"
}
