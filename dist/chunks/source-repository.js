import { n as Failure } from "./failure.js";
import { a as tryGit, n as git } from "./source-git.js";
import { b as quoteName, p as pathsOf, v as isReserved, y as nameProblem } from "./artifact-format.js";

// src/artifact/validate-release.ts
/** Why a label cannot be part of a directory's name on hosts; undefined if it can. */
function versionProblem(version) {
	if (version.length > 100) return "has more than 100 characters";
	return /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(version) ? void 0 : "holds more than letters, digits and ._+-";
}
/**
* What is wrong with a release's config beyond its schema: names that are not a single directory, paths that leave
* their directory, layers whose base does not match their kind.
*
* @returns one sentence each; empty if all is valid
*/
function releaseProblems(release) {
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(release.app)) return [`the application's name ${quoteName(release.app)}`];
	return [...release.environments.flatMap(environmentProblems), ...layerProblems(release)];
}
function environmentProblems(environment) {
	const { name, kind, root, link, mounts = [] } = environment;
	const said = (what) => `environment ${quoteName(name)}: ${what}`;
	if (kind === "tree") return mounts.filter((directory) => nameProblem(directory) !== void 0 || isReserved(directory)).map((directory) => said(`the install directory ${quoteName(directory)}`));
	return [...root === void 0 || !root.startsWith("/") || nameProblem(root.slice(1)) ? [said("its root")] : [], ...link === void 0 || nameProblem(link) || isReserved(link) ? [said("its link")] : []];
}
function layerProblems(release) {
	const problems = [];
	const { application, index } = pathsOf(release.app);
	const environments = new Map(release.environments.map((environment) => [environment.diffId, environment]));
	for (const [position, { kind, name, base, diffId }] of release.layers.entries()) {
		const environment = environments.get(diffId);
		const expected = kind === "index" ? index : kind === "environment" && environment?.kind === "path" ? `${environment.root?.slice(1)}/${environment.id}` : application;
		if (base !== expected) problems.push(`layer ${quoteName(name)} stands in ${quoteName(base)}, not in ${expected}`);
		if (kind === "environment" && !environment) problems.push(`layer ${quoteName(name)} is no environment of it`);
		if (kind === "index" !== (position === release.layers.length - 1)) problems.push("the layer of file indexes is not the last one");
	}
	const shipped = new Set(release.layers.flatMap(({ kind, diffId }) => kind === "environment" ? [diffId] : []));
	for (const { name, diffId } of environments.values()) if (!shipped.has(diffId)) problems.push(`the layer of environment ${quoteName(name)} is missing`);
	return problems;
}

// src/artifact/label.ts
/**
* A tag as a label that may be part of a directory's name on hosts: `api/v1.4.0` is `api-v1.4.0`, `@acme/web@1.4.0` is
* `acme-web-1.4.0`.
*
* @returns undefined if the tag has no usable characters
*/
function labelOf(tag) {
	if (versionProblem(tag) === void 0) return tag;
	const label = tag.replace(/[^A-Za-z0-9._+-]+/g, "-").replace(/^[^A-Za-z0-9_]+/, "").slice(0, 100).replace(/-+$/, "");
	return label === "" ? void 0 : label;
}

// src/source/tags.ts
/** The commit of a tag; undefined if this repository lacks the tag (a workflow's checkout rarely has tags). */
const commitOfTag = async (repository, tag) => (await tryGit(repository, [
	"rev-parse",
	"--verify",
	"--quiet",
	"--end-of-options",
	`refs/tags/${tag}^{commit}`
]))?.trim() || void 0;
/**
* The commit of a tag whose label is this one although its name differs (`api/v1` gives `api-v1`); `commit` if it has
* such a tag.
*/
async function commitOfLabel(repository, label, commit) {
	const same = ((await tryGit(repository, ["tag", "--list"]))?.split("\n") ?? []).filter((tag) => tag !== label && labelOf(tag) === label);
	const commits = await Promise.all(same.map((tag) => commitOfTag(repository, tag)));
	return commits.includes(commit) ? commit : commits.find((one) => one !== void 0);
}
/** @throws Failure (refused) when a tag of this name is on another commit */
async function refuseOtherTag(repository, label, commit) {
	const tagged = await commitOfTag(repository, label) ?? await commitOfLabel(repository, label, commit);
	if (tagged === void 0 || tagged === commit) return;
	throw new Failure({
		code: "label-invalid",
		what: `${label} is the tag of another commit`,
		where: {
			"the tag's commit": tagged.slice(0, 12),
			"this commit": commit.slice(0, 12)
		},
		remedy: `Check ${label} out to release that commit, or give another label. Where the label is meant all the same: --allow-other-tag (in an action: \`allow-other-tag: true\`).`,
		outcome: "refused"
	});
}

// src/source/repository.ts
/** @returns the root of the repository that contains a directory, absolute; undefined if there is none */
async function repositoryAt(directory) {
	return (await tryGit(directory, ["rev-parse", "--show-toplevel"]))?.replace(/\n$/, "") || void 0;
}
/** @throws Failure when the directory is in no git repository */
async function findRepository(directory) {
	const root = await repositoryAt(directory);
	if (root !== void 0) return root;
	throw new Failure({
		code: "repository-missing",
		what: "this is no git repository",
		where: { directory },
		remedy: "An artifact is made of a commit: run `git init`, commit the application, and try again. In a workflow, put actions/checkout before this step.",
		outcome: "refused"
	});
}
/** @throws Failure when there is no commit yet */
async function headCommit(repository) {
	const output = await tryGit(repository, [
		"show",
		"-s",
		"--format=%H %ct",
		"HEAD"
	]);
	const match = /^([0-9a-f]{40,64}) (\d+)$/m.exec(output ?? "");
	if (!match) throw new Failure({
		code: "commit-unknown",
		what: "nothing is committed in this repository",
		where: { repository },
		remedy: "Commit the application: an artifact is made of a commit.",
		outcome: "refused"
	});
	return {
		id: match[1],
		time: (/* @__PURE__ */ new Date(Number(match[2]) * 1e3)).toISOString().replace(".000Z", "Z")
	};
}
/**
* The tag that names HEAD: the event's on a runner, otherwise the only or newest one of the commit; undefined if there
* is none.
*/
async function headTag(repository, env) {
	if (env.GITHUB_REF?.startsWith("refs/tags/")) {
		const tag = env.GITHUB_REF.slice(10);
		const tagged = await commitOfTag(repository, tag) ?? env.GITHUB_SHA;
		return tagged === void 0 || tagged === (await headCommit(repository)).id ? tag : void 0;
	}
	if (env.GITHUB_ACTIONS) return void 0;
	return (await git(repository, [
		"tag",
		"--points-at",
		"HEAD",
		"--sort=-creatordate"
	], "the commit's tags cannot be read")).split("\n")[0] || void 0;
}

export { refuseOtherTag as a, versionProblem as c, repositoryAt as i, headCommit as n, labelOf as o, headTag as r, releaseProblems as s, findRepository as t };