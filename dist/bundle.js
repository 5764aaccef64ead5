import { n as isForDeploys, t as bundleStep } from "./chunks/bundling-BsV-s5_o.js";
import { c as DECLARED, r as runStep } from "./chunks/step-CsBaJGGa.js";

// src/actions/bundle.ts
await runStep(DECLARED.bundle, async (step) => {
	await bundleStep(step, {
		uploads: isForDeploys(process.env),
		days: 7
	});
	return 0;
});

export {  };