import { l as findConfiguration, p as loadConfig } from "./chunks/phases-B9rotMnD.js";
import { i as repositoryAt } from "./chunks/repository-DRdHKDbW.js";
import { a as readInputs, c as DECLARED, n as runBareStep, t as endsWhenCancelled } from "./chunks/step-BBsFpdD-.js";
import { t as verifyStep } from "./chunks/verification-CBbcnTJy.js";
import { dirname, resolve } from "node:path";
import { existsSync } from "node:fs";

// src/actions/verify.ts
await runBareStep(DECLARED.verify, async (step) => {
	endsWhenCancelled(step);
	const { directory = ".", config } = step.inputs;
	const file = existsSync(directory) ? findConfiguration(resolve(directory), config) : "";
	const configured = config || existsSync(file);
	const fromFile = configured ? loadConfig(file).inputs : {};
	const inputs = readInputs(DECLARED.verify, process.env, fromFile);
	await verifyStep({
		...step,
		inputs
	}, await repositoryAt(configured ? dirname(file) : directory));
	return 0;
});

export {  };