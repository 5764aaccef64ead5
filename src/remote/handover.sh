# shellcheck shell=sh
# shellcheck disable=SC2154 # s_…: services.sh; v_root, session, verb: main.sh
# How what runs gives way to what comes: a graceful stop is waited for and never cut, and a reload counts when its old workers are gone.

# service_may_reload RELEASE FROM: whether the configured reload or signal can bring RELEASE; else s_why says why not, and is empty where
# that needs no word: nothing ran, or a release is taken back, perhaps because its reload did not work.
service_may_reload() {
	s_why=
	[ -n "$2" ] && [ "$s_state" = running ] && [ "$verb" != revert ] || return 1
	if [ "$(release_environments "$1")" != "$(release_environments "$2")" ]; then
		s_why="its environment changes"
	elif [ "$(release_configuration "$1")" != "$(release_configuration "$2")" ]; then
		s_why="the configuration changes, and a process keeps the one that it was started with"
	elif [ "$(wc -l <"$s_files.before")" -le "$(echo "$s_pids" | wc -w)" ]; then
		s_why="it has no workers that could be renewed"
	fi
	[ -z "$s_why" ]
}

release_configuration() {
	sed -n 's/^configuration //p' "$v_root/.tarlift/releases/$1/record" 2>/dev/null
}

supervisor_replace() {
	supervisor_log_handover &
	supervisor_call restart "$s_unit"
}

# service_replace: the restart, as the child of a step. A service with a stop-timeout has that long to end; what then still runs is left
# alone (124): its supervisor was told, and starts it anew when it has finished.
service_replace() {
	case $s_kind in
	supervisord) set -- supervisor_replace ;;
	command) set -- service_text restart ;;
	*) set -- systemd_restart ;;
	esac
	replace_end=$(($(date +%s) + ${s_stop_limit:-600}))
	while service_stops; do
		[ "$(date +%s)" -le "$replace_end" ] || return 124
		sleep 0.3 2>/dev/null || sleep 1
		supervisor_call status "$s_unit" >"$s_files.look" 2>&1
	done
	if [ -z "$s_stop_limit" ] || [ -z "$s_pids" ]; then
		"$@"
		return
	fi
	rm -f "$s_files.replaced"
	{
		replace_code=0
		"$@" || replace_code=$?
		echo "$replace_code" >"$s_files.replaced"
	} &
	replace_pid=$!
	while [ ! -f "$s_files.replaced" ] && service_lingers; do
		[ "$(date +%s)" -le "$replace_end" ] || return 124
		sleep 0.2 2>/dev/null || sleep 1
	done
	wait "$replace_pid"
	read -r replace_code <"$s_files.replaced"
	return "$replace_code"
}

# Whether supervisord, when it was asked last, was still stopping it, for an earlier run: it cannot be started meanwhile.
service_stops() {
	[ "$s_kind" = supervisord ] && grep -q ' STOPPING ' "$s_files.look"
}

# Whether one of the main processes that were there before still is: the same one, since ids are used again.
service_lingers() {
	for linger_pid in $s_pids; do
		linger_start=$(process_start "$linger_pid")
		[ -z "$linger_start" ] || ! grep -qx "$linger_pid:$linger_start" "$s_files.before" || return 0
	done
	return 1
}

# After a reload the old workers finish what they are at, for as long as a graceful stop may take. Whether they did is service_prove's
# to judge.
service_renew() {
	renew_end=$(($(date +%s) + ${s_stop_limit:-60}))
	while [ "$(date +%s)" -le "$renew_end" ]; do
		service_processes "$(basename "$(readlink "$v_root/current")")" | sort | comm -12 "$s_files.before" - >"$s_files.old"
		for renew_pid in $s_pids; do sed "/^$renew_pid:/d" "$s_files.old" >"$s_files.rest" && mv -f "$s_files.rest" "$s_files.old"; done
		[ -s "$s_files.old" ] || return 0
		alive
		sleep 0.3 2>/dev/null || sleep 1
	done
}
