import { t as convergeOn } from "./chunks/converge-Bnjihx5y.js";
import { a as artifactRuns, n as artifactGiven } from "./chunks/artifact-BX845ITS.js";
import { c as DECLARED, r as runStep } from "./chunks/step-CsBaJGGa.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-DEX1K1uy.js";

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