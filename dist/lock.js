import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-BBsFpdD-.js";
import { t as holdStep } from "./chunks/holding-BG7H_4dh.js";

// src/actions/lock.ts
await runStep(DECLARED.lock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, step.inputs.message);
});

export {  };