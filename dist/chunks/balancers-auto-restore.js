import { n as Failure } from "./failure.js";

// src/balancers/auto-restore.ts
/** @param required a server without auto-restore is refused; otherwise a warning is shown when it is drained */
function withAutoRestore(server, own, { required }) {
	let armed = false;
	return {
		...server,
		async preflight() {
			await server.preflight();
			const lack = required && await own.lacks();
			if (lack) throw refused(server, lack);
		},
		async drain(options) {
			if (options.previous !== "ready") return server.drain(options);
			const lack = await own.lacks();
			if (!lack) await own.arm();
			else if (required) throw refused(server, lack);
			armed = !lack;
			return {
				...await server.drain(options),
				...lack ? { warnings: [`${lack.what}: ${LEFT_OUT}`] } : {}
			};
		},
		async restore(previous) {
			await server.restore(previous);
			if (armed) await own.disarm().catch(() => false);
			armed = false;
		},
		disarm: () => own.disarm()
	};
}
/** A server that only a run can restore. @param required it is refused */
function withoutAutoRestore(server, lack, { required }) {
	if (!required) return server;
	return {
		...server,
		async preflight() {
			throw refused(server, lack);
		}
	};
}
const LEFT_OUT = "if a run is lost, the hosts that it drained stay drained until the next run";
function refused({ name }, { what, remedy }) {
	return new Failure({
		code: "auto-revert-unavailable",
		what: `\`require-auto-revert\`: ${what}: ${LEFT_OUT}`,
		where: { balancer: name },
		remedy
	});
}
/** Maximum seconds of a service's stop if it sets none. */
const STOP = 30;
/**
* @returns seconds within which a host with these services completes a revert by itself, once begun: what a killed run
* had begun completes first, so the services may be restarted twice
*/
const revertTime = (services) => Math.ceil(services.reduce((sum, { stopTimeout = STOP, settle }) => sum + 2 * (stopTimeout + settle), 10));

export { withAutoRestore as n, withoutAutoRestore as r, revertTime as t };