import { t as rollbackOn } from "./chunks/pipeline-rollback.js";
import { c as DECLARED, r as runStep } from "./chunks/actions-step.js";
import { r as transaction, t as failedTransaction } from "./chunks/actions-transaction.js";

// src/actions/rollback.ts
await runStep(DECLARED.rollback, async (step) => {
	const { context, inputs } = step;
	return transaction(step, void 0, (options) => rollbackOn(context, {
		...options,
		to: inputs.to,
		verifyFull: inputs["verify-full"],
		allowSchemaAhead: inputs["allow-schema-ahead"]
	}));
}, failedTransaction);

export {  };