# shellcheck shell=sh
# supervisord's part of `tarlift host setup --check`: it is sent with that call.

supervisord_definition() {
	definition_program=$(supervisord_program)
	supervisord_files
	# shellcheck disable=SC2086 # a list with patterns
	definition_file=$(grep -lsxF -e "[program:$definition_program]" -- $supervisord_files | head -n 1)
	# At another path, or not readable for this user.
	[ -n "$definition_file" ] || return 0
	definition_reads="supervisorctl update ${s_unit%%:*}"
	definition_compare user "$(supervisord_setting user root)" "$definition_user" "tarlift.yml (run-as)"
	definition_directory directory "$(supervisord_setting directory '')"
	[ -z "$definition_command" ] || definition_compare command "$(supervisord_setting command '')" "$definition_command" --command
}
