# shellcheck shell=sh
# Problems that would prevent a restart of the request's services, as findings and warnings: nothing is changed.

services_known() {
	for name in $(value services); do
		service_load "$name"
		service_user_known
		service_do known
		modes_service
		readers_service
	done
	readers_note
	[ -z "${sudo_listing_read-}" ] || sudo_gives_root
	[ -z "$(value services)" ] || proc_open ||
		reply warning "processes of other users are hidden from $(id -un) on this host (hidepid of /proc, or ProtectProc= of sshd's unit): which release a service runs may be seen only over HTTP, by a health check with release-header"
}

# A service with a user of its own: the user exists, and can read the configuration, which belongs to the group of the
# target's run-as.
service_user_known() {
	[ -n "$s_run_as" ] && [ "$s_run_as" != "${v_run_as-}" ] && [ "$s_run_as" != "$(id -un)" ] || return 0
	if ! id -u "$s_run_as" >/dev/null 2>&1; then
		finding user-missing "service $s_name: this host has no user $s_run_as" "Create it, or change the service's run-as."
		return 0
	fi
	id -G "$s_run_as" | tr ' ' '\n' | grep -qxF "$(id -g ${v_run_as:+"$v_run_as"})" && return
	group_word "${v_run_as:-$(id -un)}"
	reply warning "service $s_name: $s_run_as is not in the group $group_word, which may read the configuration: usermod -aG $group_word $s_run_as (systemd's EnvironmentFile= works without)"
}

# service_kills_after SECONDS SETTING: a stop-timeout has no effect if the supervisor kills earlier, or at the same
# time.
service_kills_after() {
	[ -n "$s_stop_limit" ] && [ "${1:-infinity}" -le "$s_stop_limit" ] 2>/dev/null || return 0
	reply warning "service $s_name: its supervisor kills it $1 s after the request to stop ($2), and its stop-timeout of $s_stop_limit s promises longer: a deploy that cuts it so fails. Give $2 $((s_stop_limit + 15)) s"
}

# service_first WORD: prints it if this host has no release yet: a first release that fails is stopped.
service_first() {
	[ -L "$v_root/current" ] || echo "$1"
}

# `current` as text in a command line makes an old process import new code after a swap.
service_warn_current() {
	for process in $s_pids; do
		if tr '\0' ' ' <"/proc/$process/cmdline" 2>/dev/null | grep -v '/\.tarlift/exec' | grep -qF "$v_root/current/"; then
			reply warning "service $s_name: its command line has paths through $v_root/current, so that after a swap old processes import new code; use paths relative to the working directory (.venv/bin/…)"
			return 0
		fi
	done
}
