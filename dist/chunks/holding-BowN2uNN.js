import { n as holdTarget, t as holdLines } from "./hold-CssJXMCD.js";
import { t as fleetOptions } from "./hosts-e1KVSg6z.js";
import { t as tellTroubles } from "./troubles-C5JJ-wBk.js";

// src/actions/holding.ts
/** @param message undefined: deploys go on @returns the exit code */
async function holdStep(step, message) {
	const { context, inputs, output, progress, summarise } = step;
	const held = await holdTarget(context, {
		...fleetOptions(step),
		message
	});
	output("hosts", JSON.stringify(held.hosts));
	const lines = holdLines(held);
	progress.lines(lines);
	summarise({
		title: `${inputs.target}: ${message === void 0 ? "deploys go on" : "deploys are held"}`,
		lines
	});
	tellTroubles(progress, held.troubles);
	if (held.troubles.length === 0) return 0;
	summarise({ failure: { what: `${held.troubles.length} of the hosts could not be told` } });
	return 1;
}

export { holdStep as t };