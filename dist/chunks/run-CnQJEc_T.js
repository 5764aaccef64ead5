import { n as Failure } from "./failure-BKWaXFxS.js";
import { A as hasRole, a as succeeded, i as describeEnd, n as fleetRequest, r as onHosts, y as together } from "./fleet-CAVDNKn0.js";

// src/command/kept-lines.ts
/** @param most characters that are kept, newlines included; the line that goes beyond is the first that is left out */
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

// src/pipeline/run.ts
/**
* @param output gives each host a listener for the command's lines; it is told how many hosts take part
* @throws Failure (refused) when no host has the role
*/
async function runOn(context, options, output) {
	return onHosts(async () => {
		const { members } = fleetRequest(context, options);
		const { on } = options;
		const wanted = on === "all" ? members : on ? members.filter(({ roles }) => hasRole(roles, [on.role])) : members.slice(0, 1);
		if (wanted.length === 0) throw new Failure({
			what: `no host of ${options.target} has the role ${typeof on === "object" ? on.role : ""}`,
			outcome: "refused"
		});
		const settled = await together(wanted, async ({ host, place, services, shared }) => {
			if (!(await host.facts({
				place,
				services,
				shared
			})).live) throw new Failure({
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
		await together(members, ({ host }) => host.close());
		const hosts = [...settled.done.map(({ member: { host }, value }) => succeeded(value) ? {
			name: host.name,
			ok: true
		} : {
			name: host.name,
			ok: false,
			trouble: {
				host: host.name,
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

export { keepLines as n, runOn as t };