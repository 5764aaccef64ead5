# shellcheck shell=sh
# The modes of a release's files and its configuration. `open`: their owner, the SSH user, may write them (0644, 0755),
# as in a checkout, so that a program that copies one with its mode (a database from a template) gets a copy that it can
# write. `closed`: their owner may not (0444, 0555), if a service or a task runs as that owner: it could write through a
# hard link into each release that has the same file.

# After services_known. Sets $modes, and $modes_why if they are closed.
modes_choose() {
	modes=closed
	if is_owner "${v_run_as-}"; then
		modes_why="hooks and migrations run as $user_name, who owns them"
	elif [ -n "${modes_service_why-}" ]; then
		modes_why=$modes_service_why
	else
		modes=open
	fi
}

# After service_load and a look at the service: keeps the first reason why a service runs as the owner of the files.
modes_service() {
	[ -z "${modes_service_why-}" ] || return 0
	! service_do owner || modes_service_why="service $s_name runs as $user_name, who owns them"
}

# is_owner USER: whether it is the SSH user, by name or number; an empty one is.
is_owner() {
	[ -n "$1" ] || return 0
	[ "$1" != "$user_name" ] || return 0
	[ "$(id -u "$1" 2>/dev/null)" = "$user_id" ]
}

# --- the configuration ------------------------------------------------------------------------------------------------

# readers_service: after service_load and a look at the service: sets $readers_others if the user that reads the
# configuration may be another than the SSH user. Only the supervisor's report of its user, together with its running
# processes, proves that it is not. All that were seen are in $session/readers-seen.
readers_service() {
	readers_user=
	is_owner "${s_run_as:-${v_run_as-}}" || readers_others=yes
	service_do reader || readers_others=yes
	echo "$readers_user" >>"$session/readers-seen"
	for readers_pid in ${s_pids-}; do
		readers_owned=$(stat -c '%u %U' "/proc/$readers_pid" 2>/dev/null)
		[ "${readers_owned%% *}" = "$user_id" ] || readers_others=yes
		echo "${readers_owned#* }" >>"$session/readers-seen"
	done
}

# readers_note: after all services: records what let_read_configuration decides by.
readers_note() {
	rm -f "$session/own-readers"
	readers_named >"$session/readers"
	[ -z "$(value services)" ] || [ -n "${readers_others-}" ] || : >"$session/own-readers"
}

# The users that services have of their own.
readers_named() {
	sed -n 's/^service\.[^ ]*\.\(run-as\|commands-as\) //p' "$request/values"
}

# let_read_configuration: in the .tarlift of a release. If services and tasks all run as the SSH user, only that user
# may read it; else also the group of the services' user, to which `host setup` adds the SSH user.
let_read_configuration() {
	if readers_own; then
		chmod 0600 env
		return
	fi
	readers_group=
	[ -z "${v_run_as-}" ] || readers_group=$(id -gn "$v_run_as" 2>/dev/null)
	[ -z "$readers_group" ] || chgrp "$readers_group" env 2>/dev/null || :
	chmod 0640 env
	if [ -n "${v_run_as-}" ] && ! can "$v_run_as" r env; then
		group_word "$v_run_as"
		fail layout-unusable "$v_run_as cannot read the configuration of the release" "Put $(id -un) into its group: usermod -aG $group_word $(id -un)"
	fi
	readers_report
}

readers_own() {
	[ -f "$session/own-readers" ] && is_owner "${v_run_as-}" || return 1
	for readers_user in ${v_commands_as-}; do
		is_owner "$readers_user" || return 1
	done
}

# readers_report: names the other members of the group that may read the configuration. The group of root is root's.
readers_report() {
	readers_gid=$(stat -c %g env)
	[ "$readers_gid" -ne 0 ] || return 0
	readers_known=" $user_name ${v_run_as-} ${v_commands_as-} $({ readers_named && cat "$session/readers" "$session/readers-seen"; } 2>/dev/null | tr '\n' ' ') "
	# If a directory service (LDAP, AD) does not answer, this does not wait for it.
	{ timeout 5 getent passwd || cat /etc/passwd; } >"$session/passwd" 2>/dev/null
	{ timeout 5 getent group "$readers_gid" || cat /etc/group; } >"$session/group" 2>/dev/null
	readers_names=$(awk -F : -v "known=$readers_known" -v "group=$readers_gid" '
		function found(name) { if (name != "" && !index(known, " " name " ")) { known = known name " "; if (++count <= 5) print name } }
		FILENAME ~ /\/passwd$/ { if ($4 == group && $3 != 0) found($1); next }
		$3 == group { n = split($4, names, ","); for (i = 1; i <= n; i++) found(names[i]) }
		END { if (count > 5) print "and " count - 5 " more" }
	' "$session/passwd" "$session/group" | tr '\n' ' ')
	[ -z "$readers_names" ] ||
		reply warning "the configuration of the release, with its secrets, can be read by all of the group $(stat -c %G env), and others are in it: ${readers_names% }. Give ${v_run_as:-$user_name} a group of its own on the host (groupadd, usermod --gid), and deploy again"
}
