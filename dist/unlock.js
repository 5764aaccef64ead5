import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-CvnF8MyM.js";
import { t as holdStep } from "./chunks/holding-BP_NB5l6.js";

// src/actions/unlock.ts
await runStep(DECLARED.unlock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, void 0);
});

export {  };