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
	limit "${s_stop_limit:-600}"
	replace_end=$limit
	while service_stops; do
		! over "$replace_end" || return 124
		sleep 0.3 2>/dev/null || sleep 1
		supervisor_call status "$s_unit" >"$s_files.look" 2>&1
	done
	if [ -z "$s_pids" ]; then
		"$@"
		return
	fi
	rm -f "$s_files.replaced"
	case $s_kind in
	supervisord) supervisor_log_size >"$s_files.logged" ;;
	systemd | systemd-user) systemd_show ActiveExitTimestampMonotonic >"$s_files.exited" ;;
	esac
	uptime_now
	replace_began=$uptime
	{
		replace_code=0
		"$@" || replace_code=$?
		echo "$replace_code" >"$s_files.replaced"
	} &
	replace_pid=$!
	while [ ! -f "$s_files.replaced" ] && service_lingers; do
		[ -z "$s_stop_limit" ] || going_back || ! over "$replace_end" || return 124
		sleep 0.2 2>/dev/null || sleep 1
	done
	uptime_now
	echo "$(((uptime - replace_began) / 100))" >"$s_files.stopped"
	wait "$replace_pid"
	read -r replace_code <"$s_files.replaced"
	return "$replace_code"
}

# service_cut: after a restart. A process that its supervisor killed at the end of the time that a stop may take did not finish what it
# was at: that is said, and where a stop-timeout promised it longer, the release goes back, so that it is seen before more is cut.
# Not by `systemctl stop` and `start` with a look between them: who dies there leaves the service down, and a stop takes along what
# depends on the unit, its RuntimeDirectory and the descriptors that systemd keeps for it. When each began is kept for both.
service_cut() {
	[ -n "$s_pids" ] || return 0
	cut_after=
	case $s_kind in
	systemd | systemd-user) systemd_cut ;;
	supervisord) supervisor_cut ;;
	esac
	[ -n "$cut_after" ] || return 0
	cut_what="its supervisor ${cut_surely}killed it $cut_after s after it was told to stop ($cut_setting)"
	if [ -n "$s_stop_limit" ] && [ "$cut_after" -le "$s_stop_limit" ] && ! going_back; then
		: >"$s_files.final"
		service_failed "service $s_name was cut: $cut_what, and its stop-timeout promises $s_stop_limit s" \
			"Give $cut_setting $((s_stop_limit + 15)) s. If the service never ends by SIGTERM (uWSGI without die-on-term), let it."
	else
		reply warning "service $s_name: $cut_what: it did not finish what it was at. Does it end by SIGTERM (uWSGI: die-on-term), and in that time?"
	fi
}

# By systemd's own times of the stop: it kills at no other moment than the end of TimeoutStopSec. Commands of the unit that run at a stop
# have such a time each, so that with them it is no more than probable. One that was not active when it was told to stop has no such time: what
# systemd shows then is of an earlier run.
systemd_cut() {
	systemd_shows TimeoutStopUSec SendSIGKILL ActiveExitTimestampMonotonic InactiveEnterTimestampMonotonic ExecStop ExecStopPost >"$s_files.show"
	cut_limit=$(shown TimeoutStopUSec | seconds_of_limit)
	cut_began=$(shown ActiveExitTimestampMonotonic)
	cut_ended=$(shown InactiveEnterTimestampMonotonic)
	first_line "$s_files.exited"
	# dash and busybox end at an expression that is none: systemd may not have answered.
	case $cut_began:$cut_ended in :* | *: | *[!0-9:]* | "$line":*) return 0 ;; esac
	[ -n "$cut_limit" ] && [ "$(shown SendSIGKILL)" = yes ] && [ $((cut_ended - cut_began)) -ge "${cut_limit}000000" ] || return 0
	cut_surely=
	[ -z "$(shown ExecStop)$(shown ExecStopPost)" ] || cut_surely="probably "
	cut_after=$cut_limit
	cut_setting=TimeoutStopSec
}

# By supervisord's own log where it can be read; else by the time alone, which began a moment before supervisord was told.
supervisor_cut() {
	cut_limit=$(supervisor_setting stopwaitsecs 10)
	cut_surely=
	first_line "$s_files.logged"
	cut_logged=$line
	first_line "$s_files.stopped"
	if [ -n "$cut_logged" ]; then
		tail -c "+$((cut_logged + 1))" "$(supervisor_own_log)" >"$s_files.log"
		for cut_pid in $s_pids; do
			! grep -qF "($cut_pid) with SIGKILL" "$s_files.log" || cut_after=${cut_limit:-$line}
		done
	else
		cut_surely="probably "
		! [ "${line:-0}" -ge "${cut_limit:-infinity}" ] 2>/dev/null || cut_after=$cut_limit
	fi
	cut_setting=stopwaitsecs
}

# Where supervisord logs that it kills, as its configuration says; nothing where that cannot be read.
supervisor_own_log() {
	supervisor_text | awk '
		/^\[/ { mine = /^\[supervisord\]/ }
		mine && /^logfile[ \t]*=/ { sub(/^[^=]*=[ \t]*/, ""); sub(/[ \t]*(;.*)?$/, ""); found = $0 }
		END { if (found != "") print found }'
}

supervisor_log_size() {
	log_main=$(supervisor_own_log)
	[ ! -r "${log_main:-/}" ] || [ ! -f "$log_main" ] || wc -c <"$log_main"
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
