# shellcheck shell=sh
# systemd's part of `tarlift host setup --check`: it is sent with that call.

systemd_definition() {
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

# In a unit, `$NAME` is a variable of the unit and `$$NAME` one of the shell: only the unit's administrator knows which
# is intended.
one_dollar() { printf '%s\n' "$1" | sed 's/\$\$*/$/g'; }

# The unit's file and its drop-ins, with continued lines joined.
definition_text() {
	# shellcheck disable=SC2086 # words
	XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} $definition_systemctl cat "$s_unit" 2>/dev/null </dev/null |
		sed -e ':more' -e '/\\$/{' -e 'N' -e 's/[ \t]*\\\n[ \t]*/ /' -e 'b more' -e '}'
}
