# shellcheck shell=sh
# How running processes are replaced: a graceful stop is waited for and never interrupted, and a reload counts when its
# old workers are gone.

# service_may_reload RELEASE FROM: whether the configured reload or signal can bring RELEASE; else s_why says why not,
# and is empty if no reason needs to be given: nothing ran, or a release is reverted, perhaps because its reload did not
# work.
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

# service_replace: the restart, run by child_run. A service with a stop-timeout has that long to end; what still
# runs then is left alone (124): its supervisor knows of the restart, and starts it again when it has finished.
service_replace() {
	limit "${s_stop_limit:-600}"
	replace_end=$limit
	set --
	while service_do stopping "$@"; do
		! over "$replace_end" || return 124
		sleep 0.3 2>/dev/null || sleep 1
		set -- again
	done
	if [ -z "$s_pids" ]; then
		service_do restart
		return
	fi
	rm -f "$s_files.replaced"
	service_do before
	uptime_now
	replace_began=$uptime
	{
		replace_code=0
		service_do restart || replace_code=$?
		echo "$replace_code" >"$s_files.replaced"
	} &
	replace_pid=$!
	while [ ! -f "$s_files.replaced" ] && service_lingers; do
		[ -z "$s_stop_limit" ] || is_revert || ! over "$replace_end" || return 124
		sleep 0.2 2>/dev/null || sleep 1
	done
	uptime_now
	echo "$(((uptime - replace_began) / 100))" >"$s_files.stopped"
	wait "$replace_pid"
	read -r replace_code <"$s_files.replaced"
	return "$replace_code"
}

# service_cut: after a restart. A process that its supervisor killed at the end of the stop time did not finish its
# work: that is reported, and if a stop-timeout promised it longer, the release is reverted, so that the problem is seen
# before more processes are killed. Not by `systemctl stop` and `start` with a check between them: if this program dies
# there, the service stays down, and a stop also affects what depends on the unit, its RuntimeDirectory and the
# descriptors that systemd keeps for it. The start times are kept for both.
service_cut() {
	[ -n "$s_pids" ] || return 0
	cut_after=
	service_do cut
	[ -n "$cut_after" ] || return 0
	cut_what="its supervisor ${cut_surely}killed it $cut_after s after the request to stop ($cut_setting)"
	if [ -n "$s_stop_limit" ] && [ "$cut_after" -le "$s_stop_limit" ] && ! is_revert; then
		: >"$s_files.final"
		service_failed service-cut "service $s_name was cut: $cut_what, and its stop-timeout promises $s_stop_limit s" \
			"Give $cut_setting $((s_stop_limit + 15)) s. If the service never ends by SIGTERM (uWSGI without die-on-term), let it."
	else
		reply warning "service $s_name: $cut_what: it did not finish its work. Does it end by SIGTERM (uWSGI: die-on-term), and in that time?"
	fi
}

# Whether one of the earlier main processes still runs: the same process, since ids are reused.
service_lingers() {
	for linger_pid in $s_pids; do
		linger_start=$(process_start "$linger_pid")
		[ -z "$linger_start" ] || ! grep -qx "$linger_pid:$linger_start" "$s_files.before" || return 0
	done
	return 1
}

# After a reload the old workers finish their work, for as long as a graceful stop may take. service_prove decides
# whether they did.
service_renew() {
	limit "${s_stop_limit:-60}"
	renew_end=$limit
	while ! over "$renew_end"; do
		service_processes "$(basename "$(readlink "$v_root/current")")" | sort | comm -12 "$s_files.before" - >"$s_files.old"
		for renew_pid in $s_pids; do sed "/^$renew_pid:/d" "$s_files.old" >"$s_files.rest" && mv -f "$s_files.rest" "$s_files.old"; done
		[ -s "$s_files.old" ] || return 0
		alive
		sleep 0.3 2>/dev/null || sleep 1
	done
}
