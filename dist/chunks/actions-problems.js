import { $ as withCommands } from "./report-phases.js";
import { i as callOfStep } from "./actions-step.js";

// src/actions/problems.ts
/** Each is an error of the run. Its remedy names commands for a clone. @param env the step's environment */
function reportErrors(progress, errors, env = process.env) {
	for (const error of errors) progress.failure(withCommands(error, callOfStep(env)));
}

export { reportErrors as t };