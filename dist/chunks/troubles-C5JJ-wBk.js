import { K as withCommands } from "./phases-DA3kE9T1.js";
import { i as callOfStep } from "./step-bRCcjqA8.js";

// src/actions/troubles.ts
/** Each is an error of the run, whose remedy names commands as they are typed in a clone. @param env the step's environment */
function tellTroubles(progress, troubles, env = process.env) {
	for (const trouble of troubles) progress.failure(withCommands(trouble, callOfStep(env)));
}

export { tellTroubles as t };