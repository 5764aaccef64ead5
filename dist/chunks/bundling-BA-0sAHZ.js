import { a as exportVariable } from "./core-kR6Amg63.js";
import { n as Failure } from "./failure-rsm4-q-9.js";
import { a as keepArtifact, o as makeArtifact, r as artifactNames } from "./artifact-DFTKwP8e.js";
import { t as ARTIFACT_VARIABLE } from "./artifact-BcR0xGAm.js";
import { t as artifactOutputs } from "./results-Bz7WQcJh.js";

// src/actions/bundling.ts
/** Days that an artifact is kept: until it is deployed by another job, or after it was, for repairs. */
const DAYS = 7;
const DAYS_DEPLOYED = 14;
/**
* @param uploads whether `upload: auto` uploads
* @param nameOf the artifact's name where the step gives none; left out: {@link artifactName}
*/
async function bundleStep({ context, inputs, output, summarise }, { uploads, nameOf }) {
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
	const name = inputs["artifact-name"] ?? nameOf?.(result) ?? artifactName(context.config.app, result.version, process.env);
	const { file, size } = result;
	const retentionDays = inputs["retention-days"] ?? DAYS;
	const uploaded = keep ? {
		name,
		...await keepArtifact(context, {
			name,
			file,
			size,
			retentionDays
		})
	} : void 0;
	for (const [output_, value] of Object.entries(artifactOutputs(result, uploaded))) output(output_, value);
	summarise({ bundle: result });
	return result;
}
/** By its content: whoever keeps it again under this name keeps the same. */
const nameByRelease = (app, { version, releaseDigest }) => artifactNames(app, {
	version,
	digest: releaseDigest
})[0];
/**
* Keeps what was deployed where a later run finds it, for hosts that come later. The deploy is done: what goes wrong is a warning.
*/
async function keepDeployed({ context, inputs, output, progress }, result) {
	if ((inputs.upload ?? "auto") !== "auto" || !isForDeploys(process.env)) return;
	const name = inputs["artifact-name"] ?? nameByRelease(context.config.app, result);
	const { file, size } = result;
	const retentionDays = inputs["retention-days"] ?? DAYS_DEPLOYED;
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
		if (!(error instanceof Failure)) throw error;
		if (/\b409\b|already.exists/i.test(error.output ?? "")) return;
		progress.warning(`the release is deployed, and its artifact was not kept: ${error.output ?? error.what}. New hosts get it from one that has it.`);
	}
}
/** A name is taken once in a run: when it is run again, the attempt is part of it. */
function artifactName(app, version, { GITHUB_RUN_ATTEMPT: attempt }) {
	return `${app}-${version}${attempt && attempt !== "1" ? `-attempt-${attempt}` : ""}`;
}
/** A pull request's artifact is tried out and deployed nowhere. */
const isForDeploys = ({ GITHUB_EVENT_NAME: event = "" }) => !event.startsWith("pull_request") && event !== "merge_group";

export { nameByRelease as i, isForDeploys as n, keepDeployed as r, bundleStep as t };