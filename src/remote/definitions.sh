# shellcheck shell=sh
# `tarlift host setup --check`: compares the definitions of services with tarlift.yml and `--command`. Only `host setup`
# writes a definition, and only if there is none, so a change of tarlift.yml alone reaches no host. Texts: command.NAME,
# the command of a service in a release, if it is known.

verb_definitions() {
	for name in $(value services); do
		service_load "$name"
		definition_user=${s_run_as:-${v_run_as:-$user_name}}
		definition_command=
		[ ! -f "$request/command.$s_name" ] || definition_command="$v_root/current/.tarlift/exec $(cat "$request/command.$s_name")"
		service_do definition
	done
}

# definition_directory SETTING DIRECTORY: reports a directory in the releases of another root; any other may be
# intended.
definition_directory() {
	case $2/ in
	"$v_root"/*) ;;
	*/current/*) definition_compare "$1" "$2" "$v_root/current" "tarlift.yml (root)" ;;
	esac
}

# definition_compare SETTING HAS WANTED WHO
definition_compare() {
	[ "$2" = "$3" ] ||
		reply warning "service $s_name: $definition_file has $1=$2, and $4 says $3. Tarlift changes no definition that is there: edit it as root, then run: $definition_reads"
}
