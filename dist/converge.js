import { t as convergeOn } from "./chunks/pipeline-converge.js";
import { a as artifactRuns, n as artifactGiven } from "./chunks/actions-artifact-inputs.js";
import { c as DECLARED, r as runStep } from "./chunks/actions-step.js";
import { r as transaction, t as failedTransaction } from "./chunks/actions-transaction.js";

// src/actions/converge.ts
await runStep(DECLARED.converge, async (step) => {
	const { context, inputs } = step;
	const artifact = await artifactGiven(step);
	return transaction(step, void 0, (options) => convergeOn(context, {
		...options,
		artifact,
		releaseDigest: inputs["release-digest"],
		runOf: artifactRuns(step)
	}));
}, failedTransaction);

export {  };