import { n as withAutoRestore, t as revertTime } from "./balancers-auto-restore.js";
import { c as withoutComments } from "./session-program.js";
import { n as Failure } from "./failure.js";
import { r as cutEnd } from "./text-shell-word.js";
import { createHash } from "node:crypto";

// src/balancers/haproxy/auto-restore.sh
var auto_restore_default = "# shellcheck shell=sh\n# shellcheck disable=SC2016,SC2015 # the programs in quotes are perl's, python's and awk's; A && B || C is meant as it is\n# Restores a server in HAProxy automatically, on HAProxy's own machine: armed before the server is drained. When the run\n# that armed it is gone (its program here has ended), and the host has had the time to revert by itself, the server is\n# restored, and HAProxy's own check decides whether it gets requests. It is sent only with its own call.\n#\n#   ~/.tarlift/seats/<key>/      lock, given (it was restored automatically), x.<nonce>/: armed, about, program, more\n\n# Values: do (probe, arm, disarm), key, socket, server (`<backend>/<server>`), after (seconds).\nverb_pool() {\n	pool_place=${HOME:-/nonexistent}/.tarlift/seats/$v_key\n	pool_socket=$v_socket\n	case $v_do in\n	probe) pool_probe ;;\n	arm) pool_arm ;;\n	disarm) pool_disarm ;;\n	esac\n}\n\n# What this machine lacks for it, in `lacks`; empty: nothing.\npool_probe() {\n	detach_method\n	[ -n \"$detach_method\" ] || reply lacks way\n	(umask 077 && mkdir -p \"${pool_place%/*}\") && [ -w \"${pool_place%/*}\" ] || reply lacks home\n	command -v flock >/dev/null || reply lacks flock\n	pool_find_client\n	[ -n \"$pool_client\" ] || reply lacks client\n}\n\n# The first client that gets an answer, in $pool_client: that a client is installed is no proof.\npool_find_client() {\n	for pool_client in perl python3 socat nc; do\n		[ -z \"$(pool_ask \"show cli level\")\" ] || return 0\n	done\n	pool_client=\n}\n\n# pool_ask COMMAND: sends it to the runtime API; prints the answer.\npool_ask() {\n	command -v \"$pool_client\" >/dev/null || return 1\n	case $pool_client:$pool_socket in\n	perl:*)\n		perl -e 'use IO::Socket::UNIX; use IO::Socket::IP; alarm 10; my ($at, $say) = @ARGV;\n			my $to = $at =~ m{^/} ? IO::Socket::UNIX->new(Peer => $at) : IO::Socket::IP->new($at =~ /^\\[?(.*?)\\]?:(\\d+)$/ ? (PeerHost => $1, PeerPort => $2) : ());\n			$to or exit 1; print $to \"$say\\n\"; $to->flush; print while <$to>' \"$pool_socket\" \"$1\" ;;\n	python3:*)\n		python3 -c 'import socket, sys\nat, say = sys.argv[1:]\nif at.startswith(\"/\"):\n    to = socket.socket(socket.AF_UNIX); to.settimeout(10); to.connect(at)\nelse:\n    host, port = at.rsplit(\":\", 1); to = socket.create_connection((host.strip(\"[]\"), int(port)), 10)\nto.sendall((say + \"\\n\").encode())\nfor part in iter(lambda: to.recv(65536), b\"\"): sys.stdout.buffer.write(part)' \"$pool_socket\" \"$1\" ;;\n	# A comma begins options.\n	socat:*,*) return 1 ;;\n	socat:/*) echo \"$1\" | socat -t 10 -T 10 - \"UNIX-CONNECT:$pool_socket\" ;;\n	socat:*) echo \"$1\" | socat -t 10 -T 10 - \"TCP:$pool_socket\" ;;\n	nc:/*) echo \"$1\" | nc -w 10 -U \"$pool_socket\" ;;\n	nc:*) echo \"$1\" | nc -w 10 \"${pool_socket%:*}\" \"${pool_socket##*:}\" ;;\n	esac 2>/dev/null\n}\n\npool_arm() {\n	pool_find_client\n	[ -n \"$pool_client\" ] || fail program-missing \"no program on this machine gets an answer from $v_socket\" \"Install socat on it.\"\n	detach_method\n	[ -n \"$detach_method\" ] || fail auto-revert-unavailable \"this machine ends the processes of a session with the session\" \"As root on it: loginctl enable-linger $(id -un)\"\n	pool_disarm\n	(umask 077 && mkdir -p \"$pool_place\") && pool_own=$(umask 077 && mktemp -d \"$pool_place/x.XXXXXX\") &&\n		printf '%s\\n' \"$v_socket\" \"$v_server\" \"$pool_client\" \"$v_after\" \"$$\" \"$(process_start \"$$\")\" >\"$pool_own/about\" &&\n		cp \"$request/program\" \"$pool_own/more\" || fail not-writable \"$pool_place cannot be written\" \"Look at free space (df), and at its owner.\"\n	detach \"$detach_method\" \"$pool_own\" \"$pool_own/armed\" pool_main ||\n		fail auto-revert-unavailable \"auto-restore of $v_server could not be armed ($detach_method)\" \"Look at the log of this machine.\"\n}\n\n# The run that armed it has ended or restored the server itself. Replies `given yes` if it was restored automatically.\npool_disarm() {\n	[ -d \"$pool_place\" ] || return 0\n	(\n		flock 8\n		[ ! -f \"$pool_place/given\" ] || reply given yes\n		rm -rf \"$pool_place\"\n	) 8>>\"$pool_place/lock\"\n}\n\n# The auto-restore process. Its input is a directory: removing that directory disarms it.\npool_main() {\n	detached_begin\n	{\n		read -r pool_socket\n		read -r pool_server\n		read -r pool_client\n		read -r pool_after\n		read -r pool_run\n		read -r pool_run_start\n	} <\"$1/about\"\n	: >\"$1/armed\"\n	pool_quiet=0\n	while [ \"$pool_quiet\" -lt \"$pool_after\" ] && sleep 1; do\n		[ -f \"$1/armed\" ] || exit 0\n		pool_quiet=$((pool_quiet + 1))\n		[ \"$(process_start \"$pool_run\")\" != \"$pool_run_start\" ] || pool_quiet=0\n	done\n	pool_restore \"$1\" || :\n	rm -rf \"$1\"\n}\n\n# pool_restore DIRECTORY: HAProxy does not check a server in maintenance, and assumes that a server which leaves\n# maintenance is healthy until it has checked it. A draining server is checked and gets no new clients.\npool_restore() {\n	pool_admin_state=\n	pool_attempts=0\n	until [ -n \"$pool_admin_state\" ]; do\n		[ -f \"$1/armed\" ] && [ \"$pool_attempts\" -lt 600 ] || return 1\n		pool_admin_state=$(pool_state)\n		pool_attempts=$((pool_attempts + 1))\n		[ -n \"$pool_admin_state\" ] || sleep 1\n	done\n	# It is restored already.\n	[ \"$pool_admin_state\" != 0 ] || return 0\n	pool_drain \"$1\" || return 1\n	pool_attempts=0\n	until pool_checked || [ \"$pool_attempts\" -ge 60 ]; do\n		pool_attempts=$((pool_attempts + 1))\n		sleep 1\n	done\n	pool_ready \"$1\"\n}\n\n# pool_state: prints 0 if the server is set to be ready; nothing if HAProxy does not answer. 59 is the bits of\n# maintenance and of drain in srv_admin_state (src/balancers/haproxy/runtime-api.ts): other bits stay on a server that\n# is ready.\npool_state() {\n	pool_bits=$(pool_field \"show servers state ${pool_server%%/*}\" srv_admin_state)\n	case $pool_bits in '' | *[!0-9]*) return 0 ;; esac\n	echo \"$((pool_bits & 59))\"\n}\n\n# pool_drain DIRECTORY: unless it was disarmed, which is decided under the lock.\npool_drain() {\n	(\n		flock 8\n		[ -f \"$1/armed\" ] && pool_ask \"set server $pool_server state drain\"\n	) 8>>\"$1/../lock\"\n}\n\n# pool_ready DIRECTORY: the same for `ready`, with the note that it was restored: a disarm waits until both are done,\n# and finds both or neither.\npool_ready() {\n	(\n		flock 8\n		[ -f \"$1/armed\" ] || exit 1\n		pool_ask \"set server $pool_server state ready\"\n		[ \"$(pool_state)\" = 0 ] && : >\"$1/../given\"\n	) 8>>\"$1/../lock\"\n}\n\n# Whether a check has completed since the server left maintenance: its health is then at `rise` and goes up or down from\n# there.\npool_checked() {\n	pool_rise=$(pool_field \"show stat\" check_rise)\n	[ -z \"$pool_rise\" ] || [ \"$(pool_field \"show stat\" check_health)\" != \"$pool_rise\" ]\n}\n\n# pool_field COMMAND COLUMN: of this server, from an answer whose first `#` line names its columns.\npool_field() {\n	pool_ask \"$1\" | awk -v column=\"$2\" -v wanted=\"$pool_server\" '\n# One field of a server, from an answer of HAProxy whose first `#` line names its columns: `show stat` (separated by\n# commas) or `show servers state` (by blanks).\n#\n# Reads the answer. -v column=NAME of the field, -v wanted=BACKEND/SERVER.\n# Prints the value; nothing if the server or the column is not there.\n\n/^# / {\n	between = /^# be_id / ? \" \" : \",\"\n	count = split(substr($0, 3), names, between)\n	for (n = 1; n <= count; n++) at[names[n]] = n\n	next\n}\nbetween {\n	gsub(/\"[^\"]*\"/, \"\")\n	split($0, fields, between)\n	name = between == \" \" ? fields[at[\"be_name\"]] \"/\" fields[at[\"srv_name\"]] : fields[at[\"pxname\"]] \"/\" fields[at[\"svname\"]]\n	if (name == wanted && at[column]) print fields[at[column]]\n}'\n}\n";

// src/balancers/haproxy/auto-restore.ts
/** The program that is sent to the machine of HAProxy with the call. */
const AUTO_RESTORE_PROGRAM = withoutComments(auto_restore_default);
/** What that machine can lack, by the words of auto-restore.sh. */
const LACKS = {
	way: {
		what: "the balancer's machine ends the processes of a session with the session (KillUserProcesses)",
		remedy: "As root on the balancer's machine: loginctl enable-linger USER, for the SSH user."
	},
	home: {
		what: "the SSH user has no directory of its own on the balancer's machine",
		remedy: "Give it a home directory there that it can write."
	},
	flock: {
		what: "the balancer's machine has no flock",
		remedy: "Install util-linux on it."
	},
	client: {
		what: "nothing on the balancer's machine can talk to HAProxy's socket",
		remedy: "Install perl, python3, socat or a netcat with -U on it."
	}
};
/** @param tunnel the connection to the balancer's machine: while it lasts, the run is not lost */
function haproxyAutoRestore(tunnel, { socket, backend, server, after }) {
	const path = `${backend}/${server}`;
	const key = createHash("sha256").update(`${socket} ${path}`).digest("hex").slice(0, 16);
	const ask = (action) => tunnel.call({
		verb: "pool",
		values: {
			do: action,
			key,
			socket,
			server: path,
			after: Math.ceil(after)
		},
		texts: { program: AUTO_RESTORE_PROGRAM }
	});
	const arm = () => ask("arm");
	let probed;
	return {
		lacks() {
			probed ??= ask("probe").then(({ value }) => LACKS[value("lacks") ?? ""]);
			return probed;
		},
		async arm() {
			await arm();
			tunnel.onReconnect.add(arm);
		},
		async disarm() {
			tunnel.onReconnect.delete(arm);
			return (await ask("disarm")).value("given") === "yes";
		}
	};
}

// src/balancers/haproxy/runtime-api.ts
/** The runtime API's words for the states. */
const WORDS = {
	ready: "ready",
	drain: "drain",
	maintenance: "maint"
};
const ADMIN = "The socket must have `level admin` in haproxy.cfg.";
/** Characters of its answer that a message shows. */
const SHOWN = 400;
/** Names in its configuration, as HAProxy accepts them: nothing else may be inserted into a command. */
const NAME = /^[A-Za-z0-9_.:-]+$/;
/** @throws Failure for an invalid name of a backend */
function haproxy(options) {
	const { name, backend } = options;
	const ask = (command) => options.ask(command).catch((error) => {
		if (!(error instanceof Failure)) throw error;
		throw new Failure({
			...error,
			what: error.what,
			where: {
				balancer: name,
				...error.where
			}
		});
	});
	const known = (kind, word) => {
		if (NAME.test(word)) return word;
		throw new Failure({
			code: "balancer-failed",
			what: `${JSON.stringify(word)} cannot be the name of a ${kind}`,
			where: { balancer: name }
		});
	};
	known("backend", backend);
	const servers = async () => {
		return parseServers(await ask(`show servers state ${backend}`), await ask("show stat"), {
			name,
			backend
		});
	};
	let queue = Promise.resolve();
	return {
		...options,
		servers,
		level: async () => (await ask("show cli level")).trim(),
		inTurn(decision) {
			const turn = queue.then(decision);
			queue = turn.catch(() => {});
			return turn;
		},
		async want(server, wanted) {
			const answer = await ask(`set server ${backend}/${known("server", server)} state ${WORDS[wanted]}`);
			const state = (await servers()).get(server);
			if (state?.wanted === wanted) return;
			throw new Failure({
				code: "balancer-failed",
				what: state ? `${server} should be in state ${wanted} and is in state ${state.wanted}` : `backend ${backend} has no server ${server}`,
				where: { balancer: name },
				output: cutEnd(answer.trim(), SHOWN) || void 0,
				remedy: /permission denied/i.test(answer) ? ADMIN : "Name the servers as haproxy.cfg does: `servers` of the balancer in tarlift.yml."
			});
		}
	};
}
/**
* Bits of srv_admin_state: https://docs.haproxy.org/2.6/management.html#9.3-show%20servers%20state. Two others stay on
* a server that is ready: 0x04 (haproxy.cfg says `disabled`) and 0x40 (its name was set by the runtime API).
*/
const MAINTENANCE = 35;
const DRAIN = 24;
/** Of srv_op_state (see there as well): 1 warms up (`slowstart`), 2 runs; 0 is down, 3 accepts no new sessions. */
const UP = /* @__PURE__ */ new Set(["1", "2"]);
/**
* Joins HAProxy's reports of the servers' states and of their sessions.
*
* @param states answer to `show servers state <backend>`
* @param statistics answer to `show stat`
* @throws Failure when the answers are invalid, or lack the backend
*/
function parseServers(states, statistics, { name, backend }) {
	const servers = /* @__PURE__ */ new Map();
	const [version, head = "", ...lines] = states.split("\n");
	const field = fieldsOf(head, " ");
	const [nameOf, adminOf, operationOf, weightOf] = [
		field("srv_name"),
		field("srv_admin_state"),
		field("srv_op_state"),
		field("srv_uweight")
	];
	const counted = statisticsOf(statistics, backend);
	for (const line of lines) {
		const fields = line.split(" ");
		const server = nameOf(fields);
		if (server === "") continue;
		const admin = Number(adminOf(fields));
		const up = UP.has(operationOf(fields));
		const { sessions = 0, proven = true } = counted.get(server) ?? {};
		servers.set(server, {
			wanted: admin & MAINTENANCE ? "maintenance" : admin & DRAIN ? "drain" : "ready",
			up,
			found: up && proven,
			weight: Number(weightOf(fields) || 1),
			sessions
		});
	}
	if (version?.trim() === "1" && servers.size > 0) return servers;
	throw new Failure({
		code: "balancer-failed",
		what: `HAProxy does not list servers of backend ${backend}`,
		where: { balancer: name },
		output: cutEnd(states.trim(), SHOWN) || void 0,
		remedy: "Is this the name of the backend in haproxy.cfg?"
	});
}
/**
* The positions of a table's columns: looked up once, since there may be as many columns as lines.
*
* @param head the line that names them
* @returns for a column, a function that reads its field of a line; empty if there is none
*/
function fieldsOf(head, separator) {
	const columns = head.replace(/^# /, "").split(separator);
	return (column) => {
		const at = columns.indexOf(column);
		return (fields) => fields[at] ?? "";
	};
}
/**
* Current sessions and queued requests of each server of a backend, from the CSV of `show stat`; and whether a check
* has confirmed its health: a server that leaves maintenance is at `rise`, one below which it is down, and only a check
* raises it further (if `fall` allows that).
*/
function statisticsOf(statistics, backend) {
	const [head = "", ...lines] = statistics.split("\n");
	const field = fieldsOf(head, ",");
	const [backendOf, serverOf, sessionsOf, queuedOf] = [
		field("pxname"),
		field("svname"),
		field("scur"),
		field("qcur")
	];
	const [healthOf, riseOf, fallOf] = [
		field("check_health"),
		field("check_rise"),
		field("check_fall")
	];
	return new Map(lines.map((line) => line.replaceAll(/"[^"]*"/g, "").split(",")).filter((fields) => backendOf(fields) === backend).map((fields) => {
		const proven = riseOf(fields) === "" || Number(fallOf(fields)) === 1 || Number(healthOf(fields)) > Number(riseOf(fields));
		return [serverOf(fields), {
			sessions: Number(sessionsOf(fields)) + Number(queuedOf(fields)),
			proven
		}];
	}));
}

// src/balancers/haproxy/server.ts
/** Milliseconds for requests that arrived while the server went from drain to maintenance. */
const AFTERWARDS = 1e3;
const WANTED = [
	"ready",
	"drain",
	"maintenance"
];
function haproxyServer(balancer, options) {
	const { server, deadline, interval = .2, back = 30 } = options;
	const where = {
		balancer: balancer.name,
		backend: balancer.backend
	};
	const pause = () => new Promise((resolve) => setTimeout(resolve, interval * 1e3));
	const state = async () => {
		const servers = await balancer.servers();
		const own = servers.get(server);
		if (own) return own;
		throw new Failure({
			code: "balancer-failed",
			what: `the backend has no server ${server}`,
			where: {
				...where,
				servers: [...servers.keys()].join(", ")
			},
			remedy: "Say under which name the balancer knows the host: `servers` of the balancer in tarlift.yml."
		});
	};
	/** @returns how many sessions were left at the end */
	const quiet = async (until, signal) => {
		for (;;) {
			const { sessions } = await state();
			if (sessions === 0 || performance.now() >= until || signal?.aborted) return sessions;
			await pause();
		}
	};
	return {
		name: `${balancer.name}, ${balancer.backend}/${server}`,
		state: async () => (await state()).wanted,
		async preflight() {
			const servers = await balancer.servers();
			const { wanted } = await state();
			const level = await balancer.level();
			if (level !== "admin") throw new Failure({
				code: "balancer-failed",
				what: "HAProxy's socket does not allow changes of servers",
				where: {
					...where,
					level
				},
				remedy: ADMIN
			});
			if (wanted !== "ready" || othersThat(servers, server, takesNew).length > 0) return;
			refuseLast(servers, server, where);
		},
		async drain({ signal }) {
			const previous = await balancer.inTurn(async () => {
				const { wanted } = await state();
				if (wanted !== "ready") return wanted;
				refuseLast(await balancer.servers(), server, where);
				await balancer.want(server, "drain");
				return wanted;
			});
			const until = performance.now() + deadline * 1e3;
			const left = await quiet(until, signal);
			if (previous === "maintenance") return { cutOff: left };
			await balancer.want(server, "maintenance");
			return { cutOff: await quiet(Math.max(until, performance.now() + AFTERWARDS), signal) };
		},
		async restore(previous) {
			await balancer.want(server, WANTED.includes(previous) ? previous : "ready");
			if (previous !== "ready") return;
			const until = performance.now() + back * 1e3;
			while (!(await state()).found) {
				if (performance.now() >= until) throw new Failure({
					code: "balancer-failed",
					what: `HAProxy's own check does not find ${server}`,
					where,
					remedy: "Its check asks another port or path than the release's health check does: look at haproxy.cfg."
				});
				await pause();
			}
		}
	};
}
const takesNew = ({ wanted, weight }) => wanted === "ready" && weight > 0;
const othersThat = (servers, server, are) => [...servers].filter(([name, other]) => name !== server && are(other));
/** The only server that answers is not drained: that would be an outage, whatever asked for it. */
function refuseLast(servers, server, where) {
	const own = servers.get(server);
	if (own && (!own.up || own.weight === 0)) return;
	if (othersThat(servers, server, (other) => takesNew(other) && other.up).length > 0) return;
	throw new Failure({
		code: "balancer-last-server",
		what: `${server} is the last healthy server of the backend`,
		where,
		remedy: "Bring another one up first, or let fewer hosts go at once (`waves`)."
	});
}

// src/balancers/haproxy/pool.ts
function haproxyPool(config, { drain: deadline }, { tunnel, ssh, autoRevert }) {
	const { socket, host = "local", "ssh-user": user, port } = config;
	const way = tunnel({
		address: host,
		user: user ?? ssh.user,
		port: port ?? ssh.port,
		proxyJump: ssh.proxyJump,
		roles: void 0
	}, socketOf(socket));
	const backends = [config.backend].flat().map((backend) => haproxy({
		name: `haproxy on ${host}`,
		backend,
		ask: way.ask
	}));
	return { member: ({ server, services }) => backends.map((balancer) => {
		const { backend } = balancer;
		const own = haproxyServer(balancer, {
			server,
			deadline
		});
		if (!autoRevert) return own;
		const after = autoRevert.after + revertTime(services);
		return withAutoRestore(own, haproxyAutoRestore(way, {
			socket,
			backend,
			server,
			after
		}), autoRevert);
	}) };
}
function socketOf(text) {
	if (text.startsWith("/")) return { path: text };
	const [, host = "", port] = /^(.*):(\d+)$/.exec(text) ?? [];
	return {
		host: host.replace(/^\[|\]$/g, ""),
		port: Number(port)
	};
}

export { haproxyPool };