import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-Cfy1VmOz.js";
import { t as holdStep } from "./chunks/holding-DL2A9VY8.js";

// src/actions/lock.ts
await runStep(DECLARED.lock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, step.inputs.message);
});

export {  };