# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# Changes to files since they were verified: of a release, of the wrapper that starts everything in it, of its
# environments.
#
# By size, time and mode, and by names: files that differ are hashed, and additional files are found. `full` hashes
# everything. Of the files that were added, those that Python and build tools write by themselves do not count (byte
# code in __pycache__, node_modules/.cache); code, configuration, links and programs do, since they can affect a
# release; the rest is an application's data, and is named. What its own hooks and services had added to a release when
# it became good belongs to it.

# Values: release, full (yes or no). Replies count, and text `drift`: paths that differ or are missing, and what was
# added to an environment, at most 100; added and text `added`: what was added to the release and may affect it; extra
# and text `extra`: data that was added; unrecorded, for each environment of which this host has no record to compare
# with.
verb_drift() {
	drift_record=$v_root/.tarlift/releases/$v_release
	[ -d "$v_root/releases/$v_release" ] && [ -f "$drift_record/stat" ] || fail rollback-target-missing "release $v_release is not there, or was not recorded" "Choose another: tarlift history TARGET names them"
	: >"$session/drift-all"
	: >"$session/added-all"
	: >"$session/extra-all"
	drift_release
	recorded "$v_release" environments
	for drift_id in $recorded; do
		# An environment that the release has a copy of is checked there.
		grep -q "^farm $drift_id " "$drift_record/record" || drift_environment "$drift_id"
	done
	reply count "$(wc -l <"$session/drift-all" | tr -d ' ')"
	reply added "$(wc -l <"$session/added-all" | tr -d ' ')"
	reply extra "$(wc -l <"$session/extra-all" | tr -d ' ')"
	for drift_kind in drift added extra; do head -n 100 "$session/$drift_kind-all" >"$session/$drift_kind-part"; done
	reply_text drift "$session/drift-part"
	reply_text added "$session/added-part"
	reply_text extra "$session/extra-part"
}

drift_release() {
	release_look "$v_full"
	while IFS= read -r drift_id; do reply unrecorded "$drift_id"; done <"$session/unrecorded"
	(cd "$v_root/releases/$v_release" && configuration_changed "$v_release") >>"$session/drift-all"
	for drift_kind in drift added extra; do
		cat "$session/$drift_kind" >>"$session/$drift_kind-all"
	done
	if [ "$v_full" = yes ] && cd "$v_root/releases/$v_release"; then drift_suspect; fi
}

# release_grown: before v_release becomes good: records what it contains that was not sent.
release_grown() {
	drift_record=$v_root/.tarlift/releases/$v_release
	[ -f "$drift_record/stat" ] || return 0
	rm -f "$drift_record/grown"
	release_look no
	[ -s "$session/added-lines" ] || return 0
	# No mark of its own: most releases have no such files, and without the list they are only reported again.
	cat "$session/added-lines" >"$drift_record/grown.part.$$" && mv -f "$drift_record/grown.part.$$" "$drift_record/grown"
}

# release_look FULL: v_release, as tree_look does; $session/unrecorded: its environments without a record.
release_look() {
	cd "$v_root/releases/$v_release" || exit 1
	cp "$drift_record/stat" "$session/then"
	sed -n 's/^f [0-7]* [0-9]* //p' "$drift_record/index" >"$session/digests"
	sed -n 's/^l //p' "$drift_record/index" >"$session/links"
	sed -n "s|^shared \(.*\)|\1	$v_root/shared/\1|p" "$drift_record/record" >>"$session/links"
	drift_apart="./.tarlift/env ./.tarlift/exec"
	cat "$drift_record/grown" >"$session/grown" 2>/dev/null || :
	: >"$session/unrecorded"
	sed -n 's/^farm //p' "$drift_record/record" >"$session/link-trees"
	while read -r drift_id drift_mount; do
		if environment_known "$drift_id"; then
			drift_link_tree "$drift_id" "$drift_mount"
		else
			echo "$drift_id" >>"$session/unrecorded"
			drift_apart="$drift_apart ./$drift_mount/"
		fi
	done <"$session/link-trees"
	# The record of a release of an older Tarlift does not list all of its content.
	drift_names=no
	! grep -q '^exec ' "$drift_record/record" || drift_names=yes
	tree_look "$1"
	cd /
}

# drift_link_tree ENVIRONMENT_ID MOUNT: the part of the environment in the release belongs to what it contained when it was
# verified.
drift_link_tree() {
	awk -v "mount=$2/" '{ path = substr($0, length($1 $2 $3) + 4) } index(path, mount) == 1' "$v_environments_root/$1.stat" >>"$session/then"
	sed -n 's/^f [0-7]* [0-9]* //p' "$v_environments_root/$1.index" | awk -v "mount=$2/" 'index(substr($0, 67), mount) == 1' >>"$session/digests"
	sed -n 's/^l //p' "$v_environments_root/$1.index" | awk -v "mount=$2/" 'index($0, mount) == 1' >>"$session/links"
}

drift_environment() {
	if [ ! -d "$v_environments_root/$1" ]; then
		echo "$v_environments_root/$1 (missing)" >>"$session/drift-all"
		return 0
	fi
	if ! environment_known "$1"; then
		reply unrecorded "$1"
		return 0
	fi
	environment_look "$1" "$v_full"
	sed "s|^|$v_environments_root/$1/|" "$session/drift" >>"$session/drift-all"
	sed "s|^|$v_environments_root/$1/|" "$session/extra" >>"$session/extra-all"
}

# configuration_changed RELEASE: in its directory; prints which of the files that Tarlift wrote there (its configuration
# and its wrapper) differ.
configuration_changed() {
	for changed_file in env exec; do
		recorded "$1" "$changed_file"
		[ -n "$recorded" ] || [ "$changed_file" = env ] || continue
		changed_sum=$(sha256sum 2>/dev/null <".tarlift/$changed_file")
		[ "$recorded" = "${changed_sum%% *}" ] || echo ".tarlift/$changed_file"
	done
}

# environment_known ENVIRONMENT_ID: whether this host has recorded its content.
environment_known() {
	[ -f "$v_environments_root/$1.index" ] && [ -f "$v_environments_root/$1.stat" ]
}

# environment_enter ENVIRONMENT_ID: false, and reported as its drift, if it does not exist or this user may not enter
# it.
environment_enter() {
	cd "$v_environments_root/$1" 2>/dev/null && return
	: >"$session/extra"
	echo "(its directory cannot be read)" >"$session/drift"
	return 1
}

# environment_look ENVIRONMENT_ID FULL: checks an environment that has a record, as tree_look does.
environment_look() {
	environment_enter "$1" || return 0
	cp "$v_environments_root/$1.stat" "$session/then"
	sed -n 's/^f [0-7]* [0-9]* //p' "$v_environments_root/$1.index" >"$session/digests"
	sed -n 's/^l //p' "$v_environments_root/$1.index" >"$session/links"
	drift_apart=
	environment_differs "$2"
}

# environment_differs FULL: only Tarlift may add files to an environment, which several releases share.
environment_differs() {
	drift_names=yes
	: >"$session/grown"
	tree_look "$1"
	cat "$session/added" >>"$session/drift"
	cd /
}

# environment_prove ENVIRONMENT_ID INDEX: checks an environment without a record against its file index, by content.
# Whether files are programs counts, but not who may write them: a build on this very machine leaves 0644, a transfer
# perhaps 0444.
environment_prove() {
	environment_enter "$1" || return 0
	sed -n 's/^f 0755 /program /p; s/^f 0644 /plain /p' "$2" | sed 's/^\([a-z]* [0-9]*\) [0-9a-f]*  /\1 - /' >"$session/then"
	sed -n 's/^f [0-7]* [0-9]* //p' "$2" >"$session/digests"
	sed -n 's/^l //p' "$2" >"$session/links"
	drift_apart=
	environment_differs yes
}

# environment_stat ENVIRONMENT_ID: prints what environment_look compares with: `<mode> <size> <mtime> <path>` of each
# file.
environment_stat() {
	cd "$v_environments_root/$1" && find . -type f -exec stat -c '%a %s %Y %n' {} + | sed 's/ \.\// /'
}

# tree_look FULL: checks the current directory. Reads $session/then (`<mode> <size> <mtime> <path>`), digests (`<sha256>
#  <path>`), links (`<path><tab><target>`), grown (lines of added-lines that do not count); drift_apart: paths, or
# prefixes, that are checked separately; drift_names: `no`: which files were added is unknown. Writes $session/drift,
# $session/added, with how each was found in added-lines, and $session/extra.
tree_look() {
	{
		find . -type f -exec stat -c 'f %a %s %Y %n' {} +
		tree_links
		find . ! -type f ! -type l ! -type d | sed 's/^/o /'
	} >"$session/found" 2>/dev/null
	: >"$session/suspects"
	: >"$session/drift-some"
	: >"$session/added"
	: >"$session/added-lines"
	: >"$session/extra"
	awk -v "session=$session" -v "apart=$drift_apart" -v "names=$drift_names" -v "full=$1" -f tree-drift.awk "$session/then" "$session/links" "$session/grown" "$session/found"
	# Only a difference in content counts: a touched file is unchanged.
	awk 'FILENAME ~ /\/suspects$/ { suspect[$0] = 1; next } substr($0, 67) in suspect { print substr($0, 1, 66) "./" substr($0, 67) }' \
		"$session/suspects" "$session/digests" >"$session/sums"
	[ ! -s "$session/sums" ] || sha256sum -c "$session/sums" 2>/dev/null |
		sed -n 's/^\.\/\(.*\): FAILED\( open or read\)\{0,1\}$/\1/p' >>"$session/drift-some"
	sort -u "$session/drift-some" >"$session/drift"
}

# `l <path><tab><target>` of each link; one process for all, if readlink takes more than one.
tree_links() {
	find . -type l >"$session/link-names"
	find . -type l -exec readlink {} + >"$session/link-targets" 2>/dev/null || :
	if [ "$(wc -l <"$session/link-names")" = "$(wc -l <"$session/link-targets")" ]; then
		awk 'FILENAME ~ /\/link-names$/ { name[FNR] = $0; next } { print "l " name[FNR] "\t" $0 }' "$session/link-names" "$session/link-targets"
	else
		while IFS= read -r tree_link; do printf 'l %s\t%s\n' "$tree_link" "$(readlink "$tree_link")"; done <"$session/link-names"
	fi
}

# A file whose change only hashing may detect stays suspect, in every release that has the same file: it is no longer
# linked from, and each further check hashes it. In the release's directory.
drift_suspect() {
	[ -s "$session/drift" ] || return 0
	tr '\n' '\0' <"$session/drift" | xargs -0 stat -c '%i' -- 2>/dev/null >"$session/inodes"
	for suspect_stat in "$v_root"/.tarlift/releases/*/stat; do
		suspect_name=${suspect_stat%/stat}
		[ -w "$suspect_stat" ] && cd "$v_root/releases/${suspect_name##*/}" 2>/dev/null || continue
		sed 's/^[0-7]* [0-9]* [0-9]* //' "$suspect_stat" | tr '\n' '\0' | xargs -0 stat -c '%i %n' -- 2>/dev/null >"$session/numbers"
		awk 'FILENAME ~ /\/inodes$/ { wrong[$1] = 1; next }
			FILENAME ~ /\/numbers$/ { if ($1 in wrong) suspect[substr($0, length($1) + 2)] = 1; next }
			{ path = substr($0, length($1 $2 $3) + 4); if (path in suspect) { print $1, $2, 0, path; some = 1 } else print }
			END { exit !some }' "$session/inodes" "$session/numbers" "$suspect_stat" >"$session/suspect" || continue
		session_full || write_file "$suspect_stat" <"$session/suspect"
	done
	cd /
}
