# shellcheck shell=sh
# `tarlift host setup --apply`: runs the script that it prints, as root. Value: mode (plan or apply). Text: script.

verb_setup() {
	if [ "$(id -u)" -eq 0 ]; then
		set -- sh
	elif sudo -n true 2>/dev/null; then
		set -- sudo -n sh
	else
		fail sudo-missing "$(id -un) is not root, and sudo asks it for a password or is not there" \
			"Log in as a user who may: --as root. Or run the script yourself: tarlift host setup TARGET prints it."
	fi
	setup_code=0
	child_run 600 "$@" "$request/script" "$v_mode" || setup_code=$?
	cp "$session/out" "$session/said"
	case $setup_code in
	0 | 3) reply_text said "$session/said" ;;
	*) fail command-failed "the setup ended with code $setup_code" "What it says at its end is the reason; it may be run again." "$session/said" ;;
	esac
}
