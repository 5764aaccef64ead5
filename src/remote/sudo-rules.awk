# Commands of the listing of sudo that concern root.
#
# Reads the output of `sudo -l`: commands are as they are in sudoers, with one level of backslashes less. -v plain=yes:
# without any (sudo-rs).
# Prints each command in its order: `yes COMMAND` under NOPASSWD, else `no COMMAND`.

# Of the users in the parentheses the last that means root decides; what follows a colon are groups.
function as_root(users,    n, words, i, found) {
	sub(/:.*/, "", users)
	n = split(users, words, /, */)
	for (i = 1; i <= n; i++) {
		gsub(/ /, "", words[i])
		if (words[i] ~ /^!*(root|#0|ALL)$/) found = words[i] !~ /^!/
	}
	return found
}
function entry(line,    n, items, i, item, tag, free, users, denied) {
	match(line, /\([^)]*\)/)
	users = substr(line, RSTART + 1, RLENGTH - 2)
	line = substr(line, RSTART + RLENGTH)
	sub(/^ */, "", line)
	if (!as_root(users)) return
	# A backslash takes away what the next character means: a comma that ends no command, another backslash.
	if (!plain) gsub(/\\\\/, "\001", line)
	if (!plain) gsub(/\\,/, "\002", line)
	n = split(line, items, /, /)
	for (i = 1; i <= n; i++) {
		item = items[i]
		while (match(item, /^[A-Z_]+: */)) {
			tag = substr(item, 1, RLENGTH)
			if (tag ~ /^NOPASSWD/) free = 1
			if (tag ~ /^PASSWD/) free = 0
			item = substr(item, RLENGTH + 1)
		}
		denied = sub(/^! */, "", item)
		if (!plain) gsub(/\\/, "", item)
		gsub(/\001/, "\\", item)
		gsub(/\002/, ",", item)
		print (free && !denied ? "yes " : "no ") item
	}
}
/^    \(/ { if (line != "") entry(line); line = $0; next }
/^        / { sub(/^ */, " "); line = line $0; next }
END { if (line != "") entry(line) }
