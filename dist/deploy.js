import { t as deployTo } from "./chunks/deploy-BPOsjlG5.js";
import { t as checkFleet } from "./chunks/fleet-C1HZwbu2.js";
import { i as artifactWanted, r as artifactOf } from "./chunks/artifact-BcR0xGAm.js";
import { t as comparing } from "./chunks/comparing-CXy1h8IF.js";
import { c as DECLARED, r as runStep } from "./chunks/step-CvnF8MyM.js";
import { t as fleetOptions } from "./chunks/hosts-JQznp5pT.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-CrS-Wr5z.js";

// src/actions/deploy.ts
await runStep(DECLARED.deploy, async (step) => {
	const { context, inputs } = step;
	const wanted = artifactWanted(inputs, process.env);
	const hosts = fleetOptions(step);
	await checkFleet(context, hosts);
	const artifact = await artifactOf(step, wanted);
	const deploy = (options) => deployTo(context, {
		...options,
		artifact,
		version: inputs.version,
		allowOtherTag: inputs["allow-other-tag"],
		dryRun: inputs["dry-run"],
		allowOlder: inputs["allow-older"],
		compare: comparing(step)
	});
	return transaction(step, artifact, deploy, hosts);
}, failedTransaction);

export {  };