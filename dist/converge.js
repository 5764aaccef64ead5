import { t as convergeOn } from "./chunks/converge-DxD2XQr_.js";
import { a as artifactRuns, n as artifactGiven } from "./chunks/artifact-T1P29kgd.js";
import { c as DECLARED, r as runStep } from "./chunks/step-DHMiogaT.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-Dj0RTp-j.js";

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