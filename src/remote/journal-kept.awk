# The part of the journal of migrations that a rollback may still cross: from the oldest line at which a kept release
# was last good.
#
# Reads kept (names of good releases) and journal (migrations.sh). -v most=NUMBER of lines at most.
# Prints the lines that stay: the last `good` line of a release only, and a `back` line only at the end.

FILENAME ~ /\/kept$/ { kept[$0] = 1; next }
{ line[++n] = $0 }
$1 == "good" && ($3 in kept) { last[$3] = n }
END {
	from = n
	for (release in kept) {
		if (!(release in last)) from = 1
		else if (last[release] < from) from = last[release]
	}
	if (n - from >= most) from = n - most + 1
	for (i = from; i <= n; i++) {
		split(line[i], word, " ")
		if (word[1] == "good" && last[word[3]] != i || word[1] == "back" && i < n) continue
		print line[i]
	}
}
