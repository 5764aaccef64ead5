import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-bRCcjqA8.js";
import { t as holdStep } from "./chunks/holding-BowN2uNN.js";

// src/actions/lock.ts
await runStep(DECLARED.lock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, step.inputs.message);
});

export {  };