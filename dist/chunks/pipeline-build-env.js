import { t as findEnvironment } from "./config-select.js";
import { n as explainEnvironments, t as buildEnvironments } from "./environments-build.js";
import { d as interpreterAt } from "./report-phases.js";

// src/pipeline/build-env.ts
/**
* @param options.unpack also unpacks each to the path where it runs on this machine, ready to use
* @throws Failure when no environment has a given name, or one cannot be built
*/
async function makeEnvironments(context, options) {
	const environments = await buildEnvironments(context.config, await buildOptions(context, options));
	if (options.unpack) for (const environment of environments) await environment.unpack();
	return environments;
}
/** The parts of each key; nothing is built. @throws Failure as {@link makeEnvironments} */
async function explainKeys(context, options) {
	return explainEnvironments(context.config, await buildOptions(context, options));
}
async function buildOptions(context, { names, rebuild, ...options }) {
	const python = interpreterAt(context, options.python);
	const { config, repository, work, stores, progress, signal } = context;
	for (const name of names) findEnvironment(config, name);
	return {
		signal,
		repository,
		work,
		store: await stores.layers(),
		progress,
		...names.length > 0 ? { only: names } : {},
		...rebuild ? { rebuild: true } : {},
		...python ? { python } : {}
	};
}

export { makeEnvironments as n, explainKeys as t };