# shellcheck shell=sh
# Shell texts of tarlift.yml in place of a supervisor: kind `command`. Its texts are the files
# $request/service.<name>.restart, .stop and .status. Functions and their interface: ../defaults.sh.

# command_text restart|stop|status: runs that text in the live release, with its configuration; a stop text runs when
# its release (service_in), which is being replaced or was reverted as the first one, is no longer live. On the machine
# that deploys (`local`) it runs as the service's user.
command_text() {
	(
		text=$(cat "$request/service.$s_name.$1")
		if [ "$1" = restart ]; then
			TARLIFT_SERVICE=$v_root:$s_name
			export TARLIFT_SERVICE
		fi
		for directory in ${service_in:+"$v_root/releases/$service_in"} "$v_root/current" "$v_root/releases/${v_from-}"; do
			[ ! -f "$directory/.tarlift/exec" ] || in_release "$directory" "$s_commands_as" sh -ec "$text"
		done
		[ -z "$s_commands_as" ] || [ "$s_commands_as" = "$(id -un)" ] || exit 1
		cd "$v_root" || exit 1
		exec sh -ec "$text"
	)
}

command_look() {
	s_state=running
	s_detail="not verified: it has no status command"
	command_verified || return 0
	s_detail="its status command succeeds"
	look_code=0
	command_text status >"$s_files.look" 2>&1 || look_code=$?
	[ "$look_code" -ne 0 ] || return 0
	s_state=stopped
	s_detail="its status command fails ($(child_ended "$look_code")): $(tail -n 1 "$s_files.look")"
}

# command_kill restart|stop: called when that text of this service did not end in its time. Ends what its restart text
# has started, by SIGTERM, and five seconds later by SIGKILL: these processes have the service's name in their
# environment. False if there were none.
command_kill() {
	command_started
	[ -n "$kill_found" ] || return 1
	# shellcheck disable=SC2086 # process ids
	kill_named=$(for process in $kill_found; do
		read -r kill_name <"/proc/$process/comm" && printf ', %s %s' "$process" "$kill_name"
	done 2>/dev/null)
	for kill_left in 5 4 3 2 1 0; do
		# shellcheck disable=SC2086 # process ids
		if [ "$kill_left" -gt 0 ]; then kill -TERM $kill_found; else kill -KILL $kill_found; fi 2>/dev/null
		alive
		sleep 1
		command_started
		[ -n "$kill_found" ] || break
	done
	reply warning "service $s_name: its $1 command did not end within $child_limit s, and all that its restart command had started was ended (${kill_named#, })"
}

# Sets kill_found: the processes that a restart text of this service has started, and their descendants.
command_started() {
	kill_found=
	for kill_at in /proc/[0-9]*; do
		! tr '\0' '\n' <"$kill_at/environ" | grep -qxF "TARLIFT_SERVICE=$v_root:$s_name" || kill_found="$kill_found ${kill_at#/proc/}"
	done 2>/dev/null
}

# command_apart: the processes of a command are unknown, unless they ran beside the unit, and do not name it.
command_apart() {
	apart_word=${dropped_unit%%:*}
	! grep -qF "${apart_word%.service}" "$request/service.$s_name.restart" || return 1
	for apart_record in "$v_root"/.tarlift/releases/*/record; do
		! grep -qsF "service here $dropped_name $dropped_kind $dropped_unit " "$apart_record" ||
			! grep -qs "^service [a-z]* $s_name command " "$apart_record" || return 0
	done
	return 1
}

# There is no supervisor to ask.
command_verified() {
	[ -f "$request/service.$s_name.status" ]
}

command_unit() {
	return 1
}

# A status command's output is no proof of a restart.
command_least() {
	s_level=supervisor
	command_verified || s_level=unverified
	return 1
}

# Nothing is known of a service without a status.
command_idle() {
	default_idle || { [ "$verb" = observe ] && ! command_verified; }
}

# The state of a command does not show what its text did.
command_comes() {
	return 1
}

# Nothing else ends a restart text that waits in vain.
command_limit() {
	limit_stop=600
	! is_revert || limit_stop=90
}

command_restart() {
	command_text restart
}

command_end_restart() {
	command_kill restart || :
}

command_may_stop() {
	[ -f "$request/service.$s_name.stop" ]
}

command_stop() {
	stop_code=0
	child_run "$(service_limit)" command_text stop || stop_code=$?
	[ "$child_timed_out" -eq 0 ] || ! command_kill stop || stop_code=0
	return "$stop_code"
}

# Its output is all that there is.
command_no_log() {
	no_log=
}

command_owner() {
	is_owner "$s_commands_as"
}

command_same() {
	return 1
}
