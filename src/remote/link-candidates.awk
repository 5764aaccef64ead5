# Finds files of earlier releases that have the content of a file of the incoming release.
#
# Reads wanted (compare_wanted in facts.sh), then index and stat of each earlier release, the preferred one first.
# -v session=DIRECTORY of what is written, -v uid=NUMBER of this user, -v modes=open|closed (file-modes.sh).
# Writes to files of the session: candidates (`<n> <path>` for the n-th wanted file, the path relative to the root; the
# same path in the first release that has it before any other), paths (each candidate once), recorded (`<uid> <mode>
# <size> <mtime> <path>` of each).

FNR == 1 { last = split(FILENAME, part, "/"); kind = part[last]; at = "releases/" part[last - 1] "/" }
kind == "wanted" { if (/^f /) { n++; key[n] = $2; path[n] = substr($0, 21); wanted[$2] = 1 } next }
kind == "index" {
	if (!/^f /) next
	k = ($2 == "0755" ? "x" : "-") substr($4, 1, 16)
	if (!(k in wanted)) next
	same = substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1)
	if (!(k in first)) first[k] = at same
	if (!((k, same) in there)) there[k, same] = at same
	next
}
{
	# A file that its owner may write is never linked to where a service runs as the owner.
	if (modes != "open" && $1 ~ /[2367]/) next
	path_of = substr($0, length($1 $2 $3) + 4)
	recorded[at path_of] = uid " " substr($0, 1, length($1 $2 $3) + 3) at path_of
}
END { for (i = 1; i <= n; i++) {
	from = (key[i], path[i]) in there ? there[key[i], path[i]] : first[key[i]]
	if (from == "") continue
	print i " " from >(session "/candidates")
	if (from in seen) continue
	seen[from] = 1
	print from >(session "/paths")
	if (from in recorded) print recorded[from] >(session "/recorded")
} }
