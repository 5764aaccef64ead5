# Finds a time for each sent file that no other content at its path has in the releases of this host.
#
# Reads, in this order: sent (`<sha256>  <path>`), index and stat of each release, found (release-compare.awk).
# -v times=FILE for the times that are to be set, each once.
# Prints `<time> ./<path>` of each file whose time has to change.

FILENAME ~ /\/sent$/ { hash[substr($0, 67)] = substr($0, 1, 64); next }
FILENAME ~ /\/index$/ {
	if (FNR == 1) split("", other)
	path = substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1)
	if ($1 == "f" && (path in hash) && $4 != hash[path]) other[path] = 1
	next
}
FILENAME ~ /\/stat$/ {
	path = substr($0, length($1 $2 $3) + 4)
	if (path in other) taken[path, $2, $3] = 1
	next
}
/^f / {
	path = substr($0, 2 + length($2 $3 $4) + 3 + 3)
	if (!(path in hash)) next
	for (time = $4; (path, $3, time) in taken;) time++
	if (time == $4) next
	print time " " path
	if (!(time in printed)) print time >times
	printed[time] = 1
}
