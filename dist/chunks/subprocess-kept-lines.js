import { n as Failure } from "./failure.js";
import { A as forEachHost, D as hasRole, n as fleetRequest, r as onHosts } from "./pipeline-fleet-request.js";
import { n as succeeded, t as describeEnd } from "./host-task-end.js";

// src/pipeline/run.ts
/**
* @param output returns a listener for the command's lines for each host; its argument is the number of hosts that take
* part
* @throws Failure (refused) when no host has the role
*/
async function runOn(context, options, output) {
	return onHosts(async () => {
		const { members } = await fleetRequest(context, options);
		const { on } = options;
		const wanted = on === "all" ? members : on ? members.filter(({ roles }) => hasRole(roles, [on.role])) : members.slice(0, 1);
		if (wanted.length === 0) throw new Failure({
			code: "name-unknown",
			what: `no host of ${options.target} has the role ${typeof on === "object" ? on.role : ""}`,
			outcome: "refused"
		});
		const settled = await forEachHost(wanted, async ({ host, place, services, shared }) => {
			if (!(await host.facts({
				place,
				services,
				shared
			})).live) throw new Failure({
				code: "nothing-live",
				what: "nothing is live there",
				remedy: `Deploy a release first: tarlift deploy ${options.target}`
			});
			return host.task({
				run: options.command,
				runAs: place.runAs,
				lock: "closed",
				...options.timeout ? { timeout: options.timeout } : {}
			}, output(host.name, wanted.length));
		});
		await forEachHost(members, ({ host }) => host.close());
		const hosts = [...settled.done.map(({ member: { host }, value }) => succeeded(value) ? {
			name: host.name,
			ok: true
		} : {
			name: host.name,
			ok: false,
			trouble: {
				host: host.name,
				code: "command-failed",
				what: describeEnd(value, options.timeout)
			}
		}), ...settled.failed.map(({ member: { host }, trouble }) => ({
			name: host.name,
			ok: false,
			trouble
		}))];
		return {
			hosts,
			ok: hosts.every(({ ok }) => ok)
		};
	});
}

// src/subprocess/kept-lines.ts
/**
* @param most maximum number of characters, including newlines. The first line that exceeds it is left out, as are all
*   lines after it
*/
function keepLines(most) {
	const lines = [];
	let left = most;
	let leftOut = 0;
	return {
		lines,
		get leftOut() {
			return leftOut;
		},
		add(line) {
			left -= line.length + 1;
			if (left >= 0 && leftOut === 0) lines.push(line);
			else leftOut++;
		}
	};
}

export { runOn as n, keepLines as t };