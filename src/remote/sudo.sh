# shellcheck shell=sh
# What sudo allows the SSH user to do, by its listing.

# The full listing of what sudo allows this user to do, in $session/sudo; empty if it needs a password (Defaults
# listpw=always), or there is none: $session/sudo-said has sudo's output.
sudo_listing() {
	[ -z "${sudo_listing_read-}" ] || return 0
	sudo_listing_read=1
	# shellcheck disable=SC2024 # the listing goes into a file of ours
	LC_ALL=C sudo -n -l >"$session/sudo" 2>"$session/sudo-said" </dev/null || : >"$session/sudo"
	sudo_plain=
	case $(sudo -V 2>&1 </dev/null) in sudo-rs*) sudo_plain=yes ;; esac
}

# sudo_allows COMMAND-LINE: whether the full listing allows this user to run exactly this line as root without a
# password. As for sudo, the last rule that matches decides. `sudo -n -l COMMAND` is no proof: it succeeds for a command
# that then asks for a password.
sudo_allows() {
	sudo_listing
	sudo_rules | wanted=$1 awk '
		BEGIN { wanted = ENVIRON["wanted"]; program = wanted; sub(/ .*/, "", program) }
		{ rule = $1; sub(/^[a-z]+ /, "") }
		# A program without arguments stands for any.
		$0 == "ALL" || $0 == wanted || $0 == program { last = rule }
		END { exit last != "yes" }'
}

# sudo_perhaps COMMAND-LINE: the same, and also true if sudo does not show its listing: then only an attempt can show
# it. A user without any sudoers rule makes no attempt: sudo would send root a mail.
sudo_perhaps() {
	sudo_listing
	if [ -s "$session/sudo" ]; then
		sudo_allows "$1"
	else
		command -v sudo >/dev/null && ! grep -qs 'may not run sudo' "$session/sudo-said"
	fi
}

# sudo_why: why it is not known what sudo allows this user to do.
sudo_why() {
	if command -v sudo >/dev/null; then
		sudo_last=$(tail -n 1 "$session/sudo-said" 2>/dev/null)
		printf 'sudo says: %s' "${sudo_last:-nothing}"
	else
		printf 'this host has no sudo'
	fi
}

# What the listing allows this user to run as root without a password, one command per line.
sudo_commands() {
	sudo_rules | sed -n 's/^yes //p'
}

# Commands of the listing that concern root, in its order: `yes COMMAND` under NOPASSWD, else `no COMMAND`.
sudo_rules() {
	awk -v "plain=${sudo_plain-}" -f sudo-rules.awk "$session/sudo"
}

# service_sudo COMMAND-LINE: a missing rule is a finding; if the listing cannot be read, the permission is unproven.
service_sudo() {
	sudo_allows "$1" && return 0
	if [ -s "$session/sudo" ]; then
		sudo_remedy="Add this line with visudo, below all others for $(id -un), since the last one that matches decides: $(id -un) ALL=(root) NOPASSWD: $(printf '%s\n' "$1" | sudo_written)"
		[ -z "$(printf '%s\n' "$1" | sudo_root_lines)" ] || sudo_remedy="As root on the host, run what tarlift host setup prints."
		finding sudo-missing "service $s_name: sudo does not let $(id -un) run \`$1\` without a password" "$sudo_remedy"
	else
		reply warning "service $s_name: unproven that sudo lets $(id -un) run \`$1\` ($(sudo_why))"
	fi
}

# Reads a command line, and prints it as it must be written in sudoers (src/operations/host-setup.ts: escapeSudoers; the
# sudo_here of its script).
sudo_written() {
	if [ -n "${sudo_plain-}" ]; then
		sed 's/[,:=#\\]/\\&/g'
	else
		sed -e 's/\\/\\\\/g' -e 's/[][,:=#\\*?!^]/\\&/g'
	fi
}

# Rules of older setups, and similar ones.
sudo_gives_root() {
	sudo_line=$(sudo_commands | sudo_root_lines | head -n 1)
	[ -z "$sudo_line" ] ||
		reply warning "sudo lets $(id -un) run \`$sudo_line\`, and so anything as root: supervisorctl reads the supervisord.conf that its caller chooses. As root on the host, run what tarlift host setup prints, and remove such lines from all other files of sudo"
	sudo_line=$(sed '/^User /,$d' "$session/sudo" | grep -Eo '(^|[ ,])(setenv|env_keep[+]?="?[^",]*(PYTHON|LD_)[A-Z_]*)' | head -n 1)
	[ -z "$sudo_line" ] ||
		reply warning "sudo takes variables from $(id -un) (${sudo_line#[ ,]}) that decide what a program loads, so that each of its rules gives full access as root. Remove that from its Defaults"
}

# Reads command lines, and prints those of supervisorctl whose configuration the caller can choose: a plugin of it runs
# as root.
sudo_root_lines() {
	while read -r root_program root_option root_file root_rest; do
		case $root_program in */supervisorctl) ;; *) continue ;; esac
		case $root_option:$root_file in
		-c:*[*?[]*) ;;
		-c:/*) [ -w "$root_file" ] || [ -w "${root_file%/*}" ] || continue ;;
		esac
		printf '%s\n' "$root_program${root_option:+ $root_option}${root_file:+ $root_file}${root_rest:+ $root_rest}"
	done
}
