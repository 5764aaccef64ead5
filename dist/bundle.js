import { n as isForDeploys, t as bundleStep } from "./chunks/bundling-Bpp7QuWA.js";
import { o as DECLARED, r as runStep } from "./chunks/step-BiAnyu0k.js";

// src/actions/bundle.ts
await runStep(DECLARED.bundle, async (step) => {
	await bundleStep(step, { uploads: isForDeploys(process.env) });
	return 0;
});

export {  };