# shellcheck shell=sh
# Supervisors. A service has a kind, and the operations of its driver (the kind up to its first `-`) are functions
# `<driver>_<word>` in <driver>/<driver>.sh; an operation that a driver lacks is `default_<word>` here. What is the same
# for all of them is in src/remote.
#
# An operation finds the loaded service in s_name, s_kind, s_unit, s_action, s_settle, s_stop_limit, s_run_as and
# s_commands_as, and may keep files that begin with $s_files. After a look there are s_state, s_pids, s_detail and
# s_restarts.
#
#   look             sets s_state (running | starting | crashing | stopped | missing | unreachable), s_pids (main
#                    processes), s_detail (one line of the supervisor's own output) and s_restarts
#   known            looks, and reports findings and warnings about what would prevent a restart
#   reach            false: the supervisor does not answer
#   restart          restarts it; called by child_run
#   act              does what s_method says instead of a restart, by child_run: `reload`, or `signal NAME`
#   stopping [again] whether it is still stopping since an earlier run, by the last look; `again`: the supervisor is
#                    asked again first
#   before           records the running service's state for `cut`, just before a restart
#   cut              after a restart: sets cut_after (seconds after which the old process was killed; empty: it was
#                    not), cut_setting and cut_surely
#   limit            sets limit_stop, seconds that a stop may take if tarlift.yml sets no stop-timeout
#   wait             prints additional seconds that a restart may have to wait
#   end_restart      in a revert: ends what a restart that timed out has started, before another attempt; false: the
#                    driver cannot
#   comes            in a revert, after a restart that failed, and a look: whether it runs all the same, or is
#                    started once more
#   returned         after a restart in a revert: reports what prevented it from serving
#   may_stop, stop   whether it can be stopped; stops it, by child_run
#   idle             after a look: whether it is not known to run
#   by_hand stop|end prints the command by which a person stops it; `end`: permanently
#   unit             whether it has a unit: one that can be examined without the texts of a request
#   verified         whether there is anything that reports its state
#   same UNIT        whether that is its unit under another name
#   apart REL SCAN   whether it is certain that none of its processes is one of those that run in REL without being
#                    named (SCAN)
#   group            sets scan_group, its processes besides the main ones and their descendants, and s_whole if no
#                    process can be missing
#   invocation       prints the supervisor's name for this run of it; nothing if it has none
#   least            sets s_level to the level that its state alone supports; false: a restart does not raise that
#   settle           raises s_settle to what the supervisor needs
#   log_mark, log    records where its log ends; prints what was written since, or the end of it
#   no_log           sets no_log, the remedy if its log has nothing
#   owner            whether a process of it runs as the SSH user
#   reader           whether it is proven that its supervisor starts it as the SSH user; sets readers_user if it is
#                    known
#   definition       `host setup --check`: warns if its definition differs from tarlift.yml

# service_do WORD [ARGUMENT…]
service_do() {
	do_name=${s_kind%%-*}_$1
	command -v "$do_name" >/dev/null || do_name=default_$1
	shift
	"$do_name" "$@"
}

# A kind that another version recorded.
default_look() {
	s_state=unreachable
	s_detail="nothing is known of the kind $s_kind"
}

default_known() { :; }
default_reach() { :; }

default_act() {
	child_run "$(service_limit)" service_replace
}

default_stopping() { return 1; }
default_before() { :; }
default_cut() { :; }
default_limit() { limit_stop=600; }
default_wait() { echo 0; }
default_end_restart() { return 1; }

default_comes() {
	service_starts || { [ "$s_state" = running ] && ! service_lingers; }
}

default_returned() { :; }
default_may_stop() { :; }

default_idle() {
	case $s_state in stopped | missing) ;; *) return 1 ;; esac
}

default_by_hand() { echo "Stop it by hand."; }
default_unit() { :; }
default_verified() { :; }
default_same() { [ "$1" = "$s_unit" ]; }
default_apart() { unit_apart "$@"; }
default_group() { :; }
default_invocation() { :; }
default_least() { s_level=supervisor; }
default_settle() { :; }
default_log_mark() { :; }
default_log() { :; }
default_no_log() { no_log="The service's own log says why; there is none that this user can read."; }

default_owner() {
	! is_owner "${s_run_as:-${v_run_as-}}" || return 0
	for owner_pid in ${s_pids-}; do
		[ "$(stat -c %u "/proc/$owner_pid" 2>/dev/null)" != "$user_id" ] || return 0
	done
	return 1
}

default_reader() { return 1; }
default_definition() { :; }
