import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-BBsFpdD-.js";
import { t as holdStep } from "./chunks/holding-BG7H_4dh.js";

// src/actions/unlock.ts
await runStep(DECLARED.unlock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, void 0);
});

export {  };