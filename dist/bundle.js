import { n as isForDeploys, t as bundleStep } from "./chunks/bundling-CR-S50mI.js";
import { o as DECLARED, r as runStep } from "./chunks/step-CBILZo17.js";

// src/actions/bundle.ts
await runStep(DECLARED.bundle, async (step) => {
	await bundleStep(step, { uploads: isForDeploys(process.env) });
	return 0;
});

export {  };