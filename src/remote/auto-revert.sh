# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# Auto-revert: a process of its own, armed before the rename. If no process has held the lock for v_switch seconds and
# the transaction is still open before its precommit, the runner is gone, and the host reverts by itself.

# Sets $detach_method, by which a process that outlives this connection can be started here; empty: by none.
#   detached      sessions are not killed at their end
#   systemd-run   by root      user   by a user manager that lingers
detach_method() {
	detach_method=
	if ! detach_sessions_die; then
		! command -v setsid >/dev/null || detach_method=detached
	elif [ "$user_id" -eq 0 ]; then
		detach_method=systemd-run
	elif [ -e "/var/lib/systemd/linger/$user_name" ]; then
		detach_method=user
	fi
}

# The end of this session would end its processes (KillUserProcesses of logind, unless it excludes this user).
detach_sessions_die() {
	detach_session=no
	while read -r detach_line; do
		case $detach_line in */session-*) detach_session=yes ;; esac
	done </proc/self/cgroup
	[ "$detach_session" = yes ] && [ "$(detach_logind KillUserProcesses)" = "b true" ] || return 1
	# as 2 "root" "deploy"
	case $(detach_logind KillExcludeUsers) in *"\"$user_name\""*) return 1 ;; esac
	case $(detach_logind KillOnlyUsers) in '' | 'as 0' | *"\"$user_name\""*) ;; *) return 1 ;; esac
}

detach_logind() {
	busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager "$1" 2>/dev/null
}

# auto_revert_arm RELEASE PREVIOUS: before the rename. Without v_switch there is no auto-revert.
auto_revert_arm() {
	[ -n "${v_switch-}" ] && [ "$1" != "$2" ] || return 0
	detach_method
	[ -n "$detach_method" ] || {
		reply switch none
		return 0
	}
	auto_revert_place=$v_root/.tarlift/switch
	[ ! -e "$auto_revert_place" ] || rm -rf "$auto_revert_place"
	(umask 077 && mkdir "$auto_revert_place" && cp -R "$request" "$auto_revert_place/in") &&
		printf '%s\n' "$v_deploy_id" "$1" "$2" "$v_switch" "$v_root" "$v_environments_root" "${v_owner-}" >"$auto_revert_place/about" ||
		fail not-writable "$v_root/.tarlift cannot be written" "Look at free space (df)."
	detach "$detach_method" "$auto_revert_place" "$auto_revert_place/$v_deploy_id/armed" auto_revert_main ||
		fail auto-revert-unavailable "auto-revert could not be armed ($detach_method)" "Look at the log of the host, or leave \`auto-revert\` of the target at 0."
	reply switch "$detach_method"
}

# detach METHOD DIRECTORY PROOF FUNCTION: starts a process that calls FUNCTION of this program with DIRECTORY. A
# successful start command is no proof: the process makes the file PROOF itself, within some milliseconds on most hosts.
detach() {
	(umask 077 && printf '%s\n' "$tarlift_program" >"$2/program") || return 1
	detach_by=$1
	detach_proof=$3
	set -- /bin/sh "$2/program" "$4" "$2"
	# Programs that start services may be on the PATH of the login alone (/snap/bin, ~/.local/bin).
	[ "$detach_by" = detached ] || set -- --quiet --collect --setenv=PATH="$PATH" --setenv=HOME="${HOME-/}" "$@"
	case $detach_by in
	detached) setsid "$@" </dev/null >/dev/null 2>&1 3>&- 9>&- & ;;
	systemd-run) systemd-run "$@" >/dev/null 2>&1 3>&- 9>&- ;;
	user) XDG_RUNTIME_DIR=/run/user/$(id -u) systemd-run --user "$@" >/dev/null 2>&1 3>&- 9>&- ;;
	esac
	detach_checks=0
	while [ ! -f "$detach_proof" ] && [ "$detach_checks" -lt 500 ]; do
		detach_checks=$((detach_checks + 1))
		sleep 0.005 2>/dev/null || sleep 1
	done
	[ -f "$detach_proof" ]
}

# What a separate process needs before anything else.
detached_begin() {
	umask 022
	LC_ALL=C
	export LC_ALL
	cd / || exit 1
	trap '' HUP PIPE
	exec </dev/null >/dev/null 2>&1
	user_known
}

# The auto-revert process. It moves its input to a directory of its own: removing that directory disarms it.
auto_revert_main() {
	detached_begin
	{
		read -r v_deploy_id
		read -r auto_revert_release
		read -r auto_revert_previous
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
	auto_revert_quiet=0
	auto_revert_attempts=0
	while sleep 1; do
		[ -f "$session/armed" ] || exit 0
		auto_revert_open || break
		auto_revert_quiet=$((auto_revert_quiet + 1))
		! lock_held || auto_revert_quiet=0
		[ "$auto_revert_quiet" -ge "$v_switch" ] || continue
		auto_revert_now || continue
		# The transaction stays open if a service was not restored: one more attempt, later.
		auto_revert_quiet=0
		auto_revert_attempts=$((auto_revert_attempts + 1))
		[ "$auto_revert_attempts" -lt 5 ] || break
	done
	rm -rf "$session"
}

# Whether the transaction is still the one that this process watches, and not decided.
auto_revert_open() {
	transaction_read
	[ "$open_id" = "$v_deploy_id" ] && [ "$open_phase" != precommit ]
}

# Under the lock, which another process may have taken first.
auto_revert_now() {
	(
		lock_file "$v_root/.tarlift/lock"
		exec 9>>"$v_root/.tarlift/lock" 3>/dev/null
		lock_within 0 9 "$v_root/.tarlift/lock" || exit 1
		auto_revert_open || exit 0
		v_owner="the dead man's switch of $v_owner"
		printf '%s\n' "$v_owner" >"$v_root/.tarlift/owner"
		verb=revert
		v_from=$auto_revert_release
		v_to=$auto_revert_previous
		# Before the transaction's record is removed, which says the same: until another transaction begins, a rollback must
		# know that this one was reverted.
		write_line "$v_root/.tarlift/returned" "$open_record" || :
		(verb_revert)
		rm -f "$v_root/.tarlift/owner"
	)
}
