import { n as historyOf, t as historyLines } from "./chunks/history-DfM9D5hK.js";
import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/step-DpdnNf4R.js";
import { t as fleetOptions } from "./chunks/hosts-ZF_smlqp.js";
import { t as tellTroubles } from "./chunks/troubles-BdG057Z1.js";

// src/actions/history.ts
const TRANSACTIONS = 20;
await runStep(DECLARED.history, async (step) => {
	const { context, inputs, output, progress, summarise } = step;
	endsWhenCancelled(step);
	const found = await historyOf(context, {
		...fleetOptions(step),
		limit: inputs.limit ?? TRANSACTIONS
	});
	output("history", JSON.stringify(found));
	const lines = historyLines(found);
	progress.lines(lines);
	summarise({
		title: `History of ${found.target}`,
		lines
	});
	tellTroubles(progress, found.troubles);
	return found.troubles.length === 0 ? 0 : 1;
});

export {  };