# shellcheck shell=sh
# What a service wrote to its own log since its restart, if this user may read it. The caller selects what to show of it
# (src/text/log-excerpt.ts).

# The maximum part of a log that is sent.
LOG_BYTES=65536

# service_log: prints what the new processes wrote, or, if this run restarted nothing, the end of the log; after
# service_look.
service_log() {
	service_do log 2>/dev/null | text_end "$LOG_BYTES"
}

# service_log_mark: before a restart; $s_files.now has the processes that it ends. All that they write until they have
# ended belongs to them.
service_log_mark() {
	uptime_now
	echo "$(date +%s) $uptime" >"$s_files.log-since"
	sed 's/:.*//' "$s_files.now" | tr '\n' ' ' >"$s_files.log-old"
	service_do log_mark
}

# services_logs: the log of each service, as the reply's text log-<name>; nothing for a service whose log cannot be
# read.
services_logs() {
	for name in $(value services); do
		service_load "$name"
		service_look
		service_log >"$s_files.log"
		[ ! -s "$s_files.log" ] || reply_text "log-$s_name" "$s_files.log"
	done
}
