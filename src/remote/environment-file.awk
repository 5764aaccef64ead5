# Converts an environment file as people write it (NAME=value, export, quotes, lines of comments) to the syntax of
# .tarlift/env.
#
# Reads the file. -v kept=NAMES of other programs, between blanks; -v wrong=FILE for what is wrong.
# Prints `NAME="value"` of each variable. Exits with 1 at the first line that different readers (systemd, a shell,
# dotenv) would read differently: FILE has its number and the reason, and not its value.

function bad(why) { print "line " NR " " why >wrong; exit 1 }
{ sub(/\r$/, "") }
/^[ \t]*(#.*)?$/ { next }
{
	line = $0
	sub(/^[ \t]*(export[ \t]+)?/, "", line)
	if (!match(line, /^[A-Za-z_][A-Za-z0-9_]*[ \t]*=/)) bad("is no NAME=value")
	name = substr(line, 1, RLENGTH - 1); sub(/[ \t]+$/, "", name)
	value = substr(line, RLENGTH + 1); sub(/^[ \t]+/, "", value)
	if (name ~ /^TARLIFT_/ || index(kept, " " name " ")) bad("sets " name ", which is not the application\047s")
	quote = substr(value, 1, 1)
	if (quote == "\"" || quote == "\047") {
		text = substr(value, 2)
		closed = index(text, quote)
		if (!closed) bad("has a quote that does not end on it")
		if (substr(text, closed + 1) !~ /^[ \t]*$/) bad("goes on after its closing quote")
		text = substr(text, 1, closed - 1)
		if (index(text, "\\")) bad("has a backslash, which is read in more than one way")
		if (quote == "\"" ? text ~ /[$`]/ : index(text, "${")) bad("refers to other variables or commands")
	} else {
		sub(/[ \t]+$/, "", value)
		if (match(value, /[ \t#;&|<>()\\"\047$`]|(^|:)~/)) bad("has " (substr(value, RSTART, 1) ~ /[ \t]/ ? "a blank" : substr(value, RSTART + RLENGTH - 1, 1)) " outside of quotes, which is read in more than one way")
		text = value
	}
	written = ""
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		written = written (index("\"\\$`", c) ? "\\" : "") c
	}
	print name "=\"" written "\""
}
