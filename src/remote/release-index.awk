# Assembles the file index of a release.
#
# Reads, in this order: index of each release that files are linked from, lines (`<size> <sha256>` of each file that is
# missing or was left), plan and wanted (compare_wanted in facts.sh). -v base=releases/NAME/ of the base; -v
# sent_list=FILE for `<sha256>  <path>` of each file that is missing or was left.
# Prints the index.

FNR == 1 { last = split(FILENAME, part, "/"); kind = part[last]; at = "releases/" part[last - 1] "/" }
kind == "index" {
	if (/^f /) known[at substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1)] = $2 " " $3 " " $4
	next
}
kind == "lines" { line[++lines] = $0; next }
kind == "plan" {
	if ($1 == "m") { split($2, range, "-"); if (range[2] == "") range[2] = range[1]; for (i = range[1] + 0; i <= range[2] + 0; i++) here[i] = 1 }
	if ($1 == "i") here[$2] = 1
	if ($1 == "l") { at = $0; sub(/^l [0-9]+ /, "", at); from[$2] = at }
	next
}
/^f / {
	n++; path = substr($0, 21)
	mode = substr($0, 3, 1) == "x" ? "0755" : "0644"
	if (n in here) { used++; print "f " mode " " line[used] "  " path; hash = line[used]; sub(/^[0-9]+ /, "", hash); print hash "  " path >sent_list }
	else print "f " known[(n in from) ? from[n] : base path] "  " path
	next
}
{ print }
