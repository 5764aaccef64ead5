# Reads a time span of systemd, such as `1min 30s`.
# Prints its seconds, with a fraction of a second rounded up; nothing for infinity and what it cannot read.

BEGIN { split("us ms s min h d w month y", names); split("0.000001 0.001 1 60 3600 86400 604800 2629800 31557600", lengths) }
$0 == "0" { print 0; next }
{
	sum = 0
	for (i = 1; i <= NF; i++) {
		unit = $i; sub(/^[0-9.]+/, "", unit)
		for (n = 1; n in names && names[n] != unit; n++);
		if (!(n in names) || unit == $i) next
		sum += lengths[n] * $i
	}
	print int(sum) + (sum > int(sum))
}
