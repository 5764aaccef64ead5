import { t as deployTo } from "./chunks/pipeline-deploy.js";
import { t as checkFleet } from "./chunks/pipeline-fleet-request.js";
import { i as artifactWanted, r as artifactOf } from "./chunks/actions-artifact-inputs.js";
import { t as comparing } from "./chunks/actions-comparing.js";
import { c as DECLARED, r as runStep } from "./chunks/actions-step.js";
import { t as fleetOptions } from "./chunks/actions-hosts.js";
import { r as transaction, t as failedTransaction } from "./chunks/actions-transaction.js";

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
		version: inputs.label,
		allowOtherTag: inputs["allow-other-tag"],
		dryRun: inputs["dry-run"],
		allowOlder: inputs["allow-older"],
		compare: comparing(step)
	});
	return transaction(step, artifact, deploy, hosts);
}, failedTransaction);

export {  };