import { t as addPath } from "./chunks/npm-actions-core-core.js";
import { n as Failure } from "./chunks/failure.js";
import { n as makeEnvironments } from "./chunks/pipeline-build-env.js";
import { c as DECLARED, o as isPathEntry, r as runStep } from "./chunks/actions-step.js";
import { n as environmentOutputs } from "./chunks/actions-results.js";

// src/actions/build-env.ts
await runStep(DECLARED["build-env"], async ({ context, inputs, output, summarise }) => {
	const unpack = inputs.unpack ?? true;
	if (!unpack && inputs["add-to-path"]) throw new Failure({
		code: "input-invalid",
		what: "`add-to-path` needs the environments where they run, and `unpack` is false",
		remedy: "Leave one of the two out.",
		outcome: "refused"
	});
	const { environments: names, python, rebuild } = inputs;
	const built = await makeEnvironments(context, {
		names,
		python,
		rebuild,
		unpack
	});
	for (const [name, value] of Object.entries(environmentOutputs(built))) output(name, value);
	summarise({ cached: built.map(({ record, hit, layer }) => ({
		name: record.name,
		hit,
		size: layer.size
	})) });
	const inOrder = [...built].sort((a, b) => Number(a.use === "runtime") - Number(b.use === "runtime"));
	if (unpack && (inputs["add-to-path"] ?? true)) for (const path of inOrder.flatMap(({ bin }) => bin).filter(isPathEntry)) addPath(path);
	return 0;
});

export {  };