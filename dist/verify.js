import { m as loadConfig, u as findConfiguration } from "./chunks/report-phases.js";
import { i as repositoryAt } from "./chunks/source-repository.js";
import { a as readInputs, c as DECLARED, n as runBareStep, t as endsWhenCancelled } from "./chunks/actions-step.js";
import { t as verifyStep } from "./chunks/actions-verify-commit.js";
import { dirname, resolve } from "node:path";
import { existsSync } from "node:fs";

// src/actions/verify.ts
await runBareStep(DECLARED.verify, async (step) => {
	endsWhenCancelled(step);
	const { directory = ".", config } = step.inputs;
	const file = existsSync(directory) ? findConfiguration(resolve(directory), config) : "";
	const configured = config || existsSync(file);
	const fromFile = configured ? loadConfig(file).defaults : {};
	const inputs = readInputs(DECLARED.verify, process.env, fromFile);
	await verifyStep({
		...step,
		inputs
	}, await repositoryAt(configured ? dirname(file) : directory));
	return 0;
});

export {  };