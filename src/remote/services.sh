# shellcheck shell=sh
# shellcheck disable=SC2154 # session, request, v_root and step_timed_out are set by main.sh and frames.sh
# Services: how they are started anew, and how one knows that what runs is the release.
#
# A request names them in `services`, and each has lines service.<name>.kind, .unit, .action, .settle, .stop_timeout; the texts of kind
# `command` are the files $request/service.<name>.restart, .stop and .status.
#
#   services_restart RELEASE FROM     all of them anew after a swap from FROM (may be empty), waited for until they run, then observed
#   services_observe RELEASE SETTLE   what runs now, as `reply service NAME RUNG PID DETAIL`; SETTLE 1: watched for the settling time
#   services_stop                     all of them stopped: the first release of a host is taken back
#
# The rungs of evidence, strongest first: directory (the process works in the release's directory), environment (an environment id
# stands in its command line or its mappings), started (all its processes are others than before), supervisor (its word), none.

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
	s_files=$session/service-$1
}

# Seconds for a restart: a graceful stop that was promised its time, and the start.
service_limit() {
	echo $((${s_stop_limit:-600} + SERVICE_START_LIMIT))
}

# --- the supervisors -------------------------------------------------------------------------------------------------------------

# In the application's root, because supervisorctl reads ./supervisord.conf and ./etc/supervisord.conf before those in /etc: an
# application may have a supervisord of its own.
supervisor_call() {
	(
		cd "$v_root" 2>/dev/null || :
		if [ "$supervisor_by" = sudo ]; then
			sudo -n "$(command -v supervisorctl)" "$@"
		else
			supervisorctl "$@"
		fi
	)
}

# Whether supervisord listens to this user (supervisor_by=self) or through exact lines of sudo; false when to neither. What it was in an
# earlier call of this connection is tried first: a supervisorctl takes a third of a second.
supervisor_reach() {
	[ -z "${supervisor_by-}" ] || return 0
	for supervisor_by in $(cat "$session/supervisor" 2>/dev/null) self sudo; do
		supervisor_call status "$s_unit" >"$s_files.look" 2>&1
		! grep -qE 'RUNNING|STARTING|STOPPED|EXITED|FATAL|BACKOFF|STOPPING|UNKNOWN|no such (process|group)' "$s_files.look" || {
			echo "$supervisor_by" >"$session/supervisor"
			return 0
		}
	done
	supervisor_by=
	return 1
}

systemd_call() {
	if [ "$s_kind" = systemd-user ]; then
		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user --no-ask-password "$@"
	elif [ "$(id -u)" -ne 0 ] && sudo_allows "$(command -v systemctl) $*"; then
		sudo -n "$(command -v systemctl)" "$@"
	else
		systemctl --no-ask-password "$@"
	fi
}

systemd_show() {
	if [ "$s_kind" = systemd-user ]; then
		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user show --property="$1" "$s_unit"
	else
		systemctl show --property="$1" "$s_unit"
	fi 2>/dev/null | sed -n 's/^[A-Za-z]*=//p'
}

# sudo_allows COMMAND-LINE: whether the full listing has this very line (or ALL) under NOPASSWD. `sudo -n -l COMMAND` is no proof: it
# succeeds for a command that then asks for a password.
sudo_allows() {
	[ -n "${sudo_listing_read-}" ] || {
		sudo_listing_read=1
		# shellcheck disable=SC2024 # the listing goes into a file of ours
		sudo -n -l >"$session/sudo" 2>/dev/null || : >"$session/sudo"
	}
	awk -v wanted="$1" '
		function entry(line,    n, items, i, item, tag, free) {
			sub(/^ *\([^)]*\) */, "", line)
			n = split(line, items, /, /)
			for (i = 1; i <= n; i++) {
				item = items[i]
				while (match(item, /^[A-Z_]+: */)) {
					tag = substr(item, 1, RLENGTH)
					if (tag ~ /^NOPASSWD/) free = 1
					if (tag ~ /^PASSWD/) free = 0
					item = substr(item, RLENGTH + 1)
				}
				gsub(/\\/, "", item)
				if (free && (item == wanted || item == "ALL")) found = 1
			}
		}
		/^    \(/ { if (line != "") entry(line); line = $0; next }
		/^        / { sub(/^ */, " "); line = line $0; next }
		END { if (line != "") entry(line); exit !found }
	' "$session/sudo"
}

# --- looking ---------------------------------------------------------------------------------------------------------------------

# Sets s_state (running | starting | stopped | missing | unreachable), s_pids (main processes) and s_detail (one line of the
# supervisor's own words).
service_look() {
	s_pids=
	s_restarts=
	s_detail=
	case $s_kind in
	supervisord) supervisor_look ;;
	systemd | systemd-user) systemd_look ;;
	command) command_look ;;
	esac
}

supervisor_look() {
	s_state=unreachable
	s_detail="supervisord does not answer"
	if [ -n "${supervisor_by-}" ]; then
		supervisor_call status "$s_unit" >"$s_files.look" 2>&1
	else
		supervisor_reach || return 0
	fi
	s_detail=$(tr -s ' \t' ' ' <"$s_files.look" | tr '\n' ';' | sed 's/;$//')
	s_pids=$(sed -n 's/^.* RUNNING  *pid \([0-9]*\),.*/\1/p' "$s_files.look" | tr '\n' ' ')
	s_state=$(awk '
		/no such (process|group)/ { missing = 1 }
		$2 == "STARTING" || $2 == "BACKOFF" || $2 == "STOPPING" { starting = 1 }
		$2 == "STOPPED" || $2 == "EXITED" || $2 == "FATAL" || $2 == "UNKNOWN" { stopped = 1 }
		$2 == "RUNNING" { running = 1 }
		END { print missing ? "missing" : stopped ? "stopped" : starting ? "starting" : running ? "running" : "missing" }
	' "$s_files.look")
}

systemd_look() {
	if [ "$(systemd_show LoadState)" != loaded ]; then
		s_state=missing
		s_detail="systemd does not know $s_unit"
		return 0
	fi
	s_active=$(systemd_show ActiveState)
	s_pids=$(systemd_show MainPID)
	[ "$s_pids" != 0 ] || s_pids=
	s_restarts=$(systemd_show NRestarts)
	s_detail="$s_active ($(systemd_show SubState)), pid ${s_pids:-none}, ${s_restarts:-0} restarts"
	case $s_active in
	active | reloading) s_state=running ;;
	activating | deactivating) s_state=starting ;;
	*) s_state=stopped ;;
	esac
}

command_look() {
	s_state=running
	s_detail="no status command"
	[ -f "$request/service.$s_name.status" ] || return 0
	s_detail="its status command succeeds"
	look_code=0
	service_text status >"$s_files.look" 2>&1 || look_code=$?
	[ "$look_code" -ne 0 ] || return 0
	s_state=stopped
	s_detail="its status command fails ($(step_ended "$look_code")): $(tail -n 1 "$s_files.look")"
}

# service_text restart|stop|status: runs that text of a `command` service in the live release, with its configuration; a first release that
# is taken back is not live any more when its services are stopped.
service_text() {
	(
		text=$(cat "$request/service.$s_name.$1")
		for directory in "$v_root/current" "$v_root/releases/${v_from-}"; do
			[ ! -x "$directory/.tarlift/exec" ] || exec "$directory/.tarlift/exec" sh -ec "$text"
		done
		cd "$v_root" || exit 1
		exec sh -ec "$text"
	)
}

# Prints `pid:starttime` of all processes of the service: the pair is unique until the next boot.
service_processes() {
	service_tree | while read -r process; do
		start=$(process_start "$process")
		[ -z "$start" ] || echo "$process:$start"
	done
}

# service_directories RELEASE: `<pid> <working directory>` of its processes. Those of another user are closed to us; that user is asked,
# through the wrapper of the release, which sudo lets us run.
service_directories() {
	closed=
	for process in $(service_tree); do
		if directory=$(readlink "/proc/$process/cwd" 2>/dev/null); then
			printf '%s %s\n' "$process" "$directory"
		else
			closed="$closed $process"
		fi
	done
	if [ -n "$closed" ] && [ -n "$s_run_as" ] && [ "$s_run_as" != "$(id -un)" ]; then
		# shellcheck disable=SC2016,SC2086 # text for another shell; process ids
		sudo -n -u "$s_run_as" "$v_root/releases/$1/.tarlift/exec" sh -c '
			for process do
				! directory=$(readlink "/proc/$process/cwd") || printf "%s %s\n" "$process" "$directory"
			done' sh $closed 2>/dev/null || :
	fi
}

# The main processes and everything below them.
service_tree() {
	[ -n "$s_pids" ] || return 0
	cat /proc/[0-9]*/stat 2>/dev/null | sed -n 's/^\([0-9]*\) .*) [A-Za-z] \([0-9]*\) .*/\1 \2/p' |
		awk -v mains="$s_pids" '
			{ parent[$1] = $2 }
			END {
				n = split(mains, main, " ")
				for (i = 1; i <= n; i++) if (main[i] in parent) mine[main[i]] = 1
				do {
					added = 0
					for (p in parent) if (!(p in mine) && (parent[p] in mine)) { mine[p] = 1; added = 1 }
				} while (added)
				for (p in mine) print p
			}'
}

# release_environments RELEASE: the ids of its environments, one a line.
release_environments() {
	[ -n "$1" ] || return 0
	for link in "$v_root/releases/$1"/.[!.]* "$v_root/releases/$1"/*; do
		[ -L "$link" ] || continue
		target=$(readlink "$link")
		expr "$target" : '.*/\([0-9a-f]\{12\}-[0-9a-f]\{8\}\)$' || :
	done | sed '/^$/d' | sort -u
}

# evidence_of RELEASE: sets s_rung and, for a process of another release, s_stale.
evidence_of() {
	s_rung=supervisor
	s_stale=
	[ -z "${services_started-}" ] || [ -z "$s_pids" ] || [ "$s_how" = none ] || s_rung=started
	wanted=$v_root/releases/$1
	real=$(cd "$wanted" 2>/dev/null && pwd -P) || real=$wanted
	service_directories "$1" >"$s_files.directories"
	evidence_kept=
	case $s_action in reload | signal\ *) [ "$(wc -l <"$s_files.directories")" -le "$(echo "$s_pids" | wc -w)" ] || evidence_kept=" $s_pids " ;; esac
	while read -r process directory; do
		# A reload keeps the main process where it was, and renews its workers.
		case $evidence_kept in *" $process "*) continue ;; esac
		case $directory in
		"$wanted" | "$wanted"/* | "$real" | "$real"/*) s_rung=directory ;;
		"${real%/*}"/* | "$v_root"/releases/*)
			s_stale="process $process works in ${directory##*/releases/}"
			return 0
			;;
		esac
	done <"$s_files.directories"
	[ "$s_rung" != directory ] || return 0
	for id in $(release_environments "$1"); do
		for process in $(service_tree); do
			if grep -qs "$id" "/proc/$process/cmdline" || grep -qs "$id" "/proc/$process/maps"; then
				s_rung=environment
				return 0
			fi
		done
	done
}

# --- activating ------------------------------------------------------------------------------------------------------------------

services_restart() {
	services_started=1
	for name in $(value services); do
		service_load "$name"
		service_look
		service_processes | sort >"$s_files.now"
		service_left_alone
		echo "$s_how" >"$s_files.how"
		printf '%s\n' "$s_state" "$s_pids" >"$s_files.seen"
		mv -f "$s_files.now" "$s_files.before"
		[ "$s_how" = restart ] || : >"$s_files.before"
	done
	for name in $(value services); do
		service_load "$name"
		read -r s_how <"$s_files.how"
		{
			read -r s_state
			read -r s_pids
		} <"$s_files.seen"
		[ "$s_how" != restart ] || service_act "$1" "$2"
	done
	for name in $(value services); do
		service_load "$name"
		service_await
	done
	services_observe "$1" 1
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
	[ "$s_action" = restart ] || [ "$s_state" != running ] || cmp -s "$s_files.before" "$s_files.now" || return 0
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
	case $s_kind in
	supervisord) supervisor_reach || fail_with "service $s_name: supervisord does not answer" "Is it running?" ;;
	esac
	s_code=0
	case $s_kind:$s_how in
	*:restart | command:*) step_run "$(service_limit)" service_replace ;;
	supervisord:reload) step_run 60 supervisor_call signal HUP "$s_unit" ;;
	supervisord:signal*) step_run 60 supervisor_call signal "${s_how#signal }" "$s_unit" ;;
	systemd*:reload) step_run 60 systemd_call reload "$s_unit" ;;
	systemd*:signal*) step_run 60 systemd_call kill --kill-who=main -s "${s_how#signal }" "$s_unit" ;;
	esac || s_code=$?
	if [ "$s_code" -eq 124 ] && { service_lingers || service_stops; }; then
		fail_with "service $s_name did not end within its stop-timeout of $s_stop_limit s" \
			"Nothing was cut: it finishes what it is at, and its supervisor starts it anew then. Raise stop-timeout, or deploy when it is idle."
	fi
	[ "$step_timed_out" -eq 0 ] ||
		fail_with "service $s_name did not restart within $(service_limit) s" "Its graceful stop may take longer: raise stop-timeout." "$session/out"
	[ "$s_code" -eq 0 ] || service_failed "service $s_name could not be restarted ($(step_ended "$s_code"))"
}

# service_failed WHAT: ends the call, with the last lines of the service's log where they can be read.
service_failed() {
	{
		[ ! -f "$session/out" ] || tail -n 20 "$session/out"
		[ ! -f "$s_files.look" ] || cat "$s_files.look"
		service_log
	} >"$session/said" 2>/dev/null
	fail_with "$1" "The service's own log says why." "$session/said"
}

# Of a group, the first program that does not run; else the first.
supervisor_worst() {
	awk '$2 != "RUNNING" && $1 ~ /:/ { print $1; found = 1; exit } NR == 1 { first = $1 } END { if (!found) print first }' "$s_files.look"
}

service_await() {
	read -r s_how <"$s_files.how"
	[ "$s_how" != finishing ] || return 0
	await_end=$(($(date +%s) + SERVICE_START_LIMIT))
	while service_look && [ "$s_state" = starting ] && [ "$(date +%s)" -le "$await_end" ]; do
		sleep 0.3 2>/dev/null || sleep 1
	done
	[ "$s_state" = running ] || service_failed "service $s_name does not run: $s_detail"
	case $s_how in restart | none) ;; *) service_renew ;; esac
}

# All are watched together for the longest settling time: a crash loop looks healthy at any one moment. After services_restart a service
# that does not run the release ends the call; otherwise that is an answer (rung none), and nothing is touched.
services_observe() {
	[ -n "$(value services)" ] || return 0
	for name in $(value services); do
		service_load "$name"
		[ -n "${services_started-}" ] || : >"$s_files.before"
		[ -n "${services_started-}" ] || echo restart >"$s_files.how"
		service_look
		echo "$s_pids/$s_restarts" >"$s_files.mains"
		rm -f "$s_files.wrong"
	done
	if [ "$2" = 1 ]; then
		uptime_now
		settle_end=$((uptime + 100 * $(services_longest)))
		while [ "$uptime" -lt "$settle_end" ]; do
			sleep 0.5 2>/dev/null || sleep 1
			for name in $(value services); do
				service_load "$name"
				service_alive || service_same
			done
			uptime_now
		done
	fi
	for name in $(value services); do
		service_load "$name"
		service_look
		settle_end=
		service_same
		service_prove "$1"
		service_reply
	done
}

# services_insist RELEASE: observed without a restart, and one that does not run the release ends the call all the same.
services_insist() {
	services_started=1
	for name in $(value services); do
		service_load "$name"
		: >"$s_files.before"
		echo restart >"$s_files.how"
	done
	services_observe "$1" 1
}

# service_wrong WHAT: ends an activation; noted when somebody only looks.
service_wrong() {
	[ -z "${services_started-}" ] || service_failed "service $s_name $1"
	printf '%s\n' "$1" >"$s_files.wrong"
}

# Whether the main processes are still there: a look that costs nothing, between two questions to the supervisor.
service_alive() {
	read -r alive_mains <"$s_files.mains"
	for alive_pid in ${alive_mains%/*}; do
		[ -d "/proc/$alive_pid" ] || return 1
	done
}

service_same() {
	[ ! -f "$s_files.wrong" ] && ! grep -qx finishing "$s_files.how" || return 0
	[ -z "${settle_end-}" ] || service_look
	if [ "$s_state" != running ]; then
		service_wrong "does not stay up: $s_detail"
	elif [ "$s_pids/$s_restarts" != "$(cat "$s_files.mains")" ]; then
		service_wrong "crashes and is started again: $s_detail"
	fi
}

# service_prove RELEASE: sets the rung that is reached; a process of another release is wrong.
service_prove() {
	s_rung=none
	[ ! -f "$s_files.wrong" ] || return 0
	service_processes | sort >"$s_files.after"
	read -r s_how <"$s_files.how"
	if [ "$s_how" = finishing ]; then
		s_rung=supervisor
		s_detail="still finishing what it is at; its supervisor starts it anew, in $1"
		reply warning "service $s_name: $s_detail"
		return 0
	fi
	for process in $(comm -12 "$s_files.before" "$s_files.after"); do
		# A reload keeps the main process and nothing else.
		case " $s_pids " in *" ${process%%:*} "*) [ "$s_how" = restart ] || continue ;; esac
		service_wrong "still runs process ${process%%:*} from before the switch"
		return 0
	done
	evidence_of "$1"
	if [ -n "$s_stale" ]; then
		s_rung=none
		service_wrong "does not run $1: $s_stale. Is its working directory $v_root/current?"
	fi
}

# The line of evidence.
service_reply() {
	s_main=${s_pids%% *}
	if [ -f "$s_files.wrong" ]; then
		read -r s_detail <"$s_files.wrong"
		s_rung=none
	fi
	reply service "$s_name" "$s_rung" "${s_main:---}" "$s_detail"
}

services_longest() {
	for name in $(value services); do
		service_load "$name"
		# supervisord says RUNNING after startsecs; a second more makes the difference to a program that lives for just so long.
		[ "$s_kind" = supervisord ] && [ "${s_settle:-5}" -lt 1 ] && [ -n "${services_started-}" ] && s_settle=1
		echo "${s_settle:-5}"
	done | sort -n | tail -n 1
}

services_stop() {
	for name in $(value services); do
		service_load "$name"
		s_code=0
		case $s_kind in
		supervisord) supervisor_reach && step_run "$(service_limit)" supervisor_call stop "$s_unit" ;;
		systemd | systemd-user) step_run "$(service_limit)" systemd_call stop "$s_unit" ;;
		command)
			if [ ! -f "$request/service.$s_name.stop" ]; then
				reply service "$s_name" none -- "left as it is: it has no stop command"
				continue
			fi
			step_run "$(service_limit)" service_text stop ;;
		esac || s_code=$?
		[ "$s_code" -eq 0 ] || service_failed "service $s_name could not be stopped ($(step_ended "$s_code"))"
		reply service "$s_name" none -- stopped
	done
}
