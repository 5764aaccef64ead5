import { n as isForDeploys, t as bundleStep } from "./chunks/bundling-DMzkjL3E.js";
import { c as DECLARED, r as runStep } from "./chunks/step-dx-6Iuee.js";

// src/actions/bundle.ts
await runStep(DECLARED.bundle, async (step) => {
	await bundleStep(step, { uploads: isForDeploys(process.env) });
	return 0;
});

export {  };