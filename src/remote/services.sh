# shellcheck shell=sh
# Services: how they are restarted. What proves that a running service is the release: evidence.sh.
#
# A request names them in `services`, and each has lines service.<name>.kind, .unit, .action, .settle, .stop_timeout;
# what only one supervisor does is in its own functions: service_do, src/supervisors/defaults.sh.
#
#   services_restart RELEASE FROM     restarts all after a swap from FROM (may be empty), waits until they run, then
#   observes
#                                     them; those that RELEASE lacks are stopped instead: recorded-services.sh
#   services_stop                     stops all: the first release of a host is reverted

# Seconds after which a start that has not completed counts as failed.
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

# Seconds for a restart: the graceful stop with its configured time, and the start.
service_limit() {
	service_do limit
	echo $((${s_stop_limit:-$limit_stop} + SERVICE_START_LIMIT + $(service_do wait)))
}

services_restart() {
	services_started=1
	service_in=$2
	services_part "$1" stop
	service_in=
	# Services to be stopped may obstruct the others (a port, a lock), so a service that fails before they are stopped gets
	# another attempt.
	service_attempts=${part_running:+2}
	for name in $(services_named); do
		service_load "$name"
		service_look
		rm -f "$s_files.down" "$s_files.final" "$s_files.wrong" "$s_files.waited"
		service_scan "$1"
		evidence_begins
		service_pairs | sort >"$s_files.now"
		service_log_mark
		service_left_alone
		echo "$s_method" >"$s_files.method"
		printf '%s\n' "$s_state" "$s_pids" >"$s_files.seen"
		mv -f "$s_files.now" "$s_files.before"
		[ "$s_method" = restart ] || : >"$s_files.before"
	done
	for name in $(services_named); do
		service_load "$name"
		read -r s_method <"$s_files.method"
		{
			read -r s_state
			read -r s_pids
		} <"$s_files.seen"
		[ "$s_method" != restart ] || service_act "$1" "$2"
	done
	# Its graceful stop may take long: services of RELEASE are started first.
	service_in=$2
	services_leave "$1"
	service_in=
	for name in $(services_named); do
		service_load "$name"
		{ [ ! -f "$s_files.down" ] && service_await; } || service_again "$1" "$2"
	done
	service_attempts=
	services_observe "$1" 1
	! is_revert || services_restored
}

# Sets s_method: `restart`; or, in a revert, `none` for a service whose processes have not changed since the activation
# (it never left the old release), and `finishing` for one that is stopping and still finishes its work: its supervisor
# starts it again, in the release that `current` links to by then.
service_left_alone() {
	s_method=restart
	[ "$verb" = revert ] && [ -s "$s_files.before" ] || return 0
	# While it stops, supervisord no longer reports its process.
	alone_mains=${s_pids:-$(tail -n 1 "$s_files.seen")}
	[ -n "$alone_mains" ] || return 0
	for process in $alone_mains; do
		grep -qxF "$process:$(process_start "$process")" "$s_files.before" || return 0
	done
	# A reload leaves the main process: there all the others count.
	[ "$s_action" = restart ] || [ "$s_state" != running ] || [ "$(sha256sum <"$s_files.before")" = "$(sha256sum <"$s_files.now")" ] || return 0
	s_method=none
	[ "$s_state" = running ] || s_method=finishing
}

# service_act RELEASE FROM: the configured action; a reload only if the environment stays the same and there are workers
# to renew.
service_act() {
	s_method=restart
	case $s_action in
	reload | signal\ *)
		if service_may_reload "$1" "$2"; then
			s_method=$s_action
		elif [ -n "$s_why" ]; then
			reply warning "service $s_name: restarted instead of ${s_action}: $s_why"
		fi
		;;
	esac
	echo "$s_method" >"$s_files.method"
	if ! service_do reach; then
		: >"$s_files.final"
		service_failed service-unreachable "service $s_name cannot be restarted: $s_kind does not answer" "Is it running?"
		return
	fi
	service_since
	rm -f "$s_files.stopped"
	s_code=0
	case $s_method in
	restart) child_run "$(service_limit)" service_replace ;;
	*) service_do act ;;
	esac || s_code=$?
	if [ "$child_timed_out" -eq 1 ] && is_revert && service_do end_restart; then
		s_code=0
		child_run "$(service_limit)" service_replace || s_code=$?
	fi
	if [ "$s_code" -eq 124 ] || [ "$child_timed_out" -eq 1 ]; then : >"$s_files.final"; fi
	if [ "$s_code" -eq 124 ] && { service_lingers || service_do stopping; }; then
		service_failed service-not-running "service $s_name did not end within its stop-timeout of $s_stop_limit s" \
			"It was not cut: it goes on until it ends, or until its supervisor's own limit, and is started again then. Raise stop-timeout, or deploy when it is idle."
	elif [ "$child_timed_out" -eq 1 ]; then
		service_failed service-not-running "service $s_name did not restart within $(service_limit) s" "Its graceful stop may take longer: raise stop-timeout."
	elif [ "$s_code" -ne 0 ]; then
		service_look
		! service_comes || return 0
		case $s_method in
		reload) act_tried=reloaded ;;
		signal*) act_tried="sent ${s_method#signal }" ;;
		*) act_tried=restarted ;;
		esac
		act_tried="could not be $act_tried ($(child_ended "$s_code"))"
		case $s_state in
		stopped | crashing) service_failed service-not-running "service $s_name $act_tried, and is down" ;;
		missing | unreachable)
			: >"$s_files.final"
			service_failed service-not-running "service $s_name $act_tried: $s_detail"
			;;
		*) service_failed service-not-running "service $s_name $act_tried; its state: $s_detail" ;;
		esac
	else
		case $s_method in restart) service_cut ;; esac
	fi
}

# service_failed CODE WHAT [REMEDY]: ends the call, with the last lines of the service's log if they can be read; in a
# revert, and before another attempt, it is recorded, and the result is false.
service_failed() {
	{
		[ ! -f "$session/out" ] || tail -n 20 "$session/out"
		[ ! -f "$s_files.look" ] || cat "$s_files.look"
		! is_revert || service_log | tail -n 20
	} >"$session/said" 2>/dev/null
	if is_revert || { [ -n "${service_attempts-}" ] && [ ! -f "$s_files.final" ]; }; then
		service_down "$2"
		return 1
	fi
	service_log >"$s_files.log"
	if [ -s "$s_files.log" ]; then
		reply_text log "$s_files.log"
		fail "$1" "$2" "${3-}" "$session/said"
	fi
	service_do no_log
	fail "$1" "$2" "${3:-$no_log}" "$session/said"
}

# Whether it may still start. A new release that has died and waits for its next start counts as failed: to watch it
# uses up the starts that the supervisor grants. The old release gets all of them.
service_starts() {
	[ "$s_state" = starting ] || { [ "$s_state" = crashing ] && is_revert; }
}

service_await() {
	read -r s_method <"$s_files.method"
	[ "$s_method" != finishing ] || return 0
	limit "$SERVICE_START_LIMIT"
	await_end=$limit
	while service_look && service_starts && ! over "$await_end"; do
		alive
		sleep 0.3 2>/dev/null || sleep 1
	done
	[ "$s_state" = running ] || service_failed service-not-running "service $s_name does not run: $s_detail" || return
	service_do returned
	case $s_method in restart | none) ;; *) service_renew ;; esac
}

services_stop() {
	for name in $(value services); do
		service_load "$name"
		rm -f "$s_files.down" "$s_files.wrong"
		if ! service_do may_stop; then
			reply service "$s_name" none -- "left as it is: it has no stop command"
		elif service_end; then
			reply service "$s_name" none -- stopped
		else
			service_failed service-not-running "service $s_name could not be stopped ($(child_ended "$s_code"))"
		fi
	done
	! services_down || fail service-not-running "service $s_name could not be stopped, and runs a release that is not live any more" "Stop it by hand." "$s_files.said"
}

# service_end: stops it; whether it is stopped. The exit code of its supervisor, or its command, is in s_code.
service_end() {
	s_code=0
	child_timed_out=0
	service_do stop || s_code=$?
	# Stopping a service that has ended already may be reported as an error.
	[ "$s_code" -eq 0 ] || { service_look && [ "$s_state" = stopped ]; }
}
