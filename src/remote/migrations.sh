# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# The migration journal, .tarlift/migrations: what was applied, with which release, and which releases were good before
# and after it. From it a rollback finds what it would cross, and the next run finds what became of migrations whose run
# was lost. Lines, oldest first:
#
#   begun <transaction> <release> <migration>    one for each, before they are applied
#   ended <transaction> <release> <exit code>    128 + n for signal n; there is none when the host stopped meanwhile
#   good <transaction> <release>                 a deploy ended with it
#   back <transaction> <release>                 a rollback ended with it
#
# .tarlift/migrations.log has the last lines of output of the latest of them.

# The maximum number of lines that the journal keeps if a release is older than the journal.
JOURNAL_LINES=500

# journal_add STEP: appends standard input, whole or not at all.
journal_add() {
	{
		[ ! -f "$v_root/.tarlift/migrations" ] || cat "$v_root/.tarlift/migrations"
		cat
	} | write_file "$v_root/.tarlift/migrations" "$1"
}

# Before migrations are applied; text `migrations`: their names.
journal_begin() {
	journal_begun=
	[ -s "$request/migrations" ] || return 0
	sed "s/^/begun $v_deploy_id $v_release /" "$request/migrations" | journal_add begun ||
		fail not-writable "the journal of migrations $v_root/.tarlift/migrations cannot be written" "Look at free space (df). No migration was applied."
	flush "$v_root"
	journal_begun=yes
}

# journal_outlive COMMAND…: if the end of a login session ends its processes (auto-revert.sh), the process that applies
# migrations leaves the session: it becomes a scope of its own, of the system's manager or the user's, with the same
# process id, the lock and the output. Returns if that is unnecessary or impossible: then migrations end with the
# session.
journal_outlive() {
	detach_method
	case $detach_method in
	systemd-run) outlive_manager=--system ;;
	user)
		outlive_manager=--user
		XDG_RUNTIME_DIR=/run/user/$(id -u)
		export XDG_RUNTIME_DIR ;;
	*) return 0 ;;
	esac
	systemd-run "$outlive_manager" --scope --quiet true >/dev/null 2>&1 && (umask 077 && printf '%s\n' "$tarlift_program" >"$session/program") || return 0
	printf '%s\n' "$user_lc_all" "$v_root" "$v_deploy_id" "$v_release" "$@" >"$session/outlive"
	exec systemd-run "$outlive_manager" --scope --quiet /bin/sh "$session/program" journal_alone "$session"
}

# journal_alone SESSION: runs in that scope.
journal_alone() {
	session=$1
	request=$session/in
	verb=task
	child_after=journal_end
	journal_begun=yes
	{
		IFS= read -r user_lc_all
		IFS= read -r v_root
		IFS= read -r v_deploy_id
		IFS= read -r v_release
		set --
		while IFS= read -r outlive_word; do set -- "$@" "$outlive_word"; done
	} <"$session/outlive"
	child_call "$@"
}

# journal_end CODE: called by the parent process of the migrations, which outlives a lost run.
journal_end() {
	[ -n "$journal_begun" ] || return 0
	# What they print may be private.
	[ ! -f "$session/out" ] || (umask 077 && tail -n 40 "$session/out" | text_end 8192 | write_file "$v_root/.tarlift/migrations.log")
	printf 'ended %s %s %s\n' "$v_deploy_id" "$v_release" "$1" | journal_add ended
	flush "$v_root"
	step ended
}

# journal_close good|back: the end of a transaction; text `journal`: lines of other hosts that this one lacks. A host on
# which nothing was ever applied needs no journal. Lines from before every kept release was last good are removed: no
# rollback can cross them any more.
journal_close() {
	[ -s "$v_root/.tarlift/migrations" ] || [ -s "$request/journal" ] || return 0
	good_releases >"$session/kept"
	{
		[ ! -f "$v_root/.tarlift/migrations" ] || cat "$v_root/.tarlift/migrations"
		[ ! -f "$request/journal" ] || cat "$request/journal"
		printf '%s %s %s\n' "$1" "$v_deploy_id" "$v_release"
	} >"$session/journal"
	! session_full || return 1
	awk -v "most=$JOURNAL_LINES" -f journal-kept.awk "$session/kept" "$session/journal" | write_file "$v_root/.tarlift/migrations" && rm -f "$v_root/.tarlift/migrations.log"
}

# For facts: the journal, and the output of migrations if no run has completed since.
journal_report() {
	[ -s "$v_root/.tarlift/migrations" ] || return 0
	reply_text migrations "$v_root/.tarlift/migrations"
	case $(tail -n 1 "$v_root/.tarlift/migrations") in
	good\ * | back\ *) ;;
	*) [ ! -s "$v_root/.tarlift/migrations.log" ] || reply_text migrations-output "$v_root/.tarlift/migrations.log" ;;
	esac
}
