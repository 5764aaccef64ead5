import { A as forEachHost, n as fleetRequest, o as describeOwner, r as onHosts } from "./pipeline-fleet-request.js";
import { ot as visibleLine } from "./report-phases.js";

// src/operations/lock.ts
/** @param message why deploys are held; undefined releases them */
async function holdHosts(members, message) {
	const settled = await forEachHost(members, async ({ host, place, services, shared }) => {
		await host.facts({
			place,
			services,
			shared
		});
		await host.hold(message);
	});
	await forEachHost(members, ({ host }) => host.close());
	return {
		message,
		hosts: settled.done.map(({ member }) => member.host.name),
		troubles: settled.failed.map(({ trouble }) => trouble)
	};
}

// src/pipeline/lock.ts
/** @param message why deploys are held; undefined releases them */
async function holdTarget(context, options) {
	const message = options.message === void 0 ? void 0 : `${options.message} (${describeOwner()})`;
	return onHosts(async () => holdHosts((await fleetRequest(context, options)).members, message));
}

// src/report/lock.ts
function holdLines({ hosts, message }) {
	const said = message === void 0 ? "deploys go on" : `deploys are held: ${message}`;
	return hosts.map((host) => visibleLine(`${host}: ${said}`));
}

export { holdTarget as n, holdLines as t };