# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# The third call: activation, and the revert. What was live is recorded before the rename, so that a revert never
# guesses.

# Values: release, deploy_id, kind (deploy; rollback and converge activate a release that was good before, and are
# committed so). Replies previous, then the evidence about the services.
verb_activate() {
	release_state "$v_release"
	activate_state=$release_state
	case $activate_state in
	prepared | good | active) ;;
	*) fail release-not-prepared "release $v_release is not prepared but ${activate_state:-unknown}" "Deploy it again." ;;
	esac
	[ -d "$v_root/releases/$v_release" ] || fail release-not-prepared "release $v_release is not there" "Deploy it again."
	if [ -e "$v_root/current" ] && [ ! -L "$v_root/current" ]; then
		fail layout-unusable "$v_root/current is a directory and not a link" "Make it the first release: tarlift adopt TARGET"
	fi
	live_release
	activate_previous=$live_release
	if [ "$activate_previous" != "${v_expected-}" ] && [ "$activate_previous" != "$v_release" ]; then
		fail host-state-changed "${activate_previous:-nothing} is live, and ${v_expected:-nothing} was expected" "$v_root/current was changed by hand or by another program: deploy again."
	fi
	reply previous "$activate_previous"
	activate_kind=${v_kind:-deploy}
	activate_ran=$(services_ran "$activate_previous")
	begin_transaction activating "$v_release" "$activate_previous" "$activate_kind" "$activate_ran" || activate_unwritten
	rm -f "$v_root/.tarlift/returned"
	# A rollback leaves what the release records of its own time.
	if [ "$activate_previous" != "$v_release" ] && [ "$activate_state" != good ]; then
		write_line "$v_root/.tarlift/releases/$v_release/previous" "$activate_previous" || activate_unwritten
	fi
	# A release that was good before stays a candidate for rollbacks: what may fail is the swap, not its content.
	[ "$activate_state" = good ] || set_state "$v_release" active || activate_unwritten
	flush "$v_root"
	step recorded
	auto_revert_arm "$v_release" "$activate_previous"
	step armed
	set_link current "$v_release" || fail layout-unusable "current does not lead to $v_release" "Look at the owner of $v_root and its links."
	step swapped
	flush "$v_root"
	log_event activated "$v_release"
	step restarting
	if [ -n "${v_services-}" ]; then
		if [ "$activate_previous" = "$v_release" ] && [ "${v_restart-}" != always ]; then
			services_require "$v_release"
		else
			services_restart "$v_release" "$activate_previous" || fail service-not-running "a service of $v_release does not run"
		fi
	fi
	step restarted
	begin_transaction activated "$v_release" "$activate_previous" "$activate_kind" "$activate_ran" || activate_unwritten
	step activated
}

activate_unwritten() {
	fail not-writable "$v_root/.tarlift cannot be written" "Look at free space and inodes (df, df -i), and at quotas of $(id -un) (quota)."
}

# Values: from, to (empty: none), remember (yes: a rollback finds it so, and may still be refused). The services are
# restarted even if the link was right already: they may have been restarted between a swap and now.
verb_revert() {
	link_release current
	revert_live=$link_release
	case $revert_live in
	"${v_from-}" | "${v_to-}" | '') ;;
	*) fail host-state-changed "${revert_live:-nothing} is live, which is neither ${v_from:-nothing} nor ${v_to:-nothing}: it is left alone" "$v_root/current was changed by hand or by another program: look at it, then deploy again." ;;
	esac
	transaction_read
	# The run that reverts reports it. A later rollback has to find it here all the same: it goes no further back.
	if [ "${v_remember-}" = yes ]; then
		write_line "$v_root/.tarlift/returned" "$open_record" || :
	elif [ -z "${auto_revert_release-}" ]; then
		rm -f "$v_root/.tarlift/returned"
	fi
	# A full disk prevents no revert, which needs no space.
	begin_transaction reverting "${v_from-}" "${v_to-}" "$open_kind" "$open_ran" || :
	step reverting
	if [ -n "${v_to-}" ]; then
		[ -d "$v_root/releases/$v_to" ] || fail rollback-target-missing "release $v_to, to which this host is reverted, is not there" "Roll back to another one: tarlift rollback TARGET --to RELEASE"
		[ "$revert_live" = "$v_to" ] || set_link current "$v_to" || fail layout-unusable "current does not lead to $v_to" "Look at the owner of $v_root and its links."
	else
		rm -f "$v_root/current"
		[ ! -L "$v_root/current" ] || fail not-writable "current cannot be removed" "Look at the owner of $v_root."
	fi
	step swapped
	flush "$v_root"
	release_state "${v_from:-none}"
	[ -z "${v_from-}" ] || [ "${v_from-}" = "${v_to-}" ] || [ "$release_state" = good ] || set_state "$v_from" failed
	log_event reverted "${v_to-}"
	reply release "${v_to-}"
	step restarting
	if [ -n "${v_services-}" ]; then
		if [ -n "${v_to-}" ]; then
			services_restart "$v_to" "$revert_live" || fail service-not-running "a service of $v_to does not run again"
		else
			services_stop
		fi
	fi
	step restarted
	# It stays open if a service is down: the next run restores it.
	services_down || rm -f "$v_root/.tarlift/transaction"
	step reverted
}

# The evidence about services, without changing them.
verb_observe() {
	link_release current
	observe_live=$link_release
	services_part "$observe_live" look
	services_observe "$observe_live" "${v_settle:-0}" || :
	[ "${v_log-}" != yes ] || services_logs
}

verb_task() {
	if [ -z "${v_release-}" ]; then
		link_release current
		v_release=$link_release
	fi
	if [ -z "$v_release" ] && [ "${v_if_live-}" = yes ]; then
		reply code 0
		return 0
	fi
	[ -n "$v_release" ] && [ -d "$v_root/releases/$v_release" ] || fail nothing-live "there is no release to run this in" "Deploy first."
	task_code=0
	child_timed_out=0
	task_lock=closed
	if [ "${v_inherit-}" = yes ]; then
		task_lock=inherited
		journal_begin
		step begun
	fi
	task_run "$v_root/releases/$v_release" "$request/task" "${v_run_as-}" "${v_timeout:-0}" "$task_lock" || task_code=$?
	reply code "$task_code"
	reply timed_out "$child_timed_out"
	[ -z "${child_runs_on-}" ] || reply runs_on "$child_runs_on"
}
