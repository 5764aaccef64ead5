import { n as isForDeploys, t as bundleStep } from "./chunks/actions-bundle-steps.js";
import { c as DECLARED, r as runStep } from "./chunks/actions-step.js";

// src/actions/bundle.ts
await runStep(DECLARED.bundle, async (step) => {
	await bundleStep(step, {
		uploads: isForDeploys(process.env),
		days: 7
	});
	return 0;
});

export {  };