import { n as Failure } from "./failure.js";
import { E as hasRole, k as forEachHost } from "./pipeline-fleet-request.js";
import { n as succeeded, t as describeEnd } from "./host-task-end.js";

// src/operations/run.ts
/**
* @param output returns a listener for the command's lines for each host; its argument is the number of hosts that take
* part
* @throws Failure (refused) when no host has the role
*/
async function run({ target, members }, { command, on, timeout }, output) {
	const wanted = on === "all" ? members : on ? members.filter(({ roles }) => hasRole(roles, [on.role])) : members.slice(0, 1);
	if (wanted.length === 0) throw new Failure({
		code: "name-unknown",
		what: `no host of ${target} has the role ${typeof on === "object" ? on.role : ""}`,
		outcome: "refused"
	});
	const results = await forEachHost(wanted, async ({ host, layout, services, shared }) => {
		if (!(await host.facts({
			layout,
			services,
			shared
		})).live) throw new Failure({
			code: "nothing-live",
			what: "nothing is live there",
			remedy: `Deploy a release first: tarlift deploy ${target}`
		});
		return host.task({
			run: command,
			runAs: layout.runAs,
			lock: "closed",
			...timeout ? { timeout } : {}
		}, output(host.name, wanted.length));
	});
	const hosts = [...results.done.map(({ member: { host }, value }) => succeeded(value) ? {
		name: host.name,
		ok: true
	} : {
		name: host.name,
		ok: false,
		error: {
			host: host.name,
			code: "command-failed",
			what: describeEnd(value, timeout)
		}
	}), ...results.failed.map(({ member: { host }, error }) => ({
		name: host.name,
		ok: false,
		error
	}))];
	return {
		hosts,
		ok: hosts.every(({ ok }) => ok)
	};
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

export { run as n, keepLines as t };