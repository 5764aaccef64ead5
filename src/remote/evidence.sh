# shellcheck shell=sh
# Evidence about services: what runs, and what proves that it is the release. Nothing here changes them.
#
#   services_observe RELEASE SETTLE    what runs now, as `reply service NAME LEVEL PID DETAIL`; SETTLE 1: watched for the
#                                      settling time
#   services_require RELEASE           the same after a swap without a restart: a service that does not run the release
#                                      ends the call
#
# The evidence levels (LEVEL), strongest first: directory (each main process, or one below it, works in the release's
# directory), environment (an environment id occurs in a command line or mapping), started (all its processes are others
# than before), restarted (the supervisor reports that it started it since), supervisor (it reports that it runs),
# unverified (nothing could be checked), none. What cannot be read proves nothing: a list of processes that may be
# incomplete never counts as `started`.

# --- what supervisors report ------------------------------------------------------------------------------------------

# Sets s_state (running | starting | crashing: died, and waits for its next start | stopped | missing | unreachable),
# s_pids (main processes) and s_detail (one line of the supervisor's own output).
service_look() {
	s_pids=
	s_restarts=
	s_detail=
	service_do look
}

# --- processes --------------------------------------------------------------------------------------------------------

# Whether the processes of all users can be seen. If not (hidepid, ProtectProc= of sshd), an empty list proves nothing.
proc_open() {
	[ -n "${proc_open-}" ] || {
		proc_open=yes
		[ "$user_id" -eq 0 ] || dd if=/proc/1/stat count=1 >/dev/null 2>&1 || proc_open=no
	}
	[ "$proc_open" = yes ]
}

# service_scan RELEASE: after service_look; writes `<pid> <start time> <parent>` of every process of the service to
# $s_files.scan. Start and parent are `-` if they cannot be read. Sets s_whole: no process of the service can be missing
# from the list. Processes that this user cannot see may be visible to the services' user, as which the wrapper of
# RELEASE looks.
service_scan() {
	s_whole=no
	scan_group=
	service_do group
	: >"$s_files.scan"
	[ -n "$s_pids$scan_group" ] || return 0
	{
		process_table
		proc_open || service_asks "$1" 'echo /proc/[0-9]*/stat | xargs cat 2>/dev/null' | process_lines
	} | awk -v "mains=$s_pids" -v "group=$scan_group" '
		{ start[$1] = $3; parent[$1] = $2 }
		END {
			n = split(mains " " group, known, " ")
			for (i = 1; i <= n; i++) mine[known[i]] = 1
			do {
				added = 0
				for (p in parent) if (!(p in mine) && (parent[p] in mine)) { mine[p] = 1; added = 1 }
			} while (added)
			for (p in mine) print p, (p in start) ? start[p] " " parent[p] : "- -"
		}' >"$s_files.scan"
}

# `<pid> <parent> <start time>` of every process that can be seen and is not dead.
process_table() {
	echo /proc/[0-9]*/stat | for_all cat | process_lines
}

process_lines() {
	sed -n 's/^\([0-9]*\) .*) \([A-Za-z]\) /\1 \2 /p' | awk '$2 != "Z" && $2 != "X" { print $1, $3, $21 }'
}

# service_asks RELEASE TEXT [WORD…]: runs shell text as the service's user, if that is another one.
service_asks() {
	[ -n "$s_run_as" ] && [ "$s_run_as" != "$user_name" ] || return 0
	asks_release=$1
	shift
	asks_text=$1
	shift
	sudo -n -u "$s_run_as" "$v_root/releases/$asks_release/.tarlift/exec" sh -c "$asks_text" sh "$@" 2>/dev/null || :
}

# service_processes RELEASE: scans, and prints `pid:starttime` of all processes of the service.
service_processes() {
	service_scan "$1"
	service_pairs
}

# From the last scan: the pair is unique until the next boot. The start time is empty if it cannot be read.
service_pairs() {
	sed 's/^\([0-9]*\) -* *\([0-9]*\).*/\1:\2/' "$s_files.scan"
}

# service_directories RELEASE: after service_scan; writes `<pid> <working directory>` of its processes to
# $s_files.directories, and `<pid> <name>` to $s_files.names, for those that can be read: through the services' user if
# this user cannot read them.
service_directories() {
	closed=
	: >"$s_files.names"
	while read -r process _; do
		if directory=$(readlink "/proc/$process/cwd" 2>/dev/null); then
			printf '%s %s\n' "$process" "$directory"
			! read -r directory_name <"/proc/$process/comm" || printf '%s %s\n' "$process" "$directory_name" >>"$s_files.names"
		else
			closed="$closed $process"
		fi
	done <"$s_files.scan" >"$s_files.directories" 2>/dev/null
	[ -n "$closed" ] || return 0
	# shellcheck disable=SC2016,SC2086 # text for another shell; process ids
	service_asks "$1" 'for process do
		! directory=$(readlink "/proc/$process/cwd") || printf "d %s %s\n" "$process" "$directory"
		! read -r name <"/proc/$process/comm" || printf "n %s %s\n" "$process" "$name"
	done' $closed >"$s_files.asked"
	sed -n 's/^d //p' "$s_files.asked" >>"$s_files.directories"
	sed -n 's/^n //p' "$s_files.asked" >>"$s_files.names"
}

# Programs that only communicate with a container: their directory proves nothing about what runs inside.
CONTAINER_CLIENTS=" docker docker-compose podman nerdctl conmon crun runc systemd-nspawn lxc-start lxc-execute apptainer singularity "

# After service_directories: sets s_clients, the processes of the service that are such programs, or may be, since their
# names cannot be read; and s_client, the name of one.
service_clients() {
	s_clients=
	s_client=
	awk 'FILENAME ~ /names$/ { name[$1] = substr($0, length($1) + 2); next } { print $1, name[$1] }' "$s_files.names" "$s_files.scan" >"$s_files.named"
	while read -r process client_name; do
		case $CONTAINER_CLIENTS in
		*" ${client_name:-/} "*) s_client=$client_name ;;
		*) [ -z "$client_name" ] || continue ;;
		esac
		s_clients="$s_clients $process "
	done <"$s_files.named"
}

# release_environments RELEASE: the ids of its environments, one per line.
release_environments() {
	[ -n "$1" ] || return 0
	for link in "$v_root/releases/$1"/.[!.]* "$v_root/releases/$1"/*; do
		[ -L "$link" ] || continue
		target=$(readlink "$link")
		expr "$target" : '.*/\([0-9a-f]\{12\}-[0-9a-f]\{8\}\)$' || :
	done | sed '/^$/d' | sort -u
}

# evidence_of RELEASE: after service_scan; sets s_level and, for a process of another release, s_stale.
evidence_of() {
	s_stale=
	evidence_least
	wanted=$v_root/releases/$1
	real=$(cd "$wanted" 2>/dev/null && pwd -P) || real=$wanted
	service_directories "$1"
	service_clients
	evidence_kept=
	case $s_action in reload | signal\ *) [ "$(wc -l <"$s_files.directories")" -le "$(echo "$s_pids" | wc -w)" ] || evidence_kept=" $s_pids " ;; esac
	evidence_here=
	while read -r process directory; do
		# A reload leaves the main process in its directory, and renews its workers.
		case $evidence_kept in *" $process "*) continue ;; esac
		case $directory in
		"$wanted" | "$wanted"/* | "$real" | "$real"/*)
			case $s_clients in *" $process "*) ;; *) evidence_here="$evidence_here $process" ;; esac
			;;
		"${real%/*}"/* | "$v_root"/releases/*)
			s_stale="process $process works in ${directory##*/releases/}"
			return 0
			;;
		esac
	done <"$s_files.directories"
	if evidence_everywhere; then
		s_level=directory
		return 0
	fi
	[ -z "$s_client" ] || s_detail="$s_detail; it runs a container by $s_client, and what is inside of it cannot be seen"
	for id in $(release_environments "$1"); do
		while read -r process _; do
			case $s_clients in *" $process "*) continue ;; esac
			# Converted to lines: the grep of busybox does not find a word after a NUL.
			if tr '\0' '\n' <"/proc/$process/cmdline" 2>/dev/null | grep -q "$id" || grep -qs "$id" "/proc/$process/maps"; then
				s_level=environment
				return 0
			fi
		done <"$s_files.scan"
	done
}

# The level that a supervisor's report alone supports: unverified (there is none), supervisor (it runs), restarted (the
# supervisor started it after the swap), started (and every one of its processes is another than before).
evidence_least() {
	service_do least && [ -n "${services_started-}" ] || return 0
	case $s_method in
	restart)
		evidence_renewed || return 0
		s_level=restarted
		[ "$s_whole" != yes ] || ! grep -q . "$s_files.scan" || ! grep -qx whole "$s_files.run" || s_level=started
		;;
	# No earlier worker is left, and there are others.
	reload | signal\ *)
		[ "$s_whole" = yes ] && [ "$(wc -l <"$s_files.scan")" -gt "$(echo "$s_pids" | wc -w)" ] || return 0
		s_level=started
		s_detail="$s_detail; its workers are new, and its main process is the one from before"
		;;
	esac
}

# Whether the supervisor started it since evidence_begins.
evidence_renewed() {
	{
		read -r renewed_before
		read -r renewed_mains
	} <"$s_files.run"
	if [ -n "$renewed_before" ]; then
		[ "$renewed_before" != "$(service_do invocation)" ]
		return
	fi
	for process in $s_pids; do
		case " $renewed_mains " in *" $process "*) return 1 ;; esac
	done
	[ -n "$s_pids$(service_do invocation)" ]
}

# evidence_begins: after service_scan; records the state before a restart, for evidence_renewed.
evidence_begins() {
	printf '%s\n' "$(service_do invocation)" "$s_pids" >"$s_files.run"
	if [ "$s_whole" = yes ] || [ "$s_state" = stopped ]; then echo whole >>"$s_files.run"; fi
}

# Whether each of its main processes, or one below it, works in the release; one of them if there is no main process.
evidence_everywhere() {
	[ -n "$evidence_here" ] || return 1
	evidence_mains=
	# A process that a reload keeps does not count, neither for nor against.
	[ -n "$evidence_kept" ] || evidence_mains=$s_pids
	[ -n "$evidence_mains" ] || return 0
	awk -v "mains=$evidence_mains" -v "here=$evidence_here" '
		{ parent[$1] = $3 }
		END {
			n = split(here, at, " ")
			for (i = 1; i <= n; i++) for (p = at[i]; p != "" && !(p in seen); p = parent[p]) seen[p] = 1
			n = split(mains, main, " ")
			for (i = 1; i <= n; i++) if (!(main[i] in seen)) exit 1
		}' "$s_files.scan"
}

# --- observing --------------------------------------------------------------------------------------------------------

# All services are watched until each has run for its settling time: a crash loop looks healthy at any one moment. After
# services_restart a service that does not run the release ends the call; otherwise that is a reply (level none), and
# nothing is changed.
services_observe() {
	[ -n "$(services_named)" ] || return 0
	for name in $(services_named); do
		service_load "$name"
		[ -n "${services_started-}" ] || service_untouched
		service_look
		echo "$s_pids/$s_restarts" >"$s_files.mains"
		rm -f "$s_files.wrong"
		[ ! -f "$s_files.down" ] || cp "$s_files.down" "$s_files.wrong"
	done
	if [ "$2" = 1 ]; then
		uptime_now
		settle_begin=$uptime
		# Counted from this check, not from the start of the process: a slow process may not have done anything yet.
		settle_end=$((uptime + 100 * $(services_longest)))
		while [ "$uptime" -lt "$settle_end" ]; do
			sleep 0.5 2>/dev/null || sleep 1
			alive
			for name in $(services_named); do
				service_load "$name"
				service_alive || service_same
			done
			uptime_now
		done
		reply settling $((uptime - settle_begin))
	fi
	for name in $(services_named); do
		service_load "$name"
		service_look
		settle_end=
		service_same
		# Only here: a slow start may fail as late as this.
		! service_spared "$1" || continue
		service_prove "$1"
		service_reply
	done
}

# services_require RELEASE: observes without a restart, and still ends the call if a service does not run the release.
services_require() {
	services_part "$1" look
	services_started=1
	for name in $(services_named); do
		service_load "$name"
		service_untouched
	done
	services_observe "$1" 1
}

# The service is only observed: this run did not start it.
service_untouched() {
	: >"$s_files.before"
	echo none >"$s_files.method"
}

# service_wrong WHAT: ends an activation; only recorded if services are just observed.
service_wrong() {
	[ -z "${services_started-}" ] || service_failed service-not-running "service $s_name $1" || :
	printf '%s\n' "$1" >"$s_files.wrong"
}

# Whether the main processes still exist: a cheap check between two queries of the supervisor.
service_alive() {
	read -r alive_mains <"$s_files.mains"
	for alive_pid in ${alive_mains%/*}; do
		[ -d "/proc/$alive_pid" ] || return 1
	done
}

service_same() {
	[ ! -f "$s_files.wrong" ] && ! grep -qx finishing "$s_files.method" || return 0
	[ -z "${settle_end-}" ] || service_look
	if [ "$s_state" != running ]; then
		service_wrong "does not stay up: $s_detail"
	elif [ "$s_pids/$s_restarts" != "$(cat "$s_files.mains")" ]; then
		service_wrong "crashes and is started again: $s_detail"
	fi
}

# service_prove RELEASE: sets the evidence level that is reached; a process of another release is an error.
service_prove() {
	s_level=none
	[ ! -f "$s_files.wrong" ] || return 0
	service_scan "$1"
	service_pairs | sort >"$s_files.after"
	read -r s_method <"$s_files.method"
	if [ "$s_method" = finishing ]; then
		s_level=supervisor
		s_detail="still finishing its work; its supervisor then starts it again, in $1"
		reply warning "service $s_name: $s_detail"
		return 0
	fi
	for process in $(comm -12 "$s_files.before" "$s_files.after"); do
		# A reload keeps the main process and nothing else.
		case " $s_pids " in *" ${process%%:*} "*) [ "$s_method" = restart ] || continue ;; esac
		service_wrong "still runs process ${process%%:*} from before the activation"
		return 0
	done
	service_strays
	evidence_of "$1"
	if [ -n "$s_stale" ]; then
		s_level=none
		service_wrong "does not run $1: $s_stale. Is its working directory $v_root/current?"
	fi
}

# Processes that belonged to the service before a restart, no longer do, and still run: its supervisor does not know
# them.
service_strays() {
	[ "$s_method" = restart ] || return 0
	for process in $(comm -23 "$s_files.before" "$s_files.after"); do
		[ -n "${process#*:}" ] || continue
		[ "$(process_start "${process%%:*}")" = "${process#*:}" ] || continue
		reply warning "service $s_name: process ${process%%:*} from before the activation runs on beside it, without its supervisor"
	done
}

# Replies the line of evidence.
service_reply() {
	s_main=${s_pids%% *}
	if [ -f "$s_files.wrong" ]; then
		read -r s_detail <"$s_files.wrong"
		s_level=none
		[ ! -f "$s_files.said" ] || reply_text "log-$s_name" "$s_files.said"
	fi
	reply service "$s_name" "$s_level" "${s_main:---}" "$s_detail"
}

services_longest() {
	for name in $(services_named); do
		service_load "$name"
		service_do settle
		echo "${s_settle:-5}"
	done | sort -n | tail -n 1
}
