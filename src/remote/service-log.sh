# shellcheck shell=sh
# shellcheck disable=SC2154 # s_…, supervisor_by: services.sh; session: main.sh
# What a service wrote into its own log since its restart, where this user may read it. What is worth showing of it is chosen by who
# asked (src/text/log-excerpt.ts).

# More of a log is not sent.
LOG_BYTES=65536

# service_log: prints what the new processes wrote, or, where this run restarted nothing, the end of the log; after service_look.
service_log() {
	case $s_kind in
	supervisord) supervisor_log ;;
	systemd | systemd-user) journal_log | journal_text ;;
	esac 2>/dev/null | text_end "$LOG_BYTES"
}

# service_log_mark: before a restart; $s_files.now has the processes that it ends. What they wrote, and write while they end, is theirs.
service_log_mark() {
	uptime_now
	echo "$(date +%s) $uptime" >"$s_files.log-since"
	sed 's/:.*//' "$s_files.now" | tr '\n' ' ' >"$s_files.log-old"
	[ "$s_kind" != supervisord ] || {
		supervisor_log_sizes
		supervisor_log_ends
	}
}

# --- supervisord -----------------------------------------------------------------------------------------------------------------

supervisor_log_file() {
	supervisor_setting "$1_logfile" ""
}

supervisor_log_sizes() {
	for log_channel in stderr stdout; do
		wc -c <"$(supervisor_log_file "$log_channel")" >"$s_files.log-$log_channel" 2>/dev/null || rm -f "$s_files.log-$log_channel"
	done
}

# supervisor_tail CHANNEL: what supervisord itself gives of a log that this user may not read: the last 1600 bytes. Fails where there is none.
supervisor_tail() {
	[ "$supervisor_by" = supervisorctl ] || sudo_perhaps "$(supervisor_line tail "$log_program" "$1")" || return 1
	supervisor_call tail "$log_program" "$1" >"$session/log" 2>/dev/null
	! grep -q 'ERROR (' "$session/log" && grep -q . "$session/log"
}

# supervisor_log_ends: how those logs end before a restart. Not at the moment at which the old processes are gone: supervisorctl takes long
# enough for a new one to have written why it fails.
supervisor_log_ends() {
	log_program=$(supervisor_worst)
	for log_channel in stderr stdout; do
		rm -f "$s_files.end-$log_channel"
		[ -f "$(supervisor_log_file "$log_channel")" ] || ! supervisor_tail "$log_channel" || {
			echo "$log_program"
			cat "$session/log"
		} >"$s_files.end-$log_channel"
	done
}

# supervisor_log_news CHANNEL: of $session/log what does not stand at the end of the log before the restart.
supervisor_log_news() {
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

# supervisor_log_handover: beside a restart. The file does not say who wrote into it: from the moment at which the old processes are gone,
# it is the new one.
supervisor_log_handover() {
	limit "$(service_limit)"
	handover_end=$limit
	read -r handover_pids <"$s_files.log-old" || :
	for handover_pid in $handover_pids; do
		while [ -d "/proc/$handover_pid" ] && ! over "$handover_end"; do
			sleep 0.1 2>/dev/null || sleep 1
		done
	done
	supervisor_log_sizes
}

# Its file, where the configuration names one that can be read; else by supervisord, which knows it.
supervisor_log() {
	for log_channel in stderr stdout; do
		log_file=$(supervisor_log_file "$log_channel")
		[ -f "$log_file" ] || continue
		log_from=$(cat "$s_files.log-$log_channel" 2>/dev/null) || log_from=0
		# A log that was rotated meanwhile begins at its first byte.
		[ "$(wc -c <"$log_file")" -ge "${log_from:-0}" ] || log_from=0
		tail -c "+$((${log_from:-0} + 1))" "$log_file" | text_end "$LOG_BYTES" >"$session/log"
		! grep -q . "$session/log" || {
			cat "$session/log"
			return 0
		}
	done
	log_program=$(supervisor_worst)
	for log_channel in stderr stdout; do
		supervisor_tail "$log_channel" || continue
		supervisor_log_news "$log_channel" >"$session/news"
		! grep -q . "$session/news" || {
			# So long, it begins anywhere in a line.
			[ "$(wc -c <"$session/news")" -lt 1600 ] || printf '[…]'
			cat "$session/news"
			return 0
		}
	done
}

# --- journald --------------------------------------------------------------------------------------------------------------------

# Lines with their times and processes; the second form is what older lines of sudo allow.
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

# journal_since: prints when this run began to restart it, by the clock as it is now; nothing where it restarted nothing. The journal has the
# times of a clock that may have been set back meanwhile: what fails since would be older than its restart.
journal_since() {
	read -r since_clock since_uptime <"$s_files.log-since" || return 0
	uptime_now
	since_back=$((since_clock + (uptime - since_uptime) / 100 - $(date +%s)))
	# One second may be rounding.
	[ "$since_back" -gt 1 ] || since_back=0
	echo "$((since_clock - since_back))"
} 2>/dev/null

# journal_text: the messages alone, without those of processes that a restart ended, and without what systemd says of their end.
journal_text() {
	awk -v since="$(journal_since)" -v old="$(cat "$s_files.log-old" 2>/dev/null)" '
		BEGIN { n = split(old, pids, " "); for (i = 1; i <= n; i++) ended[pids[i]] = 1 }
		/^-- / { next }
		/^[0-9]+\.[0-9]+ / {
			skip = since != "" && $1 + 0 < since + 0
			sub(/^[0-9.]+ [^ ]+ /, "")
			pid = ""
			if (match($0, /^[^:[]*\[[0-9]+\]: /)) {
				pid = substr($0, 1, RLENGTH - 3)
				sub(/^.*\[/, "", pid)
				$0 = substr($0, RLENGTH + 1)
			} else sub(/^[^:]*: /, "")
			if (pid in ended) { count = 0; skip = 1 }
			if (pid == 1 && /^(Stopping|Stopped) |: (Deactivated successfully|Consumed )/) skip = 1
			if (!skip) lines[++count] = $0
			next
		}
		# Without times: the last stop is that of the old processes.
		!/^ / && /^Stopped / { count = 0; next }
		!skip { lines[++count] = $0 }
		END { for (i = 1; i <= count; i++) print lines[i] }
	'
}

# services_logs: of each service, as the reply's text log-<name>; nothing of one whose log cannot be read.
services_logs() {
	for name in $(value services); do
		service_load "$name"
		service_look
		service_log >"$s_files.log"
		[ ! -s "$s_files.log" ] || reply_text "log-$s_name" "$s_files.log"
	done
}
