import { t as deployTo } from "./chunks/deploy-KrVLncsA.js";
import { n as artifactOf } from "./chunks/artifact-Ds1d2CYc.js";
import { t as comparing } from "./chunks/comparing-BVCCY9fA.js";
import { o as DECLARED, r as runStep } from "./chunks/step-CBILZo17.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-fRWbvqqc.js";

// src/actions/deploy.ts
await runStep(DECLARED.deploy, async (step) => {
	const { context, inputs } = step;
	const artifact = await artifactOf(step);
	return transaction(step, artifact, (options) => deployTo(context, {
		...options,
		artifact,
		version: inputs.version,
		dryRun: inputs["dry-run"],
		allowOlder: inputs["allow-older"],
		compare: comparing(step)
	}));
}, failedTransaction);

export {  };