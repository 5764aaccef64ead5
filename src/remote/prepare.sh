# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# The second call: makes the incoming release complete, configured and verified beside the live one.
# Values: release digest version commit commit_time configuration incoming encoding index_digest environments (ids,
# separated by spaces) modes (of files: file-modes.sh) receive_environments (those that are sent), seal and commands_as
# (users; may be missing). Texts: env, lines (`<size> <sha256>` of each file that is missing or was left, in order),
# environment-<id> (the file index of one that is sent, or that the host has no index of), shared-directories,
# shared-files, link-trees (`<id> <mount>`), imports (shell text that starts the environment, run in the release), services
# (lines of the record: recorded-services.sh), config (the artifact's, of which the release digest is the digest),
# layers (which entry of the release's index is in which layer: src/artifact/layer-map.ts).

verb_prepare() {
	prepare_tree=$v_root/.tarlift/incoming/$v_incoming
	prepare_record=$v_root/.tarlift/releases/$v_release
	prepare_code=0
	(prepare_all) || prepare_code=$?
	# The live release must be able to continue writing: on a full disk nothing is kept for the next attempt.
	[ "$prepare_code" -eq 0 ] || has_room "$v_root" || prepare_forget
	return "$prepare_code"
}

prepare_forget() {
	discard "$prepare_tree"
	for prepare_id in $v_receive_environments; do
		receiving "$prepare_id"
		discard "$receiving" "$v_environments_root/.trash"
	done
}

prepare_all() {
	live_release
	[ "$live_release" != "$v_release" ] || fail defect "the release that is live would be overwritten" "This is a defect of Tarlift: please report it."
	# The index names the state `receiving` before the first byte; the name stays free for a repetition.
	[ ! -d "$prepare_record" ] || rm -f "$prepare_record/good" "$prepare_record/previous"
	set_state "$v_release" receiving || fail not-writable "$v_root cannot be written" "Look at free space, inodes and owner of $v_root/.tarlift."
	mkdir -p "$prepare_tree" || prepare_unwritten "the release cannot be received"
	step receiving
	prepare_receive
	step received
	prepare_index
	prepare_verify
	prepare_times
	step verified
	prepare_environments
	step joined
	prepare_configure
	step configured
	prepare_record_files || prepare_unwritten "the release cannot be recorded"
	chmod 755 "$prepare_tree"
	flush "$prepare_tree"
	# On a file system of their own: their names, and that they are in use.
	[ ! -f "$session/elsewhere" ] || flush "$v_environments_root"
	step flushed
	# Not before: files of it may have been linked.
	discard "$v_root/releases/$v_release" || fail not-writable "an unfinished release of that name cannot be removed" "Look at the owner of $v_root/releases/$v_release."
	mv "$prepare_tree" "$v_root/releases/$v_release" ||
		fail not-writable "the release cannot get its name" "Look at $v_root/releases."
	step named
	prepare_label "$v_root/releases/$v_release"
	prepare_import
	prepare_check_link
	for prepare_user in ${v_commands_as-}; do
		[ "$prepare_user" = "$(id -un)" ] || task_user "$v_root/releases/$v_release" "$prepare_user"
	done
	set_state "$v_release" prepared || prepare_unwritten "the release cannot be recorded"
	flush "$v_root"
	step prepared
	prepare_code=0
	[ ! -f "$request/pending" ] || task_run "$v_root/releases/$v_release" "$request/pending" "${v_run_as-}" "${v_timeout:-0}" closed || prepare_code=$?
	[ "$prepare_code" -eq 0 ] || {
		tail -n 40 "$session/out" >"$session/wrong"
		fail migration-failed "the pending migrations could not be listed: $(child_ended "$prepare_code")" "To try it by hand: log in as $(id -un) and open a shell in the release with $(task_shell "$v_root/releases/$v_release" "${v_run_as-}"); then type the command of migrations.pending." "$session/wrong"
	}
}

# Error output is kept in memory: the disk may be the problem.
prepare_receive() {
	prepare_errors=$({
		case $v_encoding in
		zstd) zstd -dcq <&6 || echo "broken: it could not be unpacked" >&2 ;;
		gzip) gzip -dc <&6 || echo "broken: it could not be unpacked" >&2 ;;
		*) cat <&6 ;;
		esac | {
			tar -x -p -o -f - -C / >&2 || echo "broken: tar ended with code $?" >&2
			# A tar that stops reading at the end of the archive would break the pipe from the decompressor.
			cat >/dev/null
		}
	} 2>&1 >/dev/null | tail -n 20)
	case $prepare_errors in *broken:*) ;; *) return 0 ;; esac
	[ ! -f "$session/silent" ] ||
		fail connection-lost "nothing came from the machine that deploys for ${v_lease:-180} s while it sent the release" "Look at the network between both and at the load of both. What arrived is kept, and only the rest is sent again."
	reply_say text output "$prepare_errors"
	fail not-writable "the release could not be received" "Look at free space and inodes (df, df -i) and at owners below $v_root; what arrived is kept, and only the rest is sent again."
}

# Assembles the release's file index: from the lines that were sent, and for linked files from the index of the release
# that they are linked from. Its own digest proves that all of it is right.
prepare_index() {
	first_line "$session/plan"
	case $first_line in 'b '*) prepare_base=${first_line#b } ;; *) prepare_base= ;; esac
	set --
	while IFS= read -r prepare_source; do
		set -- "$@" "$v_root/.tarlift/releases/$prepare_source/index"
	done <"$session/sources"
	: >"$session/sent"
	awk -v "base=releases/$prepare_base/" -v "sent_list=$session/sent" -f release-index.awk "$@" "$request/lines" "$session/plan" "$session/wanted" >"$session/index"
	prepare_sum=$(sha256sum <"$session/index")
	[ "${prepare_sum%% *}" = "$v_index_digest" ] ||
		fail release-damaged "the file index of the release does not have its digest" "An index on this host was changed: remove $v_root/.tarlift/releases/*/stat, so that everything is sent again."
}

# Compares the tree with the index: sent files by their hash, everything by type, size and mode; nothing else may exist.
prepare_verify() {
	cd "$prepare_tree" || exit 1
	if [ -s "$session/sent" ] && ! sha256sum -c "$session/sent" >"$session/check" 2>&1; then
		grep -v ': OK$' "$session/check" >"$session/wrong"
		# Wrong files must not count as received the next time.
		sed -n 's/: FAILED\( open or read\)\{0,1\}$//p' "$session/wrong" | tr '\n' '\0' | xargs -0 rm -f --
		fail release-damaged "the release is not what its file index says" "It was changed on its way, or the disk is not sound: try again." "$session/wrong"
	fi
	if ! prepare_compare; then
		# An attempt that ended after the verification has left its configuration, shared links and link trees.
		sed -n 's/^[?l] \.\//.\//p; s/^f [0-7]* [0-9]* \.\//.\//p' "$session/more" | sed 's/	.*$//' | tr '\n' '\0' | xargs -0 rm -f --
		prepare_compare || {
			cat "$session/less" "$session/more" | head -n 20 >"$session/wrong"
			# A tree that cannot be made to match would obstruct every repetition.
			cd / && discard "$prepare_tree"
			fail release-damaged "the release on the host is not what its file index says" "Another program writes below $v_root/.tarlift, or the disk is full: try again." "$session/wrong"
		}
	fi
	cd /
}

# Compares the index with everything in the tree but directories, by type, size and mode: missing entries are written to
# $session/less, surplus ones to $session/more. $session/found: what exists, files with their times.
prepare_compare() {
	{
		find . -type f -exec stat -c 'f %a %s %Y %n' {} +
		find . ! -type f ! -type d | while IFS= read -r prepare_other; do
			if [ -L "$prepare_other" ]; then
				printf 'l %s\t%s\n' "$prepare_other" "$(readlink "$prepare_other")"
			else
				printf '? %s\n' "$prepare_other"
			fi
		done
	} >"$session/found"
	: >"$session/less"
	: >"$session/more"
	awk -v "less=$session/less" -v "more=$session/more" -v "modes=${v_modes-closed}" -f release-compare.awk "$session/index" "$session/found"
}

# Web servers and browsers take a file with the same size and time for the same file. So a sent file gets another time
# than any other content at its path in the releases of this host: a second later, until it is unique.
prepare_times() {
	[ -s "$session/sent" ] || return 0
	set --
	for prepare_stat in "$v_root"/.tarlift/releases/*/stat; do
		[ ! -f "$prepare_stat" ] || set -- "$@" "${prepare_stat%/stat}/index" "$prepare_stat"
	done
	(
		cd "$prepare_tree" || exit 1
		awk -v "times=$session/times" -f unique-times.awk "$session/sent" "$@" "$session/found" >"$session/later"
		[ -s "$session/later" ] || exit 0
		while read -r prepare_time; do
			sed -n "s/^$prepare_time //p" "$session/later" | tr '\n' '\0' | xargs -0 touch -c -d "@$prepare_time" --
		done <"$session/times"
	)
}

# Environments that were sent get their names when their index matches; from then on they are never written to again.
prepare_environments() {
	for prepare_id in $v_receive_environments; do
		receiving "$prepare_id"
		prepare_from=$receiving
		(
			cd "$prepare_from" 2>/dev/null || exit 1
			sed -n 's/^f [0-7]* [0-9]* //p' "$request/environment-$prepare_id" >"$session/sums"
			if [ -s "$session/sums" ]; then sha256sum -c "$session/sums"; fi >"$session/check" 2>&1 || exit 1
			sed -n 's/^l //p' "$request/environment-$prepare_id" | sort >"$session/expected"
			[ "$(prepare_links | sha256sum)" = "$(sha256sum <"$session/expected")" ]
		) || {
			grep -v ': OK$' "$session/check" >"$session/wrong"
			# What is wrong must not count as received the next time; what cannot be distinguished must not either.
			if [ -s "$session/wrong" ]; then
				(cd "$prepare_from" && sed -n 's/: FAILED\( open or read\)\{0,1\}$//p' "$session/wrong" | tr '\n' '\0' | xargs -0 rm -f --)
			else
				discard "$prepare_from" "$v_environments_root/.trash"
			fi
			fail release-damaged "environment $prepare_id is not what its file index says" "It was changed on its way, or the disk is not sound: try again." "$session/wrong"
		}
		chmod 755 "$prepare_from"
		flush "$prepare_from"
		step environment-verified
		(
			prepare_lock "$prepare_id"
			if [ -d "$v_environments_root/$prepare_id" ]; then
				# Another root's deploy was faster: its copy is as good as ours.
				discard "$prepare_from" "$v_environments_root/.trash"
			else
				# In this order: an environment with no recorded use would stay for ever.
				prepare_note_use "$prepare_id" && mv "$prepare_from" "$v_environments_root/$prepare_id"
			fi
		) || prepare_locked $?
		step environment-named
	done
	for prepare_id in $v_environments; do
		[ -d "$v_environments_root/$prepare_id" ] || fail release-damaged "environment $prepare_id is not there" "Deploy again: it is sent again."
		(
			prepare_lock "$prepare_id"
			prepare_note_use "$prepare_id" && prepare_note_environment "$prepare_id"
		) || prepare_locked $? ||
			fail not-writable "it cannot be noted that $v_root uses environment $prepare_id" "Look at free space (df), and at the owner of $v_environments_root/$prepare_id.users, .index and .lock"
	done
	# Tree environments: one copy for each host, and a tree of hard links for each release.
	while read -r prepare_id prepare_mount; do
		prepare_within "$prepare_tree" "$prepare_mount"
		prepare_within "$v_environments_root/$prepare_id" "$prepare_mount"
		# Into what is there already: links of workspaces, or empty directories of an earlier attempt.
		mkdir -p "$prepare_tree/$prepare_mount"
		cp -al "$v_environments_root/$prepare_id/$prepare_mount/." "$prepare_tree/$prepare_mount/" 2>"$session/wrong" ||
			cp -a "$v_environments_root/$prepare_id/$prepare_mount/." "$prepare_tree/$prepare_mount/" 2>"$session/wrong" ||
			fail not-writable "environment $prepare_id cannot be put into the release" "Look at free space, inodes and owners." "$session/wrong"
	done <"$request/link-trees"
}

# `<path><tab><target>` of each link of the environment.
prepare_links() {
	find . -type l | sed 's|^\./||' | while IFS= read -r prepare_link; do
		printf '%s\t%s\n' "$prepare_link" "$(readlink "$prepare_link")"
	done | sort
}

# prepare_lock ENVIRONMENT_ID: locks it for the rest of this subshell, against other roots that share environments-root.
# They hold it for moments.
prepare_lock() {
	prepare_lock=$v_environments_root/$1.lock
	lock_file "$prepare_lock"
	exec 8>>"$prepare_lock"
	lock_within 60 8 "$prepare_lock" ||
		fail lock-foreign "the lock of environment $1 is not free after 60 s: $(lock_stranger "$prepare_lock") has it" "Look at what that process does, end it, and deploy again."
}

# prepare_locked CODE: of a subshell with that lock; a reply in it ends the verb.
prepare_locked() {
	[ "$1" -ne 9 ] || exit 9
	return "$1"
}

# prepare_note_use ENVIRONMENT_ID: records that this root needs it.
prepare_note_use() {
	grep -qxF -- "$v_root" "$v_environments_root/$1.users" 2>/dev/null || printf '%s\n' "$v_root" >>"$v_environments_root/$1.users"
}

# prepare_note_environment ENVIRONMENT_ID: records its content for later checks. An existing one without a record may
# contain anything: it is verified first.
prepare_note_environment() {
	[ -f "$request/environment-$1" ] && ! environment_known "$1" || return 0
	case " $v_receive_environments " in
	*" $1 "*) ;;
	*)
		environment_prove "$1" "$request/environment-$1"
		[ ! -s "$session/drift" ] || fail release-damaged "environment $1, which was on this host already, is not what its file index says" \
			"Put back what was changed in $v_environments_root/$1, or build the environment again: tarlift build-env --rebuild, then bundle and deploy." "$session/drift"
		;;
	esac
	prepare_label "$v_environments_root/$1"
	environment_stat "$1" >"$session/environment-stat" && ! session_full &&
		write_file "$v_environments_root/$1.index" environment-index <"$request/environment-$1" &&
		write_file "$v_environments_root/$1.stat" environment-stat <"$session/environment-stat"
}

# prepare_label PATH: gives its files the SELinux labels of the directory, which depend on names: under its final name.
prepare_label() {
	selinux || return 0
	restorecon -R "$1" 2>"$session/wrong" ||
		reply warning "SELinux labels of $1 could not be set ($(head -n 1 "$session/wrong")): a service may be denied access to its files. As root on the host: restorecon -R $1"
}

prepare_configure() {
	cd "$prepare_tree" || exit 1
	while IFS= read -r prepare_path; do
		[ -n "$prepare_path" ] || continue
		[ -d "$v_root/shared/$prepare_path" ] || prepare_shared_directory "$prepare_path"
		prepare_share "$prepare_path"
	done <"$request/shared-directories"
	while IFS= read -r prepare_path; do
		[ -n "$prepare_path" ] || continue
		[ -f "$v_root/shared/$prepare_path" ] || fail shared-missing "the shared file $prepare_path is missing" "Put it to $v_root/shared/$prepare_path."
		prepare_share "$prepare_path"
	done <"$request/shared-files"
	mkdir -p .tarlift && cd .tarlift || prepare_unwritten "the configuration cannot be written"
	umask 077
	cat "$request/env" >./env || prepare_unwritten "the configuration cannot be written"
	umask 022
	let_read_configuration
	{ cat "$request/exec" >./exec && chmod 0755 ./exec; } || prepare_unwritten "the configuration cannot be written"
	cd /
}

# The interpreter starts, and the installed modules can be imported, as the user that commands of the release run as: it
# is the artifact's code.
prepare_import() {
	[ -s "$request/imports" ] || return 0
	if [ -n "${v_run_as-}" ] && [ "$v_run_as" != "$(id -un)" ] && ! task_can "$v_root/releases/$v_release" "$v_run_as"; then
		reply warning "whether the environment starts on this host was not tried: $task_what. $task_remedy"
		return 0
	fi
	prepare_code=0
	task_run "$v_root/releases/$v_release" "$request/imports" "${v_run_as-}" 120 closed || prepare_code=$?
	[ "$prepare_code" -ne 0 ] || return 0
	tail -n 20 "$session/out" >"$session/wrong"
	# A live release proves that services here need nothing that such a mount prevents from starting (facts_executable).
	if [ "$child_timed_out" -eq 0 ] && [ "$prepare_code" -lt 128 ] && { mounted "$v_root" noexec || mounted "$v_environments_root" noexec; }; then
		reply warning "the environment does not start on this host, where $mount_point is mounted noexec: $(tail -n 1 "$session/wrong")"
		return 0
	fi
	# What arrived need not be sent again.
	mv "$v_root/releases/$v_release" "$prepare_tree"
	prepare_what="the environment does not start on this host"
	[ "$child_timed_out" -eq 0 ] ||
		fail requirement-missing "$prepare_what: its modules were imported for too long ($(child_ended "$prepare_code"))" "A module may wait for something when it is imported, such as a server or a lock; or the host is very busy, and another try succeeds." "$session/wrong"
	[ "$prepare_code" -le 128 ] || prepare_what="$prepare_what ($(child_ended "$prepare_code"))"
	fail requirement-missing "$prepare_what" "Build it for this host: a job in a container of the hosts' distribution, a matching runner, or wheels only." "$session/wrong"
}

# A new shared directory is writable for the services' user: through its group, which the SSH user belongs to, or as its
# owner. Services write to the directories above it.
prepare_shared_directory() {
	[ -d "$v_root/shared" ] || mkdir -p "$v_root/shared"
	enter "$v_root/shared" "$1" make ||
		fail not-writable "the shared directory $1 cannot be made: $enter_why" "Look at the owners of what is below $v_root/shared. To make it by hand: mkdir -p $v_root/shared/$1"
	if [ -n "${v_run_as-}" ] && [ "$v_run_as" != "$(id -un)" ]; then
		if [ "$enter_new" = yes ]; then
			[ "$(id -u)" -ne 0 ] || chown "$v_run_as" .
			chgrp "$(id -gn "$v_run_as")" . && chmod g+ws . || :
		fi
		can "$v_run_as" w . ||
			fail not-writable "$v_run_as cannot write $v_root/shared/$1, a shared directory that is new" "As root on the host: chown $v_run_as $v_root/shared/$1"
	fi
	cd "$prepare_tree" || exit 1
}

# prepare_within DIRECTORY PATH: no part of the path is a link there. Through such a link an artifact could write
# outside of the release.
prepare_within() {
	prepare_at=$1
	prepare_rest=$2/
	while [ -n "$prepare_rest" ]; do
		prepare_at=$prepare_at/${prepare_rest%%/*}
		prepare_rest=${prepare_rest#*/}
		[ ! -L "$prepare_at" ] ||
			fail file-not-shippable "$2 cannot stand in the release: ${prepare_at#"$1/"} is a link there, and could lead out of it" "Remove that link from the commit, or name the path that it leads to, and bundle it again."
	done
}

# Puts a link into shared/ in the place of whatever the release itself has there.
prepare_share() {
	case $1 in */*) prepare_within . "${1%/*}" ;; esac
	mkdir -p "$(dirname "$1")"
	[ -L "$1" ] || [ ! -d "$1" ] || rm -rf "./$1"
	ln -sfn "$v_root/shared/$1" "./$1" || prepare_unwritten "the link to the shared path $1 cannot be made"
}

# prepare_unwritten WHAT: the disk is full, or a quota is, which `df` does not show.
prepare_unwritten() {
	fail not-writable "$1" "Look at free space and inodes (df, df -i), at quotas of $(id -un) (quota), and at owners below $v_root."
}

# False if one of them cannot be written: a release without its record could become live with nothing to revert to it
# by, and its environments would count as unused.
prepare_record_files() {
	# With config, layers and the index the release can be copied to another host, which verifies it by their digests.
	write_file "$prepare_record/index" <"$session/index" &&
		write_file "$prepare_record/config" <"$request/config" &&
		write_file "$prepare_record/layers" <"$request/layers" &&
		prepare_stat && write_file "$prepare_record/stat" <"$session/stat" &&
		prepare_record_lines >"$session/record" && ! session_full &&
		(umask 077 && write_file "$prepare_record/record" <"$session/record")
}

prepare_stat() {
	(cd "$prepare_tree" && sed -n 's/^f [0-7]* [0-9]* [0-9a-f]*  //p' "$session/index" | tr '\n' '\0' | xargs -0 stat -c '%a %s %Y %n' -- 2>/dev/null) >"$session/stat"
	# stat without a file is an error too.
	[ "$(wc -l <"$session/stat")" -eq "$(grep -c '^f ' "$session/index")" ]
}

prepare_record_lines() {
	prepare_sum=$(sha256sum <"$prepare_tree/.tarlift/env")
	printf 'digest %s\nversion %s\ncommit %s\ncommit_time %s\n' "$v_digest" "$v_version" "$v_commit" "$v_commit_time"
	printf 'configuration %s\nenvironments %s\nenv %s\n' "$v_configuration" "$v_environments" "${prepare_sum%% *}"
	prepare_sum=$(sha256sum <"$prepare_tree/.tarlift/exec")
	printf 'exec %s\n' "${prepare_sum%% *}"
	sed -n 's/^./shared &/p' "$request/shared-directories" "$request/shared-files"
	sed -n 's/^./farm &/p' "$request/link-trees"
	cat "$request/services"
	[ -z "${v_seal-}" ] || printf 'seal %s\n' "$v_seal"
}

# Tests what activating will do, without doing it: a link and a rename in the root.
prepare_check_link() {
	prepare_swap=$v_root/.tarlift/swap
	# By the name of the directory, as in set_link: an attempt that was lost has perhaps left its link.
	[ -d "$prepare_swap" ] || mkdir -p "$prepare_swap"
	[ ! -L "$prepare_swap/.rehearsal" ] || rm -f "$prepare_swap/.rehearsal"
	ln -s "releases/$v_release" "$prepare_swap/.rehearsal" &&
		mv -f "$prepare_swap/.rehearsal" "$v_root/" && step rehearsed &&
		[ "$(readlink "$v_root/.rehearsal")" = "releases/$v_release" ] &&
		rm -f "$v_root/.rehearsal" ||
		fail layout-unusable "a link in $v_root cannot be made and renamed" "Give the directory to the SSH user: chown $(id -un) $v_root"
}
