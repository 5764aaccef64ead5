# shellcheck shell=sh
# shellcheck disable=SC2154 # s_…: services.sh; supervisor_setting: preflight.sh; request, v_…, user_name: main.sh
# `tarlift host setup --check`: the definitions of services beside what tarlift.yml and `--command` say. Only `host setup` writes a
# definition, and only where there is none, so that a change of tarlift.yml alone reaches no host. Texts: command.NAME, what a service is
# to run in a release, where that was given.

verb_definitions() {
	for name in $(value services); do
		service_load "$name"
		definition_user=${s_run_as:-${v_run_as:-$user_name}}
		definition_command=
		[ ! -f "$request/command.$s_name" ] || definition_command="$v_root/current/.tarlift/exec $(cat "$request/command.$s_name")"
		case $s_kind in
		supervisord) definition_supervisor ;;
		systemd | systemd-user) definition_systemd ;;
		esac
	done
}

definition_systemd() {
	systemd_shows Id LoadState User DynamicUser WorkingDirectory FragmentPath NeedDaemonReload >"$s_files.show"
	[ "$(shown LoadState)" = loaded ] || return 0
	definition_file=$(shown FragmentPath)
	definition_systemctl=systemctl
	[ "$s_kind" = systemd ] || definition_systemctl='systemctl --user'
	definition_reads="$definition_systemctl daemon-reload && $definition_systemctl restart $(shown Id)"
	if [ "$(shown NeedDaemonReload)" = yes ]; then
		reply warning "service $s_name: $definition_file was changed, and systemd still goes by what it read before. Run: $definition_reads"
	fi
	if [ "$s_kind" = systemd ] && [ "$(shown DynamicUser)" != yes ]; then
		definition_has=$(shown User)
		definition_compare User "${definition_has:-root}" "$definition_user" "tarlift.yml (run-as)"
	fi
	definition_directory WorkingDirectory "$(shown WorkingDirectory | sed 's/^[-!]*//')"
	[ -n "$definition_command" ] || return 0
	definition_has=$(definition_text | sed -n 's/^ExecStart[ \t]*=[ \t]*//p' | tail -n 1)
	[ "$(one_dollar "$definition_has")" = "$(one_dollar "$definition_command")" ] ||
		definition_compare ExecStart "$definition_has" "$definition_command" --command
}

# In a unit, `$NAME` is a variable of the unit and `$$NAME` one of the shell: which of them is meant, only the unit's administrator knows.
one_dollar() { printf '%s\n' "$1" | sed 's/\$\$*/$/g'; }

# The unit's file and those that add to it, lines joined that are continued.
definition_text() {
	# shellcheck disable=SC2086 # words
	XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} $definition_systemctl cat "$s_unit" 2>/dev/null </dev/null |
		sed -e ':more' -e '/\\$/{' -e 'N' -e 's/[ \t]*\\\n[ \t]*/ /' -e 'b more' -e '}'
}

definition_supervisor() {
	definition_program=$(supervisor_program)
	supervisor_files
	# shellcheck disable=SC2086 # a list with patterns
	definition_file=$(grep -lsxF -e "[program:$definition_program]" -- $supervisor_files | head -n 1)
	# Elsewhere, or not for this user to read.
	[ -n "$definition_file" ] || return 0
	definition_reads="supervisorctl update ${s_unit%%:*}"
	definition_compare user "$(supervisor_setting user root)" "$definition_user" "tarlift.yml (run-as)"
	definition_directory directory "$(supervisor_setting directory '')"
	[ -z "$definition_command" ] || definition_compare command "$(supervisor_setting command '')" "$definition_command" --command
}

# definition_directory SETTING DIRECTORY: one that leads to the releases of another root; any other may be meant.
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
