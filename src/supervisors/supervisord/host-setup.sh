# shellcheck shell=sh
# shellcheck disable=SC2154 # new_file: src/operations/host-setup.sh, which calls these functions and has the others
# supervisord's part of the script that `tarlift host setup` prints.

# The configuration that supervisord of this host reads, in $supervisord_configuration; empty if there is none, or if
# another user than root could change it or the program.
supervisord() {
	supervisord_program=$(program_here supervisorctl)
	supervisord_configuration=
	supervisord_error="/etc/supervisor/supervisord.conf and /etc/supervisord.conf are missing: install the supervisor, and run this again"
	for found_file in /etc/supervisor/supervisord.conf /etc/supervisord.conf; do
		[ -e "$found_file" ] || continue
		for found_part in "$found_file" "$supervisord_program"; do
			if [ -e "$found_part" ] && ! alone "$found_part"; then
				supervisord_error="$found_part can be written by others than root, who would be root through a sudoers rule that names it: chown root:root and chmod go-w it and the directories above, and run this again"
				continue 2
			fi
		done
		[ -n "$supervisord_configuration" ] || supervisord_configuration=$found_file
		# If both exist: the one whose supervisord answers.
		if [ "$(id -u)" -eq 0 ] && "$supervisord_program" -c "$found_file" version >/dev/null 2>&1; then
			supervisord_configuration=$found_file
			break
		fi
	done
	[ -n "$supervisord_configuration" ] || leave "$supervisord_error"
}

# supervisord_file PROGRAM: the file for the program on this system: in a directory of which the configuration includes
# all files; else at the path that a package uses.
supervisord_file() {
	file_found=$({
		supervisord_included
		printf '%s\n' '/etc/supervisor/conf.d/*.conf' '/etc/supervisord.d/*.ini' '/etc/supervisor.d/*.ini'
	} | sed -n 's|^\([^*?[]*\)/\*\([^*?[/]*\)$|\1 \2|p' | while read -r file_at file_suffix; do
		[ ! -d "$file_at" ] || echo "$file_at/$1$file_suffix"
	done | head -n 1)
	echo "${file_found:-/etc/supervisor/conf.d/$1.conf}"
}

# The patterns of [include] of supervisord's configuration, one per line.
supervisord_included() {
	[ -f "${supervisord_configuration-}" ] && [ -r "$supervisord_configuration" ] || return 0
	awk -f included-patterns.awk "$supervisord_configuration"
}

# Only this program: others may have changes that are to be applied later.
supervisord_reads() {
	[ -n "$supervisord_configuration" ] || return 0
	{ supervisord_hears reread && supervisord_hears update "$1"; } ||
		leave "supervisord could not read $new_file. It says: $heard. If it is not running, start it, which reads all; else: supervisorctl reread && supervisorctl update $1"
}

# supervisord_hears VERB...: its answer is in $heard. Before version 4 supervisorctl exits with 0 even if that is an
# error.
supervisord_hears() {
	heard=$("$supervisord_program" -c "$supervisord_configuration" "$@" 2>&1 </dev/null) &&
		! printf '%s\n' "$heard" | grep -qE '^ERROR: |^error: <|^[a-z]+://.* (no such file|refused connection)'
}

# supervisord_defined FILE: a file that defines this program, or group.
supervisord_defined() {
	defined_name=${1##*/}
	# shellcheck disable=SC2046 # patterns
	grep -lsE "^\[(program|group|fcgi-program):${defined_name%.*}\]" /etc/supervisord.conf /etc/supervisor/supervisord.conf \
		/etc/supervisor/conf.d/*.conf /etc/supervisord.d/*.ini /etc/supervisor.d/*.ini $(supervisord_included) | head -n 1
}

# supervisord_reread NAME: prints the command that makes it read a change.
supervisord_reread() { echo "supervisorctl update $1"; }

# Sudoers rules, with this host's paths of the program and of its configuration; without those rules if there is no
# configuration to name.
supervisord_sudo_here() {
	set -- -e "/ \/usr\/bin\/supervisorctl -c /d"
	[ -z "${supervisord_configuration-}" ] ||
		set -- -e "s| /usr/bin/supervisorctl -c [^ ]* | $supervisord_program -c $supervisord_configuration |"
	sed "$@"
}
