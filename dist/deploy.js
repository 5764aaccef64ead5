import { t as deployTo } from "./chunks/deploy-CmitNWY_.js";
import { t as checkFleet } from "./chunks/fleet-CAVDNKn0.js";
import { i as artifactWanted, r as artifactOf } from "./chunks/artifact-BED94t-V.js";
import { t as comparing } from "./chunks/comparing-spNShRve.js";
import { c as DECLARED, r as runStep } from "./chunks/step-bRCcjqA8.js";
import { t as fleetOptions } from "./chunks/hosts-e1KVSg6z.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-Dcvk7ArK.js";

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