# The name that supervisord has for a program.
#
# Reads all configurations of supervisord, one after the other. -v program=NAME in its section.
# Prints NAME; NAME:* if it has several processes; GROUP:NAME in a group; shared:GROUP if it has several processes and
# the group has other programs; nothing if there is no such section.

/^\[/ { sub(/[ \t]*$/, ""); section = $0; if (section == "[program:" program "]") there = 1; next }
{ value = $0; sub(/^[^=]*=[ \t]*/, "", value); sub(/[ \t]*([ \t];.*)?$/, "", value) }
section == "[program:" program "]" && /^numprocs[ \t]*=/ { many = value > 1 }
section ~ /^\[group:/ && /^programs[ \t]*=/ {
	n = split(value, names, /[ \t]*,[ \t]*/)
	for (i = 1; i <= n; i++) if (names[i] == program) { shared = n > 1; group = section; gsub(/^\[group:|\]$/, "", group) }
}
END {
	if (!there) exit
	if (many && shared) print "shared:" group
	else if (many) print (group == "" ? program : group) ":*"
	else print (group == "" ? "" : group ":") program
}
