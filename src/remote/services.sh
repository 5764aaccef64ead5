# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # session, request, v_root and step_timed_out are set by main.sh and frames.sh; s_… and services_started are for evidence.sh
# Services: how they are restarted. How one knows that what runs is the release: evidence.sh.
#
# A request names them in `services`, and each has lines service.<name>.kind, .unit, .action, .settle, .stop_timeout; the texts of kind
# `command` are the files $request/service.<name>.restart, .stop and .status.
#
#   services_restart RELEASE FROM     all of them again after a swap from FROM (may be empty), waited for until they run, then observed; those
#                                     that RELEASE has not are stopped instead: recorded-services.sh
#   services_stop                     all of them stopped: the first release of a host is taken back

# Seconds after which a start that does not end counts as failed.
SERVICE_START_LIMIT=60

# service_load NAME: sets the s_ variables.
service_load() {
	s_name=$1
	s_kind=$(value "service.$1.kind")
	s_unit=$(value "service.$1.unit")
	s_action=$(value "service.$1.action")
	s_settle=$(value "service.$1.settle")
	s_settle=${s_settle%%.*}
	s_stop_limit=$(value "service.$1.stop_timeout")
	s_stop_limit=${s_stop_limit%%.*}
	s_run_as=$(value "service.$1.run-as")
	s_commands_as=$(value "service.$1.commands-as")
	s_files=$session/service-$1
}

# Seconds for a restart: a graceful stop that was promised its time, and the start.
service_limit() {
	limit_stop=600
	# Nothing else ends what a restart text waits for in vain.
	[ "$s_kind" != command ] || ! going_back || limit_stop=90
	echo $((${s_stop_limit:-$limit_stop} + SERVICE_START_LIMIT + $(service_wait)))
}

# --- the supervisors -------------------------------------------------------------------------------------------------------------

# Sets $supervisor_by, the words before the verb, to how supervisord listens to this user: itself (`supervisorctl`), or through exact lines
# of sudo; false when in no way. What it was in an earlier call of this connection is tried first: a supervisorctl takes a third of a second.
supervisor_reach() {
	[ -z "${supervisor_by-}" ] || return 0
	{
		cat "$session/supervisor"
		echo supervisorctl
		[ "$(id -u)" -eq 0 ] || supervisor_lines
	} >"$session/supervisors" 2>/dev/null
	while IFS= read -r supervisor_by; do
		supervisor_call status "$s_unit" >"$s_files.look" 2>&1 </dev/null
		! grep -qE 'RUNNING|STARTING|STOPPED|EXITED|FATAL|BACKOFF|STOPPING|UNKNOWN|no such (process|group)' "$s_files.look" || {
			echo "$supervisor_by" >"$session/supervisor"
			return 0
		}
	done <"$session/supervisors"
	supervisor_by=
	return 1
}

# The ways through sudo that its listing has, one a line: with the configuration that a line fixes, and as older setups have it. Where the
# listing is closed, all of them.
supervisor_lines() {
	supervisor_program=$(command -v supervisorctl) || return 0
	sudo_listing
	{
		sudo_commands | sed -n 's|^\(/[^ ]*/supervisorctl -c /[^ ]*\) status .*|\1|p'
		for supervisor_file in /etc/supervisor/supervisord.conf /etc/supervisord.conf; do
			[ ! -f "$supervisor_file" ] || echo "$supervisor_program -c $supervisor_file"
		done
		echo "$supervisor_program"
	} | awk '!seen[$0]++' >"$session/supervisor-lines"
	while IFS= read -r supervisor_way; do
		[ -s "$session/sudo" ] && ! sudo_allows "$supervisor_way status $s_unit" || echo "sudo -n $supervisor_way"
	done <"$session/supervisor-lines"
}

# In the application's root, because supervisorctl without -c reads ./supervisord.conf and ./etc/supervisord.conf before those in /etc: an
# application may have a supervisord of its own.
supervisor_call() {
	(
		cd "$v_root" 2>/dev/null || :
		# shellcheck disable=SC2086 # words
		$supervisor_by "$@"
	)
}

# supervisor_line ARGUMENT...: the command line as sudo has to have it.
supervisor_line() {
	echo "${supervisor_by#sudo -n } $*"
}

systemd_call() {
	if [ "$s_kind" = systemd-user ]; then
		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user --no-ask-password "$@"
	elif [ "$(id -u)" -eq 0 ] || ! sudo_perhaps "$(command -v systemctl) $*"; then
		systemctl --no-ask-password "$@"
	elif [ -s "$session/sudo" ]; then
		sudo -n "$(command -v systemctl)" "$@"
	else
		systemd_tries "$@"
	fi
}

# systemd_tries WORD…: where sudo's listing is closed: through sudo, and where that refuses, without it. What is said on the way is kept in
# memory: a disk may be full.
systemd_tries() {
	tries_code=0
	tries_said=$(LC_ALL=C sudo -n "$(command -v systemctl)" "$@" 2>&1) || tries_code=$?
	[ -z "$tries_said" ] || printf '%s\n' "$tries_said" >&2
	if [ "$tries_code" -ne 0 ] && printf '%s\n' "$tries_said" | grep -v 'unable to resolve host' | grep -q '^sudo: \|^sudo-rs: \|^Sorry, user '; then
		tries_code=0
		systemctl --no-ask-password "$@" || tries_code=$?
	fi
	return "$tries_code"
}

# systemd_show PROPERTY [UNIT]
systemd_show() {
	if [ "$s_kind" = systemd-user ]; then
		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user show --property="$1" "${2:-$s_unit}"
	else
		systemctl show --property="$1" "${2:-$s_unit}"
	fi 2>/dev/null | sed -n 's/^[A-Za-z]*=//p'
}

# The full listing of what sudo lets this user do, in $session/sudo; empty where it needs a password (Defaults listpw=always), or there is
# none: $session/sudo-said has sudo's words.
sudo_listing() {
	[ -z "${sudo_listing_read-}" ] || return 0
	sudo_listing_read=1
	# shellcheck disable=SC2024 # the listing goes into a file of ours
	LC_ALL=C sudo -n -l >"$session/sudo" 2>"$session/sudo-said" </dev/null || : >"$session/sudo"
	sudo_plain=
	case $(sudo -V 2>&1 </dev/null) in sudo-rs*) sudo_plain=yes ;; esac
}

# sudo_allows COMMAND-LINE: whether the full listing lets this user run this very line as root without a password. As for sudo, the last
# of its lines that matches decides. `sudo -n -l COMMAND` is no proof: it succeeds for a command that then asks for a password.
sudo_allows() {
	sudo_listing
	sudo_rules | wanted=$1 awk '
		BEGIN { wanted = ENVIRON["wanted"]; program = wanted; sub(/ .*/, "", program) }
		{ rule = $1; sub(/^[a-z]+ /, "") }
		# A program without arguments stands for any.
		$0 == "ALL" || $0 == wanted || $0 == program { last = rule }
		END { exit last != "yes" }'
}

# sudo_perhaps COMMAND-LINE: the same, and also where sudo does not show its listing: then only trying tells. Who is in no line of sudoers does
# not try: root would be sent a mail.
sudo_perhaps() {
	sudo_listing
	if [ -s "$session/sudo" ]; then
		sudo_allows "$1"
	else
		command -v sudo >/dev/null && ! grep -qs 'may not run sudo' "$session/sudo-said"
	fi
}

# sudo_why: why nothing is known of what sudo lets this user do.
sudo_why() {
	if command -v sudo >/dev/null; then
		sudo_last=$(tail -n 1 "$session/sudo-said" 2>/dev/null)
		printf 'sudo says: %s' "${sudo_last:-nothing}"
	else
		printf 'this host has no sudo'
	fi
}

# What the listing lets this user run as root without a password, one command a line.
sudo_commands() {
	sudo_rules | sed -n 's/^yes //p'
}

# Commands of the listing that are about root, in its order: `yes COMMAND` under NOPASSWD, else `no COMMAND`. sudo lists them as they stand
# in sudoers, one level of backslashes less, and sudo-rs without any.
sudo_rules() {
	awk -v "plain=${sudo_plain-}" '
		# Of the users in the parentheses the last that means root decides; what follows a colon are groups.
		function as_root(users,    n, words, i, found) {
			sub(/:.*/, "", users)
			n = split(users, words, /, */)
			for (i = 1; i <= n; i++) {
				gsub(/ /, "", words[i])
				if (words[i] ~ /^!*(root|#0|ALL)$/) found = words[i] !~ /^!/
			}
			return found
		}
		function entry(line,    n, items, i, item, tag, free, users, denied) {
			match(line, /\([^)]*\)/)
			users = substr(line, RSTART + 1, RLENGTH - 2)
			line = substr(line, RSTART + RLENGTH)
			sub(/^ */, "", line)
			if (!as_root(users)) return
			# A backslash takes away what the next character means: a comma that ends no command, another backslash.
			if (!plain) gsub(/\\\\/, "\001", line)
			if (!plain) gsub(/\\,/, "\002", line)
			n = split(line, items, /, /)
			for (i = 1; i <= n; i++) {
				item = items[i]
				while (match(item, /^[A-Z_]+: */)) {
					tag = substr(item, 1, RLENGTH)
					if (tag ~ /^NOPASSWD/) free = 1
					if (tag ~ /^PASSWD/) free = 0
					item = substr(item, RLENGTH + 1)
				}
				denied = sub(/^! */, "", item)
				if (!plain) gsub(/\\/, "", item)
				gsub(/\001/, "\\", item)
				gsub(/\002/, ",", item)
				print (free && !denied ? "yes " : "no ") item
			}
		}
		/^    \(/ { if (line != "") entry(line); line = $0; next }
		/^        / { sub(/^ */, " "); line = line $0; next }
		END { if (line != "") entry(line) }
	' "$session/sudo"
}

# service_text restart|stop|status: runs that text of a `command` service in the live release, with its configuration; what is stopped because
# its release (service_in) is left, or was taken back as the first one, is not live any more. On the machine that deploys (`local`) it runs as the service's user.
service_text() {
	(
		text=$(cat "$request/service.$s_name.$1")
		if [ "$1" = restart ]; then
			TARLIFT_SERVICE=$v_root:$s_name
			export TARLIFT_SERVICE
		fi
		for directory in ${service_in:+"$v_root/releases/$service_in"} "$v_root/current" "$v_root/releases/${v_from-}"; do
			[ ! -f "$directory/.tarlift/exec" ] || in_release "$directory" "$s_commands_as" sh -ec "$text"
		done
		[ -z "$s_commands_as" ] || [ "$s_commands_as" = "$(id -un)" ] || exit 1
		cd "$v_root" || exit 1
		exec sh -ec "$text"
	)
}

# --- activating ------------------------------------------------------------------------------------------------------------------

services_restart() {
	services_started=1
	service_in=$2
	services_part "$1" stop
	service_in=
	# What is left may be in the way of the others (a port, a lock), so that what fails until it is stopped is tried once more.
	service_tries=${part_running:+2}
	for name in $(services_named); do
		service_load "$name"
		service_look
		rm -f "$s_files.down" "$s_files.final" "$s_files.wrong" "$s_files.waited"
		service_scan "$1"
		evidence_begins
		service_pairs | sort >"$s_files.now"
		service_log_mark
		service_left_alone
		echo "$s_how" >"$s_files.how"
		printf '%s\n' "$s_state" "$s_pids" >"$s_files.seen"
		mv -f "$s_files.now" "$s_files.before"
		[ "$s_how" = restart ] || : >"$s_files.before"
	done
	for name in $(services_named); do
		service_load "$name"
		read -r s_how <"$s_files.how"
		{
			read -r s_state
			read -r s_pids
		} <"$s_files.seen"
		[ "$s_how" != restart ] || service_act "$1" "$2"
	done
	# Its graceful stop may take long: what RELEASE has is started before.
	service_in=$2
	services_leave "$1"
	service_in=
	for name in $(services_named); do
		service_load "$name"
		{ [ ! -f "$s_files.down" ] && service_await; } || service_again "$1" "$2"
	done
	service_tries=
	! going_back || services_spared "$1"
	services_observe "$1" 1
	! going_back || services_back
}

# Sets s_how: `restart`; or, on the way back, `none` for a service whose processes have not changed since the switch (it never left the old
# release), and `finishing` for one that was told to stop and is still at its job: its supervisor starts it anew, in what `current` is by then.
service_left_alone() {
	s_how=restart
	[ "$verb" = revert ] && [ -s "$s_files.before" ] || return 0
	# While it stops, supervisord does not say its process any more.
	alone_mains=${s_pids:-$(tail -n 1 "$s_files.seen")}
	[ -n "$alone_mains" ] || return 0
	for process in $alone_mains; do
		grep -qxF "$process:$(process_start "$process")" "$s_files.before" || return 0
	done
	# A reload leaves the main process: there all the others count.
	[ "$s_action" = restart ] || [ "$s_state" != running ] || [ "$(sha256sum <"$s_files.before")" = "$(sha256sum <"$s_files.now")" ] || return 0
	s_how=none
	[ "$s_state" = running ] || s_how=finishing
}

# service_act RELEASE FROM: the configured action; a reload only while the environment stays the same and there are workers to renew.
service_act() {
	s_how=restart
	case $s_action in
	reload | signal\ *)
		if service_may_reload "$1" "$2"; then
			s_how=$s_action
		elif [ -n "$s_why" ]; then
			reply warning "service $s_name: restarted instead of ${s_action}: $s_why"
		fi
		;;
	esac
	echo "$s_how" >"$s_files.how"
	if [ "$s_kind" = supervisord ] && ! supervisor_reach; then
		: >"$s_files.final"
		service_failed "service $s_name cannot be restarted: supervisord does not answer" "Is it running?"
		return
	fi
	service_since
	rm -f "$s_files.stopped"
	s_code=0
	case $s_kind:$s_how in
	*:restart | command:*) step_run "$(service_limit)" service_replace ;;
	supervisord:reload) step_run 60 supervisor_call signal HUP "$s_unit" ;;
	supervisord:signal*) step_run 60 supervisor_call signal "${s_how#signal }" "$s_unit" ;;
	systemd*:reload) step_run 60 systemd_call reload "$s_unit" ;;
	systemd*:signal*) step_run 60 systemd_call kill --kill-who=main -s "${s_how#signal }" "$s_unit" ;;
	esac || s_code=$?
	if [ "$s_kind" = command ] && [ "$step_timed_out" -eq 1 ] && going_back; then
		command_kill restart
		s_code=0
		step_run "$(service_limit)" service_replace || s_code=$?
	fi
	if [ "$s_code" -eq 124 ] || [ "$step_timed_out" -eq 1 ]; then : >"$s_files.final"; fi
	if [ "$s_code" -eq 124 ] && { service_lingers || service_stops; }; then
		service_failed "service $s_name did not end within its stop-timeout of $s_stop_limit s" \
			"It was not cut: it goes on until it ends, or until its supervisor's own limit, and is started again then. Raise stop-timeout, or deploy when it is idle."
	elif [ "$step_timed_out" -eq 1 ]; then
		service_failed "service $s_name did not restart within $(service_limit) s" "Its graceful stop may take longer: raise stop-timeout."
	elif [ "$s_code" -ne 0 ]; then
		service_look
		! service_comes || return 0
		case $s_kind:$s_how in
		*:reload) act_tried=reloaded ;;
		*:signal*) act_tried="sent ${s_how#signal }" ;;
		*) act_tried=restarted ;;
		esac
		act_tried="could not be $act_tried ($(step_ended "$s_code"))"
		case $s_state in
		stopped | crashing) service_failed "service $s_name $act_tried, and is down" ;;
		missing | unreachable)
			: >"$s_files.final"
			service_failed "service $s_name $act_tried: $s_detail"
			;;
		*) service_failed "service $s_name $act_tried; its state: $s_detail" ;;
		esac
	else
		case $s_how in restart) service_cut ;; esac
	fi
}

# service_failed WHAT [REMEDY]: ends the call, with the last lines of the service's log where they can be read; on the way back, and where it is
# tried once more, it is noted, and false.
service_failed() {
	{
		[ ! -f "$session/out" ] || tail -n 20 "$session/out"
		[ ! -f "$s_files.look" ] || cat "$s_files.look"
		! going_back || service_log | tail -n 20
	} >"$session/said" 2>/dev/null
	if going_back || { [ -n "${service_tries-}" ] && [ ! -f "$s_files.final" ]; }; then
		service_down "$1"
		return 1
	fi
	service_log >"$s_files.log"
	if [ -s "$s_files.log" ]; then
		reply_text log "$s_files.log"
		fail_with "$1" "${2-}" "$session/said"
	fi
	case $s_kind in
	command) set -- "$1" "${2-}" ;;
	*) set -- "$1" "${2:-"The service's own log says why; there is none that this user can read."}" ;;
	esac
	fail_with "$1" "$2" "$session/said"
}

# Of a group, the first program that does not run; else the first.
supervisor_worst() {
	awk '$2 != "RUNNING" && $1 ~ /:/ { print $1; found = 1; exit } NR == 1 { first = $1 } END { if (!found) print first }' "$s_files.look"
}

# Whether it may yet run. What has died and waits for its next start is no release that starts: to watch it uses up the starts that the
# supervisor grants. The old release gets all of them.
service_starts() {
	[ "$s_state" = starting ] || { [ "$s_state" = crashing ] && going_back; }
}

service_await() {
	read -r s_how <"$s_files.how"
	[ "$s_how" != finishing ] || return 0
	limit "$SERVICE_START_LIMIT"
	await_end=$limit
	while service_look && service_starts && ! over "$await_end"; do
		alive
		sleep 0.3 2>/dev/null || sleep 1
	done
	[ "$s_state" = running ] || service_failed "service $s_name does not run: $s_detail" || return
	service_returned
	case $s_how in restart | none) ;; *) service_renew ;; esac
}

services_stop() {
	for name in $(value services); do
		service_load "$name"
		rm -f "$s_files.down" "$s_files.wrong"
		if [ "$s_kind" = command ] && [ ! -f "$request/service.$s_name.stop" ]; then
			reply service "$s_name" none -- "left as it is: it has no stop command"
		elif service_end; then
			reply service "$s_name" none -- stopped
		else
			service_failed "service $s_name could not be stopped ($(step_ended "$s_code"))"
		fi
	done
	! services_down || fail_with "service $s_name could not be stopped, and runs a release that is not live any more" "Stop it by hand." "$s_files.said"
}

# service_end: stops it; whether it is stopped. How its supervisor, or its command, has ended is in s_code.
service_end() {
	s_code=0
	step_timed_out=0
	case $s_kind in
	supervisord) supervisor_reach && step_run "$(service_limit)" supervisor_call stop "$s_unit" ;;
	systemd | systemd-user) step_run "$(service_limit)" systemd_call stop "$s_unit" ;;
	command)
		step_run "$(service_limit)" service_text stop || s_code=$?
		[ "$step_timed_out" -eq 0 ] || ! command_kill stop || s_code=0
		;;
	esac || s_code=$?
	# Who stops what has ended already may be told that this is an error.
	[ "$s_code" -eq 0 ] || { service_look && [ "$s_state" = stopped ]; }
}
