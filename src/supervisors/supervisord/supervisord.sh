# shellcheck shell=sh
# supervisord: kind `supervisord`. Functions and their interface: ../defaults.sh.

# Sets $supervisord_by, the words before the verb, to how this user can reach supervisord: directly (`supervisorctl`),
# or through exact sudoers rules; false if not at all. The result of an earlier call of this connection is tested first:
# a supervisorctl takes a third of a second.
supervisord_reach() {
	[ -z "${supervisord_by-}" ] || return 0
	{
		cat "$session/supervisor"
		echo supervisorctl
		[ "$(id -u)" -eq 0 ] || supervisord_lines
	} >"$session/supervisors" 2>/dev/null
	while IFS= read -r supervisord_by; do
		supervisord_call status "$s_unit" >"$s_files.look" 2>&1 </dev/null
		! grep -qE 'RUNNING|STARTING|STOPPED|EXITED|FATAL|BACKOFF|STOPPING|UNKNOWN|no such (process|group)' "$s_files.look" || {
			echo "$supervisord_by" >"$session/supervisor"
			return 0
		}
	done <"$session/supervisors"
	supervisord_by=
	return 1
}

# The commands through sudo that its listing contains, one per line: with the configuration that a rule fixes, and in
# the form of older setups. If the listing is closed, all of them.
supervisord_lines() {
	supervisord_program=$(command -v supervisorctl) || return 0
	sudo_listing
	{
		sudo_commands | sed -n 's|^\(/[^ ]*/supervisorctl -c /[^ ]*\) status .*|\1|p'
		for supervisord_file in /etc/supervisor/supervisord.conf /etc/supervisord.conf; do
			[ ! -f "$supervisord_file" ] || echo "$supervisord_program -c $supervisord_file"
		done
		echo "$supervisord_program"
	} | awk '!seen[$0]++' >"$session/supervisor-lines"
	while IFS= read -r supervisord_prefix; do
		[ -s "$session/sudo" ] && ! sudo_allows "$supervisord_prefix status $s_unit" || echo "sudo -n $supervisord_prefix"
	done <"$session/supervisor-lines"
}

# In the application's root, because supervisorctl without -c reads ./supervisord.conf and ./etc/supervisord.conf before
# those in /etc: an application may have a supervisord of its own.
supervisord_call() {
	(
		cd "$v_root" 2>/dev/null || :
		# shellcheck disable=SC2086 # words
		$supervisord_by "$@"
	)
}

# supervisord_line ARGUMENT...: the command line in the form that sudo requires.
supervisord_line() {
	echo "${supervisord_by#sudo -n } $*"
}

# Of a group, the first program that does not run; else the first.
supervisord_worst() {
	awk '$2 != "RUNNING" && $1 ~ /:/ { print $1; found = 1; exit } NR == 1 { first = $1 } END { if (!found) print first }' "$s_files.look"
}

supervisord_look() {
	s_state=unreachable
	s_detail="supervisord does not answer"
	if [ -n "${supervisord_by-}" ]; then
		supervisord_call status "$s_unit" >"$s_files.look" 2>&1
	else
		supervisord_reach || return 0
	fi
	s_detail=$(tr -s ' \t' ' ' <"$s_files.look" | tr '\n' ';' | sed 's/;$//')
	s_pids=$(sed -n 's/^.* RUNNING  *pid \([0-9]*\),.*/\1/p' "$s_files.look" | tr '\n' ' ')
	s_state=$(awk '
		/no such (process|group)/ { missing = 1 }
		$2 == "STARTING" || $2 == "STOPPING" { starting = 1 }
		$2 == "BACKOFF" { crashing = 1 }
		$2 == "STOPPED" || $2 == "EXITED" || $2 == "FATAL" || $2 == "UNKNOWN" { stopped = 1 }
		$2 == "RUNNING" { running = 1 }
		END { print missing ? "missing" : stopped ? "stopped" : crashing ? "crashing" : starting ? "starting" : running ? "running" : "missing" }
	' "$s_files.look")
}

# Where supervisord of distributions' packages looks for its programs.
SUPERVISORD_FILES="/etc/supervisord.conf /etc/supervisor/supervisord.conf /etc/supervisor/conf.d/*.conf /etc/supervisord.d/*.ini /etc/supervisor.d/*.ini"

# Sets supervisord_files: these, and those that the configurations among them include; patterns.
supervisord_files() {
	[ -z "${supervisord_files-}" ] || return 0
	set --
	for supervisord_at in $SUPERVISORD_FILES; do
		[ ! -r "$supervisord_at" ] || set -- "$@" "$supervisord_at"
	done
	supervisord_files=$SUPERVISORD_FILES
	[ "$#" -eq 0 ] || supervisord_files="$supervisord_files $(supervisord_included "$@" | tr '\n' ' ')"
}

# supervisord_included FILE…: the patterns of their [include].
supervisord_included() {
	awk -f included-patterns.awk "$@"
}

# Their content, one after the other.
supervisord_text() {
	supervisord_files
	# shellcheck disable=SC2086 # a list with patterns
	cat $supervisord_files 2>/dev/null
}

supervisord_known() {
	if ! command -v supervisorctl >/dev/null; then
		finding program-missing "service $s_name: this host has no supervisorctl" "Install supervisor on the host."
		return 0
	fi
	supervisord_files
	service_look
	case $s_state in
	unreachable)
		finding service-unreachable "service $s_name: $(id -un) may not talk to supervisord" \
			"Is it running? The sudoers lines that tarlift host setup prints let this user in. The socket's group (chown in [unix_http_server]) does as well, and gives all of its programs."
		return 0
		;;
	missing)
		supervisord_missing
		return 0
		;;
	esac
	[ "$(id -u)" -eq 0 ] || sudo_listing
	if [ "$supervisord_by" != supervisorctl ]; then
		for verb in restart $(service_first stop); do service_sudo "$(supervisord_line "$verb" "$s_unit")"; done
		case $s_action in
		reload) service_sudo "$(supervisord_line signal HUP "$s_unit")" ;;
		signal\ *) service_sudo "$(supervisord_line signal "${s_action#signal }" "$s_unit")" ;;
		esac
	fi
	service_kills_after "$(supervisord_setting stopwaitsecs 10)" stopwaitsecs
	service_warn_current
}

# A program that supervisord does not know by that name may be in its configuration: in a group, with several processes,
# or not read yet.
supervisord_missing() {
	missing_name=$(supervisord_called)
	case $missing_name in
	'')
		finding service-unknown "service $s_name: supervisord has no program $s_unit" \
			"Add it to supervisord's configuration (tarlift host setup prints a snippet), then: supervisorctl update"
		;;
	"$s_unit" | "${s_unit%:\*}")
		finding service-unknown "service $s_name: supervisord has not read the program $s_unit, which its configuration has" \
			"As root on the host: supervisorctl update ${s_unit%%:*}"
		;;
	shared:*)
		finding service-unknown "service $s_name: supervisord has no $s_unit: the program has several processes (numprocs) in the group ${missing_name#shared:}, and a restart of ${missing_name#shared:}:* would take the group's other programs along" \
			"Give it a group of its own: remove $(supervisord_program) from programs= of [group:${missing_name#shared:}] in supervisord's configuration, and as root on the host: supervisorctl update   Then write in tarlift.yml: supervisord: \"$(supervisord_program):*\"   and run tarlift host setup again, whose sudoers lines name it."
		;;
	*)
		finding service-unknown "service $s_name: supervisord has no $s_unit: it calls that program $missing_name" \
			"Write in tarlift.yml: supervisord: \"$missing_name\"   and run tarlift host setup again, whose sudoers lines name it."
		;;
	esac
}

# Prints supervisord's name for the program of $s_unit by its configuration (program-name.awk); nothing if no readable
# file has it.
supervisord_called() {
	supervisord_text | awk -v "program=$(supervisord_program)" -f program-name.awk
}

# The program that $s_unit is a process of: for `group:*`, and for one of several processes, the program has the group's
# name.
supervisord_program() {
	if supervisord_text | grep -qxF -e "[program:${s_unit##*:}]"; then
		printf '%s' "${s_unit##*:}"
	else
		printf '%s' "${s_unit%%:*}"
	fi
}

# supervisord_setting KEY DEFAULT: the value in the configuration of the program, if it can be read and is at the path
# that packages use.
supervisord_setting() {
	supervisord_text |
		awk -v wanted="[program:$(supervisord_program)]" -v key="$1" -v standard="$2" '
			/^\[/ { sub(/[ \t]*$/, ""); mine = $0 == wanted; if (mine) found = standard; next }
			mine && $0 ~ "^" key "[ \t]*=" { sub(/^[^=]*=[ \t]*/, ""); sub(/[ \t]*(;.*)?$/, ""); found = $0 }
			END { if (found != "") print found }'
}

supervisord_restart() {
	supervisord_log_handover &
	supervisord_call restart "$s_unit"
}

# By supervisord's own log if it can be read; else by the time alone, which began a moment before supervisord got the
# command.
supervisord_cut() {
	cut_limit=$(supervisord_setting stopwaitsecs 10)
	cut_surely=
	first_line "$s_files.logged"
	cut_logged=$first_line
	first_line "$s_files.stopped"
	cut_stopped=$first_line
	if [ -n "$cut_logged" ]; then
		tail -c "+$((cut_logged + 1))" "$(supervisord_own_log)" >"$s_files.log"
		for cut_pid in $s_pids; do
			! grep -qF "($cut_pid) with SIGKILL" "$s_files.log" || cut_after=${cut_limit:-$cut_stopped}
		done
	else
		cut_surely="probably "
		! [ "${cut_stopped:-0}" -ge "${cut_limit:-infinity}" ] 2>/dev/null || cut_after=$cut_limit
	fi
	cut_setting=stopwaitsecs
}

# The log in which supervisord reports that it kills, by its configuration; nothing if that cannot be read.
supervisord_own_log() {
	supervisord_text | awk '
		/^\[/ { mine = /^\[supervisord\]/ }
		mine && /^logfile[ \t]*=/ { sub(/^[^=]*=[ \t]*/, ""); sub(/[ \t]*(;.*)?$/, ""); found = $0 }
		END { if (found != "") print found }'
}

supervisord_log_size() {
	log_main=$(supervisord_own_log)
	[ ! -r "${log_main:-/}" ] || [ ! -f "$log_main" ] || wc -c <"$log_main"
}

supervisord_log_file() {
	supervisord_setting "$1_logfile" ""
}

# supervisord_log_readable FILE: whether it can be read here. /dev/stdout would be that of this program, and has no end.
supervisord_log_readable() {
	[ -f "$1" ] && [ -r "$1" ]
}

# supervisord_log_sizes STDERR STDOUT: records the sizes of these files, where they are files: a pipe would block.
supervisord_log_sizes() {
	log_channel=stderr
	for log_file in "$@"; do
		rm -f "$s_files.log-$log_channel"
		! supervisord_log_readable "$log_file" || wc -c <"$log_file" >"$s_files.log-$log_channel" 2>/dev/null
		log_channel=stdout
	done
}

# supervisord_tail CHANNEL: what supervisord itself shows of a log that this user may not read: the last 1600 bytes.
# Fails if there is none.
supervisord_tail() {
	[ "$supervisord_by" = supervisorctl ] || sudo_perhaps "$(supervisord_line tail "$log_program" "$1")" || return 1
	supervisord_call tail "$log_program" "$1" >"$session/log" 2>/dev/null
	! grep -q 'ERROR (' "$session/log" && grep -q . "$session/log"
}

# supervisord_log_ends: the ends of those logs before a restart. Not when the old processes are gone: supervisorctl
# takes long enough for a new one to have written why it fails.
supervisord_log_ends() {
	log_program=$(supervisord_worst)
	for log_channel in stderr stdout; do
		rm -f "$s_files.end-$log_channel"
		supervisord_log_readable "$(supervisord_log_file "$log_channel")" || ! supervisord_tail "$log_channel" || {
			echo "$log_program"
			cat "$session/log"
		} >"$s_files.end-$log_channel"
	done
}

# supervisord_log_news CHANNEL: the part of $session/log that was not at the end of the log before the restart.
supervisord_log_news() {
	if [ "$(head -n 1 "$s_files.end-$1" 2>/dev/null)" != "$log_program" ]; then
		cat "$session/log"
		return
	fi
	awk -v "before=$s_files.end-$1" '
		FILENAME == before { if (FNR > 1) end = end $0 "\n"; next }
		{ log_now = log_now $0 "\n" }
		END {
			# The last line break is of supervisorctl.
			sub(/\n+$/, "", end)
			for (n = length(end); n > 0; n--) if (substr(log_now, 1, n) == substr(end, length(end) - n + 1)) break
			printf "%s", substr(log_now, n + 1)
		}' "$s_files.end-$1" "$session/log"
}

# supervisord_log_handover: beside a restart. The file does not show who wrote to it: as soon as the old processes are
# gone, it is the new one. A new process may have written why it fails a tenth of a second later.
supervisord_log_handover() {
	limit "$(service_limit)"
	handover_end=$limit
	handover_stderr=$(supervisord_log_file stderr)
	handover_stdout=$(supervisord_log_file stdout)
	read -r handover_pids <"$s_files.log-old" || :
	for handover_pid in $handover_pids; do
		while [ -d "/proc/$handover_pid" ] && ! over "$handover_end"; do
			sleep 0.02 2>/dev/null || sleep 1
		done
	done
	supervisord_log_sizes "$handover_stderr" "$handover_stdout"
}

# Its file, if the configuration names a readable one; else through supervisord, which knows it. A file without anything
# new is all that there is to show: supervisord would show what the old processes wrote.
supervisord_log() {
	for log_channel in stderr stdout; do
		log_file=$(supervisord_log_file "$log_channel")
		supervisord_log_readable "$log_file" || continue
		log_from=$(cat "$s_files.log-$log_channel" 2>/dev/null) || log_from=0
		# A log that was rotated meanwhile is read from its first byte.
		[ "$(wc -c <"$log_file")" -ge "${log_from:-0}" ] || log_from=0
		tail -c "+$((${log_from:-0} + 1))" "$log_file" | text_end "$LOG_BYTES" >"$session/log"
		! grep -q . "$session/log" || {
			cat "$session/log"
			return 0
		}
	done
	log_program=$(supervisord_worst)
	for log_channel in stderr stdout; do
		! supervisord_log_readable "$(supervisord_log_file "$log_channel")" || continue
		supervisord_tail "$log_channel" || continue
		supervisord_log_news "$log_channel" >"$session/news"
		! grep -q . "$session/news" || {
			# At this length, it may begin in the middle of a line.
			[ "$(wc -c <"$session/news")" -lt 1600 ] || printf '[…]'
			cat "$session/news"
			return 0
		}
	done
}

supervisord_act() {
	case $s_method in
	reload) child_run 60 supervisord_call signal HUP "$s_unit" ;;
	*) child_run 60 supervisord_call signal "${s_method#signal }" "$s_unit" ;;
	esac
}

supervisord_stop() {
	supervisord_reach && child_run "$(service_limit)" supervisord_call stop "$s_unit"
}

# It cannot be started meanwhile.
supervisord_stopping() {
	[ -z "${1-}" ] || supervisord_call status "$s_unit" >"$s_files.look" 2>&1
	grep -q ' STOPPING ' "$s_files.look"
}

supervisord_before() {
	supervisord_log_size >"$s_files.logged"
}

supervisord_group() {
	[ -z "$s_pids" ] || ! proc_open || s_whole=yes
}

# It reports RUNNING after startsecs; one more second detects a program that lives for exactly that long.
supervisord_settle() {
	[ "${s_settle:-5}" -ge 1 ] || [ -z "${services_started-}" ] || s_settle=1
}

supervisord_log_mark() {
	supervisord_log_sizes "$(supervisord_log_file stderr)" "$(supervisord_log_file stdout)"
	supervisord_log_ends
}

supervisord_reader() {
	readers_user=$(supervisord_setting user root)
	[ -n "$readers_user" ] && is_owner "$readers_user"
}

# A program is alone in the group of its name; `:*` are all of a group.
supervisord_same() {
	set -- "${1%%:*}" "${1#*:}" "${s_unit%%:*}" "${s_unit#*:}"
	[ "$1" = "$3" ] && case "$2 $4" in '* '* | *' *') ;; *) [ "$2" = "$4" ] ;; esac
}

supervisord_by_hand() {
	case $1 in
	stop) echo "As root on the host: supervisorctl stop $s_unit" ;;
	*) echo "To end it, as root on the host: supervisorctl stop $s_unit   and take it out of supervisord's configuration" ;;
	esac
}
