# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# Enters directories that other users can write, part by part: a link there may belong to any user and lead to any
# place, and may have been no link a moment ago. Work in the directory itself afterwards (`.`, `./name`) reaches nothing
# else.

# enter DIRECTORY PATH [make]: enters PATH below DIRECTORY, whose own path other users cannot change. With `make` a
# missing part is made; enter_new says whether the last one was. Returns 2 if a part is missing, and 1 if it cannot be
# entered, with the reason in enter_why.
enter() {
	enter_new=no
	enter_links=0
	enter_why="$1 cannot be entered"
	cd -P "$1" && enter_parts "${2:+$2/}" "${3-}"
}

# enter_parts PATH/ MAKE: the same from the current directory.
enter_parts() {
	while [ -n "$1" ]; do
		enter_part=${1%%/*}
		set -- "${1#*/}" "$2"
		case $enter_part in
		'' | .) continue ;;
		..)
			cd -P .. || return 1
			continue
			;;
		esac
		enter_here=$(readlink /proc/self/cwd)
		enter_here=${enter_here%/}/$enter_part
		enter_new=no
		if [ -L "./$enter_part" ]; then
			enter_follow || return 1
		else
			enter_why="$enter_here cannot be made"
			if [ ! -e "./$enter_part" ]; then
				[ "$2" = make ] || return 2
				mkdir "./$enter_part" && enter_new=yes || return 1
			fi
			enter_why="$enter_here is no directory that $user_name may enter, or was exchanged just now"
			cd -P "./$enter_part" && [ "$(readlink /proc/self/cwd)" = "$enter_here" ] || return 1
			# Another directory in the place of the new one.
			[ "$enter_new" = no ] || [ -z "$(ls -A)" ] || return 1
		fi
	done
}

# enter_follow: to the target of the link $enter_part, by the same rules; nothing is made on the way.
enter_follow() {
	enter_why="$enter_here is a link that neither root nor $user_name made"
	enter_link "$enter_part" || return 1
	enter_why="$enter_here is one of too many links"
	enter_links=$((enter_links + 1))
	[ "$enter_links" -le 40 ] || return 1
	set -- "$enter_here"
	case $enter_to in /*) cd / ;; esac
	enter_code=0
	enter_parts "$enter_to/" "" || enter_code=$?
	[ "$enter_code" -ne 2 ] || enter_why="$1 is a link that leads to no directory"
	[ "$enter_code" -eq 0 ]
}

# enter_link NAME: the target of this link, in enter_to; false if neither root nor this user made it. Moving a link
# gives it a new change time: a link with an older time was there before, and is the one that was read.
enter_link() {
	enter_name=$1
	for enter_attempt in 1 2; do
		enter_now=$(date +%s)
		enter_to=$(readlink "./$enter_name") || return 1
		# shellcheck disable=SC2046 # owner, time
		set -- $(stat -c '%u %Z' "./$enter_name" 2>/dev/null)
		case ${1-} in 0 | "$user_id") ;; *) return 1 ;; esac
		[ "$2" -ge "$((enter_now - 1))" ] || return 0
		# It was made just now.
		[ "$enter_attempt" -eq 2 ] || sleep 3
	done
	return 1
}
