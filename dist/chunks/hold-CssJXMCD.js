import { n as fleetRequest, r as onHosts, s as describeOwner, y as together } from "./fleet-CAVDNKn0.js";
import { ut as visibleLine } from "./phases-DA3kE9T1.js";

// src/pipeline/hold.ts
/** @param message why deploys are held; undefined lets them go on */
async function holdTarget(context, options) {
	const message = options.message === void 0 ? void 0 : `${options.message} (${describeOwner()})`;
	return onHosts(async () => {
		const { members } = fleetRequest(context, options);
		const settled = await together(members, async ({ host, place, services, shared }) => {
			await host.facts({
				place,
				services,
				shared
			});
			await host.hold(message);
		});
		await together(members, ({ host }) => host.close());
		return {
			message,
			hosts: settled.done.map(({ member }) => member.host.name),
			troubles: settled.failed.map(({ trouble }) => trouble)
		};
	});
}

// src/report/hold.ts
function holdLines({ hosts, message }) {
	const said = message === void 0 ? "deploys go on" : `deploys are held: ${message}`;
	return hosts.map((host) => visibleLine(`${host}: ${said}`));
}

export { holdTarget as n, holdLines as t };