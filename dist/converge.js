import { t as convergeOn } from "./chunks/converge-DB8t5dCS.js";
import { a as artifactRuns, n as artifactGiven } from "./chunks/artifact-BH8YC0hv.js";
import { c as DECLARED, r as runStep } from "./chunks/step-BBsFpdD-.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-CKPTfruo.js";

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