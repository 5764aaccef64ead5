import { n as Failure } from "./failure-rsm4-q-9.js";
import { r as fetchArtifact } from "./artifact-DsPvXc6f.js";

// src/actions/artifact.ts
/** The variable by which `bundle` tells a later `deploy` of the same job of its file. */
const ARTIFACT_VARIABLE = "TARLIFT_ARTIFACT";
/** @returns the artifact's file, downloaded where it is kept elsewhere @throws Failure as the store does */
async function artifactOf({ context }, wanted) {
	return "file" in wanted ? wanted.file : fetchArtifact(context, wanted);
}
/** @throws Failure (refused) for inputs that contradict each other, and for none at all */
function artifactWanted(inputs, env) {
	const { "artifact-file": file, "artifact-id": id, "artifact-name": name, "run-id": run } = inputs;
	const given = Object.entries({
		"artifact-file": file,
		"artifact-id": id,
		"artifact-name": name
	}).filter(([, value]) => value !== void 0);
	if (given.length > 1) throw refused(`${given.map(([input]) => input).join(" and ")} are given`, "Give one of them.");
	for (const [input, value] of Object.entries({
		"artifact-id": id,
		"run-id": run
	})) if (value !== void 0 && !/^\d+$/.test(value)) throw refused(`the input ${input} is ${JSON.stringify(value.slice(0, 80))}, and should be a number`);
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
	what,
	remedy,
	outcome: "refused"
});

export { artifactOf as n, artifactWanted as r, ARTIFACT_VARIABLE as t };