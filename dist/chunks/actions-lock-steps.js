import { n as holdTarget, t as holdLines } from "./report-lock.js";
import { t as fleetOptions } from "./actions-hosts.js";
import { t as tellTroubles } from "./actions-problems.js";

// src/actions/lock-steps.ts
/** @param message undefined: unlock @returns the exit code */
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