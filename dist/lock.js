import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/actions-step.js";
import { t as deployLockStep } from "./chunks/actions-lock-steps.js";

// src/actions/lock.ts
await runStep(DECLARED.lock, async (step) => {
	endsWhenCancelled(step);
	return deployLockStep(step, step.inputs.message);
});

export {  };