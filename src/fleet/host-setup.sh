# shellcheck shell=sh
# The words of the script that `tarlift host setup` prints (src/fleet/host-setup.ts): each looks whether something is as it should be,
# and makes it so. With `plan` as the script's argument nothing is changed, and it says what would be. Needs root, except for a plan.
#
#   = as it should be     + made, or would be     ! left to a person (exit code 3)

mode=${1:-apply}
left=0

say() { printf '%s\n' "$*"; }
leave() {
	left=1
	say "! $*"
}
applies() { [ "$mode" != plan ]; }
exists() { id -u "$1" >/dev/null 2>&1; }
# The group of a user; before the user is there, the one that it will have.
group_of() { id -gn "$1" 2>/dev/null || echo "$1"; }

# user NAME OPTION-OF-USERADD...
user() {
	if exists "$1"; then
		say "= user $1"
		return 0
	fi
	say "+ user $1"
	applies || return 0
	new_user=$1
	shift
	useradd "$@" "$new_user"
}

# member USER OTHER: USER is in the group of OTHER.
member() {
	if id -nG "$1" 2>/dev/null | tr ' ' '\n' | grep -qx "$(group_of "$2")"; then
		say "= $1 is in the group of $2"
		return 0
	fi
	say "+ $1 is in the group of $2"
	! applies || usermod --append --groups "$(group_of "$2")" "$1"
}

# directory PATH OWNER GROUP-OF MODE: with these, whatever it had before.
directory() {
	wanted="$2 $(group_of "$3") $4"
	if [ -d "$1" ]; then
		has=$(stat -L -c '%U %G %a' "$1")
		if [ "$has" = "$wanted" ]; then
			say "= $1 ($wanted)"
			return 0
		fi
		say "+ $1 ($wanted; it is $has)"
	else
		say "+ $1 ($wanted)"
	fi
	! applies || install -d -o "$2" -g "$(group_of "$3")" -m "$4" "$1"
}

# new_directory PATH OWNER GROUP-OF MODE: one that is there stays as it is, with what others wrote into it.
new_directory() {
	if [ -d "$1" ]; then say "= $1 (as it is: $(stat -L -c '%U %G %a' "$1"))"; else directory "$@"; fi
}

# needs_file PATH
needs_file() {
	if [ -e "$1" ]; then say "= $1"; else leave "$1 is missing: put it there"; fi
}

# key USER LINE: a line of the user's authorized_keys.
key() {
	key_home=$(getent passwd "$1" 2>/dev/null | cut -d: -f6)
	key_data=$(printf '%s\n' "$2" | cut -d' ' -f1,2)
	if [ -n "$key_home" ] && grep -qsF -- "$key_data" "$key_home/.ssh/authorized_keys"; then
		say "= a key of $1"
		return 0
	fi
	say "+ a key of $1: $(printf '%s\n' "$2" | cut -d' ' -f1,3-)"
	applies || return 0
	install -d -o "$1" -g "$(group_of "$1")" -m 0700 "$key_home/.ssh"
	printf '%s\n' "$2" >>"$key_home/.ssh/authorized_keys"
	chown "$1:$(group_of "$1")" "$key_home/.ssh/authorized_keys"
	chmod 0600 "$key_home/.ssh/authorized_keys"
}

# sudo_lines FILE: standard input becomes the file, if visudo finds it good. Its first line says what it was when it was written, so that
# an edit by somebody else is seen and left alone.
sudo_lines() {
	new_text=$(cat)
	new_sum=$(printf '%s\n' "$new_text" | sha256sum | cut -d' ' -f1)
	if ! command -v visudo >/dev/null; then
		leave "sudo is not installed: apt-get install sudo (or what your system has), and run this again"
		return 0
	fi
	if [ -r "$1" ] || { [ -e "$1" ] && applies; }; then
		old_sum=$(sed -n '1s/^# Written by tarlift host setup; sum //p' "$1")
		if [ "$(tail -n +2 "$1" | sha256sum | cut -d' ' -f1)" != "$old_sum" ] && [ "$(sha256sum <"$1" | cut -d' ' -f1)" != "$new_sum" ]; then
			leave "$1 was edited by somebody since it was written, and stays as it is. It should hold:"
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
	# A name with a dot is none that sudo reads.
	printf '# Written by tarlift host setup; sum %s\n%s\n' "$new_sum" "$new_text" >"$1.new"
	chmod 0440 "$1.new"
	visudo -cqf "$1.new"
	mv "$1.new" "$1"
}

# definition FILE COMMAND...: a service's, from standard input, where there is none. COMMAND makes the supervisor read it. One that is
# there is its administrator's, and one whose command nobody has said cannot be written.
definition() {
	new_file=$1
	shift
	new_text=$(cat)
	if [ -e "$new_file" ]; then
		say "= $new_file (as it is)"
		return 0
	fi
	if printf '%s\n' "$new_text" | grep -q ' CHANGE '; then
		leave "$new_file is missing, and its command is yours to say (--command SERVICE='…'):"
		printf '%s\n' "$new_text" | sed 's/^/    /'
		return 0
	fi
	if [ ! -d "${new_file%/*}" ]; then
		leave "${new_file%/*} is missing: install the supervisor, and run this again"
		return 0
	fi
	say "+ $new_file:"
	printf '%s\n' "$new_text" | sed 's/^/    /'
	applies || return 0
	printf '%s\n' "$new_text" >"$new_file"
	"$@"
}

# supervisor_file PROGRAM: where this system keeps the programs of supervisord.
supervisor_file() {
	if [ -d /etc/supervisord.d ] && [ ! -d /etc/supervisor/conf.d ]; then
		echo "/etc/supervisord.d/$1.ini"
	else
		echo "/etc/supervisor/conf.d/$1.conf"
	fi
}

# Only this program: others may have changes that wait for their own hour.
supervisor_reads() {
	supervisorctl reread >/dev/null
	supervisorctl update "$1" >/dev/null
}

systemd_reads() {
	systemctl daemon-reload
	systemctl --quiet enable "$1"
}

# lingers USER: its services live without anybody being logged in.
lingers() {
	if [ -e "/var/lib/systemd/linger/$1" ]; then
		say "= the services of $1 outlive its logins"
		return 0
	fi
	say "+ the services of $1 outlive its logins"
	! applies || loginctl enable-linger "$1"
}

finish() {
	[ "$left" -eq 0 ] || exit 3
}
