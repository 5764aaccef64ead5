import { t as convergeOn } from "./chunks/converge-cmXS2ZJv.js";
import { a as artifactRuns, n as artifactGiven } from "./chunks/artifact-CdrDN9-N.js";
import { c as DECLARED, r as runStep } from "./chunks/step-DHMiogaT.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-ebMiqjCJ.js";

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