import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-BmULGYfb.js";
import { t as holdStep } from "./chunks/holding-BaTL0n26.js";

// src/actions/unlock.ts
await runStep(DECLARED.unlock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, void 0);
});

export {  };