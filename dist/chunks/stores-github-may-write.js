import { existsSync, readFileSync } from "node:fs";

// src/stores/github/may-write.ts
/** The store's `mayWrite`: the run's event, its ref and the checked-out commit decide. */
async function mayWrite(env, commit) {
	return whyNot(env, {
		defaultBranch: defaultBranchOf(env.GITHUB_EVENT_PATH),
		head: await commit()
	});
}
/**
* @param env of the run: event, ref and commit
* @param is.defaultBranch of the repository; undefined if the event does not contain it
* @param is.head the checked-out commit, a full hash
* @returns why this run does not save, in words; undefined if it does
*/
function whyNot(env, { defaultBranch, head }) {
	const ref = env.GITHUB_REF ?? "";
	if (!(defaultBranch === void 0 ? ref.startsWith("refs/heads/") : ref === `refs/heads/${defaultBranch}`)) {
		const branch = defaultBranch === void 0 ? "the default branch" : `the default branch, ${defaultBranch},`;
		return `an entry that ${ref || "this run"} saves is visible to that ref alone. Runs of ${branch} save for all; \`save: always\` saves here too`;
	}
	const event = env.GITHUB_EVENT_NAME ?? "";
	if (event.startsWith("pull_request")) return `an entry that this run saves is restored by all branches and tags, and its event is \`${event}\`. ${ANYWAY}`;
	if (head !== env.GITHUB_SHA) return `an entry that this run saves is restored by all branches and tags, and ${head.slice(0, 12)}, which is checked out, is not the commit of ${ref}. ${ANYWAY}`;
}
const ANYWAY = "Where no stranger's code is built, `save: always` saves all the same";
function defaultBranchOf(eventFile) {
	if (!eventFile || !existsSync(eventFile)) return void 0;
	try {
		const branch = JSON.parse(readFileSync(eventFile, "utf8")).repository?.default_branch;
		return typeof branch === "string" && branch !== "" ? branch : void 0;
	} catch {
		return;
	}
}

export { mayWrite };