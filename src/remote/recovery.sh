# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # s_…: services.sh; session, verb, request: main.sh; settle_end is for evidence.sh
# The way back: a service is started again whatever state the release that failed has left its supervisor in, and one service that does not
# come back keeps no other from it.

going_back() {
	[ "$verb" = revert ]
}

# service_down WHAT: on the way back, in place of the end of the call: services_observe says it. The last lines are in $session/said.
service_down() {
	printf '%s\n' "${1#"service $s_name "}" >"$s_files.down"
	cp "$session/said" "$s_files.said"
}

# service_comes: on the way back, after a restart that its supervisor called failed, and a look: whether it runs all the same, or its
# supervisor will start it once more. The state of a command tells nothing of what its text did.
service_comes() {
	going_back && [ "$s_kind" != command ] || return 1
	service_starts || { [ "$s_state" = running ] && ! service_lingers; }
}

# service_again RELEASE FROM: once more for one that did not start or stay: what the failed release left (a port, a lock) may have been in
# its way. Not where that brings nothing: it is still finishing, is masked, or its supervisor does not answer.
service_again() {
	[ ! -f "$s_files.final" ] || return 0
	alive
	sleep 1
	rm -f "$s_files.down"
	service_look
	again_tries=${service_tries-}
	service_tries=
	service_act "$1" "$2" && service_await
	service_tries=$again_tries
}

# command_kill restart|stop: after that text of this service did not end in its time. Ends what its restart text has started, by SIGTERM,
# and five seconds later by SIGKILL: it carries the service's name in its environment. False when there was nothing.
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
	reply warning "service $s_name: its $1 command did not end within $step_limit s, and all that its restart command had started was ended (${kill_named#, })"
}

# Sets kill_found: the processes that a restart text of this service has started, and theirs.
command_started() {
	kill_found=
	for kill_at in /proc/[0-9]*; do
		! tr '\0' '\n' <"$kill_at/environ" | grep -qxF "TARLIFT_SERVICE=$v_root:$s_name" || kill_found="$kill_found ${kill_at#/proc/}"
	done 2>/dev/null
}

# What came back is left alone when the host goes back once more for another one.
services_back() {
	for name in $(services_named); do
		service_load "$name"
		[ -f "$s_files.wrong" ] || cp "$s_files.after" "$s_files.before" 2>/dev/null || :
	done
}

# Whether a service did not come back; s_name is the first of them.
services_down() {
	for name in $(services_named); do
		service_load "$name"
		[ ! -s "$s_files.down" ] && [ ! -s "$s_files.wrong" ] || return 0
	done
	return 1
}

# Seconds that a restart may have to wait for the start limit of its unit, where nothing lifts it.
service_wait() {
	case $s_kind in systemd | systemd-user) ;; *) echo 0 && return ;; esac
	wait_seconds=0
	! going_back || systemd_may reset-failed "$s_unit" || wait_seconds=$(start_limit)
	echo "${wait_seconds:-0}"
}

# systemd_may VERB UNIT: whether `systemctl VERB UNIT` needs no further right: by sudo's listing, or since it worked.
systemd_may() {
	[ "$s_kind" = systemd-user ] || [ "$user_id" -eq 0 ] || sudo_allows "$(command -v systemctl) $1 $2" ||
		{ [ "$1 $2" = "reset-failed $s_unit" ] && [ -f "$s_files.resets" ]; }
}

# systemd_restart: a release that died at once has used up the starts that systemd grants a unit in some seconds. Any further one is
# refused, that of a good release too, until `reset-failed` gives them back; where that is not allowed, until the seconds are over.
systemd_restart() {
	! systemd_call reset-failed "$s_unit" 2>/dev/null || : >"$s_files.resets"
	! going_back || systemd_listens
	restart_before=$(systemd_show InvocationID)
	restart_code=0
	systemd_call restart "$s_unit" || restart_code=$?
	restart_left=3
	systemd_may reset-failed "$s_unit" || restart_left=$(($(service_wait) + 1))
	while [ "$restart_code" -ne 0 ] && going_back && systemd_refused && [ "$restart_left" -gt 0 ]; do
		echo "systemd refused to start it, since it had been started too often" >"$s_files.waited"
		restart_left=$((restart_left - 1))
		sleep 1
		systemd_call reset-failed "$s_unit" 2>/dev/null
		restart_code=0
		systemd_call restart "$s_unit" || restart_code=$?
	done
	return "$restart_code"
}

# Whether the start was refused, and not tried in vain: each one that is tried gets an id of its own. A mask does not go away by itself.
# The limit leaves a unit failed; where a right or a dependency is missing, it is as it was, or inactive. Its Result does not tell: systemd
# keeps that of the start before.
systemd_refused() {
	[ "$(systemd_show LoadState)" = loaded ] && [ "$(systemd_show ActiveState)" = failed ] && [ "$(systemd_show InvocationID)" = "$restart_before" ]
}

# What starts the service on demand (a socket, a path) fails with it, and a socket is not opened while its service runs.
systemd_listens() {
	for listens_unit in $(systemd_show TriggeredBy); do
		case $listens_unit in *.socket | *.path) ;; *) continue ;; esac
		listens_failed "$listens_unit" || continue
		systemd_call stop "$s_unit"
		systemd_call reset-failed "$s_unit"
		systemd_call reset-failed "$listens_unit"
		systemd_call start "$listens_unit"
	done 2>/dev/null
}

listens_failed() {
	systemd_show ActiveState "$1" | grep -qx failed
}

# service_returned: after the restart; says for how long nothing served, where systemd made it wait.
service_returned() {
	[ -f "$s_files.waited" ] || return 0
	read -r returned_why <"$s_files.waited"
	rm -f "$s_files.waited"
	uptime_now
	first_line "$s_files.since"
	reply warning "service $s_name: its old release did not run for $(((uptime - line) / 100)) s: $returned_why, and $(returned_remedy)"
}

# service_since: when its old release was taken from it, in hundredths of a second of uptime.
service_since() {
	if going_back && [ -f "$s_files.since" ]; then return 0; fi
	uptime_now
	echo "$uptime" >"$s_files.since"
}

returned_remedy() {
	if systemd_may reset-failed "$s_unit"; then
		echo "was asked again"
	else
		echo "only its start limit's time lifted that. Run \`tarlift host setup\` for this host again: $user_name may not run \`systemctl reset-failed $s_unit\`"
	fi
}
