# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# Auto-revert: a process of its own, armed before the rename. If no process has held the lock for v_switch seconds and
# the transaction is still open before its precommit, the runner is gone, and the host reverts by itself.

# switch_way: how a process that outlives this connection can be started here, in $switch_way; empty: not at all.
#   detached      sessions are not killed at their end
#   systemd-run   by root      user   by a user manager that lingers
switch_way() {
	switch_way=
	if ! switch_sessions_die; then
		! command -v setsid >/dev/null || switch_way=detached
	elif [ "$user_id" -eq 0 ]; then
		switch_way=systemd-run
	elif [ -e "/var/lib/systemd/linger/$user_name" ]; then
		switch_way=user
	fi
}

# The end of this session would end its processes (KillUserProcesses of logind, unless it excludes this user).
switch_sessions_die() {
	switch_session=no
	while read -r switch_line; do
		case $switch_line in */session-*) switch_session=yes ;; esac
	done </proc/self/cgroup
	[ "$switch_session" = yes ] && [ "$(switch_logind KillUserProcesses)" = "b true" ] || return 1
	# as 2 "root" "deploy"
	case $(switch_logind KillExcludeUsers) in *"\"$user_name\""*) return 1 ;; esac
	case $(switch_logind KillOnlyUsers) in '' | 'as 0' | *"\"$user_name\""*) ;; *) return 1 ;; esac
}

switch_logind() {
	busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager "$1" 2>/dev/null
}

# switch_arm RELEASE PREVIOUS: before the rename. Without v_switch there is no auto-revert.
switch_arm() {
	[ -n "${v_switch-}" ] && [ "$1" != "$2" ] || return 0
	switch_way
	[ -n "$switch_way" ] || {
		reply switch none
		return 0
	}
	switch_place=$v_root/.tarlift/switch
	[ ! -e "$switch_place" ] || rm -rf "$switch_place"
	(umask 077 && mkdir "$switch_place" && cp -R "$request" "$switch_place/in") &&
		printf '%s\n' "$v_deploy_id" "$1" "$2" "$v_switch" "$v_root" "$v_environments_root" "${v_owner-}" >"$switch_place/about" ||
		fail not-writable "$v_root/.tarlift cannot be written" "Look at free space (df)."
	switch_start "$switch_place" "$switch_place/$v_deploy_id/armed" switch_main ||
		fail auto-revert-unavailable "the dead man's switch could not be armed ($switch_way)" "Look at the log of the host, or leave \`switch\` of the target at 0."
	reply switch "$switch_way"
}

# switch_start DIRECTORY PROOF FUNCTION: starts a process by $switch_way, which calls FUNCTION of this program with
# DIRECTORY. A successful start command is no proof: the process makes the file PROOF itself, within some milliseconds
# on most hosts.
switch_start() {
	(umask 077 && printf '%s\n' "$tarlift_program" >"$1/program") || return 1
	switch_proof=$2
	set -- /bin/sh "$1/program" "$3" "$1"
	# Programs that start services may be on the PATH of the login alone (/snap/bin, ~/.local/bin).
	[ "$switch_way" = detached ] || set -- --quiet --collect --setenv=PATH="$PATH" --setenv=HOME="${HOME-/}" "$@"
	case $switch_way in
	detached) setsid "$@" </dev/null >/dev/null 2>&1 3>&- 9>&- & ;;
	systemd-run) systemd-run "$@" >/dev/null 2>&1 3>&- 9>&- ;;
	user) XDG_RUNTIME_DIR=/run/user/$(id -u) systemd-run --user "$@" >/dev/null 2>&1 3>&- 9>&- ;;
	esac
	switch_look=0
	while [ ! -f "$switch_proof" ] && [ "$switch_look" -lt 500 ]; do
		switch_look=$((switch_look + 1))
		sleep 0.005 2>/dev/null || sleep 1
	done
	[ -f "$switch_proof" ]
}

# What a separate process needs before anything else.
switch_alone() {
	umask 022
	LC_ALL=C
	export LC_ALL
	cd / || exit 1
	trap '' HUP PIPE
	exec </dev/null >/dev/null 2>&1
	user_known
}

# The auto-revert process. It moves its input to a directory of its own: removing that directory disarms it.
switch_main() {
	switch_alone
	{
		read -r v_deploy_id
		read -r switch_release
		read -r switch_previous
		read -r v_switch
		read -r v_root
		read -r v_environments_root
		read -r v_owner
	} <"$1/about"
	session=$1/$v_deploy_id
	request=$session/in
	mkdir "$session" && mv "$1/in" "$session/" || exit 1
	user_known
	v_services=$(value services)
	echo "$$" >"$session/armed"
	switch_quiet=0
	switch_tries=0
	while sleep 1; do
		[ -f "$session/armed" ] || exit 0
		switch_open || break
		switch_quiet=$((switch_quiet + 1))
		! lock_held || switch_quiet=0
		[ "$switch_quiet" -ge "$v_switch" ] || continue
		switch_back || continue
		# The transaction stays open if a service was not restored: one more attempt, later.
		switch_quiet=0
		switch_tries=$((switch_tries + 1))
		[ "$switch_tries" -lt 5 ] || break
	done
	rm -rf "$session"
}

# Whether the transaction is still the one that this process watches, and not decided.
switch_open() {
	transaction_read
	[ "$open_id" = "$v_deploy_id" ] && [ "$open_phase" != precommit ]
}

# Under the lock, which another process may have taken first.
switch_back() {
	(
		lock_file "$v_root/.tarlift/lock"
		exec 9>>"$v_root/.tarlift/lock" 3>/dev/null
		lock_within 0 9 "$v_root/.tarlift/lock" || exit 1
		switch_open || exit 0
		v_owner="the dead man's switch of $v_owner"
		printf '%s\n' "$v_owner" >"$v_root/.tarlift/owner"
		verb=revert
		v_from=$switch_release
		v_to=$switch_previous
		# Before the transaction's record is removed, which says the same: until another transaction begins, a rollback must
		# know that this one was reverted.
		write_line "$v_root/.tarlift/returned" "$line" || :
		(verb_revert)
		rm -f "$v_root/.tarlift/owner"
	)
}
