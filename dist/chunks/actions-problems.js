import { G as withCommands } from "./report-phases.js";
import { i as callOfStep } from "./actions-step.js";

// src/actions/problems.ts
/** Each is an error of the run. Its remedy names commands for a clone. @param env the step's environment */
function tellTroubles(progress, troubles, env = process.env) {
	for (const trouble of troubles) progress.failure(withCommands(trouble, callOfStep(env)));
}

export { tellTroubles as t };