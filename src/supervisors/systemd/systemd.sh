# shellcheck shell=sh
# systemd: kinds `systemd`, and `systemd-user` for the SSH user's own manager. Functions and their interface:
# ../defaults.sh.

systemd_call() {
	if [ "$s_kind" = systemd-user ]; then
		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user --no-ask-password "$@"
	elif [ "$(id -u)" -eq 0 ] || ! sudo_perhaps "$(command -v systemctl) $*"; then
		systemctl --no-ask-password "$@"
	elif [ -s "$session/sudo" ]; then
		sudo -n "$(command -v systemctl)" "$@"
	else
		systemd_attempts "$@"
	fi
}

# systemd_attempts WORD…: if sudo's listing is closed: through sudo, and if that refuses, without it. Output is kept in
# memory: a disk may be full.
systemd_attempts() {
	attempts_code=0
	attempts_output=$(LC_ALL=C sudo -n "$(command -v systemctl)" "$@" 2>&1) || attempts_code=$?
	[ -z "$attempts_output" ] || printf '%s\n' "$attempts_output" >&2
	if [ "$attempts_code" -ne 0 ] && printf '%s\n' "$attempts_output" | grep -v 'unable to resolve host' | grep -q '^sudo: \|^sudo-rs: \|^Sorry, user '; then
		attempts_code=0
		systemctl --no-ask-password "$@" || attempts_code=$?
	fi
	return "$attempts_code"
}

# systemd_show PROPERTY [UNIT]
systemd_show() {
	if [ "$s_kind" = systemd-user ]; then
		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user show --property="$1" "${2:-$s_unit}"
	else
		systemctl show --property="$1" "${2:-$s_unit}"
	fi 2>/dev/null | sed -n 's/^[A-Za-z]*=//p'
}

systemd_look() {
	systemd_shows LoadState LoadError ActiveState SubState MainPID NRestarts Type ControlGroup InvocationID >"$s_files.show"
	s_pids=$(shown MainPID)
	[ "$s_pids" != 0 ] || s_pids=
	case $(shown LoadState) in
	loaded) ;;
	'')
		s_state=unreachable
		s_detail="systemd does not answer"
		return 0
		;;
	masked)
		s_state=missing
		s_detail="the unit $s_unit is masked, so that nothing starts it: systemctl unmask $s_unit && systemctl start $s_unit"
		return 0
		;;
	bad-setting | error)
		s_state=missing
		s_detail="systemd cannot load $s_unit: $(systemd_load_error)"
		return 0
		;;
	*)
		s_state=missing
		s_detail="systemd does not know $s_unit ($(shown LoadState))"
		return 0
		;;
	esac
	s_active=$(shown ActiveState)
	s_restarts=$(shown NRestarts)
	s_detail="$s_active ($(shown SubState)), ${s_pids:+pid }${s_pids:-no main process}, ${s_restarts:-0} restarts"
	case $s_active in
	active | reloading) s_state=running ;;
	activating | deactivating)
		s_state=starting
		case $(shown SubState) in auto-restart*) s_state=crashing ;; esac
		;;
	*) s_state=stopped ;;
	esac
}

# Why it could not load the unit, in its words: `<name of an error> "<words>"`.
systemd_load_error() {
	load_words=$(shown LoadError | sed 's/^[^ ]* "\(.*\)"$/\1/')
	printf '%s' "${load_words:-$(shown LoadState)}"
}

# systemd_shows PROPERTY…: all of them in one query, as `Property=value` lines.
systemd_shows() {
	shows_words=
	for shows_property in "$@"; do shows_words="$shows_words --property=$shows_property"; done
	# shellcheck disable=SC2086 # words
	if [ "$s_kind" = systemd-user ]; then
		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user show $shows_words "$s_unit"
	else
		systemctl show $shows_words "$s_unit"
	fi 2>/dev/null
}

# shown PROPERTY: the value that systemd_look read.
shown() {
	sed -n "s/^$1=//p" "$s_files.show"
}

# Even if /proc is not readable, the processes of the unit's control group are.
systemd_group() {
	! scan_group=$(control_group) || s_whole=yes
}

# Prints the processes in the unit's control group; false if it cannot be found.
control_group() {
	group_name=$(shown ControlGroup)
	[ -n "$group_name" ] && [ "$group_name" != / ] || return 1
	for group_at in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
		[ -f "$group_at$group_name/cgroup.procs" ] || continue
		find "$group_at$group_name" -name cgroup.procs -exec cat {} + 2>/dev/null | tr '\n' ' '
		return 0
	done
	# An empty group is removed: a service that has ended by itself has no processes.
	[ -z "$s_pids" ] && [ "$(shown SubState)" = exited ]
}

systemd_known() {
	if ! command -v systemctl >/dev/null; then
		finding program-missing "service $s_name: this host has no systemd" "Use another supervisor for it, or another host."
		return 0
	fi
	[ "$s_kind" = systemd ] || systemd_user_known || return 0
	service_look
	if [ "$s_state" = missing ] && [ "$(shown LoadState)" = masked ]; then
		finding service-misconfigured "service $s_name: the unit $s_unit is masked on this host, so that nothing may start it" \
			"If it is to run again, as root: systemctl unmask $s_unit   Else leave the service out of tarlift.yml, or the host out of its roles."
		return 0
	fi
	case $s_state:$(shown LoadState) in
	missing:bad-setting | missing:error)
		known_analyze="systemd-analyze verify $s_unit"
		[ "$s_kind" = systemd ] || known_analyze="systemd-analyze --user verify $s_unit"
		finding service-misconfigured "service $s_name: systemd cannot load the unit $s_unit: $(systemd_load_error)" \
			"On the host, this names the line: $known_analyze   Correct it, then: systemctl daemon-reload"
		return 0
		;;
	esac
	if [ "$s_state" = missing ]; then
		finding service-unknown "service $s_name: systemd does not know the unit $s_unit" \
			"Install the unit (tarlift host setup prints one), then: systemctl daemon-reload"
		return 0
	fi
	if [ "$s_state" = unreachable ]; then
		finding service-unreachable "service $s_name: systemd does not answer $(id -un)" "Is its bus there? On the host: systemctl status $s_unit"
		return 0
	fi
	systemd_runs_something || return 0
	if [ "$s_kind" = systemd ] && [ "$(id -u)" -ne 0 ]; then
		for verb in restart $(service_first stop); do service_sudo "$(command -v systemctl) $verb $s_unit"; done
		case $s_action in
		reload) service_sudo "$(command -v systemctl) reload $s_unit" ;;
		signal\ *) service_sudo "$(command -v systemctl) kill --kill-who=main -s ${s_action#signal } $s_unit" ;;
		esac
	fi
	if [ "$s_action" = reload ] && [ "$(systemd_show CanReload)" = no ]; then
		finding service-misconfigured "service $s_name: the unit $s_unit has no ExecReload, so it cannot be reloaded" \
			"Add to [Service]: ExecReload=kill -HUP \$MAINPID   or use \`action: restart\`."
	fi
	systemd_revert_known
	service_kills_after "$(systemd_show TimeoutStopUSec | seconds_of_limit)" TimeoutStopSec
	service_warn_current
}

# A unit that has no processes of its own proves nothing about a release: it is active whatever the code does.
systemd_runs_something() {
	known_id=$(systemd_show Id)
	case $known_id in
	*.service)
		[ "$(shown Type)" = oneshot ] && [ "$(systemd_show RemainAfterExit)" = no ] || return 0
		finding service-misconfigured "service $s_name: the unit $s_unit is Type=oneshot, which runs to its end, and nothing of it stays" \
			"Run its command in a hook (after-activate). If it starts something that stays: RemainAfterExit=yes."
		;;
	*.target)
		known_units=$(for known_kind in Requires Wants Upholds BindsTo ConsistsOf; do systemd_show "$known_kind"; done | tr ' ' '\n' | grep '\.service$' | sort -u | tr '\n' ' ')
		finding service-misconfigured "service $s_name: $known_id runs nothing itself, and is active whatever becomes of its units" \
			"Name the services behind it in tarlift.yml, each as one of its own${known_units:+: $known_units}"
		;;
	*.timer | *.path)
		finding service-misconfigured "service $s_name: $known_id runs nothing itself" \
			"Leave it out of \`services\`: what it starts next is in the release that is live then."
		;;
	*)
		finding service-misconfigured "service $s_name: $known_id runs nothing itself" \
			"Name the service behind it (${known_id%.*}.service?) in tarlift.yml instead."
		;;
	esac
	return 1
}

# A user manager, and its services with it, ends when that user's last session ends, unless it lingers.
systemd_user_known() {
	if [ ! -S "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/systemd/private" ]; then
		finding service-unreachable "service $s_name: no user manager of systemd runs for $(id -un)" "As root on the host: loginctl enable-linger $(id -un)"
		return 1
	fi
	[ -e "/var/lib/systemd/linger/$(id -un)" ] ||
		finding service-misconfigured "service $s_name: the user manager of $(id -un) ends at logout, and its services with it" \
			"As root on the host: loginctl enable-linger $(id -un)"
}

# The risk if a release crashed at once: reported before anything changes.
systemd_revert_known() {
	[ "$s_kind" = systemd ] && [ "$user_id" -ne 0 ] && [ -s "$session/sudo" ] || return 0
	known_lacks=
	known_wait=$(start_limit)
	[ "$known_wait" = 0 ] || systemd_may reset-failed "$s_unit" || known_lacks=" \`systemctl reset-failed $s_unit\`"
	for known_unit in $(systemd_show TriggeredBy); do
		case $known_unit in *.socket) ;; *) continue ;; esac
		for verb in reset-failed start; do
			systemd_may "$verb" "$known_unit" || known_lacks="$known_lacks \`systemctl $verb $known_unit\`"
		done
	done
	[ -z "$known_lacks" ] ||
		reply warning "service $s_name: sudo does not let $user_name run$known_lacks. systemd refuses a unit that was started too often: if a release dies at once, the old one may not be started again for ${known_wait:+up to }${known_wait:-an unlimited time}${known_wait:+ s}. Run what tarlift host setup prints for this host again"
}

# Converts time spans of systemd to seconds.
seconds_of_span() {
	awk -f seconds-of-span.awk
}

# The same for the time of a stop, where 0 means no limit: systemd before 229 shows it so.
seconds_of_limit() {
	seconds_of_span | grep -vx 0
}

# Seconds in which starts of the unit are counted; 0: they are not. systemd before 230 has it under another name, in
# microseconds.
start_limit() {
	limit_span=$(systemd_show StartLimitIntervalUSec)
	if [ -n "$limit_span" ]; then
		printf '%s\n' "$limit_span" | seconds_of_span
	else
		systemd_show StartLimitInterval | awk '/^[0-9]+$/ { seconds = int($0 / 1000000); print seconds + (seconds * 1000000 < $0) }'
	fi
}

# By systemd's own times of the stop: it kills only at the end of TimeoutStopSec. Each command of the unit that runs at
# a stop has such a time as well, so then the result is only probable. A unit that was not active when it was stopped
# has no such time: what systemd shows then is of an earlier run.
systemd_cut() {
	systemd_shows TimeoutStopUSec SendSIGKILL ActiveExitTimestampMonotonic InactiveEnterTimestampMonotonic ExecStop ExecStopPost >"$s_files.show"
	cut_limit=$(shown TimeoutStopUSec | seconds_of_limit)
	cut_began=$(shown ActiveExitTimestampMonotonic)
	cut_ended=$(shown InactiveEnterTimestampMonotonic)
	first_line "$s_files.exited"
	# dash and busybox exit at an invalid expression: systemd may not have answered.
	case $cut_began:$cut_ended in :* | *: | *[!0-9:]* | "$first_line":*) return 0 ;; esac
	[ -n "$cut_limit" ] && [ "$(shown SendSIGKILL)" = yes ] && [ $((cut_ended - cut_began)) -ge "${cut_limit}000000" ] || return 0
	cut_surely=
	[ -z "$(shown ExecStop)$(shown ExecStopPost)" ] || cut_surely="probably "
	cut_after=$cut_limit
	cut_setting=TimeoutStopSec
}

# The start limit of its unit, if nothing lifts it.
systemd_wait() {
	wait_seconds=0
	! is_revert || systemd_may reset-failed "$s_unit" || wait_seconds=$(start_limit)
	echo "${wait_seconds:-0}"
}

# systemd_may VERB UNIT: whether `systemctl VERB UNIT` needs no further permission: by sudo's listing, or because it
# worked.
systemd_may() {
	[ "$s_kind" = systemd-user ] || [ "$user_id" -eq 0 ] || sudo_allows "$(command -v systemctl) $1 $2" ||
		{ [ "$1 $2" = "reset-failed $s_unit" ] && [ -f "$s_files.resets" ]; }
}

# systemd_restart: a release that crashed at once has used up the starts that systemd grants a unit in some seconds. Any
# further start is refused, that of a good release too, until `reset-failed` resets the counter; if that is not
# permitted, until the seconds are over.
systemd_restart() {
	! systemd_call reset-failed "$s_unit" 2>/dev/null || : >"$s_files.resets"
	! is_revert || systemd_listens
	restart_before=$(systemd_show InvocationID)
	restart_code=0
	systemd_call restart "$s_unit" || restart_code=$?
	restart_left=3
	systemd_may reset-failed "$s_unit" || restart_left=$(($(systemd_wait) + 1))
	while [ "$restart_code" -ne 0 ] && is_revert && systemd_refused && [ "$restart_left" -gt 0 ]; do
		echo "systemd refused to start it, since it had been started too often" >"$s_files.waited"
		restart_left=$((restart_left - 1))
		sleep 1
		systemd_call reset-failed "$s_unit" 2>/dev/null
		restart_code=0
		systemd_call restart "$s_unit" || restart_code=$?
	done
	return "$restart_code"
}

# Whether the start was refused, and not attempted in vain: each attempt gets an id of its own. A mask does not go away
# by itself. The limit leaves a unit failed; if a permission or a dependency is missing, the unit is unchanged, or
# inactive. Its Result does not show it: systemd keeps that of the previous start.
systemd_refused() {
	[ "$(systemd_show LoadState)" = loaded ] && [ "$(systemd_show ActiveState)" = failed ] && [ "$(systemd_show InvocationID)" = "$restart_before" ]
}

# Units that start the service on demand (a socket, a path) fail with it, and a socket is not opened while its service
# runs.
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

# systemd made it wait.
systemd_returned() {
	[ -f "$s_files.waited" ] || return 0
	read -r returned_why <"$s_files.waited"
	rm -f "$s_files.waited"
	uptime_now
	first_line "$s_files.since"
	reply warning "service $s_name: its old release did not run for $(((uptime - first_line) / 100)) s: $returned_why, and $(systemd_lifted)"
}

systemd_lifted() {
	if systemd_may reset-failed "$s_unit"; then
		echo "was asked again"
	else
		echo "only its start limit's time lifted that. Run \`tarlift host setup\` for this host again: $user_name may not run \`systemctl reset-failed $s_unit\`"
	fi
}

# Lines with their times and processes; the second form is what older sudoers rules allow.
journal_log() {
	if [ "$s_kind" = systemd-user ]; then
		journalctl --user --unit "$s_unit" --lines 400 --no-pager --output short-unix
		return
	fi
	[ "$user_id" -eq 0 ] || for journal_form in "400 --no-pager --output short-unix" "20 --no-pager --output cat"; do
		# shellcheck disable=SC2086 # words
		set -- --unit "$s_unit" --lines $journal_form
		! sudo_perhaps "$(command -v journalctl) $*" || ! sudo -n "$(command -v journalctl)" "$@" || return 0
	done
	journalctl --unit "$s_unit" --lines 400 --no-pager --output short-unix
}

# journal_since: prints when this run began to restart it, by the clock as it is now; nothing if it restarted nothing.
# The journal has the times of a clock that may have been set back meanwhile: failures since then would look older than
# the restart.
journal_since() {
	read -r since_clock since_uptime <"$s_files.log-since" || return 0
	uptime_now
	since_back=$((since_clock + (uptime - since_uptime) / 100 - $(date +%s)))
	# One second may be rounding.
	[ "$since_back" -gt 1 ] || since_back=0
	echo "$((since_clock - since_back))"
} 2>/dev/null

# The messages of a journal alone.
journal_text() {
	awk -v since="$(journal_since)" -v old="$(cat "$s_files.log-old" 2>/dev/null)" -f journal-text.awk
}

# Whether the unit runs as the SSH user: no User= is root.
systemd_owned() {
	case $(systemd_show DynamicUser) in yes) return 1 ;; esac
	modes_user=$(systemd_show User)
	is_owner "${modes_user:-root}"
}

# unit_alias UNIT: whether systemd knows the unit of the loaded service by that name too.
unit_alias() {
	alias_id=$(systemd_show Id "$1")
	[ -n "$alias_id" ] && [ "$alias_id" = "$(systemd_show Id)" ]
}

systemd_act() {
	case $s_method in
	reload) child_run 60 systemd_call reload "$s_unit" ;;
	*) child_run 60 systemd_call kill --kill-who=main -s "${s_method#signal }" "$s_unit" ;;
	esac
}

systemd_stop() {
	child_run "$(service_limit)" systemd_call stop "$s_unit"
}

systemd_before() {
	systemd_show ActiveExitTimestampMonotonic >"$s_files.exited"
}

# Its name for this run of a unit.
systemd_invocation() {
	shown InvocationID
}

systemd_log() {
	journal_log | journal_text
}

# The supervisor's report and the running processes count in addition to the configuration, which may differ.
systemd_owner() {
	[ "$s_kind" = systemd-user ] || default_owner || systemd_owned
}

systemd_reader() {
	[ "$s_kind" = systemd ] || return 0
	readers_user=$(systemd_show User)
	systemd_owned
}

systemd_same() {
	[ "${1%.service}" = "${s_unit%.service}" ] || unit_alias "$1"
}

systemd_by_hand() {
	case $s_kind:$1 in
	systemd:stop) echo "As root on the host: systemctl stop $s_unit" ;;
	systemd:*) echo "To end it, as root on the host: systemctl disable --now $s_unit" ;;
	*:stop) echo "As $user_name on the host: systemctl --user stop $s_unit" ;;
	*) echo "To end it, as $user_name on the host: systemctl --user disable --now $s_unit" ;;
	esac
}
