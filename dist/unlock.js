import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/actions-step.js";
import { t as deployLockStep } from "./chunks/actions-lock-steps.js";

// src/actions/unlock.ts
await runStep(DECLARED.unlock, async (step) => {
	endsWhenCancelled(step);
	return deployLockStep(step, void 0);
});

export {  };