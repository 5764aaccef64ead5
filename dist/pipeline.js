import { n as Failure } from "./chunks/failure-BKWaXFxS.js";
import { o as nameByRelease } from "./chunks/artifact-cbQ4yXOo.js";
import { n as makeEnvironments } from "./chunks/build-env-Bub5Qxsf.js";
import { t as deployTo } from "./chunks/deploy-ByfG8z9n.js";
import { t as checkFleet } from "./chunks/fleet-BnqUvnlJ.js";
import { r as keepDeployed, t as bundleStep } from "./chunks/bundling-TSLobmTy.js";
import { t as comparing } from "./chunks/comparing-spNShRve.js";
import { c as DECLARED, r as runStep } from "./chunks/step-BBsFpdD-.js";
import { t as fleetOptions } from "./chunks/hosts-Cyhu6onC.js";
import { n as environmentOutputs } from "./chunks/results-Bz7WQcJh.js";
import { r as transaction, t as failedTransaction } from "./chunks/transaction-CKPTfruo.js";

// src/actions/pipeline.ts
await runStep(DECLARED.pipeline, async (step) => {
	const { context, inputs, output } = step;
	const hosts = fleetOptions(step);
	await checkFleet(context, hosts);
	const verified = inputs.verify ?? true ? await (await import("./chunks/verification-CP_SeyAr.js")).verifyStep(step, context.repository) : void 0;
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