# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# Adopts a running application as the first good release of this root, without a restart: its directory is renamed,
# which its processes do not notice, and `current` links to it.
#
# Values: apply (yes or no), from (a directory; empty: current), env_file (of the old configuration; may be empty),
# shell_names (which no variable may have), and with apply=yes release and version. Texts: shared-directories,
# shared-files, exec, env (what Tarlift itself adds to the configuration).
#
# Every step checks whether it was done already, so that the same command finishes an interrupted move.
# .tarlift/adopting (`<release> <from>`) exists while a move is in progress.

verb_adopt() {
	adopt_look
	[ "$v_apply" = yes ] && [ -z "$adopt_done" ] || return 0
	! grep -q '^finding ' "$session/reply" || return 0
	mkdir -p "$v_root/.tarlift/releases" "$v_root/releases" "$v_root/shared"
	write_line "$v_root/.tarlift/adopting" "$v_release $adopt_from" ||
		fail not-writable "$v_root/.tarlift cannot be written" "Look at free space (df)."
	adopt_release=$v_release
	adopt_share
	adopt_configure
	adopt_record
	adopt_move
	set_state "$adopt_release" good || fail not-writable "$adopt_release cannot be marked as good" "Look at free space (df), and run the command again."
	log_event adopted "$adopt_release"
	rm -f "$v_root/.tarlift/adopting"
	flush "$v_root"
	reply release "$adopt_release"
	reply adopted yes
}

# --- examining --------------------------------------------------------------------------------------------------------

# Sets adopt_from (its old directory), adopt_tree (its present directory), adopt_release (its name, if it has one),
# adopt_layout and adopt_done; everything that prevents the move is a finding.
adopt_look() {
	adopt_done=
	adopt_release=
	adopt_layout=plain
	first_line "$v_root/.tarlift/adopting"
	adopt_begun=$first_line
	if [ -n "$adopt_begun" ]; then
		adopt_release=${adopt_begun%% *}
		adopt_from=${adopt_begun#* }
		adopt_tree=$v_root/releases/$adopt_release
		[ "$adopt_from" != "$adopt_tree" ] || adopt_layout=releases
		[ -d "$adopt_tree" ] || adopt_tree=$adopt_from
		reply begun yes
	else
		adopt_find || return 0
	fi
	reply layout "$adopt_layout"
	reply from "$adopt_from"
	reply release "$adopt_release"
	adopt_rights
	adopt_links
	adopt_shared_look
	adopt_find_commit
	reply commit "$adopt_commit"
	adopt_files
	reply files "$(wc -l <"$session/files" | tr -d ' ')"
	reply foreign "$(cd "$adopt_tree" && find . -name .git -prune -o ! -user "$(id -u)" -print 2>/dev/null | wc -l | tr -d ' ')"
	if [ -n "${v_env_file-}" ]; then
		if adopt_env >"$session/old-env"; then
			reply variables "$(grep -c '^[A-Za-z_][A-Za-z0-9_]*="' "$session/old-env")"
		fi
	fi
	[ "$v_apply" = yes ] || adopt_services
}

# Finds what to adopt; false, with findings or the message that it was done, if there is nothing.
adopt_find() {
	link_release current
	adopt_live=$link_release
	release_state "${adopt_live:-none}"
	if [ "$release_state" = good ] && grep -qs '^adopted ' "$v_root/.tarlift/releases/$adopt_live/record"; then
		adopt_done=yes
		reply already "$adopt_live"
		return 1
	fi
	if grep -qsxE 'good|active' "$v_root"/.tarlift/releases/*/state; then
		finding layout-unusable "Tarlift has releases below $v_root already, so there is nothing to adopt" "Look at them: tarlift status TARGET"
		return 1
	fi
	adopt_from=${v_from:-$v_root/current}
	if [ -n "${v_from-}" ] && [ "$v_from" != "$v_root/current" ]; then
		adopt_find_named || return 1
	elif [ -L "$v_root/current" ]; then
		adopt_find_release || return 1
	elif [ ! -d "$adopt_from" ]; then
		finding layout-unusable "there is no $adopt_from on this host" "Name the directory of the running application: --from /home/…"
		return 1
	fi
	adopt_tree=$adopt_from
}

adopt_find_release() {
	adopt_layout=releases
	adopt_target=$(cd "$v_root/current" 2>/dev/null && pwd -P) || {
		finding layout-unusable "$v_root/current is a link that leads nowhere" "Remove it on the host, or let it lead to the release that runs."
		return 1
	}
	adopt_real=$(cd "$v_root" && pwd -P)
	adopt_release=${adopt_target#"$adopt_real/releases/"}
	case $adopt_release in
	/*)
		finding layout-unusable "$v_root/current leads to $adopt_target, which is not below $v_root/releases" "Adopt that directory: --from $adopt_target"
		return 1
		;;
	*[!A-Za-z0-9._+-]* | .* | -*)
		finding layout-unusable "the release $adopt_release has a name that Tarlift cannot use" "Rename it on the host: letters, digits, dots, underscores, plus and dashes."
		return 1
		;;
	esac
	adopt_from=$v_root/releases/$adopt_release
}

# A directory at another path.
adopt_find_named() {
	if [ -L "$adopt_from" ] || [ ! -d "$adopt_from" ]; then
		finding layout-unusable "$adopt_from is no directory on this host" "Name the directory itself: --from $(readlink -f "$adopt_from" 2>/dev/null || echo DIRECTORY)"
		return 1
	fi
	case $v_root/ in "$adopt_from"/*)
		finding layout-unusable "$adopt_from holds $v_root, so that it cannot be moved into it" "Choose another \`root\` for the target in tarlift.yml, such as $v_root-app; $adopt_from becomes a link then."
		return 1
		;;
	esac
	if [ -e "$v_root/current" ] && ! [ "$(cd "$v_root/current" 2>/dev/null && pwd -P)" = "$(cd "$adopt_from" && pwd -P)" ]; then
		finding layout-unusable "$v_root/current is there, and is not $adopt_from" "Which of the two runs? Remove the other one, or leave --from out."
		return 1
	fi
}

# Owner, file systems and permissions: what a rename needs.
adopt_rights() {
	for adopt_directory in "$v_root" "$adopt_tree"; do
		! finding_read_only "$adopt_directory" || return 0
	done
	if [ ! -d "$v_root" ] || [ ! -w "$v_root" ]; then
		finding not-writable "$(id -un) cannot write $v_root" "As root on the host: install -d -o $(id -un) $v_root   (or tarlift host setup)"
		return 0
	fi
	if [ "$(stat -c %u "$adopt_tree")" != "$(id -u)" ]; then
		finding not-writable "$adopt_tree belongs to $(stat -c %U "$adopt_tree") and not to $(id -un)" \
			"As root on the host: chown -R $(id -un) $adopt_tree   (files that the service itself writes may stay its own; name their directories in \`shared\`)"
	fi
	for adopt_directory in "$v_root/.tarlift" "$v_root/releases" "$v_root/shared"; do
		[ ! -d "$adopt_directory" ] || [ -w "$adopt_directory" ] ||
			finding not-writable "$(id -un) cannot write $adopt_directory" "As root on the host: chown $(id -un) $adopt_directory"
	done
	if [ -n "${v_run_as-}" ] && [ "$v_run_as" != "$(id -un)" ] && [ "$(id -u)" -ne 0 ]; then
		group_word "$v_run_as"
		id -G | tr ' ' '\n' | grep -qx -- "$(id -g "$v_run_as" 2>/dev/null || echo none)" ||
			finding layout-unusable "$v_run_as could not read the configuration: $(id -un) is not in the group $group_word" \
				"As root on the host: usermod -aG $group_word $(id -un)   (or tarlift host setup)"
	fi
	if [ -e "$adopt_tree/.tarlift" ] && [ -z "$adopt_begun" ]; then
		finding layout-unusable "$adopt_tree has a .tarlift already, which a release would lose" "Move it out of the way on the host."
	fi
	[ "$adopt_layout" = plain ] && [ "$adopt_tree" = "$adopt_from" ] || return 0
	[ -w "$(dirname "$adopt_from")" ] ||
		finding not-writable "$(id -un) cannot rename $adopt_from, because $(dirname "$adopt_from") is not writable" \
			"As root on the host: mv $adopt_from $v_root/current && ln -s $v_root/current $adopt_from   and then the same command without --from"
	adopt_directory=$v_root/releases
	[ -d "$adopt_directory" ] || adopt_directory=$v_root
	[ "$(stat -c %d "$adopt_tree")" = "$(stat -L -c %d "$adopt_directory")" ] && same_mount "$adopt_tree" "$adopt_directory" ||
		finding layout-unusable "$adopt_tree and $adopt_directory are on two file systems, or in two mounts of one, so that no rename leads from one to the other" \
			"Choose a \`root\` for the target on the file system of $adopt_tree, or stop the service and copy the directory yourself."
}

# Relative links that leave the tree would lead elsewhere after the move. Shared paths get links of their own.
adopt_links() {
	[ "$adopt_layout" = plain ] && [ "$adopt_tree" = "$adopt_from" ] || return 0
	(cd "$adopt_tree" && find . -name .git -prune -o -type l -print | while IFS= read -r adopt_link; do
		printf '%s\t%s\n' "${adopt_link#./}" "$(readlink "$adopt_link")"
	done) >"$session/links"
	awk -F '\t' '
		FILENAME !~ /\/links$/ { shared[$0] = 1; next }
		$1 in shared || $2 ~ /^\// { next }
		{
			depth = split($1, part, "/") - 1
			n = split($2, part, "/")
			for (i = 1; i <= n; i++) {
				if (part[i] == "..") depth--; else if (part[i] != "" && part[i] != ".") depth++
				if (depth < 0) { print $1 " -> " $2; next }
			}
		}' "$request/shared-directories" "$request/shared-files" "$session/links" | head -n 5 >"$session/escaping"
	while IFS= read -r adopt_link; do
		finding layout-unusable "the link $adopt_link leads out of $adopt_tree by a relative path, and elsewhere after the move" \
			"Make it absolute on the host (ln -sfn), or name it in \`shared\`."
	done <"$session/escaping"
}

# shared_paths: the shared paths, directories first, as `d <path>` and `f <path>`.
shared_paths() {
	sed -n 's/^./d &/p' "$request/shared-directories"
	sed -n 's/^./f &/p' "$request/shared-files"
}

# What is done with each shared path: move (it is in the tree), keep (it is a link already), none. Links are followed
# once, so that `shared/media` leads to the target of `media`.
adopt_shared_look() {
	shared_paths >"$session/shared"
	while read -r adopt_kind adopt_path; do
		adopt_at=$adopt_tree/$adopt_path
		adopt_to=$v_root/shared/$adopt_path
		if [ -L "$adopt_at" ]; then
			adopt_leads=$(readlink -f "$adopt_at")
			if [ ! -e "$adopt_at" ]; then
				finding layout-unusable "the link $adopt_at leads nowhere" "Remove it, or make what it leads to: $adopt_leads"
			elif [ "$adopt_leads" = "$(readlink -f "$adopt_to")" ]; then
				reply shared keep "$adopt_path"
			elif [ -e "$adopt_to" ]; then
				finding layout-unusable "$adopt_at leads to $adopt_leads, and $adopt_to is something else" "Which of the two is used? Remove the other one."
			else
				reply shared link "$adopt_path"
			fi
		elif [ ! -e "$adopt_at" ]; then
			[ "$adopt_kind" = d ] || [ -e "$adopt_to" ] || finding shared-missing "the shared file $adopt_path is nowhere" "Put it to $adopt_to on the host."
			reply shared none "$adopt_path"
		elif [ -e "$adopt_to" ] && ! { [ "$adopt_kind" = d ] && rmdir_would "$adopt_to"; }; then
			finding layout-unusable "both $adopt_at and $adopt_to are there" "Merge them on the host and remove one."
		elif [ "$(stat -c %d "$adopt_at")" != "$(stat -c %d "$adopt_tree")" ] || ! same_mount "$adopt_at" "$adopt_tree"; then
			finding layout-unusable "$adopt_at is on another file system than $adopt_tree, or in another mount of it" "Mount it at $adopt_to instead, and leave a link to that in its place."
		elif [ ! -w "$(dirname "$adopt_at")" ] || { [ -d "$adopt_at" ] && [ ! -w "$adopt_at" ]; }; then
			finding not-writable "$(id -un) cannot move $adopt_at" "As root on the host: mv $adopt_at $adopt_to && ln -s $adopt_to $adopt_at"
		else
			reply shared move "$adopt_path"
		fi
	done <"$session/shared"
}

# rmdir_would DIRECTORY: whether it is an empty directory.
rmdir_would() {
	[ -d "$1" ] && [ -z "$(find "$1" ! -path "$1" -print 2>/dev/null | head -n 1)" ]
}

# Sets $adopt_commit, the running commit: Capistrano and Deployer write REVISION, a clone has it in its own files.
adopt_find_commit() {
	first_line "$adopt_tree/REVISION"
	[ -n "$first_line" ] || first_line "$adopt_tree/.git/HEAD"
	adopt_commit=$first_line
	case $adopt_commit in
	"ref: "*)
		adopt_ref=${adopt_commit#ref: }
		first_line "$adopt_tree/.git/$adopt_ref"
		adopt_commit=$first_line
		[ -n "$adopt_commit" ] || adopt_commit=$(sed -n "s|^\([0-9a-f]\{40\}\) $adopt_ref\$|\1|p" "$adopt_tree/.git/packed-refs" 2>/dev/null)
		;;
	esac
	case $adopt_commit in *[!0-9a-f]*) adopt_commit= ;; esac
	[ "${#adopt_commit}" -ge 40 ] || adopt_commit=
}

# Where its services work: their processes go on, whatever their directory.
adopt_services() {
	for name in $(value services); do
		service_load "$name"
		service_look
		service_scan ""
		service_directories ""
		read -r _ adopt_works <"$s_files.directories" || adopt_works=
		reply running "$name" "$s_state" "${adopt_works:--}" "$s_detail"
	done
}

# --- moving -----------------------------------------------------------------------------------------------------------

# Moves shared paths to where later releases will look for them, and leaves a link in their place. Services may write on
# both sides.
adopt_share() {
	while read -r adopt_kind adopt_path; do
		adopt_at=$adopt_tree/$adopt_path
		adopt_to=$v_root/shared/$adopt_path
		adopt_name=${adopt_path##*/}
		adopt_above=${adopt_path%"$adopt_name"}
		adopt_above=${adopt_above%/}
		enter_why=
		adopt_share_one ||
			fail not-writable "the shared path $adopt_path cannot be moved to $adopt_to${enter_why:+: $enter_why}" "Look at owners and free space, and run the command again."
		exec 7<&-
		cd /
	done <"$session/shared"
}

# In the directory of $adopt_to, with that of $adopt_at on channel 7. With a directory as their last argument, mv and ln
# do not follow a link of that name in it.
adopt_share_one() {
	adopt_make=
	# An interrupted move is finished with a link in the tree.
	[ -z "$adopt_begun" ] || [ ! -e "$adopt_to" ] || adopt_make="make"
	adopt_code=0
	enter "$adopt_tree" "$adopt_above" "$adopt_make" || adopt_code=$?
	case $adopt_code in
	0) exec 7<. ;;
	# The directory does not exist: as below a file, nothing is found.
	2) exec 7</dev/null ;;
	*) return 1 ;;
	esac
	adopt_old=/proc/self/fd/7
	enter "$v_root/shared" "$adopt_above" make || return 1
	enter_why=
	if [ -L "$adopt_old/$adopt_name" ]; then
		[ -e "./$adopt_name" ] || adopt_link
	elif [ -e "$adopt_old/$adopt_name" ]; then
		[ "$adopt_kind" = f ] || [ ! -d "./$adopt_name" ] || rmdir "./$adopt_name"
		mv "$adopt_old/$adopt_name" ./ && ln -s "$adopt_to" "$adopt_old/"
	elif [ -e "./$adopt_name" ] && [ -n "$adopt_begun" ]; then
		ln -s "$adopt_to" "$adopt_old/"
	elif [ "$adopt_kind" = d ]; then
		[ -d "./$adopt_name" ] || mkdir "./$adopt_name"
	fi
}

# A link of this user's own to the target of the old one; later deploys rely on it. So even if the services' user chose
# the target, the link leads only to what that user can write already.
adopt_link() {
	adopt_leads=$(readlink -f "$adopt_old/$adopt_name")
	enter_why="it is a link to $adopt_leads, which $v_run_as cannot write, and neither root nor $user_name made it"
	[ "$adopt_kind" = f ] || [ -z "${v_run_as-}" ] || can "$v_run_as" w "$adopt_leads" ||
		(cd -P "$adopt_old" && enter_link "$adopt_name") || return 1
	enter_why=
	ln -sn "$adopt_leads" "./$adopt_name"
}

# If other users can write the directory, they could fill it before and change it during the move: its .tarlift belongs
# to this user alone.
adopt_configure() {
	enter "$adopt_tree" .tarlift make && adopt_alone ||
		fail not-writable "$adopt_tree/.tarlift cannot be written${enter_why:+: $enter_why}" "Give it to $(id -un) alone: chown $(id -un) $adopt_tree/.tarlift and chmod go-w $adopt_tree/.tarlift"
	(umask 077 && : >"$session/new-env")
	if [ -n "${v_env_file-}" ]; then cat "$session/old-env" >"$session/new-env"; fi
	cat "$request/env" >>"$session/new-env"
	(umask 077 && cat "$session/new-env" >./env) || fail not-writable "the configuration cannot be written" "Look at free space (df)."
	let_read_configuration
	{ cat "$request/exec" >./exec && chmod 0755 ./exec; } || fail not-writable "the configuration cannot be written" "Look at free space (df)."
	cd /
}

# Whether the current directory belongs to this user, and other users cannot write it. A new one may have got such
# permissions from a default ACL.
adopt_alone() {
	[ "$enter_new" = no ] || chmod 0755 . 2>/dev/null
	enter_why="it is another user's, or writable for others"
	# shellcheck disable=SC2046 # owner, mode
	set -- $(stat -c '%u %a' .)
	[ "$1" = "$user_id" ] && case $2 in *[2367] | *[2367]?) return 1 ;; esac
}

# Converts an environment file to the syntax of .tarlift/env. What different readers would read differently is a finding
# that names the line and not the value; so is a comment after a value.
adopt_env() {
	case $v_env_file in
	/*) adopt_env_file=$v_env_file ;;
	*) adopt_env_file=$adopt_tree/$v_env_file ;;
	esac
	if [ ! -r "$adopt_env_file" ]; then
		finding layout-unusable "$(id -un) cannot read $adopt_env_file" "Is it there, and may this user read it?"
		return 1
	fi
	rm -f "$session/wrong"
	awk -v wrong="$session/wrong" -v kept=" ${v_shell_names-} " -f environment-file.awk "$adopt_env_file" 2>/dev/null && return 0
	first_line "$session/wrong"
	finding layout-unusable "$adopt_env_file cannot be taken over: ${first_line:-it could not be read}" \
		"Write it as NAME='value', one a line; or share the file instead (\`shared.files\`), where a value needs quotes and backslashes."
	return 1
}

# Names of its files in $session/files: code files, chosen by what is excluded. Files that a running application writes
# would make a rollback refuse the release; the content of other users' files cannot be relied on.
adopt_files() {
	(
		cd "$adopt_tree" || exit 1
		find . \( -type d \( -name .git -o -name .hg -o -name .svn -o -name .tarlift -o -name __pycache__ -o -name log -o -name logs -o -name tmp \
			-o -name .cache \) -prune \) -o -type f -user "$(id -u)" ! -name '*.py[co]' ! -name '*.log' ! -name '*.pid' ! -name '*.sqlite3*' \
			! -name '*.db' ! -name '*.swp' ! -name '*[[:cntrl:]]*' ! -name '*\\*' ! -path ./- -print | sed 's|^\./||' | sort >"$session/found"
	)
	# Shared paths, which are links afterwards.
	shared_paths | sed 's/^. //' >"$session/shared-names"
	awk 'FILENAME ~ /\/shared-names$/ { shared[$0] = 1; next }
		{ at = $0; while (1) { if (at in shared) next; if (!sub(/\/[^\/]*$/, "", at)) break } print }' \
		"$session/shared-names" "$session/found" >"$session/files"
}

# Index, sizes and times, record: a later rollback verifies the release by them. It has no digest: files are never
# linked from it, since its owner may still change them in place.
adopt_record() {
	adopt_files
	adopt_into=$v_root/.tarlift/releases/$adopt_release
	set_state "$adopt_release" receiving || fail not-writable "$v_root cannot be written" "Look at free space, inodes and owner of $v_root/.tarlift."
	(
		cd "$adopt_tree" || exit 1
		tr '\n' '\0' <"$session/files" | xargs -0 sha256sum -- 2>/dev/null >"$session/sums"
		tr '\n' '\0' <"$session/files" | xargs -0 stat -c '%a %s %Y %n' -- 2>/dev/null >"$session/seen"
	)
	awk -v "stat_file=$session/stat" '
		BEGIN { printf "" >stat_file }
		FILENAME ~ /\/sums$/ { hash[substr($0, 67)] = substr($0, 1, 64); next }
		{
			path = substr($0, length($1 $2 $3) + 4)
			if (!(path in hash)) next
			print >stat_file
			print "f " (substr($1, length($1) - 2, 1) % 2 ? "0755" : "0644") " " $2 " " hash[path] "  " path
		}' "$session/sums" "$session/seen" >"$session/index"
	adopt_sum=$(sha256sum <"$adopt_tree/.tarlift/env")
	{
		! session_full && write_file "$adopt_into/index" <"$session/index" && write_file "$adopt_into/stat" <"$session/stat" &&
			printf 'digest \nversion %s\ncommit %s\nconfiguration \nenvironments \nenv %s\nadopted %s\n' \
				"$v_version" "$adopt_commit" "${adopt_sum%% *}" "$adopt_from" | cat - "$request/services" | (umask 077 && write_file "$adopt_into/record") &&
			good_time && write_line "$adopt_into/good" "$good_now $v_deploy_id"
	} || fail not-writable "$adopt_release cannot be recorded" "Look at free space (df), and run the command again."
}

# Until the link is made, some milliseconds, the old path does not exist: a process that starts just then does not find
# it.
adopt_move() {
	adopt_to=$v_root/releases/$adopt_release
	if [ "$adopt_tree" != "$adopt_to" ]; then
		[ ! -e "$adopt_to" ] && [ ! -L "$adopt_to" ] || fail layout-unusable "$adopt_to is there already" "Rename it on the host."
		flush "$v_root"
		if [ "$adopt_from" = "$v_root/current" ]; then
			mv "$adopt_from" "$adopt_to" && ln -s "releases/$adopt_release" "$v_root/current"
		else
			mv "$adopt_from" "$adopt_to" && ln -s "$v_root/current" "$adopt_from"
		fi || fail not-writable "$adopt_from cannot be renamed to $adopt_to" "Look at both, and run the command again."
	elif [ "$adopt_layout" = plain ] && [ "$adopt_from" != "$v_root/current" ] && [ ! -L "$adopt_from" ]; then
		ln -s "$v_root/current" "$adopt_from" || fail not-writable "$adopt_from cannot become a link" "As root on the host: ln -s $v_root/current $adopt_from"
	fi
	[ "$(readlink "$v_root/current")" = "releases/$adopt_release" ] || set_link current "$adopt_release" ||
		fail layout-unusable "current does not lead to $adopt_release" "Look at the owner of $v_root and its links, and run the command again."
	flush "$v_root"
}
