import { t as findEnvironment } from "./select-CCtU_FrY.js";
import { n as explainEnvironments, t as buildEnvironments } from "./build-CVGudMB3.js";
import { u as interpreterAt } from "./phases-DA3kE9T1.js";

// src/pipeline/build-env.ts
/**
* @param options.unpack also puts each where it runs on this machine, ready to be used
* @throws Failure when an environment is not there by name, or cannot be built
*/
async function makeEnvironments(context, options) {
	const environments = await buildEnvironments(context.config, await buildOptions(context, options));
	if (options.unpack) for (const environment of environments) await environment.unpack();
	return environments;
}
/** What is in each key; nothing is built. @throws Failure as {@link makeEnvironments} */
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