import { H as upgradeConfiguration, j as configSchema, z as hostsOf } from "./report-phases.js";
import { n as findTarget } from "./config-select.js";
import { n as Failure } from "./failure.js";

// src/pipeline/authoritative-config.ts
/**
* The artifact's own configuration: that of its commit, without its messages, which the checkout decides on. Undefined
* if this version cannot read it.
*/
function ownConfig(configuration) {
	const isMap = configuration !== null && typeof configuration === "object";
	return configSchema.safeParse(upgradeConfiguration(isMap ? {
		...configuration,
		notify: {}
	} : configuration)).data;
}
/**
* The configuration of a deploy.
*
* @param own the artifact's
* @param trusted the checkout's
* @param target the target of the deploy
* @returns the configuration, and warnings
* @throws Failure (refused) when the target has this machine as a host, and the artifact would run other commands on it
* or share other paths
*/
async function deployConfig(own, trusted, target) {
	if (await runsHere(trusted, target)) refuseOthers(own, trusted, target);
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
/** The configuration for recovering from a killed deploy; nothing is refused, since hosts wait for it. */
async function recoveryConfig(own, trusted, target) {
	return await runsHere(trusted, target) ? trusted : {
		...own,
		targets: trusted.targets,
		notify: trusted.notify,
		hooks: {}
	};
}
async function runsHere(config, target) {
	return (await hostsOf(findTarget(config, target).hosts, {
		target,
		env: process.env
	})).some(({ address }) => address === "local");
}
/**
* The checkout's hooks for the machine that deploys among the artifact's for hosts; in the artifact's order if it has
* the same.
*/
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
/**
* On a host `local`, services, hooks and migrations run, and shared paths are made, on the machine that has the key and
* the secrets.
*/
function refuseOthers(own, trusted, target) {
	const others = Object.keys(HERE).filter((key) => !isEqual(own[key], trusted[key])).map((key) => HERE[key]);
	if (others.length === 0) return;
	throw new Failure({
		code: "artifact-mismatch",
		what: `the artifact has other ${others.join(" and ")} than the tarlift.yml here, and would use them on this machine, which is a host of ${target}`,
		remedy: "Deploy from a checkout of the artifact's commit: `git checkout COMMIT`, which `tarlift inspect FILE` shows. Or name the tarlift.yml that you trust: --config FILE.",
		outcome: "refused"
	});
}
/** Compares values as JSON: what an artifact contains was converted to JSON. */
const isEqual = (one, other) => canonical(one) === canonical(other);
const canonical = (value) => JSON.stringify(value ?? null, (_, part) => part !== null && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1)) : part);

export { ownConfig as n, recoveryConfig as r, deployConfig as t };