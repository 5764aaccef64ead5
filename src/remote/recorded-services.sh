# shellcheck shell=sh
# Which services a release has. A request names those of one tarlift.yml, and a revert returns a host to a release of
# another one: a service that this release never had cannot run there, and its absence is no error. A release's record
# has, since it was prepared:
#
#   services <name> …                              all of them
#   service here|elsewhere <name> <kind> <unit or -> <health or ->
#                                                  each; here: it was one of this host (roles); a digest of its health
#                                                  check
#
# Records of an older Tarlift have neither line: such a release counts as one that has every service. If a service does
# not start again in a revert, and did not run before either, it is stopped: whether the release has it is unknown.

# services_named: those of the request that are acted on, and checked.
services_named() {
	for named_service in $(value services); do
		[ -f "$session/service-$named_service.absent" ] || echo "$named_service"
	done
}

# services_part RELEASE stop|look: removes services that the release lacks from the request, each with a line of
# evidence. `stop`: those that run are in part_running, for services_leave to stop. `look`: those that run stay in the
# request, and are checked as any other.
services_part() {
	part_running=
	services_spare "$1" "$2"
	for name in $(value services); do
		service_load "$name"
		rm -f "$s_files.absent"
		! service_had "$1" || continue
		service_look
		if service_do idle; then
			part_absent
			reply service "$s_name" absent -- "release $1 has no such service"
		elif [ "$2" = stop ]; then
			part_absent
			part_running="$part_running $s_name"
		fi
	done
}

# part_absent: removes the loaded service from services_named.
part_absent() {
	: >"$s_files.absent"
	rm -f "$s_files.down" "$s_files.wrong"
}

# services_leave RELEASE: stops those in part_running.
services_leave() {
	for name in $part_running; do
		service_load "$name"
		part_detail="release $1 has no such service"
		service_leave
		reply service "$s_name" absent -- "$part_detail"
	done
}

# service_leave: stops a service of which nothing is expected, as far as permissions allow; adds the result to
# part_detail.
service_leave() {
	if ! service_do may_stop; then
		part_detail="$part_detail: it was left as it is, since it has no stop command"
	elif service_end; then
		part_detail="$part_detail: it was stopped"
	else
		part_detail="$part_detail, and it may run on: it could not be stopped ($(child_ended "$s_code")). $(service_do by_hand stop)"
	fi
	reply warning "service $s_name: $part_detail"
}

# service_had RELEASE: whether a service of the request belongs to the release: its record names it, or it ran before
# the activation that is reverted, or it may be, under another name, one of the release's that does not run
# (services_spare).
service_had() {
	service_recorded "$1" && return 0
	if is_revert; then
		transaction_read
		[ "$open_previous" != "$1" ] || case $open_ran in *",$s_name,"*) return 0 ;; esac
	fi
	[ -z "$spare_units" ] || return 0
	[ -n "$spare_commands" ] && ! service_do unit
}

# services_listed RELEASE: whether its record names its services.
services_listed() {
	grep -qs '^services' "$v_root/.tarlift/releases/$1/record"
}

# service_recorded RELEASE: by its name, or by its unit if it has another name there.
service_recorded() {
	services_listed "$1" || return 0
	while read -r recorded_key _ recorded_name recorded_kind recorded_unit _; do
		[ "$recorded_key" = service ] || continue
		[ "$recorded_name" != "$s_name" ] || return 0
		! unit_same "$recorded_kind" "$recorded_unit" || return 0
	done <"$v_root/.tarlift/releases/$1/record"
	return 1
}

# unit_same KIND UNIT: whether that is the unit of the loaded service, by any of its names.
unit_same() {
	[ "$1" = "$s_kind" ] && service_do same "$2"
}

# services_ran RELEASE: before an activation that replaces it: those services of the request that its record lacks and
# that run all the same, perhaps its code, each between commas: a revert to it starts them like the others. If its
# record does not name services, all that run.
services_ran() {
	[ -n "$1" ] || return 0
	ran_names=
	ran_listed=yes
	services_listed "$1" || ran_listed=
	[ -n "$ran_listed" ] || ran_names=,
	for name in $(value services); do
		service_load "$name"
		[ -z "$ran_listed" ] || ! service_recorded "$1" || continue
		service_look
		case $s_state in stopped | missing) continue ;; esac
		# Nothing is known of a service without a status.
		[ -z "$ran_listed" ] || service_do verified || continue
		ran_names="${ran_names:-,}$s_name,"
	done
	[ -z "$ran_names" ] || echo "$ran_names"
}

# service_spared RELEASE: in a revert: whether the loaded service is down, and was before the activation, where the
# release's record does not name its services. It is stopped then, and nothing more is expected of it.
service_spared() {
	is_revert && [ -s "$s_files.down" ] || return 1
	transaction_read
	[ "$open_previous" = "$1" ] && [ -n "$open_ran" ] && ! services_listed "$1" || return 1
	case $open_ran in *",$s_name,"*) return 1 ;; esac
	part_detail="it does not start with release $1, and did not run before the activation that is reverted either"
	service_leave
	part_absent
	reply service "$s_name" absent -- "$part_detail"
}

# --- services that a request does not name
# ---------------------------------------------------------------------------------------

# services_unasked RECORD…: the services that were this host's and that the request does not contain exactly so, one per
# line: `<name> <kind> <unit>`.
services_unasked() {
	cat "$@" 2>/dev/null | awk '
		NR == FNR { asked[$1] = $2; next }
		$1 != "service" || $2 != "here" || seen[$3 " " $4 " " $5]++ { next }
		asked["service." $3 ".kind"] != $4 || asked["service." $3 ".unit"] != $5 { print $3, $4, $5 }
	' "$request/values" -
}

# unasked_load NAME KIND UNIT: sets the s_ variables for one of these; false if the request has its unit all the same,
# under another name, or has its name for one without a unit: its texts may describe how the same unit is restarted.
unasked_load() {
	for unasked_name in $(value services); do
		service_load "$unasked_name"
		[ "$unasked_name" != "$1" ] || service_do unit || return 1
		! unit_same "$2" "$3" || return 1
	done
	s_name=$1
	s_kind=$2
	s_unit=$3
	s_action=restart
	s_settle=
	s_stop_limit=
	s_run_as=${v_run_as-}
	s_commands_as=
	s_files=$session/unasked-$1
}

# unasked_works RELEASE: the release in whose directory one of its processes works, in $unasked_at; empty if none does.
# Sets unasked_whole, as service_scan sets s_whole. RELEASE: whose wrapper may be used for the check.
unasked_works() {
	unasked_at=
	service_look </dev/null
	[ "$s_state" = running ] || return 0
	service_scan "$1" </dev/null
	unasked_whole=$s_whole
	service_directories "$1" </dev/null
	unasked_real=$(cd "$v_root/releases" 2>/dev/null && pwd -P)
	while read -r _ unasked_directory; do
		case $unasked_directory in
		"$v_root"/releases/*) unasked_at=${unasked_directory#"$v_root/releases/"} ;;
		"$unasked_real"/*) unasked_at=${unasked_directory#"$unasked_real/"} ;;
		*) continue ;;
		esac
		# A directory that was removed since is `NAME (deleted)`.
		unasked_at=${unasked_at%%[/ ]*}
		return 0
	done <"$s_files.directories"
}

# services_spare RELEASE stop|look: sets spare_units and spare_commands, names of services of the release that the
# request does not name, and that are not seen to run it. `stop`: reports that nothing was done about them.
services_spare() {
	spare_units=
	spare_commands=
	[ -n "$1" ] || return 0
	services_unasked "$v_root/.tarlift/releases/$1/record" >"$session/spare"
	while read -r spare_name spare_kind spare_unit; do
		unasked_load "$spare_name" "$spare_kind" "$spare_unit" || continue
		if ! service_do unit; then
			spare_commands="$spare_commands $spare_name"
			s_detail="what became of it is not known"
			unasked_at=
		else
			unasked_works "$1"
			[ "$unasked_at" != "$1" ] || continue
			spare_units="$spare_units $spare_name"
		fi
		[ "$2" = look ] ||
			reply warning "service $spare_name ($spare_kind $spare_unit): release $1 was deployed with it, and the tarlift.yml that is used now does not name it for this host: it was left as it is ($s_detail${unasked_at:+, in release $unasked_at})"
	done <"$session/spare"
}

# Services that a release had here, that the request no longer names, and that still run: no activation restarts them,
# and their files are removed with their release. If one runs the live release, which was deployed without it, starting
# it is another deploy's task.
services_dropped() {
	services_unasked "$v_root"/.tarlift/releases/*/record >"$session/dropped"
	while read -r dropped_name dropped_kind dropped_unit; do
		unasked_load "$dropped_name" "$dropped_kind" "$dropped_unit" || continue
		service_do unit || continue
		unasked_works "$facts_live"
		[ "$unasked_at" != "$facts_live" ] ||
			grep -qsF "service here $dropped_name $dropped_kind $dropped_unit " "$v_root/.tarlift/releases/$facts_live/record" || unasked_at=
		[ -n "$unasked_at" ] || continue
		dropped_apart "$facts_live" "$s_files.scan" || continue
		reply dropped "$dropped_name" "$unasked_at"
		reply warning "service $dropped_name ($dropped_kind $dropped_unit) runs release $unasked_at, and the tarlift.yml that is used now does not name it for this host: it is left as it is. $(service_do by_hand end)"
	done <"$session/dropped"
}

# dropped_apart RELEASE SCAN: after unasked_works, whose scan that is; whether it is certain that no process of the
# request's services belongs to that unit: ending the unit would end it too.
dropped_apart() (
	for apart_name in $(value services); do
		service_load "$apart_name"
		service_do apart "$@" </dev/null || return 1
	done
)

# unit_apart RELEASE SCAN: whether the two have no process in common. A unit of systemd may contain supervisord, and
# with it all that supervisord runs: of two kinds, both have to run, and all processes of both have to be visible.
unit_apart() {
	service_look
	service_scan "$1"
	if [ "$s_kind" != "$dropped_kind" ]; then
		[ "$unasked_whole" = yes ] && [ "$s_whole" = yes ] && [ -s "$s_files.scan" ] || return 1
	fi
	awk 'NR == FNR { dropped[$1]; next } $1 in dropped { exit 1 }' "$2" "$s_files.scan"
}
