# shellcheck shell=sh
# What a service wrote into its own log since its restart, where this user may read it. What is worth showing of it is chosen by who
# asked (src/text/log-excerpt.ts).

# More of a log is not sent.
LOG_BYTES=65536

# service_log: prints what the new processes wrote, or, where this run restarted nothing, the end of the log; after service_look.
service_log() {
	service_do log 2>/dev/null | text_end "$LOG_BYTES"
}

# service_log_mark: before a restart; $s_files.now has the processes that it ends. What they wrote, and write while they end, is theirs.
service_log_mark() {
	uptime_now
	echo "$(date +%s) $uptime" >"$s_files.log-since"
	sed 's/:.*//' "$s_files.now" | tr '\n' ' ' >"$s_files.log-old"
	service_do log_mark
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
