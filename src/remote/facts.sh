# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# The first call: the host's facts, the lock, and what is missing of an incoming release. The other side evaluates them.

verb_facts() {
	facts_lock=no
	[ ! -d "$v_root/.tarlift" ] || { [ -r "$v_root/.tarlift" ] && [ -x "$v_root/.tarlift" ]; } ||
		fail layout-unusable "the records below $v_root/.tarlift cannot be read by $user_name" \
			"Log in as the user that deploys there ($(stat -c %U "$v_root/.tarlift")), or give it the directory, as root on the host: chown -R $user_name $v_root/.tarlift"
	[ "${v_lock-}" != yes ] && [ ! -f "$request/wanted" ] || facts_rights
	if [ "${v_lock-}" = yes ]; then
		if [ -w "$v_root/.tarlift" ]; then
			lock_take && facts_lock=yes
			# If there is no space, the facts are asked for again, with no leftovers kept.
			[ "$facts_lock" = no ] || [ ! -f "$request/wanted" ] || leave_failures "${v_failures:-2}"
		fi
	fi
	facts_machine
	facts_releases
	[ "${v_lock-}" != yes ] && [ ! -f "$request/wanted" ] || facts_executable
	facts_requirements
	facts_shared
	! command -v services_known >/dev/null || services_known
	[ "${v_lock-}" != yes ] && [ ! -f "$request/wanted" ] || services_dropped
	if [ -f "$request/wanted" ]; then
		modes_choose
		reply modes "$modes"
		[ "$modes" = open ] || reply modes_why "$modes_why"
		compare_wanted
		reply_text plan "$session/plan"
	fi
}

facts_machine() {
	reply user "$user_name"
	reply architecture "$(uname -m)"
	facts_libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || facts_libc=
	for facts_musl in /lib/ld-musl-*; do [ ! -e "$facts_musl" ] || facts_libc=${facts_libc:-musl}; done
	reply libc "$facts_libc"
	for facts_encoding in zstd gzip; do
		! command -v "$facts_encoding" >/dev/null || reply encoding "$facts_encoding"
	done
	for facts_command in tar mv dd sha256sum flock awk sort xargs stat find mktemp; do
		command -v "$facts_command" >/dev/null || reply lacks "$facts_command"
	done
	reply http "$(http_best)"
	! selinux || reply selinux "$(command -v restorecon || echo none)"
	# Free blocks for users, their size, free inodes (0 if the file system has no fixed number).
	set --
	facts_where=free
	if [ -d "$v_root" ]; then set -- "$v_root"; else facts_where=free_environments; fi
	[ ! -d "$v_environments_root" ] || set -- "$@" "$v_environments_root"
	stat -f -c '%a %S %d %c' "$@" 2>/dev/null >"$session/free"
	while IFS= read -r facts_free; do
		if [ "$facts_where" = free ]; then reply free "$facts_free"; else reply free_environments "$facts_free"; fi
		facts_where=free_environments
	done <"$session/free"
	facts_file_systems
}

selinux() {
	[ -e /sys/fs/selinux/enforce ]
}

# Directories that a deploy writes to: made under the lock, and only checked without it.
facts_rights() {
	facts_closed=
	# By the mount: busybox calls a directory writable if its modes let this user write.
	for facts_directory in "$v_root" "$v_environments_root"; do
		standing "$facts_directory"
		finding_read_only "$standing" || :
	done
	for facts_directory in "$v_root" "$v_root/releases" "$v_root/shared" "$v_root/.tarlift" "$v_root/.tarlift/releases" "$v_root/.tarlift/incoming" "$v_environments_root"; do
		[ -d "$facts_directory" ] || [ "${v_lock-}" != yes ] || mkdir -p "$facts_directory" 2>/dev/null || :
		standing "$facts_directory"
		facts_there=$standing
		if [ ! -d "$facts_there" ] || [ ! -w "$facts_there" ]; then
			# A directory below one that was reported already needs no report of its own.
			case " $facts_closed " in *" $facts_there "*) continue ;; esac
			! finding_read_only "$facts_there" || continue
			facts_closed="$facts_closed $facts_there"
			if [ "$facts_there" = "$facts_directory" ] && [ "$facts_there" != "$v_root" ]; then
				reply foreign "$facts_directory"
			else
				reply unwritable "$facts_directory"
			fi
		fi
	done
	# If `current` is a link, a link was made and renamed there before.
	[ -d "$v_root" ] && [ -w "$v_root" ] && [ ! -L "$v_root/current" ] && ! read_only "$v_root" || return 0
	facts_check_link
}

# standing PATH: the nearest existing directory of the path and those above it, in $standing.
standing() {
	standing=$1
	while [ ! -e "$standing" ]; do
		standing=${standing%/*}
		standing=${standing:-/}
	done
}

facts_check_link() {
	facts_link=$v_root/.rehearsal.$$
	ln -s releases/none "$facts_link" 2>/dev/null && mv -f "$facts_link" "$facts_link.renamed" &&
		[ "$(readlink "$facts_link.renamed")" = releases/none ] ||
		finding layout-unusable "a link in $v_root cannot be made and renamed" "Look at its file system: findmnt -T $v_root   It has to support symbolic links."
	rm -f "$facts_link" "$facts_link.renamed"
}

# A release gets its name, and `current` another release, by rename(2), which does not work across mounts, even if two
# of them show the same file system (a bind mount).
facts_file_systems() {
	stat -L -c '%d %n' "$v_root" "$v_root/releases" "$v_root/.tarlift" "$v_environments_root" 2>/dev/null >"$session/devices"
	facts_device=
	while read -r facts_there facts_directory; do
		[ "$facts_directory" != "$v_root" ] || facts_device=$facts_there
		[ -n "$facts_device" ] || continue
		if [ "$facts_directory" = "$v_environments_root" ]; then
			[ "$facts_there" != "$facts_device" ] || continue
			reply environments_elsewhere yes
			: >"$session/elsewhere"
		elif [ "$facts_there" != "$facts_device" ]; then
			reply across "$facts_directory"
		elif ! same_mount "$v_root" "$facts_directory"; then
			reply across_mount "$facts_directory"
		fi
	done <"$session/devices"
}

# same_mount PATH PATH: false if the kernel shows that they are in two.
same_mount() {
	mount_one=$(mount_of "$1")
	mount_two=$(mount_of "$2")
	[ -z "$mount_one" ] || [ -z "$mount_two" ] || [ "$mount_one" = "$mount_two" ]
}

# mount_of PATH: the kernel's number of its mount; nothing if that cannot be read (Linux before 3.15, some sandboxes).
mount_of() {
	# Opening a pipe would block.
	[ -d "$1" ] || [ -f "$1" ] || return 0
	(
		exec 7<"$1" || exit
		while read -r mount_key mount_id; do
			[ "$mount_key" != mnt_id: ] || echo "$mount_id"
		done </proc/self/fdinfo/7
	) 2>/dev/null
}

facts_releases() {
	if [ -e "$v_root/current" ] && [ ! -L "$v_root/current" ]; then reply current_is_directory yes; fi
	[ ! -f "$v_root/.tarlift/adopting" ] || reply half_adopted yes
	live_release
	facts_live=$live_release
	if [ -L "$v_root/current" ] && [ -z "$live_release" ]; then
		facts_link=$(readlink "$v_root/current")
		if [ -e "$v_root/current" ]; then
			reply elsewhere "$facts_link"
		else
			reply warning "$v_root/current leads to $facts_link, which is not there any more: a deploy that fails cannot be reverted to any release"
		fi
	fi
	reply live "$facts_live"
	link_release previous
	reply previous "$link_release"
	if [ -n "$facts_live" ] && [ -f "$v_root/.tarlift/releases/$facts_live/record" ]; then
		# The environment file as it was written, or changed by hand since.
		facts_seen=$(cd "$v_root/releases/$facts_live" && configuration_changed "$facts_live")
		[ -z "$facts_seen" ] || reply env_changed yes
	fi
	for facts_record in "$v_root"/.tarlift/releases/*/state; do
		[ -f "$facts_record" ] || continue
		facts_record=${facts_record%/state}
		printf 'release %s\n' "${facts_record##*/}"
		first_line "$facts_record/state"
		printf 'state %s\n' "$first_line"
		first_line "$facts_record/good"
		printf 'good %s\n' "$first_line"
		[ ! -f "$facts_record/previous" ] || {
			first_line "$facts_record/previous"
			printf 'previous %s\n' "$first_line"
		}
		[ -d "$v_root/releases/${facts_record##*/}" ] || echo "absent yes"
		[ ! -f "$facts_record/record" ] || while IFS= read -r line; do printf '%s\n' "$line"; done <"$facts_record/record"
	done >"$session/releases"
	reply_text releases "$session/releases"
	first_line "$v_root/.tarlift/transaction"
	[ -z "$first_line" ] || reply open "$first_line"
	first_line "$v_root/.tarlift/returned"
	[ -z "$first_line" ] || reply returned "$first_line"
	if [ "${v_ask_switch-}" = yes ]; then
		detach_method
		reply switch "${detach_method:-none}"
	fi
	first_line "$v_root/.tarlift/agreed"
	[ -z "$first_line" ] || reply agreed "${first_line%% *}"
	[ ! -s "$v_root/.tarlift/taken" ] || reply_text taken "$v_root/.tarlift/taken"
	journal_report
	first_line "$v_root/.tarlift/hold"
	[ -z "$first_line" ] || reply held "$first_line"
	# A killed run leaves its owner file behind: the run goes on if a process of this user holds the lock.
	if [ -z "${v_lock-}" ] && [ -f "$v_root/.tarlift/owner" ] && lock_held && { ! lock_shown || lock_ours "$v_root/.tarlift/lock"; }; then
		first_line "$v_root/.tarlift/owner"
		reply running "${first_line:-another run}"
	fi
}

# Requirements of the artifact: one `word rest` per line; missing ones are reported.
facts_requirements() {
	[ -s "$request/requirements" ] || return 0
	{
		PATH=/sbin:/usr/sbin:$PATH ldconfig -p 2>/dev/null | awk '/=>/ { print $1 }'
		# Without a cache of its own (musl), the directories list the libraries.
		ls /lib /usr/lib /usr/local/lib 2>/dev/null
	} | sort -u >"$session/libraries"
	while read -r facts_word facts_value facts_rest; do
		case $facts_word in
		soname) grep -qxF -- "$facts_value" "$session/libraries" || reply missing_soname "$facts_value" ;;
		interpreter)
			if [ ! -x "$facts_value" ]; then
				reply interpreter "$facts_value" none
			elif facts_starter "$facts_value"; then
				reply interpreter "$facts_value" "$(facts_probe "$facts_value")"
			fi ;;
		glibcxx)
			facts_library=$(PATH=/sbin:/usr/sbin:$PATH ldconfig -p 2>/dev/null | awk '/libstdc\+\+\.so\.6 / { print $NF; exit }')
			[ -n "$facts_library" ] && grep -aqF "GLIBCXX_$facts_value" "$facts_library" || reply missing_glibcxx "$facts_value" ;;
		environment)
			# id, then its kind: complete when its directory has its final name.
			if [ ! -d "$v_environments_root/$facts_value" ]; then
				reply missing_environment "$facts_value"
				[ "$facts_lock" = no ] || facts_left "$facts_value"
			elif environment_known "$facts_value"; then
				facts_environment "$facts_value"
			else
				reply unindexed_environment "$facts_value"
			fi ;;
		node) command -v node >/dev/null || reply missing_node "$facts_value${facts_rest:+ $facts_rest}" ;;
		esac
	done <"$request/requirements"
}

# facts_starter PROGRAM: the user who may start a program that an artifact names, in facts_as (empty: this user), with
# the command prefix for it in facts_by. False, with a warning, if it is another user, and nothing can run as that user
# yet.
facts_starter() {
	facts_as=
	facts_by=
	for facts_user in $({ printf '%s\n' "${v_run_as-}"; sed -n 's/^service\.[^ ]*\.run-as //p' "$request/values"; } | awk 'NF && !seen[$0]++'); do
		facts_uid=$(id -u "$facts_user" 2>/dev/null) || continue
		[ "$facts_uid" -ne 0 ] && [ "$facts_uid" -ne "$user_id" ] || continue
		(facts_decides "$1") || continue
		facts_as=$facts_user
		break
	done
	[ -n "$facts_as" ] || return 0
	task_can "$v_root/releases/$facts_live" "$facts_as" || {
		reply warning "$1 was not looked at: $facts_as, or an artifact, decides what is there, and $(id -un) cannot run it as $facts_as yet. A Python that only root or $(id -un) can change is looked at."
		return 1
	}
	[ "$(id -u)" -eq 0 ] || facts_by=$v_root/releases/$facts_live/.tarlift/exec
}

# facts_decides PATH: whether $facts_user can replace it: the path, or a directory above it, belongs to this user or is
# writable for it; the same counts for targets of links. Existing files in a sticky directory cannot be replaced. An
# artifact decides for the user of its commands what is in releases and environments.
facts_decides() {
	if [ "$1" != / ]; then
		facts_above=${1%/*}
		! (facts_decides "${facts_above:-/}") || return 0
	fi
	if [ "$facts_user" = "${v_run_as-}" ]; then
		for facts_place in "$v_root/releases" "$v_root/.tarlift" "$v_environments_root"; do
			# shellcheck disable=SC3013 # POSIX.1-2024; older shells have it too
			[ ! "$1" -ef "$facts_place" ] || return 0
		done
	fi
	# shellcheck disable=SC2046 # owner, mode
	set -- "$1" $(stat -c '%u %a' "$1" 2>/dev/null)
	[ "${2-}" != "$facts_uid" ] || return 0
	if [ -L "$1" ]; then
		facts_target=$(readlink "$1")
		case $facts_target in /*) ;; *) facts_target=${1%/*}/$facts_target ;; esac
		facts_decides "$facts_target"
		return
	fi
	case ${3-} in [1357]???) [ ! -d "$1" ] || return 1 ;; esac
	case ${3-} in
	*[2367] | *[2367]?) can "$facts_user" w "$1" ;;
	*) return 1 ;;
	esac
}

# facts_probe PYTHON: its description of itself, started by $facts_as. It gets no channel to the machine that deploys,
# and not the lock.
facts_probe() {
	(
		exec 3>&- 4<&- 9>&-
		cd / || exit
		facts_text=$(cat "$request/interpreter-probe")
		(as_user "$facts_as" ${facts_by:+"$facts_by"} "$1" -I -c "$facts_text") || (as_user "$facts_as" ${facts_by:+"$facts_by"} "$1" --version) || echo broken
	) 2>/dev/null
}

# facts_environment ENVIRONMENT_ID: a release may not use an environment that was changed since it was verified.
facts_environment() {
	environment_look "$1" no
	[ -s "$session/drift" ] || return 0
	finding release-damaged "environment $1 was changed on this host since it was verified ($(wc -l <"$session/drift" | tr -d ' ') files, first $(head -n 1 "$session/drift"))" \
		"Put back what was changed in $v_environments_root/$1, or build the environment again, which gives it another id: tarlift build-env --rebuild, then bundle and deploy."
}

# facts_left ENVIRONMENT_ID: what an interrupted transfer left of it, by content and mode: replies `left-<id>`, lines
# `<x or -><16 hex> <path>`.
facts_left() {
	receiving "$1"
	[ -d "$receiving" ] || return 0
	(
		cd "$receiving" || exit
		find . -type f -perm 0555 | sed 's|^\./||' | hash_list x
		find . -type f -perm 0444 | sed 's|^\./||' | hash_list -
	) >"$session/left"
	reply_text "left-$1" "$session/left"
}

facts_shared() {
	if [ -f "$request/shared-files" ]; then
		while IFS= read -r facts_path; do
			[ -f "$v_root/shared/$facts_path" ] || reply missing_shared "$facts_path"
		done <"$request/shared-files"
	fi
	if [ -f "$request/shared-directories" ]; then
		while IFS= read -r facts_path; do
			[ -d "$v_root/shared/$facts_path" ] && read_only "$v_root/shared/$facts_path" || continue
			case " ${read_only_reported-} " in *" $mount_point "*) ;; *) reply read_only_shared "$facts_path" ;; esac
		done <"$request/shared-directories"
	fi
	[ -n "${v_run_as-}" ] && [ "$v_run_as" != "$(id -un)" ] || return 0
	if ! id -u "$v_run_as" >/dev/null 2>&1; then
		reply missing_user "$v_run_as"
		return 0
	fi
	! [ -d "$v_root" ] || can_reach "$v_run_as" "$v_root" || reply unreachable "$blocked"
	if [ -f "$request/shared-directories" ]; then
		while IFS= read -r facts_path; do
			[ ! -d "$v_root/shared/$facts_path" ] || can "$v_run_as" w "$v_root/shared/$facts_path" || reply unwritable_shared "$facts_path"
		done <"$request/shared-directories"
	fi
}

# Programs and compiled modules of a release run in its directory. A live release proves that it needs none of them:
# then it is a warning.
facts_executable() {
	facts_noexec=
	for facts_directory in "$v_root" "$v_environments_root"; do
		standing "$facts_directory"
		mounted "$standing" noexec || continue
		[ "$mount_point" != "$facts_noexec" ] || continue
		facts_noexec=$mount_point
		facts_what="$facts_directory is on a file system that is mounted noexec ($mount_point): no program and no compiled module runs from there"
		if [ -n "$facts_live" ]; then
			reply warning "$facts_what"
		else
			finding layout-unusable "$facts_what" "As root on the host: mount -o remount,exec $mount_point   and take noexec out of its line in /etc/fstab (or of its unit). Or give the target another \`root\`, and tarlift.yml another \`environments-root\` (at its top)."
		fi
	done
}

# can USER r|w|x PATH: by owner, group and mode, as the kernel decides it: a check as that user would need sudo. An ACL
# may grant what modes do not: that is no refusal.
can() {
	can_by_mode "$@" || can_by_acl "$@"
}

# can_by_acl USER r|w|x PATH: whether an ACL exists that may grant it; a warning if that cannot be tested.
can_by_acl() {
	# shellcheck disable=SC2012 # the first word of one line
	case $(ls -ldL -- "$3" 2>/dev/null | head -n 1) in ??????????+*) ;; *) return 1 ;; esac
	# shellcheck disable=SC2016 # text for another shell
	! [ "$user_id" -eq 0 ] || ! (as_user "$1" sh -c 'test "-$1" "$2"' sh "$2" "$3") >/dev/null 2>&1 || return 0
	case "${can_reported-}" in *"|$*|"*) return 0 ;; esac
	can_reported="${can_reported-}|$*|"
	case $2 in r) can_word="read" ;; w) can_word="write" ;; *) can_word="enter" ;; esac
	reply warning "unproven that $1 may $can_word $3: its modes do not let it, and it has an ACL, which is not read here (getfacl $3)"
}

can_by_mode() {
	can_uid=$(id -u "$1")
	[ "$can_uid" -ne 0 ] || return 0
	# shellcheck disable=SC2046 # mode, owner, group
	set -- "$1" "$2" $(stat -L -c '%a %u %g' "$3")
	case $2 in r) can_bit=4 ;; w) can_bit=2 ;; *) can_bit=1 ;; esac
	can_mode=000$3
	can_mode=${can_mode#"${can_mode%???}"}
	if [ "$4" = "$can_uid" ]; then
		can_digit=${can_mode%??}
	elif id -G "$1" | tr ' ' '\n' | grep -qx "$5"; then
		can_digit=${can_mode#?}
		can_digit=${can_digit%?}
	else
		can_digit=${can_mode#??}
	fi
	[ $((can_digit & can_bit)) -ne 0 ]
}

# can_reach USER DIRECTORY: whether the user may enter it and all directories above it; sets blocked.
can_reach() {
	blocked=$2
	while :; do
		can "$1" x "$blocked" || return 1
		[ "$blocked" != / ] || return 0
		blocked=$(dirname "$blocked")
	done
}

# compare_wanted: $request/wanted names every entry of the incoming release, in order:
#   d <path>     l <path><TAB><target>     f <x or -><first 16 hex digits of its sha256> <path>
# Writes $session/sources, the releases that anything is linked from, and $session/plan, about the n-th lines that are
# files: b <release> (the base: files not named here are linked from the same path of it), m <n>[-<n>] (missing), i <n>
# (left by an earlier, interrupted transfer), l <n> <path> (linked from there, relative to the root). A file counts as
# present if its release is good (or prepared: verified, and then another host was not), it is this user's, and size,
# mode and mtime are those that were recorded.
compare_wanted() {
	compare_base=
	compare_names=
	compare_files=
	link_release current
	for compare_name in "$link_release" $(good_releases | tail -n 3) $(prepared_releases); do
		[ -n "$compare_name" ] && [ -d "$v_root/releases/$compare_name" ] || continue
		release_state "$compare_name"
		case $release_state in good | prepared) ;; *) continue ;; esac
		case "$compare_names " in *" $compare_name "*) continue ;; esac
		[ -f "$v_root/.tarlift/releases/$compare_name/stat" ] || continue
		# An adopted release has no digest, and files that may still be changed in place.
		recorded "$compare_name" digest
		[ -n "$recorded" ] || continue
		compare_base=${compare_base:-$compare_name}
		compare_names="$compare_names $compare_name"
		compare_files="$compare_files $v_root/.tarlift/releases/$compare_name/index $v_root/.tarlift/releases/$compare_name/stat"
	done
	# Files that an interrupted transfer left, by content and mode.
	: >"$session/left"
	if [ -d "$v_root/.tarlift/incoming/$v_incoming" ]; then
		(
			cd "$v_root/.tarlift/incoming/$v_incoming" || exit
			# With closed modes, a file that its owner may write cannot be used.
			set --
			[ "$modes" = open ] || set -- ! -perm -0200
			find . -type f -perm -0100 "$@" | sed 's|^\./||' | hash_list x
			find . -type f ! -perm -0100 "$@" | sed 's|^\./||' | hash_list -
		) >"$session/left"
	fi
	# 1. Candidates by content: n, then the path relative to the root; the same path in the first release before any other.
	# And how each was recorded.
	: >"$session/candidates"
	: >"$session/recorded"
	: >"$session/paths"
	# shellcheck disable=SC2086 # roots and names of releases have no spaces
	[ -z "$compare_files" ] || awk -v "session=$session" -v "uid=$user_id" -v "modes=$modes" -f link-candidates.awk "$request/wanted" $compare_files
	# 2. Candidates that are still as they were recorded.
	: >"$session/seen"
	[ ! -s "$session/paths" ] ||
		tr '\n' '\0' <"$session/paths" | (cd "$v_root" && xargs -0 stat -c '%u %a %s %Y %n' -- 2>/dev/null) >"$session/seen"
	if [ -n "$compare_base" ]; then echo "b $compare_base"; fi >"$session/plan"
	: >"$session/sources"
	awk -v "base=releases/$compare_base/" -v "sources=$session/sources" -f transfer-plan.awk "$session/recorded" "$session/seen" "$session/left" "$session/candidates" "$request/wanted" >>"$session/plan"
	cp "$request/wanted" "$session/wanted"
}

# hash_list MODE: reads paths, writes `<MODE><16 hex> <path>`.
hash_list() {
	tr '\n' '\0' | xargs -0 sha256sum -- 2>/dev/null | awk -v "mode=$1" '{ print mode substr($0, 1, 16) " " substr($0, 67) }'
}

# The names of releases that were verified and never became live.
prepared_releases() {
	for prepared_file in "$v_root"/.tarlift/releases/*/state; do
		first_line "$prepared_file"
		prepared_file=${prepared_file%/state}
		[ "$first_line" != prepared ] || echo "${prepared_file##*/}"
	done
}

# The names of good releases, the one that became good last at the end.
good_releases() {
	for good_file in "$v_root"/.tarlift/releases/*/good; do
		[ -f "$good_file" ] || continue
		good_name=${good_file%/good}
		good_name=${good_name##*/}
		release_state "$good_name"
		[ "$release_state" = good ] || continue
		first_line "$good_file"
		printf '%s %s\n' "${first_line%% *}" "$good_name"
	done | sort -n | cut -d ' ' -f 2
}
