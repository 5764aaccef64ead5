import { t as deployTo } from "./chunks/deploy--eWK-CPf.js";
import { t as checkFleet } from "./chunks/fleet-CEaOfwbl.js";
import { n as artifactOf, r as artifactWanted } from "./chunks/artifact-4Kchg9v5.js";
import { t as comparing } from "./chunks/comparing-D9VR8b_4.js";
import { c as DECLARED, r as runStep } from "./chunks/step-KkyLa0Ik.js";
import { t as fleetOptions } from "./chunks/hosts-5KfwFesp.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-cnxHQwLu.js";

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