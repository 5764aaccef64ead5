import { a as describeOwner, k as forEachHost } from "./pipeline-fleet-request.js";
import { ot as visibleLine } from "./report-phases.js";

// src/operations/lock.ts
/** @param reason why deploys are locked; undefined unlocks them. The message also names the user. */
async function lockDeploys(members, reason) {
	const message = reason === void 0 ? void 0 : `${reason} (${describeOwner()})`;
	const results = await forEachHost(members, async ({ host, layout, services, shared }) => {
		await host.facts({
			layout,
			services,
			shared
		});
		await host.lockDeploys(message);
	});
	return {
		message,
		hosts: results.done.map(({ member }) => member.host.name),
		errors: results.failed.map(({ error }) => error)
	};
}

// src/report/lock.ts
function deployLockLines({ hosts, message }) {
	const said = message === void 0 ? "deploys go on" : `deploys are locked: ${message}`;
	return hosts.map((host) => visibleLine(`${host}: ${said}`));
}

export { lockDeploys as n, deployLockLines as t };