# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# Frames: how this program communicates with the machine that deploys.
#
# A frame is a header of 80 bytes and a body. Header: kind (8, padded), length of the body in bytes (10 digits), a
# space, a name (60, padded), a newline. A body has at most 1 MiB on its way here. Frames are read with `dd
# iflag=fullblock` and with nothing else: head, tar and zstd read further than they should, and would swallow what
# follows, and so does the `read` of dash 0.5.13 when it reads a NUL.
#
#   to the host     open  <nonce>       the reply is the nonce on a line of its own: the login shell printed whatever
#   came before
#                   call  <verb>        a call, whole in one frame. Body: `key value` lines, which become
#                   $request/values
#                                       and the shell variables v_<key>; an empty line; its texts, each of which becomes
#                                       the file $request/<name>: a line `<name> <number of lines>`, and the lines; a
#                                       line
#                                       with a dot alone
#                   begin <verb>        the same, and more texts follow
#                   text  <name>        a piece of such a text (gzip: the same, compressed)
#                   run                 all texts have arrived: the verb starts
#                   data, end           bytes for the running verb, and their end
#                   keep                nothing: the other side is alive
#   from the host   out                 output of a child of the verb
#                   text  <name>        a part of the result
#                   alive               nothing: a verb that waits still runs
#                   data  <name>        bytes that are used as they arrive, and stored nowhere on the way
#                   ok | no             the end of a call: `key value` lines; `no` has code, what, remedy, perhaps a
#                   text
#                                       `output`, and `over yes` if the connection ends with it
#
# Channels: 3 = replies, 4 = frames, 6 = data for a verb, 9 = the host's lock. Standard output and error of everything
# else end in /dev/null or a file, so that no output of a child can be mistaken for a reply.

# Reads a header into frame_kind, frame_length and frame_name; false at the end of the connection.
frame_read() {
	frame_header=$(dd bs=80 count=1 iflag=fullblock <&4 2>/dev/null 3>&- 4<&- 9>&-)
	[ "${#frame_header}" -ge 19 ] || return 1
	# shellcheck disable=SC2086 # the header consists of words
	set -- $frame_header
	frame_kind=$1
	frame_length=$2
	frame_name=${3-}
	case $frame_length in '' | *[!0-9]*) return 1 ;; esac
	case $frame_name in *[!A-Za-z0-9._-]* | .*) return 1 ;; esac
	# Without leading zeros, which dd and arithmetic would read as octal.
	frame_length=${frame_length#"${frame_length%%[!0]*}"}
	frame_length=${frame_length:-0}
}

# Writes the body of the frame that was read last to standard output.
frame_body() {
	[ "$frame_length" -eq 0 ] || dd bs="$frame_length" count=1 iflag=fullblock <&4 2>/dev/null 3>&- 4<&- 9>&-
}

# reply_frame KIND NAME FILE
reply_frame() {
	reply_length=0
	[ ! -s "$3" ] || reply_length=$(wc -c <"$3")
	printf '%-8s%010d %-60s\n' "$1" "$reply_length" "$2" >&3
	[ "$reply_length" -eq 0 ] || cat "$3" >&3
}

# reply_say KIND NAME TEXT: the same without a file, because the disk may be full.
reply_say() {
	reply_length=$(printf '%s\n' "$3" | wc -c)
	printf '%-8s%010d %-60s\n%s\n' "$1" "$reply_length" "$2" "$3" >&3
}

# alive: called in every loop that waits. The other side assumes that a host which sends nothing for minutes is lost.
alive() {
	uptime_now
	[ "$uptime" -ge "${alive_next:-0}" ] || return 0
	alive_next=$((uptime + 1500))
	printf '%-8s%010d %-60s\n' alive 0 "" >&3
}

# value KEY: prints the request's value of a key, nothing if it has none.
value() {
	while IFS= read -r value_line; do
		if [ "${value_line%% *}" = "$1" ]; then
			printf '%s\n' "${value_line#* }"
			return 0
		fi
	done <"$request/values"
}

# reply KEY VALUE…: one line of the final reply.
reply() {
	one_line "$*"
	printf '%s\n' "$one_line" >>"$session/reply"
}

# finding CODE WHAT [REMEDY]: something that would make a deploy fail, with its code (src/failure-codes.ts); all of them
# are reported at once.
finding() {
	finding_code=$1
	one_line "$2"
	finding_what=$one_line
	one_line "${3-}"
	printf 'finding %s\t%s\t%s\n' "$finding_code" "$finding_what" "$one_line" >>"$session/reply"
}

# one_line TEXT: sets $one_line. Output of other programs may have newlines, and a separate line would be another key of
# the reply.
one_line() {
	one_line=$1
	case $1 in
	*"
"*) one_line=$(printf '%s' "$1" | tr '\n' ' ') ;;
	esac
}

# text_end BYTES: the last bytes of standard input, after a mark if there was more (src/text/cut.ts). Only to be used in
# a pipe, so that its LC_ALL does not last.
text_end() {
	LC_ALL=C
	text_end=$(tail -c "$(($1 + 1))" && echo .)
	text_end=${text_end%.}
	if [ "${#text_end}" -gt "$1" ]; then
		printf '[…]%s' "${text_end#?}"
	else
		printf '%s' "$text_end"
	fi
}

# reply_text NAME FILE: a part of the result that has several lines.
reply_text() {
	reply_frame text "$1" "$2"
}

# fail CODE WHAT [REMEDY [FILE]]: ends the call. CODE is one of src/failure-codes.ts; FILE has the output. `%` in WHAT
# and REMEDY has no special meaning.
fail() {
	[ -z "${4-}" ] || reply_text output "$4"
	if ! has_room "$v_root"; then
		set -- disk-full "the disk is full: $2" "Free some space or inodes of $v_root (df, df -i), or keep fewer releases (\`keep\` of the target)."
	elif session_full; then
		session_words
		set -- temporary-full "$session_what: $2" "$session_remedy"
	elif read_only "$v_root"; then
		read_only_words
		set -- read-only "$mount_point is mounted read-only: $2" "$read_only_remedy"
	fi
	fail_code=$1
	one_line "$2"
	fail_what=$one_line
	one_line "${3-}"
	reply_say no "" "code $fail_code
what $fail_what${one_line:+
remedy $one_line}"
	exit 9
}

# child_run SECONDS COMMAND…: runs a child, streams its output, and returns its exit code (128 + n for signal n). 0
# seconds: no limit. Sets child_timed_out. The child gets none of this program's channels, and not the lock: a child
# that becomes a daemon would keep it for ever.
child_run() {
	child_limit=$1
	child_after=
	shift
	# Another file than that of a child that was abandoned.
	rm -f "$session/child-code" "$session/out"
	: >"$session/out"
	# Closed by exec: dash keeps a copy of a channel that a redirection closes for a function.
	(
		exec 9>&-
		child_start "$@"
	) &
	child_wait "$!"
}

# stream COMMAND…: the same without a limit.
stream() {
	child_run 0 "$@"
}

# The same for a child that keeps the lock until it ends, even without this program: migrations. Their journal records
# how they ended.
child_run_locked() {
	child_limit=$1
	child_after=journal_end
	shift
	rm -f "$session/child-code" "$session/out"
	: >"$session/out"
	child_start "$@" &
	child_wait "$!"
}

# In the background. A function may `exec`: its process is another than the one that writes its exit code.
child_start() {
	exec 3>&- 4<&- 6<&- </dev/null >>"$session/out" 2>&1
	[ -z "$child_after" ] || journal_outlive "$@"
	child_call "$@"
}

child_call() {
	if [ -n "$user_lc_all" ]; then LC_ALL=$user_lc_all; else unset LC_ALL; fi
	child_inner=0
	("$@") || child_inner=$?
	[ -z "$child_after" ] || "$child_after" "$child_inner"
	echo "$child_inner" >"$session/child-code.part"
	mv -f "$session/child-code.part" "$session/child-code"
}

child_wait() {
	child_pid=$1
	! child_may_stop || echo "$child_pid" >"$session/child"
	child_sent=0
	child_timed_out=0
	child_runs_on=
	child_polls=0
	child_leave_at=
	limit "$child_limit"
	child_end_at=$limit
	while [ ! -f "$session/child-code" ] && kill -0 "$child_pid" 2>/dev/null; do
		child_stream
		alive
		child_polls=$((child_polls + 1))
		if [ "$child_polls" -lt 10 ]; then sleep 0.03; else sleep 0.2; fi 2>/dev/null || sleep 1
		if [ -z "$child_leave_at" ]; then
			child_due
		elif child_may_stop && over "$child_leave_at"; then
			child_leave
			break
		fi
	done
	child_stream
	child_code=137
	[ ! -f "$session/child-code" ] || read -r child_code <"$session/child-code"
	rm -f "$session/child"
	return "$child_code"
}

# child_may_stop: whether a child ends when its run does. All others complete: those that swap, start services or
# commit must, and a migration holds the lock for as long as it takes.
child_may_stop() {
	case ${verb-}:${v_inherit-} in
	task:yes) return 1 ;;
	task:* | prepare:*) ;;
	*) return 1 ;;
	esac
}

# Ends the child when it is due: at its limit, or when its run is over.
child_due() {
	if [ "$child_limit" -gt 0 ] && over "$child_end_at"; then
		child_timed_out=1
		rm -f "$session/child"
		child_end "$child_pid"
	elif child_may_stop && { [ -f "$session/ended" ] || [ -f "$session/silent" ]; }; then
		# It began after main_stop_verb, or main_stop_verb has taken this file and ends it.
		! mv "$session/child" "$session/child-ended" || child_end "$child_pid"
	else
		return 0
	fi
	limit 15
	child_leave_at=$limit
}

# Ten seconds after child_end has killed it: a child that does not end is abandoned, and the reply says so. It has no
# lock, and its exit code would be mistaken for that of the next child.
child_leave() {
	# shellcheck disable=SC2046 # process ids
	one_line "$(child_owners $(child_tree "$child_pid"))"
	child_runs_on="it runs on${one_line:+ as $one_line}"
	kill -KILL "$child_pid"
}

# child_ended CODE: how it ended, in words; a signal is named. Above 31 no signal has a name, and busybox prints any
# number unchanged.
child_ended() {
	if [ -n "${child_runs_on-}" ]; then
		printf 'not to be stopped after %s s: %s' "$child_limit" "$child_runs_on"
	elif [ "${child_timed_out:-0}" -eq 1 ]; then
		printf 'stopped after %s s' "$child_limit"
	elif [ "$1" -gt 128 ] && [ "$1" -lt 160 ] && child_signal=$(kill -l "$(($1 - 128))" 2>/dev/null); then
		printf 'killed by SIG%s' "${child_signal#SIG}"
		[ "$1" -ne 137 ] || printf ' (out of memory?)'
	else
		printf 'exit code %s' "$1"
	fi
}

# Ends the child and all its descendants: SIGTERM, and SIGKILL after five seconds.
child_end() {
	child_family=$(child_tree "$1")
	# shellcheck disable=SC2086,SC2046 # process ids
	(
		child_signal TERM $child_family
		sleep 5
		child_signal KILL $child_family $(child_tree "$1")
	) >/dev/null 2>&1 3>&- 4<&- 9>&- &
}

# child_signal NAME PID…: processes that run as another user through sudo can be signalled only by that user, and sudo
# starts nothing but a release's wrapper as that user: any wrapper works whose configuration this user can read. sudo
# itself is root's, and ends with its command.
child_signal() {
	child_signal_name=$1
	shift
	[ "$#" -gt 0 ] || return 0
	kill "-$child_signal_name" "$@"
	[ "$(id -u)" -ne 0 ] || return 0
	for child_owner in $(child_owners "$@"); do
		for child_by in "$v_root"/releases/*/.tarlift/exec; do
			# shellcheck disable=SC2016 # that shell's
			! sudo -n -u "$child_owner" "$child_by" sh -c 'kill "$@"; :' sh "-$child_signal_name" "$@" || break
		done
	done
}

# child_owners PID…: the users of the processes, without root and this user.
child_owners() {
	for child_process; do stat -c %U "/proc/$child_process"; done 2>/dev/null | sort -u | grep -vxF -e root -e "$(id -un)"
}

# process_start PID: its start time, in ticks since the boot; nothing if it is gone, or dead and not yet waited for. The
# name, field 2, may contain anything: the fields after it are in the last line.
process_start() {
	start_line=
	{
		while IFS= read -r start_more; do start_line=$start_more; done <"/proc/$1/stat"
	} 2>/dev/null
	# shellcheck disable=SC2086 # words: state, parent, …
	set -- ${start_line##*") "}
	case ${1-Z} in Z | X) ;; *) echo "${20-}" ;; esac
}

# for_all COMMAND…: runs it with the words of standard input as arguments, as often as necessary: the files of all
# processes may exceed an argument list. False if it could not be run; its own failure, such as that of grep when it
# finds nothing, does not count.
for_all() {
	xargs "$@" 2>/dev/null || [ "$?" -eq 123 ]
}

# child_tree PID: its descendants. The parent of a process is the second word after its name, which ends with the last
# parenthesis.
child_tree() {
	echo /proc/[0-9]*/stat | for_all cat | awk -v "root=$1" '
		{ pid = $1; sub(/.*\) /, ""); parent[pid] = $2 }
		END {
			family[root] = 1
			do {
				found = 0
				for (pid in parent) if (!(pid in family) && (parent[pid] in family)) { family[pid] = 1; found = 1; print pid }
			} while (found)
		}'
}

# Sends the child's output since the last time, in pieces of 1 MiB.
child_stream() {
	child_size=$(wc -c <"$session/out")
	while [ "$child_size" -gt "$child_sent" ]; do
		child_piece=$((child_size - child_sent))
		[ "$child_piece" -le 1048576 ] || child_piece=1048576
		tail -c "+$((child_sent + 1))" "$session/out" | head -c "$child_piece" >"$session/out-part"
		reply_frame out "" "$session/out-part"
		child_sent=$((child_sent + child_piece))
	done
}
