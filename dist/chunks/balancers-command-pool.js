import { n as withAutoRestore, r as withoutAutoRestore } from "./balancers-auto-restore.js";
import { n as Failure } from "./failure.js";
import { n as succeeded, t as describeEnd } from "./host-task-end.js";
import { n as silent } from "./progress.js";
import { i as formatEnd, n as tryRun } from "./subprocess-run.js";

// src/balancers/command/on-host.ts
/**
* Both run in the live release, with its configuration; a host without a release serves no requests, and nothing is run
* there.
*/
function hostCommands(host, options) {
	const { server, deadline, after } = options;
	const name = `balancer commands on the host, ${server}`;
	const variables = {
		TARLIFT_HOST: host.name,
		TARLIFT_SERVER: server
	};
	const execute = async (step) => {
		const run = options[step];
		const end = await host.task({
			run,
			variables,
			timeout: deadline,
			lock: "closed",
			ifLive: true
		}, silent.task(step));
		if (succeeded(end)) return;
		throw new Failure({
			code: "balancer-failed",
			what: `the balancer's command \`${step}\` failed`,
			where: {
				host: host.name,
				balancer: name,
				ended: describeEnd(end, deadline)
			},
			output: end.lastLines
		});
	};
	const task = {
		restores: {
			server: name,
			previous: "ready"
		},
		after,
		run: options.restore,
		variables,
		timeout: deadline
	};
	return {
		server: {
			name,
			state: async () => "ready",
			preflight: async () => {},
			async drain() {
				await execute("drain");
				return { cutOff: 0 };
			},
			restore: () => execute("restore")
		},
		autoRestore: {
			async lacks() {
				if ((await host.delayedTask("probe", task)).able) return void 0;
				return {
					what: "a host ends the processes of a session with the session (KillUserProcesses)",
					remedy: "As root on the host: loginctl enable-linger USER, for the SSH user."
				};
			},
			async arm() {
				await host.delayedTask("arm", task);
			},
			async disarm() {
				await host.delayedTask("disarm", task);
				return false;
			}
		}
	};
}

// src/balancers/command/on-runner.ts
/** The previous state cannot be queried: a host counts as in use when a deploy begins. */
function runnerCommands(options) {
	const { host, server, directory, deadline } = options;
	const name = `balancer commands, ${server}`;
	const execute = async (step, signal) => {
		const result = await tryRun([
			"sh",
			"-ec",
			options[step]
		], {
			cwd: directory,
			env: {
				...process.env,
				TARLIFT_HOST: host,
				TARLIFT_SERVER: server
			},
			timeout: deadline * 1e3,
			signal
		});
		if (result.code === 0) return;
		throw new Failure({
			code: "balancer-failed",
			what: `the balancer's command \`${step}\` failed`,
			where: {
				balancer: name,
				ended: formatEnd(result, { timeout: deadline * 1e3 })
			},
			output: result.lastLines
		});
	};
	return {
		name,
		state: async () => "in",
		preflight: async () => {},
		async drain({ signal }) {
			await execute("drain", signal);
			return { cutOff: 0 };
		},
		restore: () => execute("restore")
	};
}

// src/balancers/command/pool.ts
const ON_THE_RUNNER = {
	what: "the commands of the balancer run on the machine that deploys",
	remedy: "Let them run on the hosts themselves (`on: host` of the command), or leave `require-auto-revert` out."
};
function commandPool({ on, drain, restore }, { drain: deadline }, { directory, autoRevert }) {
	const commands = {
		drain,
		restore,
		deadline
	};
	return { member({ host, address, server }) {
		if (on === "runner") {
			const own = runnerCommands({
				...commands,
				host: address,
				server,
				directory
			});
			return [autoRevert ? withoutAutoRestore(own, ON_THE_RUNNER, autoRevert) : own];
		}
		const { server: own, autoRestore } = hostCommands(host, {
			...commands,
			server,
			after: autoRevert?.after ?? 0
		});
		return [autoRevert ? withAutoRestore(own, autoRestore, autoRevert) : own];
	} };
}

export { commandPool };