# shellcheck shell=sh
# shellcheck disable=SC2154 # s_…: services.sh; session, request, v_root, verb: main.sh
# Looking at services: what runs, and how one knows that it is the release. Nothing here touches them.
#
#   services_observe RELEASE SETTLE   what runs now, as `reply service NAME RUNG PID DETAIL`; SETTLE 1: watched for the settling time
#   services_insist RELEASE           the same after a swap without a restart: what does not run the release ends the call
#
# The rungs of evidence, strongest first: directory (the process works in the release's directory), environment (an environment id
# stands in its command line or its mappings), started (all its processes are others than before), supervisor (its word), none.

# --- the supervisors' word -------------------------------------------------------------------------------------------------------

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

# --- observing -------------------------------------------------------------------------------------------------------------------

# All are watched until each has lived for its settling time: a crash loop looks healthy at any one moment. After services_restart a service
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
		settle_begin=$uptime
		settle_end=$(services_settled_at)
		while [ "$uptime" -lt "$settle_end" ]; do
			sleep 0.5 2>/dev/null || sleep 1
			for name in $(value services); do
				service_load "$name"
				service_alive || service_same
			done
			uptime_now
		done
		reply settling $((uptime - settle_begin))
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

# services_settled_at: when each service has settled, in hundredths of a second since the boot. The life of its youngest main process counts
# from its start; after a reload, and where no start can be read, it counts from now.
services_settled_at() {
	for name in $(value services); do
		service_load "$name"
		# supervisord says RUNNING after startsecs; a second more makes the difference to a program that lives for just so long.
		[ "$s_kind" = supervisord ] && [ "${s_settle:-5}" -lt 1 ] && [ -n "${services_started-}" ] && s_settle=1
		echo $(($(service_youngest) + 100 * ${s_settle:-5}))
	done | sort -n | tail -n 1
}

# service_youngest: the start of its youngest main process; now, where that cannot be told. The clock of a container can be behind
# /proc/PID/stat, which counts from the start of the machine.
service_youngest() {
	youngest=0
	IFS=/ read -r youngest_mains _ <"$s_files.mains"
	grep -qxE 'restart|none' "$s_files.how" && [ -n "$youngest_mains" ] || youngest=$uptime
	for youngest_pid in $youngest_mains; do
		youngest_start=$(process_start "$youngest_pid")
		[ "${youngest_start:-$uptime}" -le "$youngest" ] || youngest=${youngest_start:-$uptime}
	done
	[ "$youngest" -le "$uptime" ] || youngest=$uptime
	echo "$youngest"
}
