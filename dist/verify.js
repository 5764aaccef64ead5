import { l as findConfiguration, p as loadConfig } from "./chunks/phases-DA3kE9T1.js";
import { i as repositoryAt } from "./chunks/repository-BK5IpvPt.js";
import { a as readInputs, c as DECLARED, n as runBareStep, t as endsWhenCancelled } from "./chunks/step-bRCcjqA8.js";
import { t as verifyStep } from "./chunks/verification-BoHiI_zW.js";
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