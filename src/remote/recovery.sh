# shellcheck shell=sh
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
# supervisor will start it once more.
service_comes() {
	going_back && service_do comes
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

# service_since: when its old release was taken from it, in hundredths of a second of uptime.
service_since() {
	if going_back && [ -f "$s_files.since" ]; then return 0; fi
	uptime_now
	echo "$uptime" >"$s_files.since"
}
