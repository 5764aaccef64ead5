import { b as quoteName } from "./artifact-format.js";
import { n as Failure } from "./failure.js";
import { a as tryGit, i as records, n as git, r as gitEnvironment } from "./source-git.js";
import { basename, dirname, join, relative, resolve } from "node:path";
import { copyFileSync, existsSync, lstatSync, mkdtempSync, realpathSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";

// src/source/findings.ts
/**
* In the order in which they are reported, each with its remedy. The code of the first one is the code of the failure.
*/
const REMEDIES = {
	changed: [
		"work-tree-changed",
		"tracked files differ from HEAD",
		"Commit them, or put them back with `git restore`: an artifact is made of a commit. In a workflow, look for a step that writes to tracked files."
	],
	lfs: [
		"file-missing",
		"files of Git LFS were not fetched",
		"Check out with `lfs: true` (actions/checkout), or run `git lfs pull`."
	],
	filter: [
		"file-missing",
		"files stand behind a filter of git that is not set up in this clone",
		"What they hold for you is not what the commit holds: unlock the repository (git-crypt unlock, transcrypt) or install the filter; in a workflow in a step between actions/checkout and this one. Where the repository's own content is what is to ship: `git config filter.<name>.smudge cat`. Or leave them out with `export-ignore` in .gitattributes."
	],
	history: [
		"clone-shallow",
		"files say something of the commit that this shallow clone does not know",
		"Check out with `fetch-depth: 0` (actions/checkout), or run `git fetch --unshallow --tags`."
	],
	submodule: [
		"file-missing",
		"submodules are not checked out as recorded",
		"Check out with `submodules: true` (actions/checkout), or run `git submodule update --init --recursive`."
	],
	secret: [
		"secret-tracked",
		"tracked files look like secrets",
		"Remove them from the repository (and change the secrets: they are in its history), or leave them out with `export-ignore` in .gitattributes, or, where they are harmless, name them in tarlift.yml: `secret-files: [path]`. Secrets reach a release through `targets.<target>.secrets`."
	],
	link: [
		"file-not-shippable",
		"links lead out of the application",
		"Make them relative and let them stay inside, or leave them out with `export-ignore` in .gitattributes. What differs between hosts belongs into `shared:`."
	],
	name: [
		"file-not-shippable",
		"names cannot be shipped",
		"Rename them, or leave them out with `export-ignore` in .gitattributes."
	],
	reserved: [
		"file-not-shippable",
		"paths below .tarlift cannot be shipped",
		"Hosts keep there what runs a release: remove them from git (`git rm -r --cached .tarlift`), or leave them out with `export-ignore` in .gitattributes."
	],
	include: [
		"file-not-shippable",
		"paths of `include:` cannot be shipped",
		"Build them in an earlier step, or correct `include:` in tarlift.yml."
	]
};
/** Collects the reasons against shipping a commit, by kind, to report all of them at once. */
var Findings = class {
	found = /* @__PURE__ */ new Map();
	add(kind, message) {
		this.found.set(kind, [...this.found.get(kind) ?? [], message]);
	}
	refuse(repository) {
		const kinds = Object.keys(REMEDIES).filter((kind) => this.found.has(kind));
		if (kinds.length === 0) return;
		const listed = (kind) => {
			const all = this.found.get(kind);
			return [...all.slice(0, 20), ...all.length > 20 ? [`… and ${all.length - 20} more`] : []];
		};
		throw new Failure({
			code: REMEDIES[kinds[0]][0],
			what: kinds.map((kind) => REMEDIES[kind][1]).join("; "),
			where: { repository },
			output: kinds.flatMap((kind) => listed(kind)).join("\n"),
			remedy: kinds.map((kind) => REMEDIES[kind][2]).join("\n"),
			outcome: "refused"
		});
	}
};

// src/source/work-tree-status.ts
/**
* @param paths `.` for everything, otherwise literal names of files or directories, relative to the repository's root
*/
async function readStatus(repository, paths) {
	const status = parseStatus(await statusOutput(repository, paths, gitEnvironment()));
	status.changed.push(...await hiddenChanges(repository, paths));
	return status;
}
const pathspecs = (paths) => paths.map((path) => path === "." || path === "" ? ":(top)" : `:(top,literal)${path}`);
function statusOutput(repository, paths, env) {
	return git(repository, [
		"status",
		"--porcelain=v2",
		"-z",
		...[
			"--untracked-files=normal",
			"--ignored=matching",
			"--ignore-submodules=none",
			"--no-renames"
		],
		"--",
		...pathspecs(paths)
	], "the checkout cannot be compared with HEAD", { env });
}
function parseStatus(output) {
	const status = {
		changed: [],
		untracked: [],
		ignored: []
	};
	for (const record of records(output)) {
		const rest = record.slice(2);
		if (record.startsWith("? ")) status.untracked.push(rest);
		else if (record.startsWith("! ")) status.ignored.push(rest);
		else if (record.startsWith("u ")) status.changed.push({
			path: fields(record, 10),
			how: "is in a merge conflict"
		});
		else if (record.startsWith("1 ")) {
			const path = fields(record, 8);
			const difference = how(record);
			if (difference) status.changed.push({
				path,
				how: difference
			});
			else status.untracked.push(`${path}/`);
		}
	}
	return status;
}
/** The rest of a record after `count` fields that are separated by single spaces. */
function fields(record, count) {
	let at = -1;
	for (let n = 0; n < count; n++) at = record.indexOf(" ", at + 1);
	return record.slice(at + 1);
}
/** The difference in words; undefined for a submodule that only contains untracked files. */
function how(record) {
	const [, states = "", submodule = "", , inIndex, inTree] = record.split(" ");
	if (states.includes("D")) return "is deleted";
	if (states.includes("A")) return "is added and not committed";
	if (states[1] === ".") return "is staged and not committed";
	if (submodule.startsWith("S")) {
		if (submodule[1] === "C") return "is a submodule at another commit";
		return submodule[2] === "M" ? "is a submodule with changes of its own" : void 0;
	}
	return inIndex !== inTree ? "has another mode" : "is changed";
}
/**
* Finds changes that `git update-index --assume-unchanged` and `--skip-worktree` hide from status: a copy of the index
* without those marks is asked again. Files that a sparse checkout leaves out are skipped and absent, which is no
* change: their content ships from the commit.
*/
async function hiddenChanges(repository, paths) {
	const listed = await git(repository, [
		"ls-files",
		"-v",
		"-z",
		"--",
		...pathspecs(paths)
	], "the index cannot be read");
	const hidden = records(listed).filter((record) => /^[a-z] /.test(record) || record.startsWith("S ") && lstatSync(join(repository, record.slice(2)), { throwIfNoEntry: false })).map((record) => record.slice(2));
	if (hidden.length === 0) return [];
	const index = (await git(repository, [
		"rev-parse",
		"--git-path",
		"index"
	], "the index cannot be found")).trimEnd();
	const scratch = mkdtempSync(join(tmpdir(), "tarlift-index-"));
	try {
		const env = {
			...gitEnvironment(),
			GIT_INDEX_FILE: join(scratch, "index")
		};
		copyIndex(resolve(repository, index), env.GIT_INDEX_FILE);
		const input = hidden.map((path) => `${path}\0`).join("");
		for (const mark of ["--no-assume-unchanged", "--no-skip-worktree"]) await git(repository, [
			"update-index",
			mark,
			"-z",
			"--stdin"
		], "the index cannot be read", {
			env,
			input
		});
		const asked = new Set(hidden);
		return parseStatus(await statusOutput(repository, paths, env)).changed.filter(({ path }) => asked.has(path)).map(({ path, how: difference }) => ({
			path,
			how: `${difference}, hidden by assume-unchanged or skip-worktree`
		}));
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
/**
* Copies the index with its mtime: git considers a file unchanged if its size and mtime in seconds match the index,
* unless the index is not younger than the file ("racy git", Documentation/technical/racy-git.txt).
*/
function copyIndex(from, to) {
	const { atime, mtime } = statSync(from);
	copyFileSync(from, to);
	utimesSync(to, atime, mtime);
}

// src/source/committed.ts
/**
* Refuses tracked files that differ from HEAD, like those of the application: an artifact is named after a commit.
* Without a repository nothing is compared.
*
* @throws Failure (refused) naming them
*/
async function refuseChanged(repository, { whole, tracked }) {
	const findings = new Findings();
	const places = await byRepository(repository, [...whole, ...tracked]);
	for (const { top, name, paths, submodules } of places) {
		for (const { path, how } of await changedBelow(top, paths)) findings.add("changed", `${quoteName(name(path))} ${how}`);
		for (const { path, how } of await changedBelow(top, submodules)) if (how.endsWith("at another commit")) findings.add("submodule", `${quoteName(name(path))} ${how}`);
	}
	findings.refuse(repository);
}
/**
* Untracked paths that an installer reads (an earlier step of the workflow may have made them), relative to the
* repository, sorted.
*/
async function untrackedReads(repository, { whole, tracked }) {
	const found = /* @__PURE__ */ new Set();
	for (const { top, name, paths } of await byRepository(repository, whole)) for (const path of await untrackedBelow(top, paths)) found.add(name(path));
	for (const { name, paths, foreign } of await byRepository(repository, [...whole, ...tracked])) if (foreign) for (const path of paths) found.add(name(path));
	return [...found].sort();
}
/**
* Git takes paths as arguments, and the system limits their length. Above this number git is asked about everything,
* which is then faster as well.
*/
const MOST_PATHS = 1e3;
async function changedBelow(top, paths) {
	if (paths.length === 0) return [];
	if (paths.length <= MOST_PATHS) return (await readStatus(top, paths)).changed;
	const concerns = isBelow(paths);
	return (await readStatus(top, ["."])).changed.filter(({ path }) => concerns(path));
}
async function untrackedBelow(top, paths) {
	if (paths.length === 0) return [];
	const ask = async (...named) => records(await tryGit(top, [
		"ls-files",
		"-z",
		"--others",
		"--",
		...named
	]) ?? "");
	if (paths.length <= MOST_PATHS) return ask(...paths.map((path) => `:(top,literal)${path}`));
	return (await ask()).filter(isBelow(paths));
}
/** Whether a path is one of some paths, or below one; `""` stands for everything. */
function isBelow(paths) {
	const wanted = new Set(paths);
	return (path) => {
		const parts = path.split("/");
		return wanted.has("") || parts.some((_, n) => wanted.has(parts.slice(0, n + 1).join("/")));
	};
}
/** The warnings for files that an installer reads and that are in no commit. */
async function untrackedWarnings(repository, reads) {
	const found = await untrackedReads(repository, reads);
	if (found.length === 0) return [];
	const named = `${found.slice(0, 10).map(quoteName).join(", ")}${found.length > 10 ? ", …" : ""}`;
	const [it, holds] = found.length === 1 ? ["it", "it holds"] : ["them", "they hold"];
	return [`git does not track ${named}, which the installer reads: what ${holds} is in the environment's key and in no commit, so another checkout can give another environment. Where that is not meant, commit ${it}.`];
}
/**
* Groups paths of the checkout by their repository; a submodule is a repository of its own. Other paths are left out.
*/
async function byRepository(repository, all) {
	const inside = realpathSync(repository);
	const trackers = /* @__PURE__ */ new Map();
	const tracker = (top, foreign) => {
		const known = trackers.get(top) ?? {
			top,
			foreign,
			paths: [],
			submodules: [],
			name: (path) => relative(inside, join(top, path))
		};
		trackers.set(top, known);
		return known;
	};
	const tops = /* @__PURE__ */ new Map();
	const topOf = async (path) => {
		let directory = isDirectory(path) ? path : dirname(path);
		while (!existsSync(join(directory, ".git")) && directory !== dirname(directory)) directory = dirname(directory);
		if (!tops.has(directory)) tops.set(directory, await askTop(directory, "--show-toplevel"));
		return tops.get(directory);
	};
	for (const path of new Set(all.flatMap(standsAt))) {
		if (isOutside(relative(inside, path))) continue;
		const top = await topOf(path);
		if (top === void 0 || isOutside(relative(inside, top))) continue;
		const above = [top];
		for (let next = top; next !== inside; above.push(next)) {
			const parent = await askTop(next, "--show-superproject-working-tree");
			if (parent === void 0) break;
			tracker(parent, false).submodules.push(relative(parent, next));
			next = parent;
		}
		tracker(top, above.at(-1) !== inside).paths.push(relative(top, path));
	}
	return [...trackers.values()];
}
/** A path and its target: a link is compared as well as its target. */
function standsAt(path) {
	if (!existsSync(dirname(path))) return [];
	const own = join(realpathSync(dirname(path)), basename(path));
	return existsSync(path) ? [own, realpathSync(path)] : [own];
}
const isDirectory = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isOutside = (place) => place === ".." || place.startsWith("../");
/** @returns undefined outside a repository, and on a machine without git */
async function askTop(directory, question) {
	return (await tryGit(directory, ["rev-parse", question]).catch(() => void 0))?.replace(/\n$/, "") || void 0;
}

export { Findings as a, readStatus as i, untrackedReads as n, untrackedWarnings as r, refuseChanged as t };