import { n as makeEnvironments } from "./chunks/build-env-Bh_HhJcv.js";
import { t as deployTo } from "./chunks/deploy-ukt5zBSr.js";
import { t as checkFleet } from "./chunks/fleet-BM1VwlHf.js";
import { t as bundleStep } from "./chunks/bundling-Bpp7QuWA.js";
import { t as comparing } from "./chunks/comparing-C7PMjq8H.js";
import { o as DECLARED, r as runStep } from "./chunks/step-BiAnyu0k.js";
import { t as fleetOptions } from "./chunks/hosts-CUtB5-3H.js";
import { r as environmentOutputs, t as withSaving } from "./chunks/saving-BLdfTG5E.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-DdETOi6u.js";

// src/actions/pipeline.ts
await runStep(DECLARED.pipeline, async (step) => {
	const { context, inputs, output } = step;
	const hosts = fleetOptions(step);
	await checkFleet(context, hosts);
	if (inputs.verify ?? true) await (await import("./chunks/verification-CheDsY3F.js")).verifyStep(step);
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