import { a as tryGit, t as askGit } from "./source-git.js";

// src/verify/ancestry.ts
/**
* @returns a function: whether the first commit is an ancestor of the second (or the same); undefined, with a notice,
*   if it is unknown
*/
function isAncestorIn(sources) {
	return async (ancestor, descendant) => {
		const known = await askCheckout(sources, ancestor, descendant) ?? await askGitHub(sources, ancestor, descendant);
		if (known === void 0) sources.progress.notice(`it is not known whether ${ancestor.slice(0, 12)} is older than ${descendant.slice(0, 12)}: it is taken as not older (fetch-depth: 0 of actions/checkout, or \`permissions: contents: read\`, would show it)`);
		return known;
	};
}
async function askGitHub({ remote, progress }, ancestor, descendant) {
	try {
		const relation = await remote?.compare(ancestor, descendant);
		return relation && (relation === "ahead" || relation === "identical");
	} catch (error) {
		progress.notice(`GitHub did not compare the commits: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
		return;
	}
}
/** A shallow clone may know both commits without the history between them: then it only says yes, never no. */
async function askCheckout({ repository }, ancestor, descendant) {
	if (repository === void 0) return void 0;
	const [{ code }, shallow] = await Promise.all([askGit(repository, [
		"merge-base",
		"--is-ancestor",
		`${ancestor}^{commit}`,
		`${descendant}^{commit}`
	]), tryGit(repository, ["rev-parse", "--is-shallow-repository"])]);
	if (code === 0) return true;
	return code === 1 && shallow?.trim() === "false" ? false : void 0;
}

export { isAncestorIn as t };