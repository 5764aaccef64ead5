import { n as Failure } from "./failure.js";
import { i as cutStart } from "./text-shell-word.js";
import { i as formatEnd, r as formatCommand } from "./subprocess-run.js";
import { i as records, n as git, o as viewEnvironment, r as gitEnvironment } from "./source-git.js";
import { spawn } from "node:child_process";
import { dirname, join, posix, resolve } from "node:path";
import { appendFileSync, chmodSync, copyFileSync, createWriteStream, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";

// src/subprocess/filter.ts
const LAST_CHARACTERS = 4e3;
/**
* Starts a command whose standard input and output are streams of this process.
*
* @param what its purpose, for the error: `zstd could not compress the layer`
*/
function startFilter(command, options) {
	const [file, ...args] = command;
	const child = spawn(file, args, {
		cwd: options.cwd,
		env: options.env ?? process.env,
		stdio: [
			"pipe",
			"pipe",
			"pipe"
		]
	});
	let said = "";
	child.stderr.on("data", (chunk) => {
		said = cutStart(said + chunk.toString("utf8"), LAST_CHARACTERS);
	});
	const ended = new Promise((resolve, reject) => {
		const fail = (ending, cause) => reject(new Failure({
			code: "command-failed",
			what: options.what,
			where: {
				command: formatCommand(command),
				ended: ending
			},
			output: said,
			cause
		}));
		child.on("error", (error) => fail(error.message, error));
		child.on("close", (code, signal) => code === 0 ? resolve() : fail(formatEnd({
			code,
			signal,
			timedOut: false
		})));
	});
	ended.catch(() => {});
	child.stdin.on("error", () => {});
	return {
		stdin: child.stdin,
		stdout: child.stdout,
		ended,
		kill: () => child.kill("SIGKILL")
	};
}

// src/source/blobs.ts
/**
* Reads blobs by their hashes.
*
* @returns contents by hash
* @throws Failure when one is missing (a partial clone whose remote cannot be reached)
*/
async function readBlobs(repository, blobs) {
	const wanted = [...new Set(blobs)];
	const contents = /* @__PURE__ */ new Map();
	if (wanted.length === 0) return contents;
	const batch = startFilter([
		"git",
		"-c",
		"safe.directory=*",
		"-C",
		repository,
		"cat-file",
		"--batch"
	], {
		what: "the commit's files cannot be read",
		env: gitEnvironment()
	});
	batch.stdin.end(`${wanted.join("\n")}\n`);
	let rest = Buffer.alloc(0);
	let parts = [];
	let open;
	for await (const chunk of batch.stdout) {
		rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		for (;;) {
			if (!open) {
				const end = rest.indexOf(10);
				if (end < 0) break;
				const [blob = "", kind, size] = rest.toString("latin1", 0, end).split(" ");
				if (kind !== "blob") throw missing(repository, blob);
				open = {
					blob,
					left: Number(size)
				};
				parts = [];
				rest = rest.subarray(end + 1);
			}
			const part = rest.subarray(0, open.left);
			parts.push(part);
			open.left -= part.length;
			rest = rest.subarray(part.length);
			if (open.left > 0 || rest.length === 0) break;
			contents.set(open.blob, parts.length === 1 ? parts[0] : Buffer.concat(parts));
			rest = rest.subarray(1);
			open = void 0;
		}
	}
	await batch.ended;
	for (const blob of wanted) if (!contents.has(blob)) throw missing(repository, blob);
	return contents;
}
/** Writes a blob of any size to a file. @throws Failure when it is missing */
async function writeBlob(repository, blob, file) {
	const cat = startFilter([
		"git",
		"-c",
		"safe.directory=*",
		"-C",
		repository,
		"cat-file",
		"blob",
		blob
	], {
		what: "a file of the commit cannot be read",
		env: gitEnvironment()
	});
	cat.stdin.end();
	await Promise.all([pipeline(cat.stdout, createWriteStream(file)), cat.ended]);
}
function missing(repository, blob) {
	return new Failure({
		code: "clone-shallow",
		what: "a file of the commit is not in this clone",
		where: {
			repository,
			object: blob
		},
		remedy: "A partial clone (`filter:`) fetches objects when they are needed: check out without a filter.",
		outcome: "refused"
	});
}

// src/source/write-files.ts
/** Maximum bytes of blobs in memory. */
const BATCH = 64 << 20;
/**
* Writes files of a commit to their `place` below a directory, with the modes and contents with which they ship.
*
* @param root absolute; replaces the repository's root
*/
async function writeFiles(files, root) {
	const made = /* @__PURE__ */ new Set();
	const put = (file, content) => {
		const path = join(root, file.place);
		makeParent(path, made);
		if (file.type === "link") symlinkSync(content ?? "", path);
		else if (content) writeFileSync(path, content);
		else if (file.from !== void 0) copyFileSync(file.from, path);
		if (file.type === "file") chmodSync(path, file.executable ? 493 : 420);
	};
	const inGit = [];
	for (const file of files) if (file.content !== void 0 || file.from !== void 0) put(file, file.content);
	else inGit.push(file);
	for (const [directory, own] of Map.groupBy(inGit, ({ repository }) => repository.directory)) for (const batch of batches(own)) {
		const contents = await readBlobs(directory, batch.map(({ blob }) => blob));
		for (const file of batch) put(file, contents.get(file.blob));
	}
	return new Map(files.map((file) => [file, lstatSync(join(root, file.place))]));
}
function* batches(files) {
	let batch = [];
	let size = 0;
	for (const file of files) {
		if (size + file.size > BATCH && batch.length > 0) {
			yield batch;
			batch = [];
			size = 0;
		}
		batch.push(file);
		size += file.size;
	}
	if (batch.length > 0) yield batch;
}
/** Copies files that are not part of the commit (those of `include:`) to the application's directory. */
function writeSources(sources, application) {
	const made = /* @__PURE__ */ new Set();
	for (const source of sources) {
		const path = join(application, source.path);
		if (source.type === "directory") {
			mkdirSync(path, { recursive: true });
			continue;
		}
		makeParent(path, made);
		if (source.type === "link") symlinkSync(source.target, path);
		else if ("content" in source) writeFileSync(path, source.content);
		else copyFileSync(source.from, path);
		if (source.type === "file" && source.executable !== void 0) chmodSync(path, source.executable ? 493 : 420);
	}
}
function makeParent(path, made) {
	const parent = dirname(path);
	if (made.has(parent)) return;
	mkdirSync(parent, { recursive: true });
	made.add(parent);
}
/** Files that have changed since they were written: paths relative to the application, with the kind of difference. */
async function changedFiles(written, root) {
	const changed = [];
	for (const [file, before] of written) {
		const path = join(root, file.place);
		const now = lstatSync(path, { throwIfNoEntry: false });
		const add = (how) => changed.push({
			path: file.path,
			how
		});
		if (!now) add("is deleted");
		else if ((now.mode & 61513) !== (before.mode & 61513)) add("has another mode");
		else if (now.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs) continue;
		else if (!(await contentOf(file)).equals(now.isSymbolicLink() ? Buffer.from(readlinkSync(path)) : readFileSync(path))) add("is changed");
	}
	return changed;
}
async function contentOf({ content, from, blob, repository }) {
	if (content) return content;
	if (from !== void 0) return readFileSync(from);
	return (await readBlobs(repository.directory, [blob])).get(blob);
}
/**
* Makes git report no changes in a directory with a view of the commit (src/source/commit-view.ts): missing files were
* left out on purpose, and files whose shipped form differs from the commit are intended.
*
* @param written all files of the outermost repository that are in the directory
*/
async function updateIndex(root, written) {
	const what = "the copy of the commit could not be prepared";
	const there = new Map(written.map((file) => [file.place, file]));
	const listed = (await git(root, ["ls-files", "-z"], what)).split("\0").slice(0, -1);
	const mark = (option, paths) => paths.length === 0 ? void 0 : git(root, [
		"update-index",
		option,
		"-z",
		"--stdin"
	], what, { input: paths.map((path) => `${path}\0`).join("") });
	await mark("--skip-worktree", listed.filter((path) => !there.has(path)));
	await git(root, [
		"update-index",
		"-q",
		"--refresh"
	], what).catch(() => {});
	await mark("--assume-unchanged", listed.filter((path) => there.get(path) && isOther(there.get(path))));
}
const isOther = ({ identity, blob, from }) => identity !== blob || from !== void 0;

// src/source/commit-view.ts
/** Hashes are abbreviated as in a small repository: git's own choice grows with the number of objects in a clone. */
const SETTINGS = "[core]\n	abbrev = 7\n	autocrlf = false\n[gc]\n	auto = 0\n";
/**
* Creates `<directory>/.git`. Objects are shared with the repository; nothing is copied or checked out.
*
* @param directory absolute; created if missing
*/
async function makeCommitView(repository, commit, directory) {
	const what = "the commit's history cannot be read";
	const [paths, tags] = await Promise.all([git(repository, [
		"rev-parse",
		"--git-path",
		"objects",
		"--git-path",
		"shallow"
	], what), git(repository, [
		"for-each-ref",
		`--merged=${commit}`,
		"--format=%(objectname)%00%(*objectname)%00%(refname)%00",
		"refs/tags"
	], what)]);
	const [objects = "", shallow = ""] = paths.split("\n").map((path) => resolve(repository, path));
	const format = commit.length === 64 ? "sha256" : "sha1";
	mkdirSync(directory, { recursive: true });
	await git(directory, [
		"init",
		"--quiet",
		"--template=",
		`--object-format=${format}`,
		"."
	], what, { env: viewEnvironment() });
	const own = join(directory, ".git");
	mkdirSync(join(own, "objects/info"), { recursive: true });
	writeFileSync(join(own, "objects/info/alternates"), `${objects}\n`);
	if (existsSync(shallow)) copyFileSync(shallow, join(own, "shallow"));
	writeFileSync(join(own, "HEAD"), `${commit}\n`);
	writeFileSync(join(own, "packed-refs"), packedRefs(records(tags)));
	appendFileSync(join(own, "config"), SETTINGS);
	await git(directory, ["read-tree", commit], what);
}
/** @param fields of each tag: the object, the object that it points to if it is a tag object, its name */
function packedRefs(fields) {
	const lines = ["# pack-refs with: peeled fully-peeled sorted "];
	for (let n = 0; n + 2 < fields.length; n += 3) {
		lines.push(`${fields[n].trim()} ${fields[n + 2]}`);
		if (fields[n + 1]) lines.push(`^${fields[n + 1]}`);
	}
	return `${lines.join("\n")}\n`;
}
/**
* What cache keys need of the history beyond the commit: the tags of its history, and where a shallow clone ends.
*
* @returns text, equal in all clones that give the same answers
*/
async function historyIdentity(repository, commit) {
	const what = "the commit's tags cannot be read";
	return `${commit}\n${await git(repository, [
		"for-each-ref",
		`--merged=${commit}`,
		"--format=%(objectname) %(refname)",
		"refs/tags"
	], what)}${await isShallow(repository) ? await git(repository, [
		"rev-list",
		"--count",
		commit
	], what) : ""}`;
}
/** Whether the clone lacks part of its history. */
async function isShallow(repository) {
	return (await git(repository, ["rev-parse", "--is-shallow-repository"], "the repository cannot be read")).trim() === "true";
}

// src/source/tag-version.ts
/** Files that say how a Python project is built. */
const PACKAGING_FILES = [
	"pyproject.toml",
	"setup.cfg",
	"setup.py"
];
/** Packages that read a version from git, and keys that make a build backend do so. */
const READS_TAGS = /setuptools[-_]scm|vcs[-_]versioning|hatch-vcs|setuptools-git-versioning|\bpbr\b|versioneer|poetry-dynamic-versioning|dunamai|versioningit|source\s*=\s*["'](?:vcs|scm)["']/;
/** Whether the text of a packaging file names a tool that reads the version from tags. */
const namesTagReader = (text) => READS_TAGS.test(text);
/**
* Whether the project's own files name a tool that reads its version from tags.
*
* @param directory of the project, relative to the application's
*/
function readsVersionFromTags({ sources }, directory) {
	const files = PACKAGING_FILES.map((name) => posix.join(directory, name));
	return sources.some((source) => source.type === "file" && "content" in source && files.includes(source.path) && namesTagReader(Buffer.from(source.content).toString("utf8")));
}
/** Refuses a shallow clone if tags decide the project's own version: see {@link refuseCutHistory}. */
async function refuseMissingTags(repository, source, directory) {
	if (readsVersionFromTags(source, directory)) await refuseCutHistory(repository, source.commit.id);
}
/**
* Refuses a shallow clone: it gives another version than a complete one, unless the commit itself has a tag that can be
* a version.
*
* @throws Failure (refused)
*/
async function refuseCutHistory(repository, commit) {
	if (!await isShallow(repository)) return;
	if ((await git(repository, [
		"tag",
		"--points-at",
		commit
	], "the commit's tags cannot be read")).split("\n").some((tag) => /\d/.test(tag))) return;
	throw new Failure({
		code: "clone-shallow",
		what: "the version comes from tags, and this clone is shallow",
		where: {
			repository,
			commit
		},
		remedy: "Check out with `fetch-depth: 0` (actions/checkout), or run `git fetch --unshallow --tags`: the version is counted from the nearest tag.",
		outcome: "refused"
	});
}

export { historyIdentity as a, changedFiles as c, writeSources as d, readBlobs as f, refuseMissingTags as i, updateIndex as l, namesTagReader as n, isShallow as o, writeBlob as p, refuseCutHistory as r, makeCommitView as s, PACKAGING_FILES as t, writeFiles as u };