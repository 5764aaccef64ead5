# shellcheck shell=sh
# shellcheck disable=SC2154,SC2015,SC2094 # v_… are values of the request (main.sh); the lock of an environment is a file of its own
# Exchange 4: keep it. And prune, under the lock.

verb_precommit() {
	first_line "$v_root/.tarlift/transaction"
	# transaction, phase, release, previous
	# shellcheck disable=SC2086
	set -- $line
	begin_transaction precommit "${v_release:-${3-}}" "${4-}" || fail_with "$v_root/.tarlift cannot be written" "Look at free space (df)."
	flush "$v_root"
	step precommitted
}

verb_commit() {
	link_release current
	[ "$line" = "$v_release" ] || fail_with "$v_release is not live but ${line:-nothing} is" "Another program changed $v_root/current."
	if [ "${v_rollback-}" = yes ]; then log_event rolled-back "$v_release"; fi
	if [ "${v_rollback-}" != yes ] || [ ! -f "$v_root/.tarlift/releases/$v_release/good" ]; then
		printf '%s %s\n' "$(good_time)" "$v_deploy_id" | write_file "$v_root/.tarlift/releases/$v_release/good" ||
			fail_with "$v_release cannot be marked as good" "Look at free space (df)."
		first_line "$v_root/.tarlift/transaction"
		# transaction, phase, release, previous
		# shellcheck disable=SC2086
		set -- $line
		[ "${3-}" != "$v_release" ] || [ "${4-}" = "$v_release" ] ||
			printf '%s\n' "${4-}" | write_file "$v_root/.tarlift/releases/$v_release/previous"
	fi
	set_state "$v_release" good || fail_with "$v_release cannot be marked as good" "Look at free space (df)."
	# What the fleet agreed on last: `tarlift converge` brings hosts that were away to it.
	printf '%s %s\n' "$v_deploy_id" "$v_release" | write_file "$v_root/.tarlift/agreed" || reply warning "$v_root/.tarlift/agreed cannot be written"
	step recorded
	rm -f "$v_root/.tarlift/transaction" "$v_root/.tarlift/taken"
	step closed
	rm -rf "$v_root/.tarlift/switch"
	flush "$v_root"
	prune || reply warning "old releases could not all be removed below $v_root"
	step pruned
	if [ "${v_rollback-}" = yes ]; then journal_close back; else journal_close good; fi ||
		reply warning "$v_root/.tarlift/migrations cannot be written: a rollback will not know which migrations it crosses"
	[ ! -s "$v_root/.tarlift/migrations" ] || flush "$v_root"
	lock_give
	step unlocked
}

# The time at which a release becomes good decides the order in which a rollback goes back: it is later than every other, even when two
# deploys end within one second or the clock was set back.
good_time() {
	good_now=$(date +%s)
	for good_file in "$v_root"/.tarlift/releases/*/good; do
		[ -f "$good_file" ] || continue
		first_line "$good_file"
		line=${line%% *}
		[ "${line:-0}" -lt "$good_now" ] || good_now=$((line + 1))
	done
	echo "$good_now"
}

# Kept: the newest good releases (v_keep), what is live, what was before it, and one failed release to look at.
prune() {
	link_release current
	prune_keep=" $line "
	[ -z "$line" ] || first_line "$v_root/.tarlift/releases/$line/previous"
	prune_keep="$prune_keep$line "
	link_release previous
	prune_keep="$prune_keep$line $(good_releases | tail -n "$v_keep" | tr '\n' ' ') "
	# An adopted one may hold files that are nowhere else: people remove it.
	prune_keep="$prune_keep$(grep -ls '^adopted ' "$v_root"/.tarlift/releases/*/record | sed 's|/record$||; s|.*/||' | tr '\n' ' ') "
	prune_failed=$(grep -lx failed "$v_root"/.tarlift/releases/*/state 2>/dev/null | xargs -r ls -t 2>/dev/null | head -n 1)
	[ -z "$prune_failed" ] || prune_keep="$prune_keep$(basename "$(dirname "$prune_failed")") "
	prune_code=0
	for prune_path in "$v_root"/.tarlift/releases/*/state; do
		[ -f "$prune_path" ] || continue
		prune_name=${prune_path%/state}
		prune_name=${prune_name##*/}
		case $prune_keep in *" $prune_name "*) continue ;; esac
		# The record goes first: what has none is no candidate for anything.
		discard "$v_root/.tarlift/releases/$prune_name" && discard "$v_root/releases/$prune_name" || {
			prune_code=1
			reply warning "the old release $prune_name could not be removed; whose are its files? As root: rm -rf $v_root/releases/$prune_name"
		}
		reply pruned "$prune_name"
		log_event pruned "$prune_name"
	done
	# What broken transfers of other releases left, and what an ended run left.
	for prune_path in "$v_root"/.tarlift/incoming/* "$v_root"/.tarlift/trash/* "$v_root"/.tarlift/swap.* "$(receiving "")"*; do
		[ ! -e "$prune_path" ] || rm -rf "$prune_path" || prune_code=1
	done
	prune_environments || prune_code=1
	prune_log || prune_code=1
	return "$prune_code"
}

# The log keeps its newest part: some ten thousand deploys.
prune_log() {
	[ -n "$(find "$v_root/.tarlift/log.jsonl" -size +16384k 2>/dev/null)" ] || return 0
	tail -c 8388608 "$v_root/.tarlift/log.jsonl" | sed 1d >"$session/log" && write_file "$v_root/.tarlift/log.jsonl" <"$session/log"
}

# An environment goes when no root keeps a release with it and no process that can be seen uses it.
prune_environments() {
	cat "$v_root"/.tarlift/releases/*/record 2>/dev/null | sed -n 's/^environments //p' | tr ' ' '\n' | sort -u >"$session/used"
	for prune_users in "$v_environments_root"/*.users; do
		[ -f "$prune_users" ] || continue
		prune_id=${prune_users##*/}
		prune_id=${prune_id%.users}
		grep -qxF -- "$v_root" "$prune_users" || continue
		! grep -qxF -- "$prune_id" "$session/used" || continue
		# From a file: on grep's own command line it would find itself.
		printf '%s\n' "$v_environments_root/$prune_id" >"$session/pattern"
		! grep -qasF -f "$session/pattern" /proc/[0-9]*/cmdline /proc/[0-9]*/maps || continue
		(
			flock -n 8 || exit 0
			grep -vxF -- "$v_root" "$prune_users" >"$session/users"
			if [ -s "$session/users" ]; then
				write_file "$prune_users" <"$session/users"
			else
				rm -f "$prune_users"
				discard "$v_environments_root/$prune_id" "$v_environments_root/.trash"
				rm -f "$v_environments_root/$prune_id.lock"
			fi
		) 8>>"$v_environments_root/$prune_id.lock"
	done
}

# Values: release, full (yes or no). Paths that differ from what was recorded, at most 100 of them, and how many there are.
verb_drift() {
	drift_record=$v_root/.tarlift/releases/$v_release
	[ -d "$v_root/releases/$v_release" ] && [ -f "$drift_record/stat" ] || fail_with "release $v_release is not there, or was not recorded" "Choose another: tarlift status"
	cd "$v_root/releases/$v_release" || exit 1
	drift_recorded=$(sed -n 's/^env //p' "$drift_record/record")
	drift_seen=$(sha256sum <.tarlift/env)
	[ "$drift_recorded" = "${drift_seen%% *}" ] || reply env_changed yes
	sed 's/^[0-7]* [0-9]* [0-9]* //' "$drift_record/stat" | tr '\n' '\0' | xargs -0 stat -c '%a %s %Y %n' 2>/dev/null | sort >"$session/now"
	sort "$drift_record/stat" >"$session/then"
	if [ "$v_full" = yes ]; then
		sed -n 's/^f [0-7]* [0-9]* [0-9a-f]*  //p' "$drift_record/index"
	else
		comm -23 "$session/then" "$session/now" | sed 's/^[0-7]* [0-9]* [0-9]* //'
	fi >"$session/suspects"
	# Of those that differ, only a difference in content or mode counts: a touched file is as good as before.
	awk 'FILENAME ~ /\/suspects$/ { suspect[$0] = 1; next }
		/^f / { path = substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1); if (path in suspect) print $4 "  " path }' \
		"$session/suspects" "$drift_record/index" >"$session/sums"
	{
		[ ! -s "$session/sums" ] || sha256sum -c "$session/sums" 2>/dev/null | sed -n 's/: FAILED.*$//p'
		awk 'FILENAME ~ /\/then$/ { mode = $1; sub(/^[0-7]* [0-9]* [0-9]* /, ""); was[$0] = mode; next }
			{ mode = $1; sub(/^[0-7]* [0-9]* [0-9]* /, ""); if (was[$0] != mode) print }' "$session/then" "$session/now"
		sed -n 's/^l //p' "$drift_record/index" | while IFS='	' read -r drift_link drift_target; do
			[ "$(readlink "./$drift_link")" = "$drift_target" ] || printf '%s\n' "$drift_link"
		done
	} | sort -u >"$session/drift"
	# What perhaps only hashing everything finds stays suspect: nothing is linked from it any more, and each further look hashes it.
	if [ "$v_full" = yes ] && [ -s "$session/drift" ] && [ -w "$drift_record" ]; then
		awk 'FILENAME ~ /\/drift$/ { wrong[$0] = 1; next }
			{ path = substr($0, length($1 $2 $3) + 4); if (path in wrong) print $1, $2, 0, path; else print }' \
			"$session/drift" "$drift_record/stat" >"$session/suspect"
		write_file "$drift_record/stat" <"$session/suspect"
	fi
	reply count "$(wc -l <"$session/drift" | tr -d ' ')"
	head -n 100 "$session/drift" >"$session/drift-told"
	reply_text drift "$session/drift-told"
}
