# shellcheck shell=sh
# shellcheck disable=SC2154 # s_…: services.sh; session, v_…: main.sh
# What stands against starting the services of a request anew, as findings and warnings: nothing is touched.

# Where packages of distributions let supervisord look for its programs.
SUPERVISOR_FILES="/etc/supervisord.conf /etc/supervisor/supervisord.conf /etc/supervisor/conf.d/*.conf /etc/supervisord.d/*.ini /etc/supervisor.d/*.ini"

# Sets supervisor_files: these, and those that the configurations among them include; patterns.
supervisor_files() {
	[ -z "${supervisor_files-}" ] || return 0
	set --
	for supervisor_at in $SUPERVISOR_FILES; do
		[ ! -r "$supervisor_at" ] || set -- "$@" "$supervisor_at"
	done
	supervisor_files=$SUPERVISOR_FILES
	[ "$#" -eq 0 ] || supervisor_files="$supervisor_files $(supervisor_included "$@" | tr '\n' ' ')"
}

# supervisor_included FILE…: the patterns of their [include], which go on in lines that begin with a blank, and count from the file's
# directory. As in host-setup.sh.
supervisor_included() {
	awk '
		function patterns(text,    n, words, i) {
			sub(/(^|[ \t]);.*/, "", text)
			n = split(text, words, " ")
			for (i = 1; i <= n; i++) {
				gsub(/%\(here\)s/, here, words[i])
				print words[i] ~ /^\// ? words[i] : here "/" words[i]
			}
		}
		FNR == 1 { here = FILENAME; sub(/\/[^\/]*$/, "", here); include = files = 0 }
		/^\[/ { include = /^\[include\]/; files = 0; next }
		include && /^[ \t]+[^ \t]/ && files { patterns($0); next }
		{ files = 0 }
		include && /^files[ \t]*[=:]/ { files = 1; sub(/^files[ \t]*[=:]/, ""); patterns($0) }
	' "$@"
}

# What they say, one after the other.
supervisor_text() {
	supervisor_files
	# shellcheck disable=SC2086 # a list with patterns
	cat $supervisor_files 2>/dev/null
}

services_known() {
	for name in $(value services); do
		service_load "$name"
		service_user_known
		case $s_kind in
		supervisord) supervisor_known ;;
		systemd | systemd-user) systemd_known ;;
		esac
		modes_service
		readers_service
	done
	readers_note
	[ -z "${sudo_listing_read-}" ] || sudo_gives_root
	[ -z "$(value services)" ] || proc_open ||
		reply warning "processes of other users are hidden from $(id -un) on this host (hidepid of /proc, or ProtectProc= of sshd's unit): which release a service runs may be seen only over HTTP, by a health check with release-header"
}

# A service with a user of its own: it exists, and can read the configuration, which belongs to the group of the target's run-as.
service_user_known() {
	[ -n "$s_run_as" ] && [ "$s_run_as" != "${v_run_as-}" ] && [ "$s_run_as" != "$(id -un)" ] || return 0
	if ! id -u "$s_run_as" >/dev/null 2>&1; then
		finding "service $s_name: this host has no user $s_run_as" "Create it, or change the service's run-as."
		return 0
	fi
	id -G "$s_run_as" | tr ' ' '\n' | grep -qxF "$(id -g ${v_run_as:+"$v_run_as"})" && return
	group_word "${v_run_as:-$(id -un)}"
	reply warning "service $s_name: $s_run_as is not in the group $group_word, which may read the configuration: usermod -aG $group_word $s_run_as (systemd's EnvironmentFile= works without)"
}

supervisor_known() {
	if ! command -v supervisorctl >/dev/null; then
		finding "service $s_name: this host has no supervisorctl" "Install supervisor on the host."
		return 0
	fi
	supervisor_files
	service_look
	case $s_state in
	unreachable)
		finding "service $s_name: $(id -un) may not talk to supervisord" \
			"Is it running? The sudoers lines that tarlift host setup prints let this user in. The socket's group (chown in [unix_http_server]) does as well, and gives all of its programs."
		return 0
		;;
	missing)
		supervisor_missing
		return 0
		;;
	esac
	[ "$(id -u)" -eq 0 ] || sudo_listing
	if [ "$supervisor_by" != supervisorctl ]; then
		for verb in restart $(service_first stop); do service_sudo "$(supervisor_line "$verb" "$s_unit")"; done
		case $s_action in
		reload) service_sudo "$(supervisor_line signal HUP "$s_unit")" ;;
		signal\ *) service_sudo "$(supervisor_line signal "${s_action#signal }" "$s_unit")" ;;
		esac
	fi
	service_kills_after "$(supervisor_setting stopwaitsecs 10)" stopwaitsecs
	service_warn_current
}

# What supervisord does not know by that name may be in its configuration: in a group, with several processes, or not read yet.
supervisor_missing() {
	missing_name=$(supervisor_called)
	case $missing_name in
	'')
		finding "service $s_name: supervisord has no program $s_unit" \
			"Add it to supervisord's configuration (tarlift host setup prints a snippet), then: supervisorctl update"
		;;
	"$s_unit" | "${s_unit%:\*}")
		finding "service $s_name: supervisord has not read the program $s_unit, which its configuration has" \
			"As root on the host: supervisorctl update ${s_unit%%:*}"
		;;
	shared:*)
		finding "service $s_name: supervisord has no $s_unit: the program has several processes (numprocs) in the group ${missing_name#shared:}, and a restart of ${missing_name#shared:}:* would take the group's other programs along" \
			"Give it a group of its own: remove $(supervisor_program) from programs= of [group:${missing_name#shared:}] in supervisord's configuration, and as root on the host: supervisorctl update   Then write in tarlift.yml: supervisord: \"$(supervisor_program):*\"   and run tarlift host setup again, whose sudoers lines name it."
		;;
	*)
		finding "service $s_name: supervisord has no $s_unit: it calls that program $missing_name" \
			"Write in tarlift.yml: supervisord: \"$missing_name\"   and run tarlift host setup again, whose sudoers lines name it."
		;;
	esac
}

# Prints what supervisord calls the program of $s_unit by its configuration: NAME, NAME:* where it has several processes, GROUP:NAME in a
# group, shared:GROUP where it is both and the group has other programs; nothing where no file that can be read has it.
supervisor_called() {
	supervisor_text | awk -v "program=$(supervisor_program)" '
		/^\[/ { sub(/[ \t]*$/, ""); section = $0; if (section == "[program:" program "]") there = 1; next }
		{ value = $0; sub(/^[^=]*=[ \t]*/, "", value); sub(/[ \t]*([ \t];.*)?$/, "", value) }
		section == "[program:" program "]" && /^numprocs[ \t]*=/ { many = value > 1 }
		section ~ /^\[group:/ && /^programs[ \t]*=/ {
			n = split(value, names, /[ \t]*,[ \t]*/)
			for (i = 1; i <= n; i++) if (names[i] == program) { shared = n > 1; group = section; gsub(/^\[group:|\]$/, "", group) }
		}
		END {
			if (!there) exit
			if (many && shared) print "shared:" group
			else if (many) print (group == "" ? program : group) ":*"
			else print (group == "" ? "" : group ":") program
		}'
}

# The program that $s_unit is a process of: of `group:*`, and of one of several processes, the program has the group's name.
supervisor_program() {
	if supervisor_text | grep -qxF -e "[program:${s_unit##*:}]"; then
		printf '%s' "${s_unit##*:}"
	else
		printf '%s' "${s_unit%%:*}"
	fi
}

# supervisor_setting KEY DEFAULT: what the configuration of the program says, where it can be read and stands where packages put it.
supervisor_setting() {
	supervisor_text |
		awk -v wanted="[program:$(supervisor_program)]" -v key="$1" -v standard="$2" '
			/^\[/ { sub(/[ \t]*$/, ""); mine = $0 == wanted; if (mine) found = standard; next }
			mine && $0 ~ "^" key "[ \t]*=" { sub(/^[^=]*=[ \t]*/, ""); sub(/[ \t]*(;.*)?$/, ""); found = $0 }
			END { if (found != "") print found }'
}

systemd_known() {
	if ! command -v systemctl >/dev/null; then
		finding "service $s_name: this host has no systemd" "Use another supervisor for it, or another host."
		return 0
	fi
	[ "$s_kind" = systemd ] || systemd_user_known || return 0
	service_look
	if [ "$s_state" = missing ] && [ "$(shown LoadState)" = masked ]; then
		finding "service $s_name: the unit $s_unit is masked on this host, so that nothing may start it" \
			"If it is to run again, as root: systemctl unmask $s_unit   Else leave the service out of tarlift.yml, or the host out of its roles."
		return 0
	fi
	case $s_state:$(shown LoadState) in
	missing:bad-setting | missing:error)
		known_analyze="systemd-analyze verify $s_unit"
		[ "$s_kind" = systemd ] || known_analyze="systemd-analyze --user verify $s_unit"
		finding "service $s_name: systemd cannot load the unit $s_unit: $(systemd_load_error)" \
			"On the host, this names the line: $known_analyze   Mend it, then: systemctl daemon-reload"
		return 0
		;;
	esac
	if [ "$s_state" = missing ]; then
		finding "service $s_name: systemd does not know the unit $s_unit" \
			"Install the unit (tarlift host setup prints one), then: systemctl daemon-reload"
		return 0
	fi
	if [ "$s_state" = unreachable ]; then
		finding "service $s_name: systemd does not answer $(id -un)" "Is its bus there? On the host: systemctl status $s_unit"
		return 0
	fi
	systemd_runs_something || return 0
	if [ "$s_kind" = systemd ] && [ "$(id -u)" -ne 0 ]; then
		for verb in restart $(service_first stop); do service_sudo "$(command -v systemctl) $verb $s_unit"; done
		case $s_action in
		reload) service_sudo "$(command -v systemctl) reload $s_unit" ;;
		signal\ *) service_sudo "$(command -v systemctl) kill --kill-who=main -s ${s_action#signal } $s_unit" ;;
		esac
	fi
	if [ "$s_action" = reload ] && [ "$(systemd_show CanReload)" = no ]; then
		finding "service $s_name: the unit $s_unit has no ExecReload, so it cannot be reloaded" \
			"Add to [Service]: ExecReload=kill -HUP \$MAINPID   or use \`action: restart\`."
	fi
	systemd_way_back_known
	service_kills_after "$(systemd_show TimeoutStopUSec | seconds_of_limit)" TimeoutStopSec
	service_warn_current
}

# A unit that has no processes of its own shows nothing of a release: it is active whatever the code does.
systemd_runs_something() {
	known_id=$(systemd_show Id)
	case $known_id in
	*.service)
		[ "$(shown Type)" = oneshot ] && [ "$(systemd_show RemainAfterExit)" = no ] || return 0
		finding "service $s_name: the unit $s_unit is Type=oneshot, which runs to its end, and nothing of it stays" \
			"Run its command in a hook (after-activate). If it starts something that stays: RemainAfterExit=yes."
		;;
	*.target)
		known_units=$(for known_kind in Requires Wants Upholds BindsTo ConsistsOf; do systemd_show "$known_kind"; done | tr ' ' '\n' | grep '\.service$' | sort -u | tr '\n' ' ')
		finding "service $s_name: $known_id runs nothing itself, and is active whatever becomes of its units" \
			"Name the services behind it in tarlift.yml, each as one of its own${known_units:+: $known_units}"
		;;
	*.timer | *.path)
		finding "service $s_name: $known_id runs nothing itself" \
			"Leave it out of \`services\`: what it starts next is in the release that is live then."
		;;
	*)
		finding "service $s_name: $known_id runs nothing itself" \
			"Name the service behind it (${known_id%.*}.service?) in tarlift.yml instead."
		;;
	esac
	return 1
}

# A user manager ends, and its services with it, when nobody of that user is logged in, unless it lingers.
systemd_user_known() {
	if [ ! -S "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/systemd/private" ]; then
		finding "service $s_name: no user manager of systemd runs for $(id -un)" "As root on the host: loginctl enable-linger $(id -un)"
		return 1
	fi
	[ -e "/var/lib/systemd/linger/$(id -un)" ] ||
		finding "service $s_name: the user manager of $(id -un) ends at logout, and its services with it" \
			"As root on the host: loginctl enable-linger $(id -un)"
}

# Reads systemd's `1min 30s` and prints 90, and what is left of a second as a whole one; nothing for infinity and what it cannot read.
seconds_of_span() {
	awk '
		BEGIN { split("us ms s min h d w month y", names); split("0.000001 0.001 1 60 3600 86400 604800 2629800 31557600", lengths) }
		$0 == "0" { print 0; next }
		{
			sum = 0
			for (i = 1; i <= NF; i++) {
				unit = $i; sub(/^[0-9.]+/, "", unit)
				for (n = 1; n in names && names[n] != unit; n++);
				if (!(n in names) || unit == $i) next
				sum += lengths[n] * $i
			}
			print int(sum) + (sum > int(sum))
		}'
}

# The same for the time of a stop, where 0 is none: so systemd before 229 shows it.
seconds_of_limit() {
	seconds_of_span | grep -vx 0
}

# Seconds in which starts of the unit are counted; 0: they are not. systemd before 230 has it by another name, in microseconds.
start_limit() {
	limit_span=$(systemd_show StartLimitIntervalUSec)
	if [ -n "$limit_span" ]; then
		printf '%s\n' "$limit_span" | seconds_of_span
	else
		systemd_show StartLimitInterval | awk '/^[0-9]+$/ { seconds = int($0 / 1000000); print seconds + (seconds * 1000000 < $0) }'
	fi
}

# service_kills_after SECONDS SETTING: a stop-timeout is worth nothing where the supervisor kills before, or at the same time.
service_kills_after() {
	[ -n "$s_stop_limit" ] && [ "${1:-infinity}" -le "$s_stop_limit" ] 2>/dev/null || return 0
	reply warning "service $s_name: its supervisor kills it $1 s after it was told to stop ($2), and its stop-timeout of $s_stop_limit s promises longer: a deploy that cuts it so fails. Give $2 $((s_stop_limit + 15)) s"
}

# What it would cost if a release died at once: told before anything changes.
systemd_way_back_known() {
	[ "$s_kind" = systemd ] && [ "$user_id" -ne 0 ] && [ -s "$session/sudo" ] || return 0
	known_lacks=
	known_wait=$(start_limit)
	[ "$known_wait" = 0 ] || systemd_may reset-failed "$s_unit" || known_lacks=" \`systemctl reset-failed $s_unit\`"
	for known_unit in $(systemd_show TriggeredBy); do
		case $known_unit in *.socket) ;; *) continue ;; esac
		for verb in reset-failed start; do
			systemd_may "$verb" "$known_unit" || known_lacks="$known_lacks \`systemctl $verb $known_unit\`"
		done
	done
	[ -z "$known_lacks" ] ||
		reply warning "service $s_name: sudo does not let $user_name run$known_lacks. systemd refuses a unit that was started too often: if a release dies at once, the old one may not be started again for ${known_wait:+up to }${known_wait:-an unlimited time}${known_wait:+ s}. Run what tarlift host setup prints for this host again"
}

# service_first WORD: prints it where this host has no release yet: a first release that fails is stopped.
service_first() {
	[ -L "$v_root/current" ] || echo "$1"
}

# service_sudo COMMAND-LINE: a missing line is a finding; where the listing cannot be read, the right is unproven.
service_sudo() {
	sudo_allows "$1" && return 0
	if [ -s "$session/sudo" ]; then
		sudo_remedy="Add this line with visudo, below all others for $(id -un), since the last one that matches decides: $(id -un) ALL=(root) NOPASSWD: $(printf '%s\n' "$1" | sudo_written)"
		[ -z "$(printf '%s\n' "$1" | sudo_root_lines)" ] || sudo_remedy="As root on the host, run what tarlift host setup prints."
		finding "service $s_name: sudo does not let $(id -un) run \`$1\` without a password" "$sudo_remedy"
	else
		reply warning "service $s_name: unproven that sudo lets $(id -un) run \`$1\` ($(sudo_why))"
	fi
}

# Reads a command line, and prints it as it has to stand in sudoers (src/operations/host-setup.ts: escapeSudoers; host-setup.sh: sudo_here).
sudo_written() {
	if [ -n "${sudo_plain-}" ]; then
		sed 's/[,:=#\\]/\\&/g'
	else
		sed -e 's/\\/\\\\/g' -e 's/[][,:=#\\*?!^]/\\&/g'
	fi
}

# Lines of older setups, and others like them.
sudo_gives_root() {
	sudo_line=$(sudo_commands | sudo_root_lines | head -n 1)
	[ -z "$sudo_line" ] ||
		reply warning "sudo lets $(id -un) run \`$sudo_line\`, and so anything as root: supervisorctl reads the supervisord.conf that its caller chooses. As root on the host, run what tarlift host setup prints, and remove such lines from all other files of sudo"
	sudo_line=$(sed '/^User /,$d' "$session/sudo" | grep -Eo '(^|[ ,])(setenv|env_keep[+]?="?[^",]*(PYTHON|LD_)[A-Z_]*)' | head -n 1)
	[ -z "$sudo_line" ] ||
		reply warning "sudo takes variables from $(id -un) (${sudo_line#[ ,]}) that decide what a program loads, so that each of its lines gives anything as root. Remove that from its Defaults"
}

# Reads command lines, and prints those of supervisorctl whose configuration is the caller's to choose: a plugin of it runs as root.
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

# `current` as text in a command line makes an old process import new code after a swap.
service_warn_current() {
	for process in $s_pids; do
		if tr '\0' ' ' <"/proc/$process/cmdline" 2>/dev/null | grep -v '/\.tarlift/exec' | grep -qF "$v_root/current/"; then
			reply warning "service $s_name: its command line has paths through $v_root/current, so that after a swap old processes import new code; use paths relative to the working directory (.venv/bin/…)"
			return 0
		fi
	done
}
