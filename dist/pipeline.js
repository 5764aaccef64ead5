import { n as makeEnvironments } from "./chunks/build-env-BH6SNDHt.js";
import { t as deployTo } from "./chunks/deploy-B7ry84u3.js";
import { t as checkFleet } from "./chunks/fleet-gaw9KL6o.js";
import { i as nameByRelease, r as keepDeployed, t as bundleStep } from "./chunks/bundling-DMzkjL3E.js";
import { t as comparing } from "./chunks/comparing-CXy1h8IF.js";
import { c as DECLARED, r as runStep } from "./chunks/step-dx-6Iuee.js";
import { t as fleetOptions } from "./chunks/hosts-DlDNciWE.js";
import { r as environmentOutputs, t as withSaving } from "./chunks/saving-BLdfTG5E.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-DuN54Ye1.js";

// src/actions/pipeline.ts
await runStep(DECLARED.pipeline, async (step) => {
	const { context, inputs, output } = step;
	const hosts = fleetOptions(step);
	await checkFleet(context, hosts);
	if (inputs.verify ?? true) await (await import("./chunks/verification-DoXjlFd3.js")).verifyStep(step);
	const built = await makeEnvironments(withSaving(context, inputs.save), {
		names: [],
		python: inputs.python
	});
	for (const [name, value] of Object.entries(environmentOutputs(built))) output(name, value);
	const nameOf = (result) => nameByRelease(context.config.app, result);
	const made = await bundleStep(step, {
		uploads: false,
		nameOf
	});
	let outcome;
	const deploy = async (options) => {
		const report = await deployTo(context, {
			...options,
			artifact: made.file,
			dryRun: inputs["dry-run"],
			allowOlder: inputs["allow-older"],
			compare: comparing(step)
		});
		outcome = report.outcome;
		return report;
	};
	const code = await transaction(step, made.file, deploy, hosts);
	if (outcome === "deployed") await keepDeployed(step, made);
	return code;
}, failedTransaction);

export {  };