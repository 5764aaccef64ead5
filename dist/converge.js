import { t as convergeOn } from "./chunks/converge-Dx2Ro48b.js";
import { a as artifactRuns, n as artifactGiven } from "./chunks/artifact-D9WVeQEz.js";
import { c as DECLARED, r as runStep } from "./chunks/step-dx-6Iuee.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-DuN54Ye1.js";

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