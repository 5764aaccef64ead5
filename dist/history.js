import { n as history, t as historyLines } from "./chunks/report-history.js";
import { r as withFleet } from "./chunks/pipeline-fleet-request.js";
import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/actions-step.js";
import { t as fleetOptions } from "./chunks/actions-hosts.js";
import { t as reportErrors } from "./chunks/actions-problems.js";

// src/actions/history.ts
const TRANSACTIONS = 20;
await runStep(DECLARED.history, async (step) => {
	const { context, inputs, output, progress, summarise } = step;
	endsWhenCancelled(step);
	const found = await withFleet(context, fleetOptions(step), (fleet) => history(fleet, inputs.limit ?? TRANSACTIONS));
	output("history", JSON.stringify(found));
	const lines = historyLines(found);
	progress.lines(lines);
	summarise({
		title: `History of ${found.target}`,
		lines
	});
	reportErrors(progress, found.errors);
	return found.errors.length === 0 ? 0 : 1;
});

export {  };