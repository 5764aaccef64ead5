import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-C5mjX4fX.js";
import { t as holdStep } from "./chunks/holding-CQAUF0mN.js";

// src/actions/lock.ts
await runStep(DECLARED.lock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, step.inputs.message);
});

export {  };