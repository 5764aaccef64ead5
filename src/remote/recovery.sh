# shellcheck shell=sh
# Reverting services: a service is restarted whatever state the failed release has left its supervisor in, and one
# service that cannot be restored does not keep another from it.

is_revert() {
	[ "$verb" = revert ]
}

# service_down WHAT: in a revert, instead of ending the call: services_observe reports it. The last lines are in
# $session/said.
service_down() {
	printf '%s\n' "${1#"service $s_name "}" >"$s_files.down"
	cp "$session/said" "$s_files.said"
}

# service_comes: in a revert, after a restart that its supervisor reported as failed, and a check: whether it runs all
# the same, or its supervisor will start it once more.
service_comes() {
	is_revert && service_do comes
}

# service_again RELEASE FROM: one more attempt for a service that did not start or stay: what the failed release left (a
# port, a lock) may have been in its way. Not if that is useless: the service is still finishing, is masked, or its
# supervisor does not answer.
service_again() {
	[ ! -f "$s_files.final" ] || return 0
	alive
	sleep 1
	rm -f "$s_files.down"
	service_look
	again_attempts=${service_attempts-}
	service_attempts=
	service_act "$1" "$2" && service_await
	service_attempts=$again_attempts
}

# Restored services are left alone when the host reverts once more because of another one.
services_restored() {
	for name in $(services_named); do
		service_load "$name"
		[ -f "$s_files.wrong" ] || cp "$s_files.after" "$s_files.before" 2>/dev/null || :
	done
}

# Whether a service was not restored; s_name is the first of them.
services_down() {
	for name in $(services_named); do
		service_load "$name"
		[ ! -s "$s_files.down" ] && [ ! -s "$s_files.wrong" ] || return 0
	done
	return 1
}

# service_since: when its old release was replaced, in hundredths of a second of uptime.
service_since() {
	if is_revert && [ -f "$s_files.since" ]; then return 0; fi
	uptime_now
	echo "$uptime" >"$s_files.since"
}
