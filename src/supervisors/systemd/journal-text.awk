# Messages of a journal.
#
# Reads the output of journalctl, as short-unix or without times. -v since=SECONDS since the epoch at which the restart
# began, empty: there was none; -v old=PIDS of processes that it ended.
# Prints the messages alone, without earlier ones, those of the ended processes, and those of systemd about their end.

BEGIN { n = split(old, pids, " "); for (i = 1; i <= n; i++) ended[pids[i]] = 1 }
/^-- / { next }
/^[0-9]+\.[0-9]+ / {
	skip = since != "" && $1 + 0 < since + 0
	sub(/^[0-9.]+ [^ ]+ /, "")
	pid = ""
	if (match($0, /^[^:[]*\[[0-9]+\]: /)) {
		pid = substr($0, 1, RLENGTH - 3)
		sub(/^.*\[/, "", pid)
		$0 = substr($0, RLENGTH + 1)
	} else sub(/^[^:]*: /, "")
	if (pid in ended) { count = 0; skip = 1 }
	if (pid == 1 && /^(Stopping|Stopped) |: (Deactivated successfully|Consumed )/) skip = 1
	if (!skip) lines[++count] = $0
	next
}
# Without times: the last stop is that of the old processes.
!/^ / && /^Stopped / { count = 0; next }
!skip { lines[++count] = $0 }
END { for (i = 1; i <= count; i++) print lines[i] }
