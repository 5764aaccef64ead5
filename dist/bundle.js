import { n as isForDeploys, t as bundleStep } from "./chunks/actions-bundle-steps.js";
import { c as DECLARED, r as runStep } from "./chunks/actions-step.js";

// src/actions/bundle.ts
await runStep(DECLARED.bundle, async (step) => {
	const { upload = "unless-pull-request" } = step.inputs;
	const wanted = upload === "unless-pull-request" && isForDeploys(process.env) ? "if-possible" : "no";
	await bundleStep(step, {
		keep: upload === "always" ? "required" : wanted,
		days: 7
	});
	return 0;
});

export {  };