import { a as exportVariable } from "./npm-actions-core-core.js";
import { n as Failure } from "./failure.js";
import { a as makeArtifact, i as keepArtifact, o as nameByRelease, s as nameByVersion } from "./pipeline-artifact.js";
import { t as ARTIFACT_VARIABLE } from "./actions-artifact-inputs.js";
import { t as artifactOutputs } from "./actions-results.js";

// src/actions/bundle-steps.ts
const DAYS_DEPLOYED = 14;
/**
* @param keep whether the artifact is stored for other jobs; `if-possible`: a server that stores none causes a warning
* @param days retention if the step does not set it
* @param nameOf the artifact's name if the step does not set it; default: {@link nameByVersion}
*/
async function bundleStep({ context, inputs, output, progress, summarise }, { keep, days, nameOf }) {
	const { label, python, check } = inputs;
	const requireIsolation = inputs["require-isolation"];
	const result = await makeArtifact(context, {
		...label === void 0 ? {} : { version: label },
		allowOtherTag: inputs["allow-other-tag"] ?? false,
		...python === void 0 ? {} : { python },
		...check === void 0 ? {} : { check },
		...requireIsolation === void 0 ? {} : { requireIsolation }
	});
	exportVariable(ARTIFACT_VARIABLE, result.file);
	const given = inputs["artifact-name"];
	const name = given ?? nameOf?.(result) ?? nameByVersion(context.config.app, result.version, process.env.GITHUB_RUN_ATTEMPT || void 0);
	const retentionDays = inputs["retention-days"] ?? days;
	const uploaded = keep === "no" ? void 0 : await keepForJobs({
		context,
		progress,
		keep
	}, {
		name,
		nameIsContent: given === void 0 && nameOf !== void 0,
		result,
		retentionDays
	});
	for (const [output_, value] of Object.entries(artifactOutputs(result, uploaded))) output(output_, value);
	summarise({ bundle: result });
	return result;
}
/**
* @returns undefined if another job of this run has stored the same artifact, or if `keep` is `if-possible` and the
*   server stores no artifacts: steps of the same job can still deploy the file
*/
async function keepForJobs({ context, progress, keep }, { name, nameIsContent, result, retentionDays }) {
	const { file, size } = result;
	try {
		return {
			name,
			...await keepArtifact(context, {
				name,
				file,
				size,
				retentionDays
			})
		};
	} catch (error) {
		if (nameIsContent && isTaken(error)) return void 0;
		if (keep !== "if-possible" || !(error instanceof Failure) || error.code !== "store-unsupported") throw error;
		progress.warning(`the artifact was not kept for other jobs: ${error.output}\nnext: ${error.remedy}`);
		return;
	}
}
/**
* Stores the deployed artifact for a later run, for hosts that are added later. The deploy is done, so failures are
* warnings.
*/
async function keepDeployed({ context, inputs, output, progress }, result) {
	if ((inputs.upload ?? "after-deploy") !== "after-deploy" || !isForDeploys(process.env)) return;
	const given = inputs["artifact-name"];
	const name = given ?? releaseName(context)(result);
	const { file, size } = result;
	const retentionDays = inputs["retention-days"] ?? 14;
	try {
		const uploaded = {
			name,
			...await keepArtifact(context, {
				name,
				file,
				size,
				retentionDays
			})
		};
		for (const [output_, value] of Object.entries(artifactOutputs(result, uploaded))) output(output_, value);
	} catch (error) {
		if (given === void 0 && isTaken(error)) return;
		if (!(error instanceof Failure)) throw error;
		const remedy = error.remedy === void 0 ? "" : `\nnext: ${error.remedy}`;
		progress.warning(`the release is deployed, and its artifact was not kept: ${error.output ?? error.what}. New hosts get it from one that has it.${remedy}`);
	}
}
/** Names an artifact by its content, as hosts name the release. */
const releaseName = ({ config }) => ({ version, releaseDigest: digest }) => nameByRelease(config.app, {
	version,
	digest
});
/** An artifact of this run already has the name. */
const isTaken = (error) => error instanceof Failure && error.code === "artifact-exists";
/** A pull request's artifact is checked and never deployed. */
const isForDeploys = ({ GITHUB_EVENT_NAME: event = "" }) => !event.startsWith("pull_request") && event !== "merge_group";

export { releaseName as i, isForDeploys as n, keepDeployed as r, bundleStep as t };