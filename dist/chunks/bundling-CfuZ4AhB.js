import { a as exportVariable } from "./core-kR6Amg63.js";
import { n as Failure } from "./failure-BKWaXFxS.js";
import { a as makeArtifact, i as keepArtifact, o as nameByRelease, s as nameByVersion } from "./artifact-R7LJ9e_2.js";
import { t as isWithoutArtifacts } from "./without-artifacts-CWfTzI29.js";
import { t as ARTIFACT_VARIABLE } from "./artifact-BED94t-V.js";
import { t as artifactOutputs } from "./results-Bz7WQcJh.js";

// src/actions/bundling.ts
const DAYS_DEPLOYED = 14;
/**
* @param uploads whether `upload: auto` uploads
* @param days how long it is kept where the step does not say it
* @param nameOf the artifact's name where the step gives none; left out: {@link nameByVersion}
*/
async function bundleStep({ context, inputs, output, progress, summarise }, { uploads, days, nameOf }) {
	const { version, python, check, upload = "auto" } = inputs;
	const requireIsolation = inputs["require-isolation"];
	const result = await makeArtifact(context, {
		...version === void 0 ? {} : { version },
		allowOtherTag: inputs["allow-other-tag"] ?? false,
		...python === void 0 ? {} : { python },
		...check === void 0 ? {} : { check },
		...requireIsolation === void 0 ? {} : { requireIsolation }
	});
	exportVariable(ARTIFACT_VARIABLE, result.file);
	const keep = upload === "always" || upload === "auto" && uploads;
	const given = inputs["artifact-name"];
	const name = given ?? nameOf?.(result) ?? nameByVersion(context.config.app, result.version, process.env.GITHUB_RUN_ATTEMPT || void 0);
	const retentionDays = inputs["retention-days"] ?? days;
	const uploaded = keep ? await keepForJobs({
		context,
		progress,
		upload
	}, {
		name,
		nameIsContent: given === void 0 && nameOf !== void 0,
		result,
		retentionDays
	}) : void 0;
	for (const [output_, value] of Object.entries(artifactOutputs(result, uploaded))) output(output_, value);
	summarise({ bundle: result });
	return result;
}
/**
* @returns undefined where another job of this run has kept the same, and where `upload: auto` meets a server that keeps no artifacts:
*   steps of the same job deploy the file all the same
*/
async function keepForJobs({ context, progress, upload }, { name, nameIsContent, result, retentionDays }) {
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
		if (upload !== "auto" || !(error instanceof Failure) || !isWithoutArtifacts(error.cause)) throw error;
		progress.warning(`the artifact was not kept for other jobs: ${error.output}\nnext: ${error.remedy}`);
		return;
	}
}
/**
* Keeps what was deployed where a later run finds it, for hosts that come later. The deploy is done: what goes wrong is a warning.
*/
async function keepDeployed({ context, inputs, output, progress }, result) {
	if ((inputs.upload ?? "auto") !== "auto" || !isForDeploys(process.env)) return;
	const given = inputs["artifact-name"];
	const name = given ?? nameByRelease(context.config.app, {
		version: result.version,
		digest: result.releaseDigest
	});
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
/** The name is that of an artifact of this run. */
const isTaken = (error) => error instanceof Failure && /\b409\b|already.exists/i.test(error.output ?? "");
/** A pull request's artifact is tried out and deployed nowhere. */
const isForDeploys = ({ GITHUB_EVENT_NAME: event = "" }) => !event.startsWith("pull_request") && event !== "merge_group";

export { isForDeploys as n, keepDeployed as r, bundleStep as t };