# shellcheck shell=sh
# shellcheck disable=SC2154 # s_…, supervisor_by: services.sh; session: main.sh
# What a service last said in its own log, where this user may read it.

# service_log: prints the last lines of it, or nothing; after service_look.
service_log() {
	case $s_kind in
	supervisord) supervisor_log ;;
	systemd) journal_log ;;
	systemd-user) journalctl --user --unit "$s_unit" --lines 20 --no-pager --output cat ;;
	esac 2>/dev/null | grep -vxF -e '-- No entries --' | tail -n 20
}

# Its file, where the configuration names one that can be read; else by supervisord, which knows it.
supervisor_log() {
	for log_channel in stderr stdout; do
		log_file=$(supervisor_setting "${log_channel}_logfile" "")
		if [ -f "$log_file" ] && [ -s "$log_file" ] && tail -n 20 "$log_file"; then return 0; fi
	done
	log_program=$(supervisor_worst)
	for log_channel in stderr stdout; do
		[ "$supervisor_by" = supervisorctl ] || sudo_allows "$(supervisor_line tail "$log_program" "$log_channel")" || continue
		supervisor_call tail "$log_program" "$log_channel" >"$session/log"
		# It has no log of that channel, or an empty one.
		if grep -q 'ERROR (' "$session/log" || ! grep -q . "$session/log"; then continue; fi
		cat "$session/log"
		return 0
	done
}

journal_log() {
	set -- --unit "$s_unit" --lines 20 --no-pager --output cat
	if [ "$(id -u)" -ne 0 ] && sudo_allows "$(command -v journalctl) $*"; then
		sudo -n "$(command -v journalctl)" "$@"
	else
		journalctl "$@"
	fi
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
