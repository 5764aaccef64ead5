# shellcheck shell=sh
# The words of the script that `tarlift host setup` prints (src/fleet/host-setup.ts): each looks whether something is as it should be,
# and makes it so. With `plan` as the script's argument nothing is changed, and it says what would be. Needs root, except for a plan.
#
#   = as it should be     + made, or would be     ! left to a person (exit code 3)

mode=${1:-apply}
left=0
# Programs are root's, and none of them reads a file of the directory that this was started in.
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

# sudo_lines USER FILE: standard input becomes the file, if visudo finds it good. Its first line says what it was when it was written, so that
# an edit by somebody else is seen and left alone.
sudo_lines() {
	new_text=$(supervisor_paths)
	new_sum=$(printf '%s\n' "$new_text" | sha256sum | cut -d' ' -f1)
	if ! command -v visudo >/dev/null; then
		leave "sudo is not installed: apt-get install sudo (or what your system has), and run this again"
		return 0
	fi
	if [ -r "$2" ] || { [ -e "$2" ] && applies; }; then
		old_sum=$(sed -n '1s/^# Written by tarlift host setup; sum //p' "$2")
		if [ "$(tail -n +2 "$2" | sha256sum | cut -d' ' -f1)" != "$old_sum" ] && [ "$(sha256sum <"$2" | cut -d' ' -f1)" != "$new_sum" ]; then
			leave "$2 was edited by somebody since it was written, and stays as it is. It should hold:"
			printf '%s\n' "$new_text" | sed 's/^/    /'
			sudo_gives_root "$1"
			return 0
		elif [ "$old_sum" = "$new_sum" ]; then
			say "= $2"
			sudo_gives_root "$1"
			return 0
		fi
	fi
	say "+ $2:"
	printf '%s\n' "$new_text" | sed 's/^/    /'
	applies || return 0
	# A name with a dot is none that sudo reads.
	printf '# Written by tarlift host setup; sum %s\n%s\n' "$new_sum" "$new_text" >"$2.new"
	chmod 0440 "$2.new"
	visudo -cqf "$2.new"
	mv "$2.new" "$2"
	sudo_gives_root "$1"
}

# sudo_gives_root USER: lines of any file of sudo that let USER choose the configuration of supervisorctl, and with it a plugin that runs as
# root: older setups wrote such lines.
sudo_gives_root() {
	[ "$(id -u)" -eq 0 ] || return 0
	root_lines=$(sudo -n -l -U "$1" 2>/dev/null | tr -s ' \n' ' ' | sed 's/[\\]//g; s/, /\n/g; s/ (/\n(/g' |
		grep -o '/[^ ]*/supervisorctl\( .*\|$\)' | while read -r root_program root_option root_file root_rest; do
		[ "$root_option" = -c ] && root_alone "$root_file" || echo "    $root_program${root_option:+ $root_option}${root_file:+ $root_file}${root_rest:+ $root_rest}"
	done)
	[ -z "$root_lines" ] || leave "sudo lets $1 run these, and so anything as root, since supervisorctl reads the supervisord.conf that its caller chooses. Remove them with visudo:
$root_lines"
}

# root_alone PATH: whether nobody but root can change what PATH leads to: it and all directories above belong to root and are not for
# others to write, and so with what links on the way lead to. A sticky directory is not enough: names that are not there yet are anybody's.
root_alone() {
	alone_path=$1
	alone_links=0
	while :; do
		# shellcheck disable=SC2046 # owner, group, mode
		set -- $(stat -c '%u %g %a' "$alone_path" 2>/dev/null)
		[ "$#" -eq 3 ] && [ "$1" -eq 0 ] || return 1
		if [ -L "$alone_path" ]; then
			alone_links=$((alone_links + 1))
			[ "$alone_links" -le 40 ] || return 1
			alone_target=$(readlink "$alone_path")
			case $alone_target in
			/*) ;;
			*) alone_target=${alone_path%/*}/$alone_target ;;
			esac
			(root_alone "$alone_target") || return 1
		else
			case $3 in *[2367]) return 1 ;; *[2367]?) [ "$2" -eq 0 ] || return 1 ;; esac
		fi
		[ "$alone_path" != / ] || return 0
		alone_path=${alone_path%/*}
		alone_path=${alone_path:-/}
	done
}

# The configuration that supervisord of this host reads, in $supervisor_configuration; empty where there is none, or where somebody else
# than root could change it or the program.
supervisor() {
	supervisor_program=$(command -v supervisorctl) || supervisor_program=/usr/bin/supervisorctl
	supervisor_configuration=
	supervisor_trouble="/etc/supervisor/supervisord.conf and /etc/supervisord.conf are missing: install the supervisor, and run this again"
	for found_file in /etc/supervisor/supervisord.conf /etc/supervisord.conf; do
		[ -e "$found_file" ] || continue
		for found_part in "$found_file" "$supervisor_program"; do
			if [ -e "$found_part" ] && ! root_alone "$found_part"; then
				supervisor_trouble="$found_part can be written by others than root, who would be root through a line of sudo that names it: chown root:root and chmod go-w it and the directories above, and run this again"
				continue 2
			fi
		done
		[ -n "$supervisor_configuration" ] || supervisor_configuration=$found_file
		# Where both are there: the one whose supervisord answers.
		if [ "$(id -u)" -eq 0 ] && "$supervisor_program" -c "$found_file" version >/dev/null 2>&1; then
			supervisor_configuration=$found_file
			break
		fi
	done
	[ -n "$supervisor_configuration" ] || leave "$supervisor_trouble"
}

# Lines of sudoers, with the paths of supervisorctl and its configuration on this host; without those of it where there is none to name.
supervisor_paths() {
	if [ -n "${supervisor_configuration-}" ]; then
		sed "s| /usr/bin/supervisorctl -c [^ ]* | $supervisor_program -c $supervisor_configuration |"
	else
		grep -v ' /usr/bin/supervisorctl -c ' || :
	fi
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
	[ -n "$supervisor_configuration" ] || return 0
	"$supervisor_program" -c "$supervisor_configuration" reread >/dev/null
	"$supervisor_program" -c "$supervisor_configuration" update "$1" >/dev/null
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
