# shellcheck shell=sh
# shellcheck disable=SC2154,SC2015 # v_… are values of the request (main.sh); A && B || C is meant as it is
# What became of a release's files since they were verified.

# Values: release, full (yes or no). Paths that differ from what was recorded, at most 100 of them, and how many there are.
verb_drift() {
	drift_record=$v_root/.tarlift/releases/$v_release
	[ -d "$v_root/releases/$v_release" ] && [ -f "$drift_record/stat" ] || fail_with "release $v_release is not there, or was not recorded" "Choose another: tarlift history TARGET names them"
	cd "$v_root/releases/$v_release" || exit 1
	drift_recorded=$(sed -n 's/^env //p' "$drift_record/record")
	drift_seen=$(sha256sum <.tarlift/env)
	[ "$drift_recorded" = "${drift_seen%% *}" ] || reply env_changed yes
	sed 's/^[0-7]* [0-9]* [0-9]* //' "$drift_record/stat" | tr '\n' '\0' | xargs -0 stat -c '%a %s %Y %n' -- 2>/dev/null | sort >"$session/now"
	sort "$drift_record/stat" >"$session/then"
	if [ "$v_full" = yes ]; then
		sed -n 's/^f [0-7]* [0-9]* [0-9a-f]*  //p' "$drift_record/index"
	else
		comm -23 "$session/then" "$session/now" | sed 's/^[0-7]* [0-9]* [0-9]* //'
	fi >"$session/suspects"
	# Of those that differ, only a difference in content or mode counts: a touched file is as good as before.
	awk 'FILENAME ~ /\/suspects$/ { suspect[$0] = 1; next }
		/^f / { path = substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1); if (path in suspect) print $4 "  ./" path }' \
		"$session/suspects" "$drift_record/index" >"$session/sums"
	{
		[ ! -s "$session/sums" ] || sha256sum -c "$session/sums" 2>/dev/null | sed -n 's/^\.\/\(.*\): FAILED\( open or read\)\{0,1\}$/\1/p'
		awk 'FILENAME ~ /\/then$/ { mode = $1; sub(/^[0-7]* [0-9]* [0-9]* /, ""); was[$0] = mode; next }
			{ mode = $1; sub(/^[0-7]* [0-9]* [0-9]* /, ""); if (was[$0] != mode) print }' "$session/then" "$session/now"
		sed -n 's/^l //p' "$drift_record/index" | while IFS='	' read -r drift_link drift_target; do
			[ "$(readlink "./$drift_link")" = "$drift_target" ] || printf '%s\n' "$drift_link"
		done
	} | sort -u >"$session/drift"
	# What perhaps only hashing everything finds stays suspect: nothing is linked from it any more, and each further look hashes it.
	if [ "$v_full" = yes ] && [ -s "$session/drift" ] && [ -w "$drift_record" ]; then
		awk 'FILENAME ~ /\/drift$/ { wrong[$0] = 1; next }
			{ path = substr($0, length($1 $2 $3) + 4); if (path in wrong) print $1, $2, 0, path; else print }' \
			"$session/drift" "$drift_record/stat" >"$session/suspect"
		write_file "$drift_record/stat" <"$session/suspect"
	fi
	reply count "$(wc -l <"$session/drift" | tr -d ' ')"
	head -n 100 "$session/drift" >"$session/drift-told"
	reply_text drift "$session/drift-told"
}
