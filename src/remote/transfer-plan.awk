# Makes the plan of a transfer: what is linked, what was left by an earlier transfer, and what is missing.
#
# Reads, in this order: recorded and seen (both `<uid> <mode> <size> <mtime> <path>`: as it was recorded, and as it is
# now), left (hash_list), candidates (link-candidates.awk) and wanted. -v base=releases/NAME/ of the base; -v
# sources=FILE for the names of releases that anything is linked from.
# Prints lines of the plan: m, i and l, as compare_wanted in facts.sh explains them.

function stretch() { if (from) print "m " from (to > from ? "-" to : ""); from = 0 }
function use(at) { sub(/^releases\//, "", at); sub(/\/.*/, "", at); if (!(at in used)) print at >sources; used[at] = 1 }
# FILENAME distinguishes the parts, because any of the files may be empty.
FILENAME ~ /\/recorded$/ { recorded[$0] = 1; next }
FILENAME ~ /\/seen$/ { if ($0 in recorded) { at = $0; sub(/^[0-9]+ [0-7]+ [0-9]+ [0-9]+ /, "", at); sound[at] = 1 } next }
FILENAME ~ /\/left$/ { left[substr($0, 1, 17) " " substr($0, 19)] = 1; next }
FILENAME ~ /\/candidates$/ { at = $0; sub(/^[0-9]+ /, "", at); if (at in sound) source[$1] = at; next }
/^f / {
	n++
	path = substr($0, 21)
	if (($2 " " path) in left) { stretch(); print "i " n }
	else if (!(n in source)) { if (!from) from = n; to = n }
	else { stretch(); use(source[n]); if (source[n] != base path) print "l " n " " source[n] }
}
END { stretch() }
