# One field of a server, from an answer of HAProxy whose first `#` line names its columns: `show stat` (separated by
# commas) or `show servers state` (by blanks).
#
# Reads the answer. -v column=NAME of the field, -v wanted=BACKEND/SERVER.
# Prints the value; nothing if the server or the column is not there.

/^# / {
	between = /^# be_id / ? " " : ","
	count = split(substr($0, 3), names, between)
	for (n = 1; n <= count; n++) at[names[n]] = n
	next
}
between {
	gsub(/"[^"]*"/, "")
	split($0, fields, between)
	name = between == " " ? fields[at["be_name"]] "/" fields[at["srv_name"]] : fields[at["pxname"]] "/" fields[at["svname"]]
	if (name == wanted && at[column]) print fields[at[column]]
}
