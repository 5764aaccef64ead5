import { n as Failure } from "./chunks/failure-BKWaXFxS.js";
import { o as nameByRelease } from "./chunks/artifact-R7LJ9e_2.js";
import { n as makeEnvironments } from "./chunks/build-env-DwZ4yb5u.js";
import { t as deployTo } from "./chunks/deploy-CmitNWY_.js";
import { t as checkFleet } from "./chunks/fleet-CAVDNKn0.js";
import { r as keepDeployed, t as bundleStep } from "./chunks/bundling-CfuZ4AhB.js";
import { t as comparing } from "./chunks/comparing-spNShRve.js";
import { c as DECLARED, r as runStep } from "./chunks/step-bRCcjqA8.js";
import { t as fleetOptions } from "./chunks/hosts-e1KVSg6z.js";
import { n as environmentOutputs } from "./chunks/results-Bz7WQcJh.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-Dcvk7ArK.js";

// src/actions/pipeline.ts
await runStep(DECLARED.pipeline, async (step) => {
	const { context, inputs, output } = step;
	const hosts = fleetOptions(step);
	await checkFleet(context, hosts);
	const verified = inputs.verify ?? true ? await (await import("./chunks/verification-BjOY49oP.js")).verifyStep(step, context.repository) : void 0;
	const built = await makeEnvironments(context, {
		names: [],
		python: inputs.python
	});
	for (const [name, value] of Object.entries(environmentOutputs(built))) output(name, value);
	const nameOf = (result) => nameByRelease(context.config.app, {
		version: result.version,
		digest: result.releaseDigest
	});
	const made = await bundleStep(step, {
		uploads: false,
		days: 14,
		nameOf
	});
	if (verified && verified.commit !== made.commit) throw new Failure({
		what: "the artifact is not made of the commit that was verified",
		where: {
			verified: verified.commit,
			artifact: made.commit
		},
		remedy: "A step of the build has checked another commit out: let it leave the checkout's HEAD alone.",
		outcome: "refused"
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