# shellcheck shell=sh
# The program: reads frames, and starts one verb after the other. It reads while a verb runs, so that it knows that the
# other side is alive; a watchdog ends it when no frame arrived for the lease.

main() {
	# Programs that the login finds are found: users' commands need them.
	PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
	export PATH
	# A separate process: detach.
	if [ -n "${2-}" ]; then
		# shellcheck disable=SC1091
		[ ! -f "$2/more" ] || . "$2/more"
		"$1" "$2"
		exit
	fi
	umask 022
	# Sorting and matching by bytes; users' commands get their locale back.
	user_lc_all=${LC_ALL-}
	LC_ALL=C
	export LC_ALL
	exec 3>&1 4<&0 </dev/null >/dev/null 2>&1
	session=
	verb=
	verb_pid=
	main_keys=
	watchdog=
	trap main_end EXIT
	trap 'exit 129' HUP
	trap 'exit 143' TERM
	# The other side may disconnect during a reply: work that has begun completes all the same. A trap, not `trap ""`:
	# children get the signal as usual.
	trap : PIPE
	while frame_read; do
		[ -z "$session" ] || main_alive
		case $frame_kind in
		open) printf '\n%s\n' "$frame_name" >&3 ;;
		begin) main_call ;;
		call)
			main_call
			main_run ;;
		text) frame_body >>"$request/$frame_name" || main_full ;;
		gzip) frame_body | gzip -dc >>"$request/$frame_name" || main_full ;;
		run) main_run ;;
		data) frame_body >&5 ;;
		end) exec 5>&- ;;
		keep) ;;
		*) exit 1 ;;
		esac
	done
}

main_call() {
	if [ -n "$verb_pid" ]; then wait "$verb_pid"; fi
	verb_pid=
	verb=$frame_name
	for main_key in $main_keys; do unset "v_$main_key"; done
	main_keys=
	main_values=
	# Not by a here-document, which some shells write to a file below TMPDIR: secrets would be on a disk.
	main_body=$(frame_body)
	main_ifs=$IFS
	IFS='
'
	main_header=${main_body%%"$IFS$IFS"*}
	case $main_body in "$IFS"*) main_header= ;; esac
	set -f
	for main_line in $main_header; do
		main_values=$main_values$main_line$IFS
		main_key=${main_line%% *}
		case $main_key in '' | *[!a-z_]*) continue ;; esac
		# The key consists of letters; the value is assigned, never expanded again.
		main_value=${main_line#"$main_key"}
		main_value=${main_value# }
		eval "v_$main_key=\$main_value"
		main_keys="$main_keys $main_key"
	done
	set +f
	IFS=$main_ifs
	[ -n "$session" ] || main_session
	request=$session/in
	if [ -d "$request" ]; then rm -f "$request"/*; else mkdir "$request"; fi
	# A revert or a commit needs only this.
	{ printf '%s' "$main_values" >"$request/values" && printf '%s\n' "$main_body" >"$session/body"; } || main_full
	{
		while IFS= read -r main_line && [ -n "$main_line" ]; do :; done
		while read -r main_name main_left && [ -n "$main_left" ]; do
			while [ "$main_left" -gt 0 ]; do
				IFS= read -r main_line
				printf '%s\n' "$main_line" || main_full
				main_left=$((main_left - 1))
			done >"$request/$main_name"
		done
	} <"$session/body"
	rm -f "$session/body"
}

# The directory of this connection; texts, secrets among them, are here while it lasts: in memory if possible, so that
# they are on no disk, and a full disk prevents no revert. If this program is killed, the next run finds the directory
# by a link below the root.
main_session() {
	# For all verbs.
	clock_now
	user_known
	if [ "${v_lock-}" = yes ]; then main_records && mkdir -p "$v_root/.tarlift/sessions"; fi
	main_sessions=$v_root/.tarlift/sessions
	main_ours || main_sessions=
	main_name=tarlift.$$.$(process_start "$$")
	for main_place in /dev/shm $main_sessions "${TMPDIR:-/tmp}"; do
		if [ -w "$main_place" ] && has_room "$main_place" "${v_room:-0}"; then
			session=$(umask 077 && mktemp -d "$main_place/$main_name.XXXXXX") && break
		fi
	done
	[ -n "$session" ] || {
		reply_say no "" "code temporary-full
what there is no room for a temporary directory on the host${v_room:+ ($((v_room / 1048576 + 8)) MB)}
remedy Free some space of $v_root, /tmp or /dev/shm (df, df -i)."
		exit 1
	}
	[ -z "$main_sessions" ] || [ -d "$main_sessions/${session##*/}" ] || ln -s "$session" "$main_sessions/"
	main_alive
	# Closed by exec: dash keeps copies of channels that a redirection closes for a function.
	(
		exec 3>&- 4<&-
		main_watch "$$" "${v_lease:-180}"
	) &
	watchdog=$!
}

# A text could not be written: no call of this connection can receive its input. `over`: the connection ends.
main_full() {
	session_words
	reply_say no "" "code temporary-full
what $session_what
remedy $session_remedy
over yes"
	exit 1
}

# The records of the root: not readable for other users.
main_records() {
	[ -d "$v_root/.tarlift" ] || (umask 027 && mkdir -p "$v_root" && mkdir "$v_root/.tarlift")
}

# Whether the directory for sessions exists and belongs to this user alone: in a directory of another user (root sets up
# what the deploy user has), new files could be moved or replaced.
main_ours() {
	# shellcheck disable=SC2046 # words
	set -- $(stat -c '%u:%F' "$v_root/." "$v_root/.tarlift" "$v_root/.tarlift/sessions" 2>/dev/null)
	case $* in
	"$user_id:directory $user_id:directory $user_id:directory" | "0:directory $user_id:directory $user_id:directory") ;;
	*) return 1 ;;
	esac
}

session_remove() {
	rm -rf "$session" "$v_root/.tarlift/sessions/${session##*/}"
}

# sessions_sweep: removes what killed programs left. Under the lock: no work of theirs is in progress then.
sessions_sweep() {
	for sweep_left in "$v_root"/.tarlift/sessions/tarlift.*; do
		sweep_name=${sweep_left##*/}
		sweep_pid=${sweep_name#tarlift.}
		sweep_start=${sweep_pid#*.}
		[ -d "$sweep_left" ] || [ -L "$sweep_left" ] || continue
		# After a reboot, another process may have the process id.
		[ "$(process_start "${sweep_pid%%.*}")" != "${sweep_start%.*}" ] || continue
		[ ! -L "$sweep_left" ] || case $(readlink "$sweep_left") in */"$sweep_name") rm -rf "$(readlink "$sweep_left")" ;; esac
		rm -rf "$sweep_left"
	done
	# Files that did not get their names (write_file); `hold` is written without the lock.
	for sweep_left in "$v_root"/.tarlift/[!h]*.part.* "$v_root"/.tarlift/releases/*/*.part.*; do
		[ ! -f "$sweep_left" ] || rm -f "$sweep_left"
	done
	# Links that were not moved to their paths (set_link), and test links (prepare.sh; facts.sh, which needs no lock: its
	# process may be using them).
	for sweep_left in "$v_root"/.rehearsal "$v_root"/.rehearsal.* "$v_root"/.tarlift/swap/.rehearsal "$v_root"/.tarlift/swap/*; do
		[ -L "$sweep_left" ] || continue
		sweep_pid=${sweep_left#"$v_root/.rehearsal."}
		[ -d "/proc/${sweep_pid%.renamed}" ] || rm -f "$sweep_left"
	done
}

# main_alive: the other side sent a frame.
main_alive() {
	uptime_now
	echo "$uptime" >"$session/lease"
}

# main_watch PID SECONDS: ends the program, and what it started, when the other side has been silent for too long. A
# migration runs to its end (it holds the lock); everything else would only obstruct the next run.
main_watch() {
	trap - EXIT HUP TERM
	uptime_now
	main_alive_at=$uptime
	main_touched=
	main_pause=$(($2 / 6 + 1))
	[ "$main_pause" -le 5 ] || main_pause=5
	while [ -d "$session" ]; do
		if ! kill -0 "$1"; then
			# The program was killed: the content of its session must not outlive it, but a running verb needs it.
			[ -f "$session/verb" ] || {
				session_remove
				exit 0
			}
		fi
		sleep "$main_pause" &
		wait "$!"
		[ -f "$session/lease" ] || exit 0
		uptime_now
		if read -r main_lease <"$session/lease"; then
			main_alive_at=$main_lease
		else
			# The disk may be too full to write to the file; the attempt changes its time all the same.
			main_before=$main_touched
			main_touched=$(stat -c %Y "$session/lease")
			[ "$main_touched" = "$main_before" ] || main_alive_at=$uptime
		fi
		! over "$((main_alive_at + $2 * 100))" || {
			: >"$session/silent"
			kill -KILL "$1"
			main_stop_verb
			main_alive_at=$uptime
		}
	done
}

# Ends the child of a verb that may be ended (child_may_stop): only those have this file. The process that moves the
# file ends the child, and only once: some programs treat a second SIGTERM differently from the first. `prepare` itself
# ends with its data.
main_stop_verb() {
	[ -f "$session/verb" ] && read -r main_pid <"$session/child" && mv "$session/child" "$session/child-ended" || return 0
	child_end "$main_pid"
}

main_run() {
	if [ "${v_lock-}" = yes ] && [ ! -e "$session/channel-9" ] && main_records && [ -w "$v_root/.tarlift" ] &&
		lock_file "$v_root/.tarlift/lock" && (: >>"$v_root/.tarlift/lock"); then
		# Tested before: a redirection of exec that fails would end the program.
		exec 9>>"$v_root/.tarlift/lock"
		: >"$session/channel-9"
	fi
	case $verb in
	prepare) main_data=yes ;;
	facts | activate | revert | observe | definitions | task | precommit | commit | drift | record | files | history | http | adopt | setup | note | ping | later | pool | hold | unhold) main_data= ;;
	*) exit 1 ;;
	esac
	: >"$session/reply"
	if [ -n "$main_data" ]; then
		rm -f "$session/data"
		mkfifo "$session/data"
	fi
	main_verb &
	verb_pid=$!
	# Waits until the verb has opened its end, which is its first action.
	[ -z "$main_data" ] || exec 5>"$session/data"
}

# One verb, in a process of its own: all its changes to variables, directories and channels end with it.
main_verb() {
	trap - EXIT HUP TERM
	trap : PIPE
	exec 4<&-
	main_code=0
	echo "$verb" >"$session/verb"
	: >"$session/at"
	if [ -n "$main_data" ]; then exec 6<"$session/data"; fi
	(
		trap : PIPE
		# What only this verb needs came with its call.
		# shellcheck disable=SC1091
		[ ! -f "$request/program" ] || . "$request/program"
		"verb_$verb"
	) || main_code=$?
	if [ -n "$main_data" ]; then cat <&6 >/dev/null; fi
	# Lists that were cut say nothing. What a verb has changed stands, and its answer has no lists.
	case $main_code:$verb in
	0:facts | 0:prepare | 0:observe | 0:definitions | 0:drift | 0:record | 0:files | 0:adopt | [1-8]*) ! session_full || main_code=full ;;
	esac
	case $main_code in
	0) reply_frame ok "" "$session/reply" ;;
	full)
		session_words
		reply_say no "" "code temporary-full
what $session_what
remedy $session_remedy"
		;;
	9) ;;
	*)
		first_line "$session/at"
		printf 'code command-failed\nwhat %s\n' "the step \`$verb\` on the host ended by itself (code $main_code${first_line:+, after $first_line})" >"$session/reply"
		reply_frame no "" "$session/reply" ;;
	esac
	# Not before: it costs a process, and the next call is a round trip away.
	rm -f "$session/verb" "$session/child"
}

# The end of the connection, whatever its reason.
main_end() {
	trap - EXIT HUP TERM
	exec 5>&-
	if [ -n "$session" ]; then
		: >"$session/ended"
		main_stop_verb
		[ -z "$verb_pid" ] || wait "$verb_pid"
		# A verb that was ended together with its login session left migrations behind: they hold the lock, and their output
		# is here.
		if [ "${v_inherit-}" != yes ] || [ ! -f "$session/verb" ]; then
			[ ! -f "$session/locked" ] || rm -f "$v_root/.tarlift/owner"
			session_remove
		fi
	fi
	[ -z "$watchdog" ] || kill "$watchdog"
	exit 0
}

main "$@"
