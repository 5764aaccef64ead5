import { O as configSchema } from "./phases-DA3kE9T1.js";
import { n as findTarget } from "./select-CCtU_FrY.js";
import { n as Failure } from "./failure-BKWaXFxS.js";

// src/pipeline/authority.ts
/**
* What an artifact says about itself: the configuration of its commit, without its messages, which the checkout decides on. Undefined where
* this version cannot read it.
*/
function ownConfig(configuration) {
	const isMap = configuration !== null && typeof configuration === "object";
	return configSchema.safeParse(isMap ? {
		...configuration,
		notify: {}
	} : configuration).data;
}
/**
* The configuration of a deploy.
*
* @param own the artifact's
* @param trusted the checkout's
* @param target where it goes
* @returns the configuration, and what to warn of
* @throws Failure (refused) when the target has this machine as a host, and the artifact would run other commands on it or share other paths
*/
function deployConfig(own, trusted, target) {
	if (runsHere(trusted, target)) refuseOthers(own, trusted, target);
	return {
		config: {
			...own,
			targets: trusted.targets,
			notify: trusted.notify,
			hooks: hooksOf(own, trusted)
		},
		warning: Object.keys(own.hooks).some((point) => !isEqual(onRunner(own, point), onRunner(trusted, point))) ? "hooks `on: runner` of the artifact's tarlift.yml are not run: those of the tarlift.yml here are" : void 0
	};
}
/** The configuration for what a killed deploy left; nothing is refused, since hosts wait for it. */
function repairConfig(own, trusted, target) {
	return runsHere(trusted, target) ? trusted : {
		...own,
		targets: trusted.targets,
		notify: trusted.notify,
		hooks: {}
	};
}
const runsHere = (config, target) => findTarget(config, target).hosts.some(({ address }) => address === "local");
/** The checkout's hooks for the machine that deploys among the artifact's for hosts; in the artifact's order where it has the same. */
function hooksOf(own, trusted) {
	const points = /* @__PURE__ */ new Set([...Object.keys(own.hooks), ...Object.keys(trusted.hooks)]);
	return Object.fromEntries([...points].map((point) => [point, isEqual(onRunner(own, point), onRunner(trusted, point)) ? own.hooks[point] ?? [] : [...onRunner(trusted, point), ...(own.hooks[point] ?? []).filter((hook) => !isOnRunner(hook))]]));
}
const isOnRunner = (hook) => hook.on === "runner";
const onRunner = ({ hooks }, point) => (hooks[point] ?? []).filter(isOnRunner);
const HERE = {
	services: "services",
	hooks: "hooks",
	migrations: "migrations",
	shared: "shared paths"
};
/** On a host `local`, services, hooks and migrations run, and shared paths are made, beside the key and the secrets. */
function refuseOthers(own, trusted, target) {
	const others = Object.keys(HERE).filter((key) => !isEqual(own[key], trusted[key])).map((key) => HERE[key]);
	if (others.length === 0) return;
	throw new Failure({
		what: `the artifact has other ${others.join(" and ")} than the tarlift.yml here, and would use them on this machine, which is a host of ${target}`,
		remedy: "Deploy from a checkout of the artifact's commit: `git checkout COMMIT`, which `tarlift inspect FILE` shows. Or name the tarlift.yml that you trust: --config FILE.",
		outcome: "refused"
	});
}
/** Values as JSON has them: what an artifact holds has been through it. */
const isEqual = (one, other) => canonical(one) === canonical(other);
const canonical = (value) => JSON.stringify(value ?? null, (_, part) => part !== null && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1)) : part);

export { ownConfig as n, repairConfig as r, deployConfig as t };