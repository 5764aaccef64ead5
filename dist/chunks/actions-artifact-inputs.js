import { n as Failure } from "./failure.js";
import { r as fetchArtifact } from "./pipeline-artifact.js";
import { r as cutEnd } from "./text-shell-word.js";
import { resolve } from "node:path";

// src/actions/artifact-runs.ts
/** @returns undefined without a token. The client is large, and is loaded when it is first needed */
function artifactRuns({ inputs, progress, signal }) {
	const { env } = process;
	const token = inputs["github-token"]?.trim();
	const repository = env.GITHUB_REPOSITORY;
	if (!token || !repository) return void 0;
	return async (name) => {
		try {
			const { openGithub } = await import("./actions-github-open.js");
			const id = await openGithub({
				token,
				env,
				progress,
				signal
			}).artifactRun(name);
			return id === void 0 ? void 0 : {
				id,
				repository,
				token
			};
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			progress.notice(`artifacts of other runs are not looked at: ${error.what}. ${error.remedy ?? ""}`.trim());
			return;
		}
	};
}

// src/actions/artifact-inputs.ts
/** The variable by which `bundle` passes its file to a later `deploy` of the same job. */
const ARTIFACT_VARIABLE = "TARLIFT_ARTIFACT";
/** GitHub's number, or the id in the directory that stores artifacts where GitHub's service is not available. */
const ARTIFACT_ID = /^\d+(-[0-9a-f]{8})?$/;
/**
* A name without a run is looked up in this run, then in the newest run of this repository that has it.
*
* @returns the artifact's file, absolute, downloaded if necessary. A given path is relative to the input `directory`
* @throws Failure as the store does
*/
async function artifactOf(step, wanted) {
	const { context, progress } = step;
	if ("file" in wanted) return resolve(context.directory, wanted.file);
	try {
		return await fetchArtifact(context, wanted);
	} catch (error) {
		const { name } = wanted;
		const run = name === void 0 || wanted.run ? void 0 : await artifactRuns(step)?.(name);
		if (!run) throw error;
		progress.notice(`the artifact ${name} is that of run ${run.id}`);
		return fetchArtifact(context, {
			name,
			run
		});
	}
}
/** The same for a step in which an artifact is optional. */
async function artifactGiven(step) {
	const { "artifact-file": file, "artifact-id": id, "artifact-name": name, "run-id": run, repository } = step.inputs;
	return [
		file,
		id,
		name,
		run,
		repository
	].some((value) => value !== void 0) ? artifactOf(step, artifactWanted(step.inputs, process.env)) : void 0;
}
/** @throws Failure (refused) for inputs that contradict each other, or without any */
function artifactWanted(inputs, env) {
	const { "artifact-file": file, "artifact-id": id, "artifact-name": name, "run-id": run } = inputs;
	const given = Object.entries({
		"artifact-file": file,
		"artifact-id": id,
		"artifact-name": name
	}).filter(([, value]) => value !== void 0);
	if (given.length > 1) throw refused(`${given.map(([input]) => input).join(" and ")} are given`, "Give one of them.");
	if (id !== void 0 && !ARTIFACT_ID.test(id)) throw refused(`the input artifact-id is ${JSON.stringify(cutEnd(id, 80))}, and should be the output artifact-id of actions/bundle`, "A name is given as artifact-name.");
	if (run !== void 0 && !/^\d+$/.test(run)) throw refused(`the input run-id is ${JSON.stringify(cutEnd(run, 80))}, and should be a number`, "It is the number in the address of the run's page: …/actions/runs/NUMBER.");
	if (run !== void 0 && id === void 0 && name === void 0) throw refused("run-id is given, and neither artifact-id nor artifact-name", "Say which of its artifacts.");
	if (inputs.repository !== void 0 && run === void 0) throw refused("repository is given without run-id", "Say which run of it has the artifact.");
	if (file !== void 0) return { file };
	if (id === void 0 && name === void 0) {
		const bundled = env[ARTIFACT_VARIABLE];
		if (bundled) return { file: bundled };
		throw refused("no artifact is given", "Give artifact-id: the output of actions/bundle in an earlier job. In the same job actions/bundle before this step is enough.");
	}
	return {
		...id === void 0 ? { name } : { id },
		...run === void 0 ? {} : { run: runOf(run, inputs, env) }
	};
}
function runOf(id, inputs, env) {
	const repository = inputs.repository ?? env.GITHUB_REPOSITORY ?? "";
	if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw refused(`${JSON.stringify(repository)} is no repository`, "Write it as owner/name.");
	const token = inputs["github-token"]?.trim();
	if (!token) throw refused("github-token is empty", "The artifacts of another run need a token with `actions: read`.");
	return {
		id,
		repository,
		token
	};
}
const refused = (what, remedy) => new Failure({
	code: "input-invalid",
	what,
	remedy,
	outcome: "refused"
});

export { artifactRuns as a, artifactWanted as i, artifactGiven as n, artifactOf as r, ARTIFACT_VARIABLE as t };