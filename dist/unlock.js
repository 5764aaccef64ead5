import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-C5mjX4fX.js";
import { t as holdStep } from "./chunks/holding-CQAUF0mN.js";

// src/actions/unlock.ts
await runStep(DECLARED.unlock, async (step) => {
	endsWhenCancelled(step);
	return holdStep(step, void 0);
});

export {  };