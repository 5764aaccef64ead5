# shellcheck shell=sh
# shellcheck disable=SC2015,SC2094 # A && B || C is meant as it is; the lock of an environment is a file of its own
# The fourth call: keeps the release.

verb_precommit() {
	transaction_read
	begin_transaction precommit "${v_release:-$open_release}" "$open_previous" "$open_kind" "$open_ran" || fail not-writable "$v_root/.tarlift cannot be written" "Look at free space (df)."
	flush "$v_root"
	step precommitted
}

verb_commit() {
	link_release current
	[ "$link_release" = "$v_release" ] || fail host-state-changed "$v_release is not live but ${link_release:-nothing} is" "Another program changed $v_root/current."
	if [ "${v_rollback-}" = yes ] && [ "${v_converge-}" != yes ]; then log_event rolled-back "$v_release"; fi
	# A release that was good before has what it had then.
	[ -f "$v_root/.tarlift/releases/$v_release/good" ] || release_grown || reply warning "what was added to $v_release cannot be noted"
	if [ "${v_rollback-}" != yes ] || [ ! -f "$v_root/.tarlift/releases/$v_release/good" ]; then
		good_time
		write_line "$v_root/.tarlift/releases/$v_release/good" "$good_now $v_deploy_id" ||
			fail not-writable "$v_release cannot be marked as good" "Look at free space (df)."
		transaction_read
		[ "$open_release" != "$v_release" ] || [ "$open_previous" = "$v_release" ] ||
			write_line "$v_root/.tarlift/releases/$v_release/previous" "$open_previous" ||
			fail not-writable "$v_release cannot be marked as good" "Look at free space (df)."
	fi
	set_state "$v_release" good || fail not-writable "$v_release cannot be marked as good" "Look at free space (df)."
	# What the fleet agreed on last: `tarlift converge` brings hosts that were away to it.
	write_line "$v_root/.tarlift/agreed" "$v_deploy_id $v_release" || reply warning "$v_root/.tarlift/agreed cannot be written"
	# Not before: until then it may be reverted, and `previous` is then what it was.
	transaction_read
	[ "$open_release" != "$v_release" ] || [ "${open_previous:-$v_release}" = "$v_release" ] || set_link previous "$open_previous" ||
		reply warning "the link \`previous\` could not be set"
	step recorded
	rm -f "$v_root/.tarlift/transaction" "$v_root/.tarlift/taken"
	step closed
	[ ! -e "$v_root/.tarlift/switch" ] || rm -rf "$v_root/.tarlift/switch"
	flush "$v_root"
	prune || reply warning "old releases could not all be removed below $v_root"
	step pruned
	if [ "${v_rollback-}" = yes ]; then journal_close back; else journal_close good; fi ||
		reply warning "$v_root/.tarlift/migrations cannot be written: a rollback will not know which migrations it crosses"
	[ ! -s "$v_root/.tarlift/migrations" ] || flush "$v_root"
	lock_release
	step unlocked
}

# Sets good_now. The time at which a release becomes good decides the order of rollbacks: it is later than all others,
# even if two deploys end within one second or the clock was set back.
good_time() {
	clock_now
	good_now=$now
	for good_file in "$v_root"/.tarlift/releases/*/good; do
		[ -f "$good_file" ] || continue
		first_line "$good_file"
		good_line=${first_line%% *}
		# A value damaged by a broken disk is ignored.
		case $good_line in *[!0-9]*) continue ;; esac
		[ "${good_line:-0}" -lt "$good_now" ] || good_now=$((good_line + 1))
	done
}
