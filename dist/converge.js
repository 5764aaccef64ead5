import { t as convergeOn } from "./chunks/converge-QgXoK2Wo.js";
import { a as artifactRuns, n as artifactGiven } from "./chunks/artifact-BED94t-V.js";
import { c as DECLARED, r as runStep } from "./chunks/step-bRCcjqA8.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-Dcvk7ArK.js";

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