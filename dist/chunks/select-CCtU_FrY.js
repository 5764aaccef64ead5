import { n as Failure } from "./failure-BKWaXFxS.js";
import { B as either, V as nearest } from "./phases-DA3kE9T1.js";

// src/config/select.ts
/** @throws Failure (refused) for a target that tarlift.yml does not have, with the nearest one it has */
function findTarget(config, name) {
	return find("target", config.targets, name);
}
/** @throws Failure (refused) for an environment that tarlift.yml does not have, with the nearest one it has */
function findEnvironment(config, name) {
	return find("environment", config.environments, name);
}
function find(kind, all, name) {
	if (Object.hasOwn(all, name)) return all[name];
	const names = Object.keys(all);
	const meant = nearest(name, names);
	throw new Failure({
		what: `tarlift.yml has no ${kind} ${name}`,
		remedy: meant ? `Did you mean ${meant}?` : names.length > 0 ? `Use ${either(names)}, or add ${name} to tarlift.yml.` : `Add it to \`${kind}s:\` in tarlift.yml.`,
		outcome: "refused"
	});
}

export { findTarget as n, findEnvironment as t };