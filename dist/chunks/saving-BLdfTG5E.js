import { existsSync, readFileSync } from "node:fs";

// src/actions/results.ts
/** Those without `s` are of the one meant: the first that ships, else the first. */
function environmentOutputs(built) {
	const meant = built.find(({ use }) => use === "run") ?? built[0];
	const described = built.map(({ record, path, bin, hit, use }) => [record.name, {
		key: record.key,
		id: record.id,
		path,
		bin,
		hit,
		use
	}]);
	return {
		"cache-hit": String(built.every(({ hit }) => hit)),
		environments: JSON.stringify(Object.fromEntries(described)),
		"environment-key": meant?.record.key,
		"environment-id": meant?.record.id,
		"environment-path": meant?.path
	};
}
function artifactOutputs(result, uploaded) {
	return {
		version: result.version,
		"artifact-file": result.file,
		"artifact-name": uploaded?.name,
		"artifact-id": uploaded?.id,
		"artifact-url": uploaded?.url,
		"artifact-digest": uploaded?.digest.replace("sha256:", ""),
		"manifest-digest": result.manifestDigest,
		"release-digest": result.releaseDigest
	};
}

// src/store/saving.ts
/**
* The same stores, whose layers are restored and never saved.
*
* @param why in words, for the run's log
*/
function withoutSaving(stores, why) {
	return {
		...stores,
		layers: async () => {
			const { name, restore } = await stores.layers();
			return {
				name,
				restore,
				save: async () => ({
					outcome: "skipped",
					why
				})
			};
		}
	};
}

// src/actions/saving.ts
/** The context whose stores save, or do not, as the input `save` and the run's ref say. */
function withSaving(context, save = "auto") {
	const why = whyNot(save, process.env, defaultBranchOf(process.env.GITHUB_EVENT_PATH));
	return why === void 0 ? context : {
		...context,
		stores: withoutSaving(context.stores, why)
	};
}
/** @returns why this run does not save, in words; undefined: it does */
function whyNot(save, env, defaultBranch) {
	if (save === "always") return void 0;
	if (save === "never") return "`save: never`";
	if (!env.ACTIONS_RESULTS_URL) return void 0;
	const ref = env.GITHUB_REF ?? "";
	if (defaultBranch === void 0 ? ref.startsWith("refs/heads/") : ref === `refs/heads/${defaultBranch}`) return void 0;
	const branch = defaultBranch === void 0 ? "the default branch" : `the default branch, ${defaultBranch},`;
	return `an entry that ${ref || "this run"} saves is visible to that ref alone. Runs of ${branch} save for all; \`save: always\` saves here too`;
}
function defaultBranchOf(eventFile) {
	if (!eventFile || !existsSync(eventFile)) return void 0;
	try {
		const branch = JSON.parse(readFileSync(eventFile, "utf8")).repository?.default_branch;
		return typeof branch === "string" && branch !== "" ? branch : void 0;
	} catch {
		return;
	}
}

export { artifactOutputs as n, environmentOutputs as r, withSaving as t };