# Compares the entries of a directory with what was recorded of it, by type, mode, size and time.
#
# Reads, in this order, of the session: then (`<mode> <size> <mtime> <path>` of each file), links (`<path><tab><target>`
# of each link), grown (lines of added-lines that do not count) and found (`f <mode> <size> <mtime> ./<path>`, `l
# ./<path><tab><target>`, `o ./<path>` of what exists). -v session=DIRECTORY of these files; -v apart=PATHS that are
# checked separately, prefixes end with `/`; -v names=no: which files were added is unknown; -v full=yes: every file is
# a suspect.
# Writes to files of the session: drift-some (missing, or of another type, mode or target), suspects (files whose
# content has to be compared), added and added-lines (added files that may be loaded, and how each was found), extra
# (the other added files).

function added(path, mode,    name) {
	if (names == "no" || $0 in grown) return
	for (i = 1; i <= aparts; i++) if (path == part[i] || part[i] ~ /\/$/ && index(path, part[i]) == 1) return
	path = substr(path, 3)
	if (path ~ /(^|\/)__pycache__\/[^\/]+\.pyc(\.[0-9]+)?$/ || path ~ /(^|\/)node_modules\/\.cache\//) return
	name = path
	sub(/.*\//, "", name)
	if (!loads(path, name, mode)) { print path >(session "/extra"); return }
	print path >(session "/added")
	print >(session "/added-lines")
}
# What an interpreter, a server or a shell may take for a part of the application.
function loads(path, name, mode) {
	if (mode ~ /[1357]/ || path ~ /^\.tarlift\//) return 1
	return tolower(name) ~ /^\.env|\.(py|pyc|pyo|pyd|pyi|pth|egg-link|so|js|mjs|cjs|ts|mts|cts|jsx|tsx|node|json|wasm|rb|php|phtml|pl|pm|sh|lua|jar|class|sql|ini|cfg|conf|toml|yaml|yml|env|properties|htm|html|xml|tmpl|tpl|jinja|jinja2|j2|ejs|hbs|erb|mo|po)$/
}
function differs(was, is) {
	if (was == "program") return is !~ /[1357]/
	if (was == "plain") return is ~ /[1357]/
	return was != is
}
BEGIN { aparts = split(apart, part, " ") }
FILENAME ~ /\/then$/ {
	path = substr($0, length($1 $2 $3) + 4)
	mode[path] = $1
	stamp[path] = $2 " " $3
	next
}
FILENAME ~ /\/grown$/ { grown[$0] = 1; next }
FILENAME ~ /\/links$/ { at = index($0, "\t"); target[substr($0, 1, at - 1)] = substr($0, at + 1); next }
/^f / {
	whole = substr($0, length($2 $3 $4) + 6)
	path = substr(whole, 3)
	if (!(path in mode)) { if (path in target) print path >(session "/drift-some"); else added(whole, $2); next }
	seen[path] = 1
	if (differs(mode[path], $2)) print path >(session "/drift-some")
	if (full == "yes" || stamp[path] != $3 " " $4) print path >(session "/suspects")
	next
}
/^l / {
	at = index($0, "\t")
	whole = substr($0, 3, at - 3)
	path = substr(whole, 3)
	if (path in target) { seen[path] = 1; if (target[path] != substr($0, at + 1)) print path >(session "/drift-some") }
	else if (!(path in mode)) added(whole, "777")
	next
}
/^o / { extra = substr($0, 5); if (extra != "") print extra >(session "/extra") }
END {
	for (path in mode) if (!(path in seen)) print path >(session "/drift-some")
	for (path in target) if (!(path in seen)) print path >(session "/drift-some")
}
