import { f as loadConfig, l as findConfiguration } from "./chunks/phases-DW2Epb20.js";
import { a as readInputs, c as DECLARED, n as runBareStep, t as endsWhenCancelled } from "./chunks/step-dx-6Iuee.js";
import { t as verifyStep } from "./chunks/verification-7LxkPm1P.js";
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