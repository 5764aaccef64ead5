import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-bRCcjqA8.js";
import { t as holdStep } from "./chunks/holding-BowN2uNN.js";

// src/actions/unlock.ts
await runStep(DECLARED.unlock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, void 0);
});

export {  };