# Compares the file index of a release with everything in its directory but directories, by type, size and mode.
#
# Reads index, then found (`f <mode> <size> <mtime> ./<path>`, `l ./<path><tab><target>`, `? ./<path>`). -v less=FILE
# for missing entries, -v more=FILE for surplus ones, -v modes=open|closed (file-modes.sh).
# Exits with 1 if there is any.

FILENAME ~ /\/index$/ {
	if (/^f /) want["f " ($2 == "0755" ? "555" : "444") " " $3 " ./" substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1)] = 1
	if (/^l /) want["l ./" substr($0, 3)] = 1
	next
}
{
	entry = $0
	mode = $2
	# Files that are linked from another release keep the mode with which they came there.
	if (modes == "open") sub(/^644$/, "444", mode) || sub(/^755$/, "555", mode)
	if (/^f /) entry = "f " mode " " $3 " " substr($0, 2 + length($2 $3 $4) + 3 + 1)
	if (entry in want) delete want[entry]
	else { print entry >more; wrong = 1 }
}
END {
	for (entry in want) { print entry >less; wrong = 1 }
	exit wrong
}
