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

# service_again RELEASE FROM: once more for one that did not stay: what the failed release left (a port, a lock) may have been in its way.
service_again() {
	rm -f "$s_files.down"
	service_act "$1" "$2" && service_await
}

# command_kill: what a restart text of this service has started and no stop could end. It carries the service's name in its environment.
# False when there was nothing.
command_kill() {
	kill_found=
	for kill_at in /proc/[0-9]*; do
		! tr '\0' '\n' <"$kill_at/environ" | grep -qxF "TARLIFT_SERVICE=$v_root:$s_name" || kill_found="$kill_found ${kill_at#/proc/}"
	done 2>/dev/null
	[ -n "$kill_found" ] || return 1
	# shellcheck disable=SC2086 # process ids
	kill -KILL $kill_found 2>/dev/null
	reply warning "service $s_name: its stop did not end within $(service_limit) s, and its processes were killed (${kill_found# })"
}

# Whether a service did not come back; s_name is the first of them.
services_down() {
	for name in $(value services); do
		service_load "$name"
		[ ! -s "$s_files.down" ] && [ ! -s "$s_files.wrong" ] || return 0
	done
	return 1
}

# Seconds that a restart may have to wait for the start limit of its unit, where nothing lifts it.
service_wait() {
	case $s_kind in systemd | systemd-user) ;; *) echo 0 && return ;; esac
	wait_seconds=0
	! going_back || systemd_may reset-failed "$s_unit" || wait_seconds=$(systemd_show StartLimitIntervalUSec | seconds_of_span)
	echo "${wait_seconds:-0}"
}

# systemd_may VERB UNIT: whether `systemctl VERB UNIT` needs no further right.
systemd_may() {
	[ "$s_kind" = systemd-user ] || [ "$user_id" -eq 0 ] || sudo_allows "$(command -v systemctl) $1 $2"
}

# systemd_restart: a release that died at once has used up the starts that systemd grants a unit in some seconds. Any further one is
# refused, that of a good release too, until `reset-failed` gives them back; where that is not allowed, until the seconds are over.
systemd_restart() {
	systemd_call reset-failed "$s_unit" 2>/dev/null
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
systemd_refused() {
	[ "$(systemd_show LoadState)" = loaded ] && [ "$(systemd_show InvocationID)" = "$restart_before" ]
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
