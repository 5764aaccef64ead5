import { n as makeEnvironments } from "./chunks/build-env-okli1SGg.js";
import { t as deployTo } from "./chunks/deploy--eWK-CPf.js";
import { t as checkFleet } from "./chunks/fleet-CEaOfwbl.js";
import { t as bundleStep } from "./chunks/bundling-DLexDHU2.js";
import { t as comparing } from "./chunks/comparing-D9VR8b_4.js";
import { c as DECLARED, r as runStep } from "./chunks/step-KkyLa0Ik.js";
import { t as fleetOptions } from "./chunks/hosts-5KfwFesp.js";
import { r as environmentOutputs, t as withSaving } from "./chunks/saving-BLdfTG5E.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-cnxHQwLu.js";

// src/actions/pipeline.ts
await runStep(DECLARED.pipeline, async (step) => {
	const { context, inputs, output } = step;
	const hosts = fleetOptions(step);
	await checkFleet(context, hosts);
	if (inputs.verify ?? true) await (await import("./chunks/verification-zO9d_Rwi.js")).verifyStep(step);
	const built = await makeEnvironments(withSaving(context, inputs.save), {
		names: [],
		python: inputs.python
	});
	for (const [name, value] of Object.entries(environmentOutputs(built))) output(name, value);
	const { file } = await bundleStep(step, { uploads: false });
	const deploy = (options) => deployTo(context, {
		...options,
		artifact: file,
		dryRun: inputs["dry-run"],
		allowOlder: inputs["allow-older"],
		compare: comparing(step)
	});
	return transaction(step, file, deploy, hosts);
}, failedTransaction);

export {  };