import { t as deployTo } from "./chunks/deploy-Ba8U6AOL.js";
import { n as artifactOf } from "./chunks/artifact-Bh1DR4RF.js";
import { t as comparing } from "./chunks/comparing-C7PMjq8H.js";
import { o as DECLARED, r as runStep } from "./chunks/step-B0cDQ4dM.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-CleRQZZ8.js";

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