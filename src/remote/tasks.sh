# shellcheck shell=sh
# Users' commands in a release: migrations, hooks, `tarlift run`.

# task_run RELEASE_DIRECTORY TEXT_FILE RUN_AS SECONDS inherited|closed: runs shell text by `sh -ec` in the release with
# its configuration; the additional variables of the request are in $request/variables, in the syntax of .tarlift/env.
# Returns its exit code (128 + n for signal n); child_timed_out says whether it was stopped. `inherited`: it keeps the
# host's lock until it ends.
task_run() {
	task_run_as=$3
	[ "$task_run_as" != "$(id -un)" ] || task_run_as=
	[ -f "$1/.tarlift/exec" ] || fail release-damaged "the release ${1##*/} has no configuration" "Deploy it again."
	[ -z "$task_run_as" ] || task_user "$1" "$task_run_as"
	case $5 in
	inherited) child_run_locked "$4" task_start "$1" "$2" "$task_run_as" "$4" ;;
	*) child_run "$4" task_start "$1" "$2" "$task_run_as" "$4" ;;
	esac
}

# task_user RELEASE_DIRECTORY USER: refuses if commands of the release cannot run as another user.
task_user() {
	task_can "$1" "$2" || fail "$task_refusal" "$task_what" "$task_remedy" "$task_output"
}

# task_can RELEASE_DIRECTORY USER: whether commands of the release can run as another user; if not, task_refusal (a
# code), task_what, task_remedy and task_output (a file, or empty) say why.
task_can() {
	task_output=
	if [ "$(id -u)" -eq 0 ]; then
		task_refusal=program-missing
		task_what="commands cannot run as $2: this host has no setpriv, or one without --init-groups"
		task_remedy="Install util-linux 2.31 or newer (Alpine: apk add setpriv). Or deploy as another user than root: tarlift host setup gives it the right."
		(as_user "$2" true) >/dev/null 2>&1
	elif ! command -v sudo >/dev/null; then
		task_refusal=program-missing
		task_what="commands cannot run as $2: this host has no sudo"
		task_remedy="Install it, and run what tarlift host setup prints as root on the host. Or leave run-as out."
		return 1
	else
		task_refusal=sudo-missing
		task_what="$(id -un) may not run commands as $2"
		task_remedy="Add the lines that tarlift host setup prints, or leave run-as out."
		task_output=$session/sudo-said
		! sudo -n -u "$2" "$1/.tarlift/exec" true 2>"$task_output" || return 0
		if mounted "$1" noexec; then
			task_refusal=layout-unusable
			task_what="commands cannot run as $2: $mount_point is mounted noexec, and what sudo starts lies there"
			task_remedy="As root on the host: mount -o remount,exec $mount_point   and take noexec out of its line in /etc/fstab (or of its unit)."
		fi
		return 1
	fi
}

# task_shell RELEASE_DIRECTORY RUN_AS: the command that a person types for a shell in which commands run as with
# task_run. Roots are plain words.
task_shell() {
	[ -z "$2" ] || [ "$2" = "$(id -un)" ] || printf 'sudo -u %s ' "$2"
	printf '%s/.tarlift/exec sh' "$1"
}

# task_start DIRECTORY TEXT_FILE RUN_AS SECONDS: in the background already, so that exec and cd affect nothing else.
task_start() {
	cd "$1" || exit 1
	task_text=$(cat "$2")
	task_variables=$request/variables
	[ -f "$task_variables" ] || task_variables=/dev/null
	# Hook data, no secrets: they may be in the argument list. Quoted as in .tarlift/env, so no value is read as shell
	# text.
	task_prefix="set -a
$(cat "$task_variables")
set +a
"
	# Through sudo: if /proc hides other users' processes, child_end finds none of them. Its limit is later, so that
	# elsewhere child_end's messages are used.
	task_limit=
	if [ -n "$3" ] && [ "$(id -u)" -ne 0 ] && [ "$4" -gt 0 ] && timeout -k 1 1 true >/dev/null 2>&1; then
		task_limit="$(command -v timeout) -k 5 $(($4 + 6))"
	fi
	# shellcheck disable=SC2086 # words
	in_release "$1" "$3" $task_limit sh -ec "$task_prefix$task_text"
}

# in_release RELEASE_DIRECTORY USER COMMAND...: becomes that command, with the release's variables, as that user. In the
# way in which the kernel starts the wrapper, also if its file system is mounted noexec; a sudoers rule names the
# wrapper itself.
in_release() {
	in_release=$1/.tarlift/exec
	in_release_as=$2
	shift 2
	if [ -z "$in_release_as" ] || [ "$in_release_as" = "$(id -un)" ] || [ "$(id -u)" -eq 0 ]; then set -- /bin/sh "$in_release" "$@"; else set -- "$in_release" "$@"; fi
	as_user "$in_release_as" "$@"
}

# as_user USER COMMAND...: becomes that command, as that user; as this one where USER is empty.
as_user() {
	as_user=$1
	shift
	if [ -z "$as_user" ] || [ "$as_user" = "$(id -un)" ]; then
		exec "$@"
	fi
	if [ "$(id -u)" -eq 0 ]; then
		exec setpriv --reuid "$as_user" --regid "$(id -g "$as_user")" --init-groups "$@"
	fi
	exec sudo -n -u "$as_user" "$@"
}
