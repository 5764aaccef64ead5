import { n as isForDeploys, t as bundleStep } from "./chunks/bundling-BA-0sAHZ.js";
import { c as DECLARED, r as runStep } from "./chunks/step-CvnF8MyM.js";

// src/actions/bundle.ts
await runStep(DECLARED.bundle, async (step) => {
	await bundleStep(step, { uploads: isForDeploys(process.env) });
	return 0;
});

export {  };