import { a as exportVariable } from "./core-kR6Amg63.js";
import { a as makeArtifact, i as keepArtifact } from "./artifact-DsPvXc6f.js";
import { t as ARTIFACT_VARIABLE } from "./artifact-BS_0Y8LV.js";
import { n as artifactOutputs, t as withSaving } from "./saving-BLdfTG5E.js";

// src/actions/bundling.ts
const DAYS = 7;
/** @param uploads whether `upload: auto` uploads */
async function bundleStep({ context, inputs, output, summarise }, { uploads }) {
	const { version, python, check, save, upload = "auto" } = inputs;
	const requireIsolation = inputs["require-isolation"];
	const result = await makeArtifact(withSaving(context, save), {
		...version === void 0 ? {} : { version },
		allowOtherTag: inputs["allow-other-tag"] ?? false,
		...python === void 0 ? {} : { python },
		...check === void 0 ? {} : { check },
		...requireIsolation === void 0 ? {} : { requireIsolation }
	});
	exportVariable(ARTIFACT_VARIABLE, result.file);
	const keep = upload === "always" || upload === "auto" && uploads;
	const name = inputs["artifact-name"] ?? artifactName(context.config.app, result.version, process.env);
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
/** A name is taken once in a run: when it is run again, the attempt is part of it. */
function artifactName(app, version, { GITHUB_RUN_ATTEMPT: attempt }) {
	return `${app}-${version}${attempt && attempt !== "1" ? `-attempt-${attempt}` : ""}`;
}
/** A pull request's artifact is tried out and deployed nowhere. */
const isForDeploys = ({ GITHUB_EVENT_NAME: event = "" }) => !event.startsWith("pull_request") && event !== "merge_group";

export { isForDeploys as n, bundleStep as t };