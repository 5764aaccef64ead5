import { n as Failure } from "./failure.js";
import { m as nearest, p as either } from "./installers-registry.js";

// src/config/select.ts
/** @throws Failure (refused) for an unknown target, with the nearest name */
function findTarget(config, name) {
	return find("target", config.targets, name);
}
/** @throws Failure (refused) for an unknown environment, with the nearest name */
function findEnvironment(config, name) {
	return find("environment", config.environments, name);
}
function find(kind, all, name) {
	if (Object.hasOwn(all, name)) return all[name];
	const names = Object.keys(all);
	const meant = nearest(name, names);
	throw new Failure({
		code: "name-unknown",
		what: `tarlift.yml has no ${kind} ${name}`,
		remedy: meant ? `Did you mean ${meant}?` : names.length > 0 ? `Use ${either(names)}, or add ${name} to tarlift.yml.` : `Add it to \`${kind}s:\` in tarlift.yml.`,
		outcome: "refused"
	});
}

export { findTarget as n, findEnvironment as t };