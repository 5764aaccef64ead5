import { n as Failure } from "./failure.js";
import { f as record, g as unknown, l as looseObject, m as string } from "./npm-zod-schemas.js";
import { a as tryGit, i as records } from "./source-git.js";
import { h as usualFiles, m as contentHash } from "./installers-passed-variables.js";
import { n as parse } from "./npm-smol-toml-index.js";
import { a as historyIdentity, l as updateIndex, n as namesTagReader, r as refuseCutHistory, s as makeCommitView, t as PACKAGING_FILES } from "./source-tag-version.js";
import { dirname, join, relative, resolve } from "node:path";
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { hash } from "node:crypto";

// src/installers/local-packages.ts
/** The remedy for a failed build of a local package, since it may succeed in a checkout. */
const BUILT_ALONE = "A local package is built from its own tracked files alone: what it reads beside its directory must be in that directory, by a link for example.";
/** The files of a directory that belong to the commit, relative to it, sorted. */
async function trackedFiles(directory) {
	const listed = await tryGit(directory, [
		"ls-files",
		"-z",
		"--recurse-submodules",
		"--",
		"."
	]);
	if (listed === void 0) return usualFiles(directory);
	return records(listed).filter((path) => lstatSync(join(directory, path), { throwIfNoEntry: false }) !== void 0).sort();
}
/**
* The parts of a key for local directories and archives, and for local packages that those name: exactly what {@link
* copyPackages} lets a build see.
*
* @param paths absolute
* @throws Failure (refused) for a directory without tracked files, a link that leads out of the repository, and a
*   version that comes from tags in a shallow clone
*/
async function localParts(paths, { source, repository }) {
	return (await Promise.all(withNeighbours(paths).map(async (path) => {
		const name = `local ${relative(source, path) || "."}`;
		if (statSync(path).isFile()) return [{
			name,
			value: contentHash(path)
		}];
		const files = await packageFiles(path, repository);
		if (files.length === 0) throw new Failure({
			code: "file-missing",
			what: `git tracks no file of ${relative(source, path) || path}`,
			where: { directory: path },
			remedy: "Local packages are built from what is committed: add and commit it, or install it from an index.",
			outcome: "refused"
		});
		const content = {
			name,
			value: contentHash(path, files.map((file) => relative(path, file)).sort())
		};
		const history = await historyOf(path);
		if (!history) return [content];
		await refuseCutHistory(history.repository, history.commit);
		const identity = await historyIdentity(history.repository, history.commit);
		return [content, {
			name: `history of ${relative(source, path) || "."}`,
			value: hash("sha256", identity, "hex")
		}];
	}))).flat();
}
/**
* What is read of local packages: tracked files of directories; whole archives and targets of links.
*
* @param paths absolute
*/
async function localReads(paths, repository) {
	const all = withNeighbours(paths);
	const archives = all.filter((path) => statSync(path).isFile());
	const tracked = all.filter((path) => !archives.includes(path));
	const linked = (await Promise.all(tracked.map((path) => packageFiles(path, repository)))).flat().filter((file) => tracked.every((path) => isOutside(relative(path, file))));
	return {
		whole: [...archives, ...linked],
		tracked
	};
}
/**
* The repository whose tags give a package its version; undefined for a package with another version source, and
* outside git.
*/
async function historyOf(path) {
	if (!PACKAGING_FILES.map((name) => join(path, name)).filter((file) => existsSync(file)).some((file) => namesTagReader(readFileSync(file, "utf8")))) return void 0;
	const [repository, commit] = (await tryGit(path, [
		"rev-parse",
		"--show-toplevel",
		"HEAD"
	]))?.split("\n") ?? [];
	return repository && commit ? {
		repository,
		commit
	} : void 0;
}
/** What a build of a package may read, absolute: the tracked files of its directory, and the targets of links in it. */
async function packageFiles(directory, repository) {
	const inside = realpathSync(repository);
	const found = /* @__PURE__ */ new Set();
	const add = async (path) => {
		if (found.has(path)) return;
		const status = lstatSync(path, { throwIfNoEntry: false });
		if (status?.isDirectory()) {
			for (const name of await trackedFiles(path)) await add(join(path, name));
			return;
		}
		found.add(path);
		if (!status?.isSymbolicLink() || !existsSync(path)) return;
		const place = relative(inside, realpathSync(path));
		if (isOutside(place)) throw new Failure({
			code: "file-not-shippable",
			what: `${relative(repository, path)} is a link that leads out of the repository`,
			where: { target: readlinkSync(path) },
			remedy: "A local package is built from what is committed: put what it leads to into the repository, or remove it.",
			outcome: "refused"
		});
		const target = join(repository, place);
		if (!`${path}/`.startsWith(`${target}/`)) await add(target);
	};
	await add(directory);
	return [...found];
}
const isOutside = (place) => place === ".." || place.startsWith("../");
const neighbour = looseObject({ path: string() });
const neighbours = record(string(), unknown()).optional();
const pyprojectSchema = looseObject({ tool: looseObject({
	uv: looseObject({ sources: neighbours }).optional(),
	poetry: looseObject({ dependencies: neighbours }).optional()
}).optional() });
/**
* Directories, and those that their pyproject.toml refers to: `[tool.uv.sources]`, poetry's dependencies with a path.
*/
function withNeighbours(paths) {
	const all = /* @__PURE__ */ new Set();
	const visit = (path) => {
		if (all.has(path) || !existsSync(path)) return;
		all.add(path);
		const file = join(path, "pyproject.toml");
		if (!existsSync(file)) return;
		const { tool } = pyprojectOf(file);
		for (const one of Object.values({
			...tool?.poetry?.dependencies,
			...tool?.uv?.sources
		})) {
			const { data } = neighbour.safeParse(one);
			if (data) visit(resolve(path, data.path));
		}
	};
	for (const path of paths) visit(path);
	return [...all];
}
function pyprojectOf(file) {
	try {
		return pyprojectSchema.parse(parse(readFileSync(file, "utf8")));
	} catch {
		return {};
	}
}
/**
* Copies local packages, and the local packages that those name, to their paths below the copy of the repository. The
* copy contains nothing else of the repository, so that a build reads only what is in a key.
*
* @param paths directories and archives, absolute
* @param to a directory that does not exist yet, absolute
* @param files further files, absolute
* @returns a function that converts a path of the checkout to its path in the copy; other paths stay as they are
*/
async function copyPackages(paths, { repository, to, files = [] }) {
	const inCopy = (path) => {
		const place = relative(repository, path);
		return isOutside(place) ? path : join(to, place);
	};
	const packages = withNeighbours(paths).filter((path) => inCopy(path) !== path);
	const all = new Set(files);
	for (const path of packages) for (const file of await packageFiles(path, repository)) all.add(file);
	mkdirSync(to, { recursive: true });
	for (const file of all) if (inCopy(file) !== file) copyFile(file, repository, inCopy);
	const histories = await Promise.all(packages.map(historyOf));
	const tops = new Map(histories.flatMap((history) => history ? [[history.repository, history.commit]] : []));
	for (const [top, commit] of tops) {
		const root = inCopy(join(repository, relative(realpathSync(repository), realpathSync(top))));
		await makeCommitView(top, commit, root);
		const written = [...all].map((file) => ({
			file,
			place: relative(root, inCopy(file))
		}));
		await updateIndex(root, written.map(({ file, place }) => ({
			place,
			blob: "",
			identity: lstatSync(file).isSymbolicLink() ? "link" : ""
		})));
	}
	return inCopy;
}
/** A link leads to the copy of its final target. */
function copyFile(file, repository, inCopy) {
	const target = inCopy(file);
	mkdirSync(dirname(target), { recursive: true });
	if (lstatSync(file).isFile()) {
		copyFileSync(file, target);
		chmodSync(target, (statSync(file).mode & 73) !== 0 ? 493 : 420);
		return;
	}
	if (!lstatSync(file).isSymbolicLink()) return;
	const end = existsSync(file) ? inCopy(join(repository, relative(realpathSync(repository), realpathSync(file)))) : "";
	symlinkSync(end === "" ? readlinkSync(file) : relative(dirname(target), end) || ".", target);
}

// src/installers/git-remedy.ts
/** The usual causes, by the messages of git and ssh. The last one matches all other messages of git. */
const CAUSES = [
	[/Host key verification failed/, "ssh does not know the host of a dependency: put its key into ~/.ssh/known_hosts of the builder, after a comparison with what that host publishes."],
	[/Permission denied \([^)]*publickey/, "The repository of a dependency takes no key that git has here. Installers see the agent of a job only where `pass-env: [SSH_AUTH_SOCK]` of this environment names it. Let it hold keys that can only read packages: install scripts see it, too."],
	[/could not read (Username|Password)|fatal: Authentication failed/, "The repository of a dependency wants credentials: give git a netrc file, or a credential helper in this user's own configuration. Both are read from `HOME`, which installers see."],
	[/Could not read from remote repository|fatal: unable to access|fatal: repository \S+ not found/, "git could not fetch a dependency, and says why. Look at its address, at the network, and whether what git has here (keys, credentials) may read that repository."]
];
/**
* @param output the last lines of an installer
* @returns undefined if git did not cause the failure
*/
function gitRemedy(output) {
	const text = output.replace(/\s+/g, " ");
	return CAUSES.find(([said]) => said.test(text))?.[1];
}

export { localReads as a, localParts as i, BUILT_ALONE as n, trackedFiles as o, copyPackages as r, gitRemedy as t };