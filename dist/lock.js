import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-CvnF8MyM.js";
import { t as holdStep } from "./chunks/holding-BP_NB5l6.js";

// src/actions/lock.ts
await runStep(DECLARED.lock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, step.inputs.message);
});

export {  };