# shellcheck shell=sh
# shellcheck disable=SC2015,SC2094 # A && B || C is meant as it is; the lock of an environment is a file of its own
# What is removed, and when: old releases after a commit, and leftovers of failed deploys before the next release is
# sent. All of it under the lock of the host, which no other run shall wait for: names are removed at once, files within
# PRUNE_LIMIT, and the rest in the next run.

# Seconds.
PRUNE_LIMIT=10

# Kept: the newest good releases (v_keep), the live one, its predecessor, and one failed release to examine.
prune() {
	prune_kept
	prune_code=0
	# Also one that was lost before it had a state.
	for prune_path in "$v_root"/.tarlift/releases/*; do
		[ -d "$prune_path" ] || continue
		prune_name=${prune_path##*/}
		case $prune_keep in *" $prune_name "*) continue ;; esac
		prune_release "$prune_name"
	done
	# What interrupted transfers of other releases left.
	receiving ""
	for prune_path in "$v_root"/.tarlift/incoming/* "$receiving"*; do
		set_aside "$prune_path" || rm -rf "$prune_path" || prune_code=1
	done
	prune_environments || prune_code=1
	prune_log || prune_code=1
	empty_trash
	return "$prune_code"
}

# Sets prune_keep, names between spaces.
prune_kept() {
	link_release current
	prune_keep=" $link_release "
	[ -z "$link_release" ] || {
		first_line "$v_root/.tarlift/releases/$link_release/previous"
		prune_keep="$prune_keep$first_line "
	}
	link_release previous
	prune_keep="$prune_keep$link_release "
	for kept_name in $(good_releases | tail -n "$v_keep"); do prune_keep="$prune_keep$kept_name "; done
	set --
	for kept_path in "$v_root"/.tarlift/releases/*/state; do
		[ -f "$kept_path" ] || continue
		first_line "$kept_path"
		[ "$first_line" != failed ] || set -- "$@" "$kept_path"
		kept_name=${kept_path%/state}
		kept_name=${kept_name##*/}
		# An adopted release may hold files that exist nowhere else: people remove it.
		recorded "$kept_name" adopted
		[ -z "$recorded" ] || prune_keep="$prune_keep$kept_name "
	done
	# The newest.
	# shellcheck disable=SC2012 # names have no blanks
	[ "$#" -eq 0 ] || for kept_name in $(ls -td -- "$@" | head -n 1); do
		kept_name=${kept_name%/state}
		prune_keep="$prune_keep${kept_name##*/} "
	done
}

# prune_release NAME: the record is removed first: a release without one is no candidate for anything.
prune_release() {
	# On a full disk there is no space for the directory that it is set aside in.
	for release_path in "$v_root/.tarlift/releases/$1" "$v_root/releases/$1"; do
		set_aside "$release_path" || rm -rf "$release_path" || {
			prune_code=1
			reply warning "the old release $1 could not be removed: some of its files may belong to another user. As root: rm -rf $v_root/releases/$1"
			return 0
		}
	done
	log_event pruned "$1"
}

# leave_failures COUNT: a series of failed deploys must not fill the disk or displace good releases. Of the releases
# that never became good, and of leftovers of interrupted transfers, the newest COUNT stay, to be examined and because
# their files need not be sent again; in addition to what the incoming release itself starts from. Replies `spare` if
# more could be removed.
leave_failures() {
	link_release current
	left_keep=" $link_release "
	link_release previous
	left_keep="$left_keep$link_release "
	first_line "$v_root/.tarlift/transaction"
	left_keep="$left_keep$first_line "
	left_names=
	for left_path in "$v_root"/.tarlift/releases/*/state; do
		[ -f "$left_path" ] || continue
		first_line "$left_path"
		[ "$first_line" != good ] || continue
		left_path=${left_path%/state}
		case $left_keep in *" ${left_path##*/} "*) continue ;; esac
		! grep -qs "^digest sha256:$v_incoming" "$left_path/record" || continue
		left_names="$left_names $left_path/state"
	done
	left_transfers=
	receiving ""
	for left_path in "$v_root"/.tarlift/incoming/* "$receiving"*; do
		[ -d "$left_path" ] || continue
		[ "${left_path##*/}" != "$v_incoming" ] || continue
		! grep -qsxF "environment ${left_path#"$receiving"}" "$request/requirements" || continue
		left_transfers="$left_transfers $left_path"
	done
	if [ -z "$left_names$left_transfers" ]; then
		empty_trash
		return 0
	fi
	left_gone=
	# shellcheck disable=SC2086 # paths of roots have no spaces
	for left_path in $(all_but_newest "$1" $left_names); do
		left_path=${left_path%/state}
		prune_release "${left_path##*/}"
		left_gone=yes
	done
	# shellcheck disable=SC2086
	for left_path in $(all_but_newest "$1" $left_transfers); do
		set_aside "$left_path" || rm -rf "$left_path" || :
		left_gone=yes
	done
	if [ -n "$left_gone" ]; then prune_environments || :; fi
	empty_trash
	[ "$1" -eq 0 ] || reply spare yes
}

# all_but_newest COUNT PATH…: the others, one per line.
# shellcheck disable=SC2012 # names have no blanks
all_but_newest() {
	newest_count=$1
	shift
	[ "$#" -le "$newest_count" ] || ls -td -- "$@" | tail -n "+$((newest_count + 1))"
}

# The log keeps its newest part: some ten thousand deploys.
prune_log() {
	[ -n "$(find "$v_root/.tarlift/log.jsonl" -size +16384k 2>/dev/null)" ] || return 0
	tail -c 8388608 "$v_root/.tarlift/log.jsonl" | sed 1d >"$session/log" && write_file "$v_root/.tarlift/log.jsonl" <"$session/log"
}

# An environment is removed when no root keeps a release with it and no visible process uses it.
prune_environments() {
	# Not through a file of the session: if the file were cut off, the rest would count as unused.
	prune_used=" "
	for used_path in "$v_root"/.tarlift/releases/*/record; do
		[ -f "$used_path" ] || continue
		used_path=${used_path%/record}
		recorded "${used_path##*/}" environments
		prune_used="$prune_used$recorded "
	done
	# Those of the incoming release.
	[ ! -f "$request/requirements" ] || prune_used="$prune_used$(sed -n 's/^environment //p' "$request/requirements" | tr '\n' ' ') "
	for prune_users in "$v_environments_root"/*.users; do
		[ -f "$prune_users" ] || continue
		prune_id=${prune_users##*/}
		prune_id=${prune_id%.users}
		grep -qxF -- "$v_root" "$prune_users" || continue
		case $prune_used in *" $prune_id "*) continue ;; esac
		! prune_runs "$v_environments_root/$prune_id" || continue
		lock_file "$v_environments_root/$prune_id.lock"
		(
			lock_within 0 8 "$v_environments_root/$prune_id.lock" || exit 0
			prune_others=$(grep -vxF -- "$v_root" "$prune_users")
			if [ -n "$prune_others" ]; then
				printf '%s\n' "$prune_others" | write_file "$prune_users"
			else
				# In this order: an environment with no recorded use would stay for ever.
				set_aside "$v_environments_root/$prune_id" "$v_environments_root/.trash" || exit 1
				rm -f "$prune_users" "$v_environments_root/$prune_id.lock" "$v_environments_root/$prune_id.index"* "$v_environments_root/$prune_id.stat"*
			fi
		) 8>>"$v_environments_root/$prune_id.lock"
	done
}

# prune_runs PATH: whether a visible process has this path in its command line or maps files of it, or no process could
# be examined.
prune_runs() {
	# From a file: on grep's own command line it would find itself. Converted to lines: the grep of busybox does not find a
	# word after a NUL.
	printf '%s\n' "$1" >"$session/pattern" || return 0
	{
		echo /proc/[0-9]*/maps | for_all grep -asF -f "$session/pattern" || echo "$1"
		echo /proc/[0-9]*/cmdline | for_all cat || echo "$1"
	} | tr '\0' '\n' | grep -qF -f "$session/pattern" || [ "$?" -ne 1 ]
}

# Removes what this run, or one that ended too early, has set aside: as much of it as there is time for.
empty_trash() {
	# A run that was killed between the two names of a release: nothing refers to the second any more.
	for trash_path in "$v_root"/.tarlift/trash/*/*/state; do
		[ -f "$trash_path" ] || continue
		trash_name=${trash_path%/state}
		trash_name=${trash_name##*/}
		[ -d "$v_root/.tarlift/releases/$trash_name" ] || set_aside "$v_root/releases/$trash_name" || :
	done
	set --
	# The trash beside environments is shared with other roots, whose runs must not be disturbed.
	for trash_path in "$v_root"/.tarlift/trash/* "$v_environments_root/.trash/$v_root_id".*; do
		[ ! -e "$trash_path" ] || set -- "$@" "$trash_path"
	done
	[ "$#" -gt 0 ] || return 0
	remove_within "$PRUNE_LIMIT" "$@" && return 0
	trash_left=0
	for trash_path in "$@"; do
		[ ! -e "$trash_path" ] || trash_left=$((trash_left + 1))
	done
	[ "$trash_left" -eq 0 ] ||
		reply warning "$trash_left of the old releases and environments that are not used any more still take space: their files could not all be removed within $PRUNE_LIMIT s; the next deploy goes on (as root, now: rm -rf $v_root/.tarlift/trash/*)"
}

# remove_within SECONDS PATH…: false if something is left.
remove_within() {
	remove_limit=$1
	shift
	# Without the lock: if this run is killed here, no other run has to wait.
	rm -rf "$@" 3>&- 9>&- &
	remove_pid=$!
	uptime_now
	remove_end=$((uptime + 100 * remove_limit))
	remove_pause=0.002
	while kill -0 "$remove_pid" 2>/dev/null; do
		uptime_now
		[ "$uptime" -lt "$remove_end" ] || kill "$remove_pid"
		sleep "$remove_pause" 2>/dev/null || sleep 1
		remove_pause=0.02
	done
	wait "$remove_pid"
}
