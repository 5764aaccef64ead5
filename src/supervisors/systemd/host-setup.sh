# shellcheck shell=sh
# shellcheck disable=SC2154 # new_file, heard: src/operations/host-setup.sh, which calls these functions and has the others
# systemd's part of the script that `tarlift host setup` prints.

systemd_reads() {
	heard=$(systemctl daemon-reload 2>&1 && systemctl --quiet enable "$1" 2>&1) ||
		leave "systemd could not read $new_file. It says: $heard. When it runs: systemctl daemon-reload && systemctl enable $1"
}

# systemd_defined FILE: the file of this unit, which may be a package's, or a template.
systemd_defined() {
	defined_name=${1##*/}
	case $defined_name in
	*@*.*) defined_template="${defined_name%%@*}@.${defined_name##*.}" ;;
	*) defined_template=$defined_name ;;
	esac
	for defined_directory in /etc /run /usr/local/lib /usr/lib /lib; do
		for defined_file in "$defined_directory/systemd/system/$defined_name" "$defined_directory/systemd/system/$defined_template"; do
			if [ -e "$defined_file" ] || [ -L "$defined_file" ]; then
				printf '%s\n' "$defined_file"
				return 0
			fi
		done
	done
	systemctl show --property=FragmentPath "$defined_name" 2>/dev/null | sed -n 's/^FragmentPath=\(.\)/\1/p'
}

# systemd_reread UNIT: prints the command that makes it read a change.
systemd_reread() { echo "systemctl daemon-reload && systemctl restart $1"; }

# Sudoers rules, with this host's paths of the programs.
systemd_sudo_here() {
	set --
	for here_name in systemctl journalctl; do
		here_program=$(program_here "$here_name")
		alone "$here_program" || here_program=/usr/bin/$here_name
		set -- "$@" -e "s| /usr/bin/$here_name | $here_program |"
	done
	sed "$@"
}
