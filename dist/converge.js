import { t as convergeOn } from "./chunks/converge-BT354-ox.js";
import { a as artifactRuns, n as artifactGiven } from "./chunks/artifact-ywDoJP8-.js";
import { c as DECLARED, r as runStep } from "./chunks/step-BmULGYfb.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-DZq5g3i3.js";

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