import { i as findConfiguration, s as loadConfig } from "./chunks/phases-DZCj5iIm.js";
import { i as readInputs, n as runBareStep, o as DECLARED, t as endsWhenCancelled } from "./chunks/step-BiAnyu0k.js";
import { t as verifyStep } from "./chunks/verification-B9i-Cyei.js";
import { resolve } from "node:path";
import { existsSync } from "node:fs";

// src/actions/verify.ts
await runBareStep(DECLARED.verify, async (step) => {
	endsWhenCancelled(step);
	const { directory = ".", config } = step.inputs;
	const file = existsSync(directory) ? findConfiguration(resolve(directory), config) : "";
	const fromFile = config || existsSync(file) ? loadConfig(file).inputs : {};
	await verifyStep({
		...step,
		inputs: readInputs(DECLARED.verify, process.env, fromFile)
	});
	return 0;
});

export {  };