# shellcheck shell=sh
# shellcheck disable=SC2154 # supervisors: host-setup.ts
# The functions of the script that `tarlift host setup` prints (src/operations/host-setup.ts): each checks whether
# something is as required, and makes it so. With `plan` as the script's argument nothing is changed, and it prints what
# would be. Needs root, except for a plan.
#
# Functions that differ between supervisors are in their parts of the script: src/supervisors/<key>/host-setup.sh.
#
#   = as required     + made, or would be     ~ differs, and is not changed     ! left to a person (exit code 3)
#
# Root changes nothing in a directory that another user can write: a name there may be a link by the time it is changed.
# The owner makes such changes, who gains no permission by them.

mode=${1:-apply}
left=0
# Programs are root's, and none of them reads a file of the directory in which this was started.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
cd /
umask 022

say() { printf '%s\n' "$*"; }
leave() {
	left=1
	say "! $*"
}
applies() { [ "$mode" != plan ]; }
exists() { id -u "$1" >/dev/null 2>&1; }
# The group of a user; before the user exists, its future group.
group_of() { id -gn "$1" 2>/dev/null || echo "$1"; }

# Packages with useradd and usermod; busybox has neither.
SHADOW="apt-get install passwd, apk add shadow (or what your system has)"

# user NAME OPTION-OF-USERADD... If it cannot be made, the script ends: all later steps concern its users.
user() {
	if exists "$1"; then
		say "= user $1"
		return 0
	fi
	say "+ user $1"
	applies || return 0
	new_user=$1
	shift
	if ! command -v useradd >/dev/null; then
		leave "$new_user cannot be made: this host has no useradd. Install it: $SHADOW, or make the user by hand, and run this again"
		finish
	fi
	new_output=$(useradd "$@" "$new_user" 2>&1) || {
		leave "$new_user cannot be made. useradd says: $new_output. Make it by hand, and run this again"
		finish
	}
}

# group_alone USER SSH-USER OTHER...: the configuration of releases, with its secrets, is readable for the group of
# USER, unless all services run as the SSH user. Checks that only these are in the group.
group_alone() {
	group_read="can read the configuration of its releases with its secrets"
	[ "$1" != "$2" ] || group_read="can read the configuration of its releases with its secrets unless each service is seen to run as $1"
	group_others=$(awk -F : -v "mine= $* " -v "group=$(id -g "$1" 2>/dev/null)" '
		function found(name) { if (name != "" && !index(mine, " " name " ")) { mine = mine name " "; print name } }
		group == "" { exit }
		FILENAME ~ /passwd$/ { if ($4 == group && $3 != 0) found($1); next }
		$3 == group { count = split($4, names, ","); for (n = 1; n <= count; n++) found(names[n]) }
	' /etc/passwd /etc/group | tr '\n' ' ')
	[ -z "$group_others" ] ||
		say "~ the group of $1, $(group_of "$1"), has others in it (${group_others% }), who $group_read, and write below shared/. Give $1 a group of its own (groupadd, usermod --gid), run this again, and deploy"
}

# member USER OTHER: USER is in the group of OTHER. By numbers: names of groups from a directory service may have
# blanks.
member() {
	if id -G "$1" 2>/dev/null | tr ' ' '\n' | grep -qx "$(id -g "$2" 2>/dev/null || echo none)"; then
		say "= $1 is in the group of $2"
		return 0
	fi
	say "+ $1 is in the group of $2"
	applies || return 0
	if ! command -v usermod >/dev/null && ! command -v gpasswd >/dev/null; then
		leave "$1 cannot be put into the group $(group_of "$2"): this host has no usermod. Install it: $SHADOW, and run this again"
		return 0
	fi
	# usermod knows only the users of /etc/passwd.
	usermod --append --groups "$(group_of "$2")" "$1" 2>/dev/null || gpasswd --add "$1" "$(group_of "$2")" >/dev/null 2>&1 ||
		leave "$1 cannot be put into the group '$(group_of "$2")' here. Where one of them is a directory's (LDAP, AD), put it there, and run this again"
}

# quoted TEXT: as one word of shell text.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

# as_user USER TEXT: runs shell text as USER. It has no terminal and no open file of this script, because other
# processes of USER can take it over; only its exit code is used.
as_user() {
	set -- "$1" "PATH=$PATH; $2"
	if [ "$(id -un)" = "$1" ]; then
		sh -c "$2" </dev/null >/dev/null 2>&1
		return
	fi
	set -- su -s /bin/sh -c "$2" "$1"
	! command -v setsid >/dev/null || set -- setsid "$@"
	! command -v timeout >/dev/null || set -- timeout 60 "$@"
	"$@" </dev/null >/dev/null 2>&1
}

# alone PATH [USER]: whether only root, and USER, can change the target of PATH: it and all directories above belong to
# them and are not writable for others; the same counts for targets of links on the way. A sticky directory is not
# enough: any user can make new names there.
alone() {
	alone_links=0
	alone_follow "$@"
}

alone_follow() {
	alone_path=$1
	alone_user=${2:-root}
	alone_uid=$(id -u "$alone_user" 2>/dev/null) || alone_uid=0
	while :; do
		# shellcheck disable=SC2046 # owner, group, mode
		set -- $(stat -c '%u %g %a' "$alone_path" 2>/dev/null)
		case $alone_planned in *"|$alone_path|"*) set -- 0 0 755 ;; esac
		[ "$#" -eq 3 ] && { [ "$1" -eq 0 ] || [ "$1" -eq "$alone_uid" ]; } || return 1
		if [ -L "$alone_path" ]; then
			alone_links=$((alone_links + 1))
			[ "$alone_links" -le 40 ] || return 1
			alone_target=$(readlink "$alone_path")
			case $alone_target in
			/*) ;;
			*) alone_target=${alone_path%/*}/$alone_target ;;
			esac
			(alone_follow "$alone_target" "$alone_user") || return 1
		else
			case $3 in *[2367]) return 1 ;; *[2367]?) [ "$2" -eq 0 ] || return 1 ;; esac
		fi
		[ "$alone_path" != / ] || return 0
		alone_path=${alone_path%/*}
		alone_path=${alone_path:-/}
	done
}
# Directories that a plan assumes to be made.
alone_planned=

# above PATH: the nearest directory above it that exists, or would be made.
above() {
	above_path=$1
	while
		above_path=${above_path%/*}
		above_path=${above_path:-/}
		[ ! -e "$above_path" ] && [ ! -L "$above_path" ]
	do
		case $alone_planned in *"|$above_path|"*) break ;; esac
	done
	printf '%s\n' "$above_path"
}

# directory PATH OWNER GROUP-OF MODE: sets these, whatever they were before.
directory() {
	wanted="$2 $(group_of "$3") $4"
	has=
	[ ! -d "$1" ] || has=$(stat -L -c '%U %G %a' "$1")
	if [ "$has" = "$wanted" ]; then
		say "= $1 ($wanted)"
		return 0
	fi
	directory_above=$(above "$1")
	directory_real=$(readlink -f "$1" 2>/dev/null) || directory_real=$1
	if alone "$directory_above" && { [ ! -L "$1" ] || alone "${directory_real%/*}"; }; then
		directory_by=root
	elif alone "$directory_above" "$2"; then
		directory_by=$2
	else
		leave "$1 ($wanted) is not made: $directory_above, or a directory above it, can be written by others than root and $2, who could put a link in its place. Take that right from them, or choose another directory, and run this again"
		return 0
	fi
	if [ "$directory_by" != root ] && [ -n "$has" ] && [ "${has%% *}" != "$2" ]; then
		leave "$1 belongs to ${has%% *}, and $2 could put anything in its place. Look at what is in it, then: chown $2:$(group_of "$3") $1, and run this again"
		return 0
	fi
	say "+ $1 ($wanted${has:+; it is $has})"
	if ! applies; then
		alone_planned="$alone_planned|$1|"
	elif [ "$directory_by" = root ]; then
		mkdir -p -- "$directory_real"
		chown "$2:$(group_of "$3")" "$directory_real"
		chmod "$4" "$directory_real"
	else
		# shellcheck disable=SC2016 # text for another shell
		as_user "$2" "umask 022; set -- $(quoted "$1") $(quoted "$(group_of "$3")") $4"'
			mkdir -p -- "$1" && chgrp "$2" "$1" && chmod "$3" "$1"' || leave "$1 cannot be made by $2: look at what is there"
	fi
}

# shared_directory ROOT PATH OWNER GROUP-OF: writable for both, as services need it. An existing one is not changed, nor
# are other users' files in it. The owner makes it, step by step: a directory that proves to be another one than its
# path says is not entered.
shared_directory() {
	if [ -d "$1/$2" ]; then
		say "= $1/$2 (as it is: $(stat -L -c '%U %G %a' "$1/$2"))"
		return 0
	fi
	say "+ $1/$2 ($3 $(group_of "$4") 2775)"
	applies || return 0
	# shellcheck disable=SC2016 # text for another shell
	as_user "$3" "umask 002; set -- $(quoted "$1") $(quoted "$2") $(quoted "$(group_of "$4")")"'
		cd -P "$1" || exit 1
		at=$(readlink /proc/self/cwd)
		rest=$2/
		while [ -n "$rest" ]; do
			part=${rest%%/*}
			rest=${rest#*/}
			made=no
			[ -e "./$part" ] || { mkdir "./$part" && made=yes; } || exit 1
			cd -P "./$part" || exit 1
			at=$at/$part
			[ "$(readlink /proc/self/cwd)" = "$at" ] || exit 1
			[ "$made" = no ] || { chgrp "$3" . && chmod 2775 .; } || exit 1
		done' || leave "$1/$2 cannot be made by $3: something on its way is a link, or is not $3's to write. Make it by hand"
}

# needs_file PATH
needs_file() {
	if [ -e "$1" ]; then say "= $1"; else leave "$1 is missing: put it there"; fi
}

# key USER LINE: a line of the user's authorized_keys. The user reads and writes the file, which may have become a link
# by then.
key() {
	key_home=$(getent passwd "$1" 2>/dev/null | cut -d: -f6)
	key_words="set -- $(quoted "$key_home") $(quoted "$(printf '%s\n' "$2" | cut -d' ' -f1,2)") $(quoted "$2")
		cd \"\$1\" || exit 1
		file=.ssh/authorized_keys"
	# shellcheck disable=SC2016 # text for another shell
	if [ -n "$key_home" ] && { [ "$(id -u)" -eq 0 ] || [ "$(id -un)" = "$1" ]; } &&
		as_user "$1" "$key_words"'; [ -f "$file" ] && grep -F -- "$2" "$file" | grep -qv "^[[:space:]]*#"'; then
		say "= a key of $1"
		return 0
	fi
	say "+ a key of $1: $(printf '%s\n' "$2" | cut -d' ' -f1,3-)"
	applies || return 0
	# shellcheck disable=SC2016
	as_user "$1" "umask 077; $key_words"'
		[ -d .ssh ] || mkdir .ssh || exit 1
		[ -f "$file" ] || [ ! -e "$file" ] || exit 1
		[ ! -s "$file" ] || [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
		printf "%s\n" "$3" >>"$file" && chmod 0700 .ssh && chmod 0600 "$file"' ||
		leave "$key_home/.ssh/authorized_keys cannot be written by $1. Add this line to it: $2"
}

# sudo_lines USER FILE [OLDER ROOT]: standard input becomes the file, if visudo accepts it; then OLDER is removed, the
# file that an earlier setup of this application wrote.
sudo_lines() {
	new_text=$(sudo_here)
	sudo_refused=no
	sudo_file "$2"
	[ -z "${3-}" ] || [ "$sudo_refused" = yes ] || sudo_older "$2" "$3" "$4"
	sudo_gives_root "$1"
}

# sudo_older FILE OLDER ROOT: removes OLDER if all of its lines are in FILE now, or one of them concerns ROOT. Another
# application whose names form the same words may have written it.
sudo_older() {
	[ -r "$2" ] || return 0
	older_sum=$(sed -n '1s/^# Written by tarlift host setup; sum //p' "$2")
	if [ "$(tail -n +2 "$2" | sha256sum | cut -d' ' -f1)" = "$older_sum" ] &&
		{ ! tail -n +2 "$2" | grep -qvxF -e "$new_text" || grep -qF "NOPASSWD: $3/releases/" "$2"; }; then
		say "+ $2 is removed: $1 takes its place"
		! applies || [ ! -e "$1" ] || rm -f "$2"
	else
		say "~ $2 stays: not all of its lines are this application's. Another one whose names make the same words may have written it, or a person; if neither needs it: rm $2"
	fi
}

# sudo_file FILE: $new_text becomes the file. Its first line has the checksum of its content when it was written, so
# that a manual change is detected and kept.
sudo_file() {
	new_sum=$(printf '%s\n' "$new_text" | sha256sum | cut -d' ' -f1)
	if ! command -v visudo >/dev/null; then
		leave "sudo is not installed: apt-get install sudo (or what your system has), and run this again"
		return 0
	fi
	if [ -r "$1" ] || { [ -e "$1" ] && applies; }; then
		old_sum=$(sed -n '1s/^# Written by tarlift host setup; sum //p' "$1")
		if [ "$(tail -n +2 "$1" | sha256sum | cut -d' ' -f1)" != "$old_sum" ] && [ "$(sha256sum <"$1" | cut -d' ' -f1)" != "$new_sum" ]; then
			leave "$1 was edited since it was written, and stays as it is. It should hold:"
			printf '%s\n' "$new_text" | sed 's/^/    /'
			return 0
		elif [ "$old_sum" = "$new_sum" ]; then
			say "= $1"
			return 0
		fi
	fi
	say "+ $1:"
	printf '%s\n' "$new_text" | sed 's/^/    /'
	applies || return 0
	# sudo ignores files whose name has a dot.
	printf '# Written by tarlift host setup; sum %s\n%s\n' "$new_sum" "$new_text" >"$1.new"
	chmod 0440 "$1.new"
	if ! new_output=$(visudo -cf "$1.new" 2>&1); then
		rm -f "$1.new"
		leave "visudo does not take these lines, so that $1 is not written. It says:"
		printf '%s\n' "$new_output" | sed 's/^/    /'
		sudo_refused=yes
		return 0
	fi
	mv "$1.new" "$1"
}

# sudo_gives_root USER: rules in any file of sudo that let USER choose the configuration of supervisorctl, and with it a
# plugin that runs as root: older setups wrote such rules.
sudo_gives_root() {
	[ "$(id -u)" -eq 0 ] || return 0
	root_lines=$(sudo -n -l -U "$1" 2>/dev/null | tr -s ' \n' ' ' | sed 's/[\\]//g; :list
s/(\([^)]*\), /(\1,/; t list
s/, /\n/g; s/ (/\n(/g' | sudo_as_root |
		grep -o '/[^ ]*/supervisorctl\( .*\|$\)' | while read -r root_program root_option root_file root_rest; do
		[ "$root_option" = -c ] && alone "$root_file" || echo "    $root_program${root_option:+ $root_option}${root_file:+ $root_file}${root_rest:+ $root_rest}"
	done)
	[ -z "$root_lines" ] || leave "sudo lets $1 run these, and so anything as root, since supervisorctl reads the supervisord.conf that its caller chooses. Remove them with visudo:
$root_lines"
}

# sudo_as_root: reads commands of sudo's listing, one per line, and prints those that run as root. `(USERS : GROUPS)`
# applies until the next one, and the last user of it that is root, or all, decides.
sudo_as_root() {
	awk '
		/^\(/ {
			root = 0
			users = substr($0, 2, index($0, ")") - 2)
			sub(/ *:.*/, "", users)
			count = split(users, user, /, */)
			for (n = 1; n <= count; n++) {
				if (user[n] ~ /^(root|ALL|#0)$/) root = 1
				if (user[n] ~ /^!(root|ALL|#0)$/) root = 0
			}
		}
		root'
}

# program_here NAME: its path as a user finds it, which a sudoers rule must name. If /usr/sbin is a link to bin, root's
# PATH leads to another one.
program_here() {
	here_path=$(command -v "$1") || here_path=/usr/bin/$1
	[ "$(readlink -f "${here_path%/*}")" != "$(readlink -f /usr/bin)" ] || here_path=/usr/bin/$1
	echo "$here_path"
}

# Sudoers rules, with this host's paths of what they name. sudo-rs treats arguments as words and not as patterns, and
# accepts no backslash before a `*`.
sudo_here() {
	here_text=$(cat)
	for here_supervisor in $supervisors; do
		here_text=$(printf '%s\n' "$here_text" | "${here_supervisor}_sudo_here")
	done
	case $(sudo -V 2>&1 </dev/null) in
	sudo-rs*) printf '%s\n' "$here_text" | sed -e 's/\\\*/*/g' -e 's/\\\\\\\\/\\\\/g' ;;
	*) printf '%s\n' "$here_text" ;;
	esac
}

# definition FILE SUPERVISOR NAME: writes a service's definition from standard input, if there is none. SUPERVISOR_reads
# NAME makes the supervisor read it. An existing one belongs to its administrator, whatever its path, and one whose
# command is unknown cannot be written.
definition() {
	new_file=$1
	shift
	new_text=$(cat)
	old_file=$(definition_of "$new_file" "$1")
	if [ -n "$old_file" ] && [ "$old_file" != "$new_file" ]; then
		say "= $old_file (as it is; it defines ${new_file##*/})"
		return 0
	fi
	if [ -n "$old_file" ]; then
		definition_differs "$new_file" "$@"
		return 0
	fi
	if printf '%s\n' "$new_text" | grep -q ' CHANGE '; then
		leave "$new_file is missing, and its command is not known here (--command SERVICE='…'):"
		printf '%s\n' "$new_text" | sed 's/^/    /'
		return 0
	fi
	if [ ! -d "${new_file%/*}" ]; then
		leave "${new_file%/*} is missing: install the supervisor, and run this again"
		return 0
	fi
	if ! alone "${new_file%/*}"; then
		leave "${new_file%/*}, or a directory above it, can be written by others than root: take that right from them, and run this again"
		return 0
	fi
	say "+ $new_file:"
	printf '%s\n' "$new_text" | sed 's/^/    /'
	applies || return 0
	printf '%s\n' "$new_text" >"$new_file"
	"${1}_reads" "$2"
}

# definition_of FILE SUPERVISOR: the file that defines this service already, whatever its path.
definition_of() {
	if [ -e "$1" ] || [ -L "$1" ]; then
		printf '%s\n' "$1"
	else
		"${2}_defined" "$1"
	fi
}

# definition_differs FILE SUPERVISOR NAME: reports whether it differs from $new_text, and how the supervisor reads a
# change of it; an unknown command is no difference.
definition_differs() {
	differs_lines=$(printf '%s\n' "$new_text" | grep -v ' CHANGE ' | while IFS= read -r differs_line; do
		one_dollar "$1" 2>/dev/null | grep -qxF -e "$(printf '%s\n' "$differs_line" | one_dollar)" || printf '    %s\n' "$differs_line"
	done)
	if [ -z "$differs_lines" ]; then
		say "= $1 (as it is)"
		return 0
	fi
	say "~ $1 stays as it is. It does not have these lines, which this script would write:"
	say "$differs_lines"
	say "  If it is to have them: edit it as root, then run: $("${2}_reread" "$3")"
}

# In a unit, `$NAME` is a variable of the unit and `$$NAME` one of the shell: only the unit's administrator knows which
# is intended.
one_dollar() { sed 's/\$\$*/$/g' "$@"; }

# lingers USER: its services run while the user has no session. Without systemd, the end of a session ends no processes.
lingers() {
	[ -d /run/systemd/system ] || return 0
	if [ -e "/var/lib/systemd/linger/$1" ]; then
		say "= the services of $1 outlive its logins"
		return 0
	fi
	say "+ the services of $1 outlive its logins"
	! applies || heard=$(loginctl enable-linger "$1" 2>&1) ||
		leave "the services of $1 end with its logins. loginctl says: $heard. When logind runs: loginctl enable-linger $1"
}

finish() {
	[ "$left" -eq 0 ] || exit 3
}
