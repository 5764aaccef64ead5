# shellcheck shell=sh
# shellcheck disable=SC2154,SC2016,SC2015 # v_… are values of the request (main.sh); the programs in quotes are perl's, python's and
# awk's; A && B || C is meant as it is
# The dead man's switch of a place in HAProxy, on HAProxy's own machine: armed before a server is taken out. When the run that did so is
# gone (its program here has ended), and the host has had the time to go back by itself, the server comes back, and HAProxy's own check
# decides whether it gets requests. It travels with its call alone.
#
#   ~/.tarlift/seats/<key>/      lock, given (it came back by itself), x.<nonce>/: armed, about, program, more

# Values: do (probe, arm, disarm), key, socket, server (`<backend>/<server>`), after (seconds).
verb_seats() {
	seat_place=${HOME:-/nonexistent}/.tarlift/seats/$v_key
	seat_socket=$v_socket
	case $v_do in
	probe) seat_probe ;;
	arm) seat_arm ;;
	disarm) seat_disarm ;;
	esac
}

# What this machine lacks for it, in `lacks`; nothing: it can.
seat_probe() {
	switch_way
	[ -n "$switch_way" ] || reply lacks way
	(umask 077 && mkdir -p "${seat_place%/*}") && [ -w "${seat_place%/*}" ] || reply lacks home
	command -v flock >/dev/null || reply lacks flock
	seat_find_client
	[ -n "$seat_client" ] || reply lacks client
}

# The first that is answered, in $seat_client: that something is installed is no proof.
seat_find_client() {
	for seat_client in perl python3 socat nc; do
		[ -z "$(seat_ask "show cli level")" ] || return 0
	done
	seat_client=
}

# seat_ask COMMAND: to the runtime API; prints what it answers.
seat_ask() {
	command -v "$seat_client" >/dev/null || return 1
	case $seat_client:$seat_socket in
	perl:*)
		perl -e 'use IO::Socket::UNIX; use IO::Socket::IP; alarm 10; my ($at, $say) = @ARGV;
			my $to = $at =~ m{^/} ? IO::Socket::UNIX->new(Peer => $at) : IO::Socket::IP->new($at =~ /^\[?(.*?)\]?:(\d+)$/ ? (PeerHost => $1, PeerPort => $2) : ());
			$to or exit 1; print $to "$say\n"; $to->flush; print while <$to>' "$seat_socket" "$1" ;;
	python3:*)
		python3 -c 'import socket, sys
at, say = sys.argv[1:]
if at.startswith("/"):
    to = socket.socket(socket.AF_UNIX); to.settimeout(10); to.connect(at)
else:
    host, port = at.rsplit(":", 1); to = socket.create_connection((host.strip("[]"), int(port)), 10)
to.sendall((say + "\n").encode())
for part in iter(lambda: to.recv(65536), b""): sys.stdout.buffer.write(part)' "$seat_socket" "$1" ;;
	# A comma begins options.
	socat:*,*) return 1 ;;
	socat:/*) echo "$1" | socat -t 10 -T 10 - "UNIX-CONNECT:$seat_socket" ;;
	socat:*) echo "$1" | socat -t 10 -T 10 - "TCP:$seat_socket" ;;
	nc:/*) echo "$1" | nc -w 10 -U "$seat_socket" ;;
	nc:*) echo "$1" | nc -w 10 "${seat_socket%:*}" "${seat_socket##*:}" ;;
	esac 2>/dev/null
}

seat_arm() {
	seat_find_client
	[ -n "$seat_client" ] || fail_with "nothing here reaches $v_socket" "Install socat on it."
	switch_way
	[ -n "$switch_way" ] || fail_with "nothing here outlives this connection" "As root on it: loginctl enable-linger $(id -un)"
	seat_disarm
	(umask 077 && mkdir -p "$seat_place") && seat_own=$(umask 077 && mktemp -d "$seat_place/x.XXXXXX") &&
		printf '%s\n' "$v_socket" "$v_server" "$seat_client" "$v_after" "$$" "$(process_start "$$")" >"$seat_own/about" &&
		cp "$request/program" "$seat_own/more" || fail_with "$seat_place cannot be written" "Look at free space (df), and whose it is."
	switch_start "$seat_own" "$seat_own/armed" seat_main ||
		fail_with "the dead man's switch of $v_server could not be armed ($switch_way)" "Look at the log of this machine."
}

# Whoever armed it is not waited for any more. Replies `given yes` where the server had come back by itself.
seat_disarm() {
	[ -d "$seat_place" ] || return 0
	(
		flock 8
		[ ! -f "$seat_place/given" ] || reply given yes
		rm -rf "$seat_place"
	) 8>>"$seat_place/lock"
}

# The switch itself. What it is told to do is a directory: whoever removes that disarms it.
seat_main() {
	switch_alone
	{
		read -r seat_socket
		read -r seat_server
		read -r seat_client
		read -r seat_after
		read -r seat_run
		read -r seat_run_start
	} <"$1/about"
	: >"$1/armed"
	seat_quiet=0
	while [ "$seat_quiet" -lt "$seat_after" ] && sleep 1; do
		[ -f "$1/armed" ] || exit 0
		seat_quiet=$((seat_quiet + 1))
		[ "$(process_start "$seat_run")" != "$seat_run_start" ] || seat_quiet=0
	done
	seat_give "$1" || :
	rm -rf "$1"
}

# seat_give DIRECTORY: in maintenance HAProxy does not look, and takes whoever comes back from there for healthy until it has. A server
# that drains is looked at and gets nobody new.
seat_give() {
	seat_wanted=
	seat_tries=0
	until [ -n "$seat_wanted" ]; do
		[ -f "$1/armed" ] && [ "$seat_tries" -lt 600 ] || return 1
		seat_wanted=$(seat_state)
		seat_tries=$((seat_tries + 1))
		[ -n "$seat_wanted" ] || sleep 1
	done
	# Somebody has brought it back already.
	[ "$seat_wanted" != 0 ] || return 0
	seat_want "$1" drain || return 1
	seat_tries=0
	until seat_looked || [ "$seat_tries" -ge 60 ]; do
		seat_tries=$((seat_tries + 1))
		sleep 1
	done
	seat_want "$1" ready
	[ "$(seat_state)" = 0 ] || return 1
	(
		flock 8
		[ ! -f "$1/armed" ] || : >"$1/../given"
	) 8>>"$1/../lock"
}

# seat_state: prints 0 where the server is to be ready; nothing where HAProxy does not say. 59 is the bits of maintenance and of drain in
# srv_admin_state (src/balancers/haproxy/runtime-api.ts): others stay on a server that is ready.
seat_state() {
	seat_bits=$(seat_field "show servers state ${seat_server%%/*}" srv_admin_state)
	case $seat_bits in '' | *[!0-9]*) return 0 ;; esac
	echo "$((seat_bits & 59))"
}

# seat_want DIRECTORY STATE: unless it was disarmed, which is decided under the lock.
seat_want() {
	(
		flock 8
		[ -f "$1/armed" ] && seat_ask "set server $seat_server state $2"
	) 8>>"$1/../lock"
}

# Whether a check has spoken since the server left maintenance: its health then stands at `rise` and goes up or down from there.
seat_looked() {
	seat_rise=$(seat_field "show stat" check_rise)
	[ -z "$seat_rise" ] || [ "$(seat_field "show stat" check_health)" != "$seat_rise" ]
}

# seat_field COMMAND COLUMN: of this server, from an answer whose first `#` line names its columns.
seat_field() {
	seat_ask "$1" | awk -v column="$2" -v wanted="$seat_server" '
		/^# / {
			between = /^# be_id / ? " " : ","
			count = split(substr($0, 3), names, between)
			for (n = 1; n <= count; n++) at[names[n]] = n
			next
		}
		between {
			gsub(/"[^"]*"/, "")
			split($0, fields, between)
			name = between == " " ? fields[at["be_name"]] "/" fields[at["srv_name"]] : fields[at["pxname"]] "/" fields[at["svname"]]
			if (name == wanted && at[column]) print fields[at[column]]
		}'
}
