# The patterns of [include] in configurations of supervisord. They continue in lines that begin with a blank, and are
# relative to the directory of the file.
#
# Reads the configurations. Prints one pattern per line.

function patterns(text,    n, words, i) {
	sub(/(^|[ \t]);.*/, "", text)
	n = split(text, words, " ")
	for (i = 1; i <= n; i++) {
		gsub(/%\(here\)s/, here, words[i])
		print words[i] ~ /^\// ? words[i] : here "/" words[i]
	}
}
FNR == 1 { here = FILENAME; sub(/\/[^\/]*$/, "", here); include = files = 0 }
/^\[/ { include = /^\[include\]/; files = 0; next }
include && /^[ \t]+[^ \t]/ && files { patterns($0); next }
{ files = 0 }
include && /^files[ \t]*[=:]/ { files = 1; sub(/^files[ \t]*[=:]/, ""); patterns($0) }
