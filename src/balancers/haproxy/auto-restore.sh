# shellcheck shell=sh
# shellcheck disable=SC2016,SC2015 # the programs in quotes are perl's, python's and awk's; A && B || C is meant as it is
# Restores a server in HAProxy automatically, on HAProxy's own machine: armed before the server is drained. When the run
# that armed it is gone (its program here has ended), and the host has had the time to revert by itself, the server is
# restored, and HAProxy's own check decides whether it gets requests. It is sent only with its own call.
#
#   ~/.tarlift/seats/<key>/      lock, given (it was restored automatically), x.<nonce>/: armed, about, program, more

# Values: do (probe, arm, disarm), key, socket, server (`<backend>/<server>`), after (seconds).
verb_pool() {
	pool_place=${HOME:-/nonexistent}/.tarlift/seats/$v_key
	pool_socket=$v_socket
	case $v_do in
	probe) pool_probe ;;
	arm) pool_arm ;;
	disarm) pool_disarm ;;
	esac
}

# What this machine lacks for it, in `lacks`; empty: nothing.
pool_probe() {
	detach_method
	[ -n "$detach_method" ] || reply lacks way
	(umask 077 && mkdir -p "${pool_place%/*}") && [ -w "${pool_place%/*}" ] || reply lacks home
	command -v flock >/dev/null || reply lacks flock
	pool_find_client
	[ -n "$pool_client" ] || reply lacks client
}

# The first client that gets an answer, in $pool_client: that a client is installed is no proof.
pool_find_client() {
	for pool_client in perl python3 socat nc; do
		[ -z "$(pool_ask "show cli level")" ] || return 0
	done
	pool_client=
}

# pool_ask COMMAND: sends it to the runtime API; prints the answer.
pool_ask() {
	command -v "$pool_client" >/dev/null || return 1
	case $pool_client:$pool_socket in
	perl:*)
		perl -e 'use IO::Socket::UNIX; use IO::Socket::IP; alarm 10; my ($at, $say) = @ARGV;
			my $to = $at =~ m{^/} ? IO::Socket::UNIX->new(Peer => $at) : IO::Socket::IP->new($at =~ /^\[?(.*?)\]?:(\d+)$/ ? (PeerHost => $1, PeerPort => $2) : ());
			$to or exit 1; print $to "$say\n"; $to->flush; print while <$to>' "$pool_socket" "$1" ;;
	python3:*)
		python3 -c 'import socket, sys
at, say = sys.argv[1:]
if at.startswith("/"):
    to = socket.socket(socket.AF_UNIX); to.settimeout(10); to.connect(at)
else:
    host, port = at.rsplit(":", 1); to = socket.create_connection((host.strip("[]"), int(port)), 10)
to.sendall((say + "\n").encode())
for part in iter(lambda: to.recv(65536), b""): sys.stdout.buffer.write(part)' "$pool_socket" "$1" ;;
	# A comma begins options.
	socat:*,*) return 1 ;;
	socat:/*) echo "$1" | socat -t 10 -T 10 - "UNIX-CONNECT:$pool_socket" ;;
	socat:*) echo "$1" | socat -t 10 -T 10 - "TCP:$pool_socket" ;;
	nc:/*) echo "$1" | nc -w 10 -U "$pool_socket" ;;
	nc:*) echo "$1" | nc -w 10 "${pool_socket%:*}" "${pool_socket##*:}" ;;
	esac 2>/dev/null
}

pool_arm() {
	pool_find_client
	[ -n "$pool_client" ] || fail program-missing "no program on this machine gets an answer from $v_socket" "Install socat on it."
	detach_method
	[ -n "$detach_method" ] || fail auto-revert-unavailable "this machine ends the processes of a session with the session" "As root on it: loginctl enable-linger $(id -un)"
	pool_disarm
	(umask 077 && mkdir -p "$pool_place") && pool_own=$(umask 077 && mktemp -d "$pool_place/x.XXXXXX") &&
		printf '%s\n' "$v_socket" "$v_server" "$pool_client" "$v_after" "$$" "$(process_start "$$")" >"$pool_own/about" &&
		cp "$request/program" "$pool_own/more" || fail not-writable "$pool_place cannot be written" "Look at free space (df), and at its owner."
	detach "$detach_method" "$pool_own" "$pool_own/armed" pool_main ||
		fail auto-revert-unavailable "auto-restore of $v_server could not be armed ($detach_method)" "Look at the log of this machine."
}

# The run that armed it has ended or restored the server itself. Replies `given yes` if it was restored automatically.
pool_disarm() {
	[ -d "$pool_place" ] || return 0
	(
		flock 8
		[ ! -f "$pool_place/given" ] || reply given yes
		rm -rf "$pool_place"
	) 8>>"$pool_place/lock"
}

# The auto-restore process. Its input is a directory: removing that directory disarms it.
pool_main() {
	detached_begin
	{
		read -r pool_socket
		read -r pool_server
		read -r pool_client
		read -r pool_after
		read -r pool_run
		read -r pool_run_start
	} <"$1/about"
	: >"$1/armed"
	pool_quiet=0
	while [ "$pool_quiet" -lt "$pool_after" ] && sleep 1; do
		[ -f "$1/armed" ] || exit 0
		pool_quiet=$((pool_quiet + 1))
		[ "$(process_start "$pool_run")" != "$pool_run_start" ] || pool_quiet=0
	done
	pool_restore "$1" || :
	rm -rf "$1"
}

# pool_restore DIRECTORY: HAProxy does not check a server in maintenance, and assumes that a server which leaves
# maintenance is healthy until it has checked it. A draining server is checked and gets no new clients.
pool_restore() {
	pool_admin_state=
	pool_attempts=0
	until [ -n "$pool_admin_state" ]; do
		[ -f "$1/armed" ] && [ "$pool_attempts" -lt 600 ] || return 1
		pool_admin_state=$(pool_state)
		pool_attempts=$((pool_attempts + 1))
		[ -n "$pool_admin_state" ] || sleep 1
	done
	# It is restored already.
	[ "$pool_admin_state" != 0 ] || return 0
	pool_drain "$1" || return 1
	pool_attempts=0
	until pool_checked || [ "$pool_attempts" -ge 60 ]; do
		pool_attempts=$((pool_attempts + 1))
		sleep 1
	done
	pool_ready "$1"
}

# pool_state: prints 0 if the server is set to be ready; nothing if HAProxy does not answer. 59 is the bits of
# maintenance and of drain in srv_admin_state (src/balancers/haproxy/runtime-api.ts): other bits stay on a server that
# is ready.
pool_state() {
	pool_bits=$(pool_field "show servers state ${pool_server%%/*}" srv_admin_state)
	case $pool_bits in '' | *[!0-9]*) return 0 ;; esac
	echo "$((pool_bits & 59))"
}

# pool_drain DIRECTORY: unless it was disarmed, which is decided under the lock.
pool_drain() {
	(
		flock 8
		[ -f "$1/armed" ] && pool_ask "set server $pool_server state drain"
	) 8>>"$1/../lock"
}

# pool_ready DIRECTORY: the same for `ready`, with the note that it was restored: a disarm waits until both are done,
# and finds both or neither.
pool_ready() {
	(
		flock 8
		[ -f "$1/armed" ] || exit 1
		pool_ask "set server $pool_server state ready"
		[ "$(pool_state)" = 0 ] && : >"$1/../given"
	) 8>>"$1/../lock"
}

# Whether a check has completed since the server left maintenance: its health is then at `rise` and goes up or down from
# there.
pool_checked() {
	pool_rise=$(pool_field "show stat" check_rise)
	[ -z "$pool_rise" ] || [ "$(pool_field "show stat" check_health)" != "$pool_rise" ]
}

# pool_field COMMAND COLUMN: of this server, from an answer whose first `#` line names its columns.
pool_field() {
	pool_ask "$1" | awk -v column="$2" -v wanted="$pool_server" -f server-field.awk
}
