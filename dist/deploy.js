import { t as deployTo } from "./chunks/deploy-ukt5zBSr.js";
import { n as artifactOf } from "./chunks/artifact-BF3dJcnF.js";
import { t as comparing } from "./chunks/comparing-C7PMjq8H.js";
import { o as DECLARED, r as runStep } from "./chunks/step-BiAnyu0k.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-DdETOi6u.js";

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