import { n as Failure } from "./chunks/failure.js";
import { n as makeEnvironments } from "./chunks/pipeline-build-env.js";
import { t as deployTo } from "./chunks/pipeline-deploy.js";
import { t as checkFleet } from "./chunks/pipeline-fleet-request.js";
import { i as releaseName, r as keepDeployed, t as bundleStep } from "./chunks/actions-bundle-steps.js";
import { t as comparing } from "./chunks/actions-comparing.js";
import { c as DECLARED, r as runStep } from "./chunks/actions-step.js";
import { t as fleetOptions } from "./chunks/actions-hosts.js";
import { n as environmentOutputs } from "./chunks/actions-results.js";
import { r as transaction, t as failedTransaction } from "./chunks/actions-transaction.js";

// src/actions/pipeline.ts
await runStep(DECLARED.pipeline, async (step) => {
	const { context, inputs, output } = step;
	const hosts = fleetOptions(step);
	await checkFleet(context, hosts);
	const verified = await (inputs.verify ?? true ? await import("./chunks/actions-verify-commit-exports.js") : void 0)?.verifyStep(step, context.repository);
	const built = await makeEnvironments(context, {
		names: [],
		python: inputs.python
	});
	for (const [name, value] of Object.entries(environmentOutputs(built))) output(name, value);
	const keep = inputs.upload === "always" ? "required" : "no";
	const made = await bundleStep(step, {
		keep,
		days: 14,
		nameOf: releaseName(context)
	});
	if (verified && verified.commit !== made.commit) throw new Failure({
		code: "artifact-mismatch",
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