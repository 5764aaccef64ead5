# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # s_…: services.sh; v_…, user_…: main.sh; modes and modes_why are for facts.sh
# Which modes the files of a release have. `open`: their owner, the SSH user, may write them (0644, 0755), as in a checkout, so that a
# program that copies one with its mode (a database from a template) gets a copy that it can write. `closed`: their owner may not (0444,
# 0555), wherever a service or a task runs as that owner: it could write through a hard link into each release that has the same file.

# After services_known. Sets $modes, and $modes_why where they are closed.
modes_choose() {
	modes=closed
	if is_owner "${v_run_as-}"; then
		modes_why="hooks and migrations run as $user_name, who owns them"
	elif [ -n "${modes_service_why-}" ]; then
		modes_why=$modes_service_why
	else
		modes=open
	fi
}

# After service_load and a look at the service: keeps the first reason for which one runs as the owner of the files. The supervisor's own
# word and the processes that are there count beside the configuration, which may say something else.
modes_service() {
	[ -z "${modes_service_why-}" ] || return 0
	case $s_kind in
	systemd-user) modes_runs=yes ;;
	command) if is_owner "$s_commands_as"; then modes_runs=yes; else modes_runs=no; fi ;;
	*)
		modes_runs=no
		! is_owner "${s_run_as:-${v_run_as-}}" || modes_runs=yes
		[ "$s_kind" != systemd ] || ! modes_unit || modes_runs=yes
		for modes_pid in ${s_pids-}; do
			[ "$(stat -c %u "/proc/$modes_pid" 2>/dev/null)" != "$user_id" ] || modes_runs=yes
		done
		;;
	esac
	[ "$modes_runs" = no ] || modes_service_why="service $s_name runs as $user_name, who owns them"
}

# Whether the unit runs as the owner: no User= is root.
modes_unit() {
	case $(systemd_show DynamicUser) in yes) return 1 ;; esac
	modes_user=$(systemd_show User)
	is_owner "${modes_user:-root}"
}

# is_owner USER: whether it is the SSH user, by name or number; none is.
is_owner() {
	[ -n "$1" ] || return 0
	[ "$1" != "$user_name" ] || return 0
	[ "$(id -u "$1" 2>/dev/null)" = "$user_id" ]
}
