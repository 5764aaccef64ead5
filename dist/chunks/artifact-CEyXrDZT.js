import { a as installTool, c as mergeRequirements, d as unfinishedEntry, f as finishEntry, i as PIP_VERSION, l as fetchEntry, o as removeLocalOrigins, p as unpackLayer, t as buildEnvironments, u as keepEntry } from "./build-whpYBGVy.js";
import { n as Failure } from "./failure-DLNjTWx2.js";
import { _ as quoteName, b as during, g as nameProblem, p as pathsOf, y as targetProblem } from "./tar-header-Bv1PKyal.js";
import { a as git, c as tryGit, d as run, f as tryRun, h as formatCount, l as formatCommand, m as formatBytes, n as headCommit, o as gitEnvironment, r as headTag, s as records, u as formatEnd } from "./repository-TOc_mBH-.js";
import { n as packLayer, r as walk } from "./tar-reader-X61PF7hq.js";
import { n as versionProblem, r as writeArtifact, t as openArtifact } from "./read-CtvT_-d0.js";
import { B as strictObject, V as string, x as configSchema } from "./phases-DZWs4Y39.js";
import { spawn } from "node:child_process";
import { basename, delimiter, dirname, join, matchesGlob, relative, resolve } from "node:path";
import { accessSync, chmodSync, constants, copyFileSync, createReadStream, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash, hash } from "node:crypto";
import { availableParallelism, tmpdir } from "node:os";

// src/source/links.ts
const DEEPEST = 40;
/**
* Why a link cannot ship, or undefined when it can: it stays inside the application, whatever other links it passes through.
*
* @param path the link's own path
* @param links targets of all links of the application, by path
*/
function linkProblem(path, links) {
	const target = links.get(path) ?? "";
	if (target.startsWith("/")) return "it is absolute: on a host it would lead out of the release";
	const resolved = path.split("/").slice(0, -1);
	const left = target.split("/");
	for (let followed = 0; left.length > 0;) {
		const part = left.shift();
		if (part === "" || part === ".") continue;
		if (part === "..") {
			if (resolved.length === 0) return "it leads out of the application";
			resolved.pop();
			continue;
		}
		resolved.push(part);
		const next = links.get(resolved.join("/"));
		if (next === void 0) continue;
		if (++followed > DEEPEST) return void 0;
		if (next.startsWith("/")) return "it passes through a link that leads out of the application";
		resolved.pop();
		left.unshift(...next.split("/"));
	}
	return resolved.includes(".git") ? "it leads into .git, which is not shipped" : void 0;
}

// src/command/filter.ts
/**
* Starts a command whose standard input and output are streams of this process.
*
* @param what what it does for the user, for the error: `zstd could not compress the layer`
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
		said = (said + chunk.toString("utf8")).slice(-4e3);
	});
	const ended = new Promise((resolve, reject) => {
		const fail = (ending, cause) => reject(new Failure({
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
function missing(repository, blob) {
	return new Failure({
		what: "a file of the commit is not in this clone",
		where: {
			repository,
			object: blob
		},
		remedy: "A partial clone (`filter:`) fetches objects when they are needed: check out without a filter.",
		outcome: "refused"
	});
}

// src/source/lfs.ts
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*?oid sha256:([0-9a-f]{64})\n(?:[a-z0-9.-]+ [^\n]*\n)*?size (\d+)\n/;
const LARGEST_POINTER = 1024;
/** What a pointer points at; undefined for anything else. */
function parsePointer(content) {
	if (content.length > 1024) return void 0;
	const match = POINTER.exec(Buffer.from(content).toString("latin1"));
	return match ? {
		sha256: match[1],
		size: Number(match[2])
	} : void 0;
}

// src/source/secrets.ts
const NAMES = [
	/(^|\/)\.env(\.(?!example$|sample$|template$|dist$|defaults?$)[^/]+)?$/,
	/(^|\/)id_(rsa|dsa|ecdsa|ed25519)$/,
	/(^|\/)(\.netrc|\.pgpass|\.pypirc|\.git-credentials|\.htpasswd)$/,
	/\.(p12|pfx|jks|keystore|kdbx)$/
];
/** How much of a file is looked at: keys are short, and their first line says what they are. */
const LOOKED_AT = 65536;
/** Why a file looks like a secret, or undefined. `content`: the file's beginning. */
function secretProblem(path, content) {
	if (NAMES.some((pattern) => pattern.test(path))) return "its name is that of a file with secrets";
	const text = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, LOOKED_AT)).toString("latin1");
	if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text) && /\.(pem|key|crt|ppk)$|(^|\/)[^./]+$/.test(path)) return "it holds a private key";
	if (/^PuTTY-User-Key-File-\d/.test(text)) return "it holds a private key";
	if (/(^|\/)\.npmrc$/.test(path) && /_authToken\s*=\s*(?!\$\{)\S|_password\s*=\s*(?!\$\{)\S/.test(text)) return "it holds a token";
}

// src/source/status.ts
/** @param paths `.` for everything, else literal names of files or directories, relative to the repository's root */
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
/** What stands after `count` fields that are separated by single spaces. */
function fields(record, count) {
	let at = -1;
	for (let n = 0; n < count; n++) at = record.indexOf(" ", at + 1);
	return record.slice(at + 1);
}
/** In words; undefined for a submodule that only holds untracked files. */
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
* `git update-index --assume-unchanged` and `--skip-worktree` hide changes from status: a copy of the index without those marks is asked
* again. Files that a sparse checkout leaves out are skipped and absent, which is no change: their content ships from the commit.
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
		copyFileSync(resolve(repository, index), env.GIT_INDEX_FILE);
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

// src/source/tracked.ts
/**
* The tree of a commit, recursively.
*
* @param directory below the repository's root, `""` for all
*/
async function listTree(repository, commit, directory) {
	const below = directory === "" ? [] : ["--", `${directory}/`];
	const output = await git(repository, [
		"ls-tree",
		"-r",
		"-z",
		"--long",
		"--full-tree",
		commit,
		...below
	], "the commit's files cannot be listed");
	const files = [];
	const submodules = [];
	for (const record of records(output)) {
		const tab = record.indexOf("	");
		const [mode = "", kind = "", blob = "", size = ""] = record.slice(0, tab).split(/ +/);
		const tracked = record.slice(tab + 1);
		const path = tracked.slice(directory === "" ? 0 : directory.length + 1);
		if (kind === "commit") submodules.push({
			path,
			commit: blob
		});
		else files.push({
			path,
			tracked,
			type: mode === "120000" ? "link" : "file",
			executable: mode === "100755",
			blob,
			size: Number(size),
			repository
		});
	}
	if (files.length === 0 && submodules.length === 0) throw new Failure({
		what: directory === "" ? "the commit has no files" : `the commit has no files below ${directory}`,
		remedy: "Correct `source:` in tarlift.yml, and commit the application.",
		outcome: "refused"
	});
	return {
		files,
		submodules
	};
}

// src/source/read.ts
/** Files up to this size are read from git; larger ones from the checkout, when its bytes prove to be the blob's. */
const IN_MEMORY = 1 << 20;
/** @throws Failure with every reason at once why this checkout cannot be shipped */
async function readSource(options) {
	const { repository } = options;
	const directory = options.directory === "." ? "" : options.directory;
	const commit = await headCommit(repository);
	const [tree, status] = await Promise.all([listTree(repository, commit.id, directory), readStatus(repository, [directory === "" ? "." : directory, ...configPath(options)])]);
	const findings = new Findings();
	const submodules = new Set(tree.submodules.map(({ path }) => join(directory, path)));
	for (const { path, how } of status.changed) if (!submodules.has(path) || !how.endsWith("at another commit")) findings.add("changed", `${quoteName(path)} ${how}`);
	const files = [...tree.files];
	for (const submodule of tree.submodules) files.push(...await submoduleFiles(join(repository, directory), submodule, findings));
	const shipped = await withoutExportIgnored(files);
	const sources = await contentOf(options, shipped, findings);
	const tracked = new Set(files.map(({ path }) => path));
	const included = includeSources(options, findings).filter(({ path, type }) => type === "directory" || !tracked.has(path));
	const links = new Map([...sources, ...included].flatMap((source) => source.type === "link" ? [[source.path, source.target]] : []));
	for (const [path, target] of links) {
		const problem = targetProblem(target) ?? linkProblem(path, links);
		if (problem) findings.add("link", `${quoteName(path)} -> ${quoteName(target)}: ${problem}`);
	}
	for (const { path } of [...sources, ...included]) {
		const problem = nameProblem(path);
		if (problem) findings.add("name", `${quoteName(path)}: ${problem}`);
	}
	findings.refuse(repository);
	return {
		commit,
		tracked: shipped,
		sources: [...sources, ...included],
		includeHash: hashIncluded(included),
		notice: noticeOf(status, directory, options)
	};
}
function configPath({ repository, configFile }) {
	if (!configFile) return [];
	const path = relative(repository, realpathSync(configFile));
	return path.startsWith("..") ? [] : [path];
}
/** In the order in which they are told, with what to do about each. */
const REMEDIES = {
	changed: ["tracked files differ from HEAD", "Commit them, or put them back with `git restore`: an artifact is made of a commit. In a workflow, look for a step that writes to tracked files."],
	lfs: ["files of Git LFS were not fetched", "Check out with `lfs: true` (actions/checkout), or run `git lfs pull`."],
	submodule: ["submodules are not checked out as recorded", "Check out with `submodules: true` (actions/checkout), or run `git submodule update --init --recursive`."],
	secret: ["tracked files look like secrets", "Remove them from the repository (and change the secrets: they are in its history), or, where they are harmless, name them in tarlift.yml: `secret-files: [path]`. Secrets reach a release through `targets.<target>.secrets`."],
	link: ["links lead out of the application", "Make them relative and let them stay inside, or leave them out with `export-ignore` in .gitattributes. What differs between hosts belongs into `shared:`."],
	name: ["names cannot be shipped", "Rename them, or leave them out with `export-ignore` in .gitattributes."],
	include: ["paths of `include:` cannot be shipped", "Build them in an earlier step, or correct `include:` in tarlift.yml."]
};
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
			what: kinds.map((kind) => REMEDIES[kind][0]).join("; "),
			where: { repository },
			output: kinds.flatMap((kind) => listed(kind)).join("\n"),
			remedy: kinds.map((kind) => REMEDIES[kind][1]).join("\n"),
			outcome: "refused"
		});
	}
};
async function submoduleFiles(application, { path, commit }, findings) {
	const directory = join(application, path);
	const top = existsSync(join(directory, ".git")) ? await tryGit(directory, ["rev-parse", "HEAD"]) : void 0;
	if (top?.trim() !== commit) {
		findings.add("submodule", `${quoteName(path)} ${top ? `is at ${top.trim().slice(0, 12)} instead of ${commit.slice(0, 12)}` : "is empty"}`);
		return [];
	}
	const { files, submodules } = await listTree(directory, commit, "");
	const inner = await Promise.all(submodules.map((submodule) => submoduleFiles(directory, submodule, findings)));
	return [...files, ...inner.flat()].map((file) => ({
		...file,
		path: `${path}/${file.path}`
	}));
}
/** Leaves out what .gitattributes marks, as `git archive` does: a directory's mark holds for all that is in it. */
async function withoutExportIgnored(files) {
	const byRepository = Map.groupBy(files, ({ repository }) => repository);
	const kept = await Promise.all([...byRepository].map(async ([repository, own]) => {
		const marked = await exportIgnored(repository, own.map(({ tracked }) => tracked));
		return own.filter(({ tracked }) => !marked(tracked));
	}));
	const all = new Set(kept.flat());
	return files.filter((file) => all.has(file));
}
/** Whether a path of a repository, or a directory above it, is marked. Attributes of the commit count, not those of a machine. */
async function exportIgnored(repository, paths) {
	const directories = /* @__PURE__ */ new Set();
	for (const path of paths) for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) directories.add(path.slice(0, at));
	const output = await git(repository, [
		"-c",
		"core.attributesFile=/dev/null",
		"check-attr",
		"--cached",
		"-z",
		"--stdin",
		"export-ignore"
	], "the attributes cannot be read", {
		env: {
			...gitEnvironment(),
			GIT_ATTR_NOSYSTEM: "1"
		},
		input: [...paths, ...[...directories].map((directory) => `${directory}/`)].map((path) => `${path}\0`).join("")
	});
	const marked = /* @__PURE__ */ new Set();
	const answers = records(output);
	for (let n = 0; n + 2 < answers.length; n += 3) if (answers[n + 2] === "set") marked.add(answers[n]);
	return (path) => {
		if (marked.has(path)) return true;
		for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) if (marked.has(`${path.slice(0, at)}/`)) return true;
		return false;
	};
}
async function contentOf(options, files, findings) {
	const application = join(options.repository, options.directory);
	const contents = await readContents(application, files);
	const sources = [];
	for (const file of files) {
		const content = contents.get(`${file.repository}\0${file.blob}`);
		const { path, executable } = file;
		if (file.type === "link") {
			sources.push({
				type: "link",
				path,
				target: content.toString("utf8")
			});
			continue;
		}
		const pointer = content && file.size <= 1024 ? parsePointer(content) : void 0;
		const fetched = pointer ? await lfsContent(join(application, path), pointer) : void 0;
		if (pointer && !fetched) findings.add("lfs", `${quoteName(path)} is a pointer`);
		const beginning = content ?? Buffer.alloc(0);
		const secret = options.secretFiles.includes(path) ? void 0 : secretProblem(path, beginning);
		if (secret) findings.add("secret", `${quoteName(path)}: ${secret}`);
		if (fetched) sources.push({
			type: "file",
			path,
			from: fetched,
			executable
		});
		else if (content) sources.push({
			type: "file",
			path,
			content,
			executable
		});
		else sources.push({
			type: "file",
			path,
			from: join(application, path),
			executable
		});
	}
	return sources;
}
/** Contents of blobs; a large file is left out when the checkout has exactly its bytes, so that it need not be held in memory. */
async function readContents(application, files) {
	const byRepository = /* @__PURE__ */ new Map();
	for (const file of files) {
		if (file.type === "file" && file.size > IN_MEMORY && await isBlob(join(application, file.path), file)) continue;
		const blobs = byRepository.get(file.repository) ?? [];
		byRepository.set(file.repository, blobs);
		blobs.push(file.blob);
	}
	const contents = /* @__PURE__ */ new Map();
	for (const [repository, blobs] of byRepository) for (const [blob, content] of await readBlobs(repository, blobs)) contents.set(`${repository}\0${blob}`, content);
	return contents;
}
/** Git's hash of a blob: sha1 (or sha256) of `blob <size>\0` and the content. */
async function isBlob(path, { blob, size }) {
	const stat = lstatSync(path, { throwIfNoEntry: false });
	if (!stat?.isFile() || stat.size !== size) return false;
	const sum = createHash(blob.length === 64 ? "sha256" : "sha1").update(`blob ${size}\0`);
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) sum.update(chunk);
	return sum.digest("hex") === blob;
}
/** The file in the checkout when it is what the pointer promises. */
async function lfsContent(path, pointer) {
	const stat = lstatSync(path, { throwIfNoEntry: false });
	if (!stat?.isFile() || stat.size !== pointer.size) return void 0;
	const sum = createHash("sha256");
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) sum.update(chunk);
	return sum.digest("hex") === pointer.sha256 ? path : void 0;
}
function includeSources({ repository, directory, include }, findings) {
	const application = join(repository, directory);
	return include.flatMap((path) => {
		const from = join(application, path);
		if (path === "." || path.split("/").includes(".git")) {
			findings.add("include", `${quoteName(path)}: name the files and directories that are to ship`);
			return [];
		}
		const stat = lstatSync(from, { throwIfNoEntry: false });
		if (stat && realpathSync(dirname(from)) !== join(realpathSync(application), dirname(path))) {
			findings.add("include", `${quoteName(path)} stands behind a link`);
			return [];
		}
		if (!stat) findings.add("include", `${quoteName(path)} is not there`);
		if (stat?.isDirectory()) return walk(from, {
			prefix: path,
			skip: (name) => /(^|\/)\.git$/.test(name)
		});
		if (stat?.isFile()) return [{
			type: "file",
			path,
			from
		}];
		if (stat) findings.add("include", `${quoteName(path)} is neither a file nor a directory`);
		return [];
	});
}
function hashIncluded(included) {
	if (included.length === 0) return void 0;
	const sum = createHash("sha256");
	for (const source of included) if (source.type === "link") sum.update(`l ${source.path}\0${source.target}\0`);
	else if (source.type === "file" && "from" in source) sum.update(`f ${source.path}\0${(statSync(source.from).mode & 73) !== 0}\0${hash("sha256", readFileSync(source.from), "hex")}\0`);
	return sum.digest("hex");
}
const LOOKS_BUILT = /(^|\/)(dist|build|out|public|static|staticfiles|assets|target|\.next|\.nuxt|\.output)\/$/;
/** What stands in the checkout and does not ship, as one sentence: a surprise here is cheaper than one on a server. */
function noticeOf(status, directory, { madeElsewhere, include }) {
	const prefix = directory === "" ? "" : `${directory}/`;
	const known = [...madeElsewhere, ...include];
	const isKnown = (path) => known.some((one) => `${path.replace(/\/$/, "")}/`.startsWith(`${one}/`) || `${one}/`.startsWith(path));
	const own = (paths) => paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)).filter((path) => !isKnown(path));
	const untracked = own(status.untracked);
	const built = own(status.ignored).filter((path) => LOOKS_BUILT.test(path));
	if (untracked.length + built.length === 0) return void 0;
	const list = (paths) => `${paths.slice(0, 8).map(quoteName).join(", ")}${paths.length > 8 ? `, and ${paths.length - 8} more` : ""}`;
	return `not shipped: ${[...untracked.length > 0 ? [`untracked ${list(untracked)}`] : [], ...built.length > 0 ? [`ignored, and looking like something that was built, ${list(built)}`] : []].join("; ")}. If the application needs them: commit them, make them in an asset step, or name them in \`include:\`.`;
}

// src/bundle/assets.ts
const FORMAT$1 = "1";
const meta$1 = strictObject({ name: string() });
/**
* Runs the steps whose inputs changed, in the order of tarlift.yml, and takes the layers of all others from the store.
*
* @throws Failure when a step fails, does not make an output, or changes tracked files
*/
async function runAssetSteps(steps, options) {
	const made = [];
	for (const step of steps) refuseOutputs(step, options);
	for (const step of steps) {
		const place = {
			store: options.store,
			work: options.work,
			key: `assets-${stepKey(step, made, options)}`,
			schema: meta$1,
			title: `assets ${step.name}`,
			progress: options.progress
		};
		const found = await fetchEntry(place);
		if (found) {
			options.progress.notice(`assets ${step.name}: nothing that it reads has changed; ${formatBytes(found.layer.size)} from ${options.store.name}`);
			made.push({
				step,
				name: step.name,
				layer: found.layer,
				hit: true,
				onDisk: false
			});
			continue;
		}
		await options.makeReady();
		for (const earlier of made.filter(({ onDisk }) => !onDisk)) {
			refuseOutputs(earlier.step, options);
			clearOutputs(earlier.step, options);
			await unpackLayer(earlier.layer, {
				base: earlier.layer.base,
				directory: options.application,
				diffId: earlier.layer.diffId
			});
			earlier.onDisk = true;
		}
		const layer = await runStep(step, options, unfinishedEntry(place));
		await options.refuseChanges(step.name);
		finishEntry(layer, place.key, { name: step.name });
		const kept = await keepEntry(place, {
			meta: { name: step.name },
			layer
		});
		made.push({
			step,
			name: step.name,
			layer: kept.layer,
			hit: false,
			onDisk: kept.layer.diffId === layer.diffId
		});
	}
	return made.map(({ name, layer, hit }) => ({
		name,
		layer,
		hit
	}));
}
function stepKey(step, earlier, options) {
	const { tracked, includeHash } = options.source;
	const matches = (path) => step.inputs === void 0 || step.inputs.some((pattern) => isInput(path, pattern));
	const files = tracked.filter(({ path }) => matches(path));
	const before = earlier.filter(({ layer }) => layer.index.some(({ type, path }) => type !== "directory" && matches(path)));
	if (files.length === 0 && before.length === 0) throw new Failure({
		what: `asset step "${step.name}" reads no tracked file, and nothing that an earlier step makes`,
		where: { inputs: step.inputs?.join(", ") },
		remedy: "Correct `inputs:` in tarlift.yml: globs relative to the application's directory.",
		outcome: "refused"
	});
	const key = {
		format: FORMAT$1,
		app: options.app,
		run: step.run,
		outputs: step.outputs,
		files: files.map(({ path, type, executable, blob }) => [
			path,
			type,
			executable,
			blob
		]),
		include: includeHash,
		environments: options.environments.map(({ record }) => [record.name, record.id]),
		package: options.packageLayer?.diffId,
		variables: Object.entries(options.variables).sort(([a], [b]) => a < b ? -1 : 1),
		before: before.map(({ layer }) => layer.diffId)
	};
	return hash("sha256", JSON.stringify(key), "hex");
}
/** A pattern names files by a glob, or a directory with all that is in it. */
function isInput(path, pattern) {
	return pattern === "." || path === pattern || path.startsWith(`${pattern}/`) || matchesGlob(path, pattern);
}
async function runStep(step, options, file) {
	const { application, source, environment, progress, signal } = options;
	const title = `assets ${step.name}`;
	refuseOutputs(step, options);
	clearOutputs(step, options);
	await during(progress, title, (task) => run([
		"sh",
		"-ec",
		step.run
	], {
		what: `asset step "${step.name}" failed`,
		step: step.run,
		cwd: application,
		env: environment,
		onLine: (line) => task.line(line),
		signal,
		...step.timeout ? { timeout: step.timeout * 1e3 } : {},
		remedy: "The same command can be tried in the checkout. Variables that it needs belong into `build-variables:`."
	}));
	const outputs = step.outputs.flatMap((output) => outputSources(step, output, options));
	const links = new Map([...source.sources, ...outputs].flatMap((one) => one.type === "link" ? [[one.path, one.target]] : []));
	const problems = outputs.flatMap((one) => one.type === "link" ? [{
		path: one.path,
		problem: linkProblem(one.path, links)
	}] : []).filter(({ problem }) => problem !== void 0);
	if (problems.length > 0) throw new Failure({
		what: `asset step "${step.name}" made links that cannot ship`,
		output: problems.map(({ path, problem }) => `${quoteName(path)}: ${problem}`).join("\n"),
		remedy: "Let the step copy files instead of linking them."
	});
	return during(progress, `pack ${title}`, (task) => packLayer(outputs, {
		base: pathsOf(options.app).application,
		file,
		task
	}), (layer) => `${formatBytes(layer.size)} of ${formatBytes(layer.uncompressed)}, ${formatCount(layer.index.length, "file")}`);
}
/** An output must be the application's own and no tracked file, and nothing on its way may lead elsewhere. */
function refuseOutputs(step, { application, source }) {
	for (const output of step.outputs) {
		if (output === "." || output.split("/").includes(".git")) throw new Failure({
			what: `asset step "${step.name}" cannot have ${quoteName(output)} as its output`,
			remedy: "Name the directories and files that it makes: they are removed before it runs.",
			outcome: "refused"
		});
		const tracked = source.tracked.find(({ path }) => path === output || output.startsWith(`${path}/`));
		if (tracked) throw new Failure({
			what: `asset step "${step.name}" names a tracked file as its output: ${quoteName(tracked.path)}`,
			remedy: "Remove it from git (`git rm --cached`) and add it to .gitignore: what a step makes is not source.",
			outcome: "refused"
		});
		const parent = output.split("/").slice(0, -1).join("/");
		const real = existsSync(join(application, parent)) ? realpathSync(join(application, parent)) : void 0;
		if (real !== void 0 && real !== join(realpathSync(application), parent)) throw new Failure({
			what: `asset step "${step.name}": its output ${quoteName(output)} stands behind a link`,
			remedy: "Name the real directory.",
			outcome: "refused"
		});
	}
}
/** What an earlier run left must not be taken for this one's. Tracked files in it (.gitkeep) stay. */
function clearOutputs(step, { application, source }) {
	const tracked = new Set(source.tracked.map(({ path }) => path));
	for (const output of step.outputs) {
		const path = join(application, output);
		if (![...tracked].some((one) => one.startsWith(`${output}/`))) rmSync(path, {
			recursive: true,
			force: true
		});
		else if (existsSync(path)) {
			for (const file of walk(path, { prefix: output })) if (file.type !== "directory" && !tracked.has(file.path)) rmSync(join(application, file.path));
		}
	}
}
function outputSources(step, output, { application, source }) {
	const path = join(application, output);
	const stat = lstatSync(path, { throwIfNoEntry: false });
	const tracked = new Set(source.tracked.map((file) => file.path));
	const found = !stat ? [] : stat.isDirectory() ? walk(path, { prefix: output }).filter((one) => !tracked.has(one.path)) : [stat.isSymbolicLink() ? outputLink(step, output) : {
		type: "file",
		path: output,
		from: path
	}];
	if (found.some((one) => one.type !== "directory")) return found;
	throw new Failure({
		what: `asset step "${step.name}" succeeded and did not make ${quoteName(output)}`,
		where: {
			step: step.run,
			directory: application
		},
		remedy: stat ? "The directory is empty. Correct the command, or `outputs:` in tarlift.yml." : "Correct the command, or `outputs:` in tarlift.yml: paths relative to the application's directory."
	});
}
function outputLink(step, output) {
	throw new Failure({
		what: `asset step "${step.name}" made ${quoteName(output)} as a link`,
		remedy: "Let it make the directory or file itself."
	});
}

// src/bundle/byte-code.ts
const PROGRAM = `
import importlib.util, os, py_compile, sys
mode = py_compile.PycInvalidationMode.CHECKED_HASH
for record in sys.stdin.buffer.read().split(b"\\0\\n")[:-1]:
    source, target, name = (os.fsdecode(part) for part in record.split(b"\\0"))
    try:
        py_compile.compile(source, cfile=target, dfile=name, doraise=True, invalidation_mode=mode)
    except Exception:
        pass  # templates and code of other versions: no interpreter imports them
`;
/**
* Compiles modules for the interpreter of the hosts.
*
* @param sources of the application layer; those that are no `.py` files are left alone
* @param options.base where they will stand, absolute: the name in tracebacks
* @param options.work keeps byte code by content, so that a small change compiles little
* @returns `__pycache__/*.pyc` beside each module that compiles
*/
async function compileModules(sources, options) {
	const { python, base, work } = options;
	const cache = join(work, "byte-code", python.abi);
	mkdirSync(cache, { recursive: true });
	const scratch = mkdtempSync(join(work, "byte-code-"));
	try {
		const modules = sources.flatMap((source, n) => {
			if (source.type !== "file" || !source.path.endsWith(".py")) return [];
			const content = "content" in source ? source.content : readFileSync(source.from);
			const key = hash("sha256", Buffer.concat([Buffer.from(`${base}/${source.path}\0`), content]), "hex");
			return [{
				path: source.path,
				content,
				kept: join(cache, `${key}.pyc`),
				from: join(scratch, `${n}.py`)
			}];
		});
		const missing = modules.filter(({ kept }) => !existsSync(kept));
		for (const { from, content } of missing) writeFileSync(from, content);
		await inParallel(missing, async (part) => {
			const input = part.map(({ from, path }) => `${from}\0${from}c\0${base}/${path}\0\n`).join("");
			await run([
				python.executable,
				"-I",
				"-c",
				PROGRAM
			], {
				what: "the application's byte code could not be compiled",
				input
			});
		});
		for (const { from, kept } of missing) keep(`${from}c`, kept);
		return modules.filter(({ kept }) => existsSync(kept) && statSync(kept).size > 0).map(({ path, kept }) => ({
			type: "file",
			path: cachePath(path, python),
			content: readFileSync(kept),
			executable: false
		}));
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
/** An empty file remembers that a module does not compile. */
function keep(compiled, kept) {
	const unfinished = `${kept}.${process.pid}`;
	if (existsSync(compiled)) copyFileSync(compiled, unfinished);
	else writeFileSync(unfinished, "");
	renameSync(unfinished, kept);
}
/** `shop/models.py` -> `shop/__pycache__/models.cpython-311.pyc` (PEP 3147). */
function cachePath(path, python) {
	const directory = dirname(path);
	return `${directory === "." ? "" : `${directory}/`}__pycache__/${basename(path, ".py")}.${python.abi}.pyc`;
}
async function inParallel(items, work) {
	if (items.length === 0) return;
	const workers = Math.min(availableParallelism(), Math.ceil(items.length / 20));
	await Promise.all(Array.from({ length: workers }, (_, n) => work(items.filter((_item, index) => index % workers === n))));
}

// src/bundle/project.ts
/** Where it stands, relative to the release. */
const PROJECT = {
	site: ".tarlift/site",
	bin: ".tarlift/bin"
};
const FORMAT = "1";
const meta = strictObject({});
/** Whether the application's pyproject.toml names a build system; without one it configures tools and is no package. */
function isPackage(source) {
	const file = source.sources.find(({ path }) => path === "pyproject.toml");
	return file?.type === "file" && "content" in file && /^\s*\[build-system\]/m.test(Buffer.from(file.content).toString("utf8"));
}
/** Builds the project, or takes the build of the same files in the same environment from the store. */
async function buildProject(options) {
	const { source, environment } = options;
	const key = hash("sha256", JSON.stringify([
		FORMAT,
		options.app,
		environment.record.id,
		source.includeHash,
		source.tracked.map(({ path, type, executable, blob }) => [
			path,
			type,
			executable,
			blob
		])
	]), "hex");
	const place = {
		store: options.store,
		work: options.work,
		key: `package-${key}`,
		schema: meta,
		title: "the project's package",
		progress: options.progress
	};
	const found = await fetchEntry(place);
	if (found) return {
		layer: found.layer,
		hit: true
	};
	await environment.unpack();
	const scratch = mkdtempSync(join(options.work, "package-"));
	try {
		const layer = await during(options.progress, "build the project's package", async (task) => {
			await install(options, key, scratch, (line) => task.line(line));
			const sources = [...walk(join(scratch, "site"), { prefix: PROJECT.site }), ...walk(join(scratch, "bin"), { prefix: PROJECT.bin })];
			const base = pathsOf(options.app).application;
			const compiled = environment.python ? await compileModules(sources, {
				base: `/${base}`,
				python: environment.python,
				work: options.work
			}) : [];
			return packLayer([...sources, ...compiled], {
				base,
				file: unfinishedEntry(place)
			});
		});
		finishEntry(layer, place.key, {});
		return {
			layer: (await keepEntry(place, {
				meta: {},
				layer
			})).layer,
			hit: false
		};
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
async function install({ source, environment, variables, work, progress }, key, scratch, onLine) {
	const python = environment.python;
	if (!python) throw new Failure({
		what: "a Python project needs a Python environment",
		remedy: "Add one to `environments:` in tarlift.yml."
	});
	const tool = await installTool("pip", PIP_VERSION, python, {
		work,
		progress
	});
	const pip = [
		join(tool, "bin/python"),
		"-m",
		"pip",
		"--no-input",
		"--disable-pip-version-check",
		"--python",
		join(environment.path, "bin/python")
	];
	writeSources(source.sources, join(scratch, "source"));
	const step = {
		what: "the project's package could not be built",
		env: {
			...variables,
			SOURCE_DATE_EPOCH: "315532800",
			SETUPTOOLS_SCM_PRETEND_VERSION: `0+${key.slice(0, 12)}`,
			PIP_USER: "0",
			PIP_REQUIRE_VIRTUALENV: "0",
			PYTHONHASHSEED: "0"
		},
		onLine,
		remedy: "The same can be tried in the checkout: pip wheel --no-deps ."
	};
	await run([
		...pip,
		"wheel",
		"--no-deps",
		"--wheel-dir",
		join(scratch, "wheels"),
		join(scratch, "source")
	], {
		...step,
		step: "pip wheel"
	});
	const [wheel] = readdirSync(join(scratch, "wheels"));
	const site = join(scratch, "site");
	await run([
		...pip,
		"install",
		"--no-deps",
		"--no-compile",
		"--no-index",
		"--target",
		site,
		join(scratch, "wheels", wheel)
	], {
		...step,
		step: "pip install"
	});
	removeLocalOrigins(site);
	mkdirSync(join(scratch, "bin"));
	if (existsSync(join(site, "bin"))) for (const name of readdirSync(join(site, "bin"))) renameSync(join(site, "bin", name), join(scratch, "bin", name));
	rmSync(join(site, "bin"), {
		recursive: true,
		force: true
	});
}
function writeSources(sources, directory) {
	for (const source of sources) {
		const path = join(directory, source.path);
		mkdirSync(source.type === "directory" ? path : dirname(path), { recursive: true });
		if (source.type === "link") symlinkSync(source.target, path);
		if (source.type !== "file") continue;
		if ("content" in source) writeFileSync(path, source.content);
		else copyFileSync(source.from, path);
		chmodSync(path, source.executable ? 493 : 420);
	}
}

// src/bundle/step-environment.ts
/** Tokens of the run, and inputs of the action: a step of the application's has no business with them. */
const WITHHELD = /^(ACTIONS_.*|INPUT_.*|GITHUB_TOKEN|GH_TOKEN|STATE_.*|NODE_OPTIONS|npm_.*|VIRTUAL_ENV|PYTHONHOME|PYTHONPATH|PYTHONSTARTUP)$/;
/**
* @param options.bin directories that come first on PATH
* @param options.site directories for PYTHONPATH
* @param options.variables `build-variables` of tarlift.yml
* @param options.withheld further names that are left out: the targets' secrets
*/
function stepVariables(env, options) {
	const own = Object.entries(env).filter((entry) => entry[1] !== void 0 && !WITHHELD.test(entry[0]) && !options.withheld.includes(entry[0]));
	return {
		...Object.fromEntries(own),
		PYTHONDONTWRITEBYTECODE: "1",
		...options.variables,
		PATH: [...options.bin, env.PATH ?? ""].join(delimiter),
		...options.site.length > 0 ? { PYTHONPATH: options.site.join(delimiter) } : {}
	};
}

// src/bundle/lay-out.ts
/**
* Everything that belongs into the release's directory: the application, its assets, environments that are trees. Others it only links to.
*
* @param directory made for it, open to other users whatever the umask
* @throws Failure when a layer is not what its digest says, or cannot be unpacked
*/
async function layOut(artifact, directory, task) {
	mkdirSync(directory);
	chmodSync(directory, 493);
	const { application } = pathsOf(artifact.release.app);
	for (const { record, blob } of artifact.layers) {
		const { base, diffId } = record;
		if (base === application) await unpackLayer(blob, {
			base,
			directory,
			diffId,
			...task ? { task } : {}
		});
	}
}

// src/bundle/tryout.sh
var tryout_default = "#!/bin/sh\n# The private root in which a check runs. Started in new namespaces (src/bundle/tryout.ts), as root of them; every value comes as an\n# argument, none is spliced into this text. What a check leaves, the namespaces take with them.\n#\n#   tryout.sh guard COMMAND...\n#   tryout.sh ROOT USER NETWORK HIDDEN... -- READABLE... -- BIND... -- ENV... COMMAND...\n#     guard     runs COMMAND outside, and ends it when standard input ends: also when the process that held it was killed\n#     ROOT      an empty directory: the new root is mounted there\n#     USER      numeric user and group of the check, or `keep:UID:GID`: without root it stays who it is\n#     NETWORK   `none`, or `host`\n#     HIDDEN    directories that are empty in the system's directories: a home or a workspace below /opt\n#     READABLE  further directories that are shown read-only\n#     BIND      FROM TO: FROM is shown read-only at TO; the check starts in the last one\n#     ENV       NAME=VALUE, the whole environment\nset -eu\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\numask 022\n\nif [ \"$1\" = guard ]; then\n	shift\n	exec 3<&0 </dev/null\n	\"$@\" 3<&- &\n	child=$!\n	trap 'kill -KILL \"$child\"' TERM\n	(\n		trap : TERM\n		read -r _ <&3 || :\n		kill -KILL \"$child\"\n	) >/dev/null 2>&1 &\n	watcher=$!\n	exec 3<&-\n	status=0\n	wait \"$child\" || status=$?\n	kill -KILL \"$watcher\" 2>/dev/null || :\n	exit \"$status\"\nfi\n\ndie() {\n	printf 'tryout: %s\\n' \"$1\" >&2\n	exit 125\n}\n\nroot=$1\nuser=$2\nnetwork=$3\nshift 3\n\n# Nothing that is mounted here may reach the machine.\nmount --make-rprivate / || die \"mounts cannot be made private\"\nmount -t tmpfs -o mode=755 tmpfs \"$root\" || die \"no private root can be mounted\"\n\n# show FROM TO: a read-only view, with what is mounted below it. Flags of the underlying mount that may not be dropped are kept.\nshow() {\n	if [ -d \"$1\" ]; then\n		mkdir -p \"$root$2\"\n	else\n		mkdir -p \"$root${2%/*}\"\n		: >\"$root$2\"\n	fi\n	mount --rbind \"$1\" \"$root$2\" || die \"cannot show $1\"\n	# The flag does not reach the mounts below: each gets its own. The fifth field escapes spaces as printf does.\n	below=$(printf '%s' \"$root$2\" | sed 's/ /\\\\040/g')\n	while read -r _ _ _ _ point _; do\n		case $point/ in\n			\"$below\"/*)\n				# shellcheck disable=SC2059\n				point=$(printf \"$(printf '%s' \"$point\" | sed 's/%/%%/g')\")\n				mount -o remount,bind,ro \"$point\" 2>/dev/null ||\n					mount -o remount,bind,ro,nosuid,nodev \"$point\" 2>/dev/null ||\n					mount -o remount,bind,ro,nosuid,nodev,noexec \"$point\" || die \"cannot make $point read-only\"\n				;;\n		esac\n	done <<MOUNTS\n$(cat /proc/self/mountinfo)\nMOUNTS\n}\n\n# First what can be written, since an environment may stand below /tmp.\nmkdir -p \"$root/proc\" \"$root/dev/shm\" \"$root/tmp\" \"$root/run\" \"$root/root\" \"$root/home\" \"$root/var/tmp\"\nfor name in dev/shm tmp var/tmp; do\n	mount -t tmpfs -o mode=1777 tmpfs \"$root/$name\" || die \"no /$name of its own\"\ndone\n# Never the machine's /proc instead: it shows the processes of everybody, with their environments.\nmount -t proc proc \"$root/proc\" || die \"no /proc of its own\"\nfor device in null zero full random urandom tty; do\n	[ -e \"/dev/$device\" ] || continue\n	: >\"$root/dev/$device\"\n	mount --bind \"/dev/$device\" \"$root/dev/$device\"\ndone\nln -s /proc/self/fd \"$root/dev/fd\"\nfor number in 0:stdin 1:stdout 2:stderr; do ln -s \"/proc/self/fd/${number%:*}\" \"$root/dev/${number#*:}\"; done\n\nfor name in usr bin sbin lib lib32 lib64 libx32 etc opt; do\n	if [ -L \"/$name\" ]; then\n		ln -s \"$(readlink \"/$name\")\" \"$root/$name\"\n	elif [ -d \"/$name\" ]; then\n		show \"/$name\" \"/$name\"\n	fi\ndone\n# systemd-resolved keeps it below /run, which is not shown.\nresolver=$(readlink -f /etc/resolv.conf || :)\ncase $network$resolver in\n	host/run/*) [ ! -f \"$resolver\" ] || show \"$resolver\" \"$resolver\" ;;\nesac\nwhile [ \"$1\" != -- ]; do\n	if [ -d \"$root$1\" ]; then\n		mount -t tmpfs -o mode=755 tmpfs \"$root$1\" || die \"$1 cannot be hidden\"\n	fi\n	shift\ndone\nshift\nwhile [ \"$1\" != -- ]; do\n	[ ! -e \"$1\" ] || [ -e \"$root$1\" ] || show \"$1\" \"$1\"\n	shift\ndone\nshift\ndirectory=/\nwhile [ \"$1\" != -- ]; do\n	show \"$1\" \"$2\"\n	directory=$2\n	shift 2\ndone\nshift\n\nif [ \"$network\" = none ]; then\n	ip link set lo up 2>/dev/null || ifconfig lo up || die \"no loopback interface: iproute2 is missing\"\nfi\n\nmkdir -p \"$root/.old\"\ncd \"$root\"\npivot_root . .old || die \"pivot_root failed\"\ncd /\numount -l /.old || die \"the machine's own root stays visible\"\nrmdir /.old\nmount -o remount,bind,ro / || die \"the private root cannot be made read-only\"\ncd \"$directory\" || die \"$directory is not there\"\n\n# As a child and not by exec: the first process of a PID namespace ignores signals that it does not handle, also its own.\nstatus=0\ncase $user in\n	keep:*)\n		# Root of a user namespace could make everything writable again: as this user in one more it has no power over these mounts.\n		ids=${user#keep:}\n		unshare --user --map-user=\"${ids%:*}\" --map-group=\"${ids#*:}\" setpriv --no-new-privs env -i \"$@\" || status=$?\n		;;\n	*)\n		setpriv --reuid=\"$user\" --regid=\"$user\" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all env -i \"$@\" ||\n			status=$?\n		;;\nesac\nexit \"$status\"\n";

// src/bundle/tryout.ts
/** Not a real account, since a check should own nothing; and not who builds. */
const NOBODY = process.getuid?.() === 65534 ? "65533" : "65534";
const SYSTEM_PATH = [
	"/usr/local/sbin",
	"/usr/local/bin",
	"/usr/sbin",
	"/usr/bin",
	"/sbin",
	"/bin"
];
const NAMESPACES = [
	"--mount",
	"--pid",
	"--ipc",
	"--uts",
	"--fork",
	"--kill-child=SIGKILL"
];
const ALL = {
	mountNamespace: true,
	noNetwork: true,
	readOnly: true,
	otherUser: true,
	pidNamespace: true
};
const NONE = {
	mountNamespace: false,
	noNetwork: false,
	readOnly: false,
	otherUser: false,
	pidNamespace: false
};
/** Shown to checks as they are on this machine, but for {@link hidden}. */
const SYSTEM = /^\/(usr|etc|opt|bin|sbin|lib\w*)(\/|$)/;
/**
* Runs the checks one after the other.
*
* @throws Failure when a check fails, with its last lines; when isolation is required and cannot be had
*/
async function tryOut(options) {
	const scratch = mkdtempSync(join(tmpdir(), "tarlift-tryout-"));
	try {
		const script = join(scratch, "tryout.sh");
		writeFileSync(script, tryout_default, { mode: 493 });
		const root = join(scratch, "root");
		await tryRun(["mkdir", root]);
		const means = await findMeans(script, root);
		if (options.require && Object.values(means.held).includes(false)) throw new Failure({
			what: "the checks cannot be isolated on this machine, and isolation is required",
			output: means.why.join("\n"),
			remedy: "Run as root or with passwordless sudo (hosted runners have it), and install util-linux. Or leave the requirement out: the summary then says what did not hold.",
			outcome: "refused"
		});
		const checks = [];
		for (const check of options.checks) checks.push(await runCheck(check, means, {
			...options,
			script,
			root
		}));
		const open = checks.filter(({ network }) => network).length;
		if (open === 0 || !means.held.noNetwork) return {
			checks,
			held: means.held,
			why: means.why
		};
		const why = `${open} of ${checks.length} checks asked for the network`;
		return {
			checks,
			held: {
				...means.held,
				noNetwork: false
			},
			why: [...means.why, why]
		};
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
async function runCheck(check, means, options) {
	const network = check.network;
	const start = performance.now();
	await during(options.progress, `check ${check.run}${network ? " (with network)" : ""}`, async (task) => {
		const common = {
			onLine: (line) => task.line(line),
			signal: options.signal,
			..."timeout" in check && check.timeout ? { timeout: check.timeout * 1e3 } : {}
		};
		const ended = means.prefix ? await tryRun(isolated(check, means.prefix, means.user, options), {
			...common,
			lifeline: true
		}) : await openly(check, options, common);
		options.signal?.throwIfAborted();
		if (ended.code !== 0 || ended.timedOut) throw failed(check, ended, means, options);
		return ended;
	});
	return {
		run: check.run,
		duration: performance.now() - start,
		network
	};
}
function isolated(check, prefix, user, options) {
	const current = `/${pathsOf(options.app).application}`;
	const binds = [...options.environments.map(({ path, directory }) => [directory, path]), [options.release, current]];
	return [
		...guarded(prefix, options.script),
		...check.network ? [] : ["--net"],
		...NAMESPACES,
		"sh",
		options.script,
		options.root,
		user,
		check.network ? "host" : "none",
		...hidden(),
		"--",
		...shown(options),
		"--",
		...binds.flat(),
		"--",
		...variablesOf(options, "/tmp", current),
		"sh",
		"-ec",
		check.run
	];
}
/** The guard runs beside the namespaces, as who makes them: a signal of ours would not reach what sudo started. */
function guarded(prefix, script) {
	const at = prefix.indexOf("unshare");
	return [
		...prefix.slice(0, at),
		"sh",
		script,
		"guard",
		...prefix.slice(at)
	];
}
/** Where a runner keeps what is not the artifact's. Most of it is not shown anyway; a self-hosted runner may live in /opt. */
function hidden() {
	const { HOME, RUNNER_TEMP, RUNNER_WORKSPACE, GITHUB_WORKSPACE } = process.env;
	const places = [
		HOME,
		RUNNER_TEMP,
		RUNNER_WORKSPACE,
		GITHUB_WORKSPACE
	].map((path) => path?.replace(/\/+$/, ""));
	return [...new Set(places)].filter((path) => path !== void 0 && /^\/opt\/[^/]/.test(path));
}
/** Directories that checks need and that are not shown as part of the system. */
function shown({ readable = [] }) {
	const unseen = (directory) => !SYSTEM.test(directory) || hidden().some((place) => `${directory}/`.startsWith(`${place}/`));
	return [...readable, ...builderNode().shown].filter((directory) => existsSync(directory) && unseen(directory));
}
/** The Node that installed the packages, which may stand in a home or a tool cache; a host brings its own. */
function builderNode() {
	const found = process.env.PATH?.split(":").find((directory) => directory && existsSync(join(directory, "node")));
	if (!found || SYSTEM_PATH.includes(found)) return {
		bin: [],
		shown: []
	};
	const bin = dirname(realpathSync(join(found, "node")));
	const prefix = dirname(bin);
	const wide = prefix === "/" || `${process.env.HOME}/`.startsWith(`${prefix}/`);
	return {
		bin: [bin],
		shown: [wide ? bin : prefix]
	};
}
function variablesOf({ variables, path }, home, current) {
	const own = {
		LANG: "C.UTF-8",
		...variables,
		HOME: home,
		TMPDIR: "/tmp",
		PWD: current,
		PATH: [
			...path,
			...builderNode().bin,
			...SYSTEM_PATH
		].join(":")
	};
	return Object.entries(own).map(([name, value]) => `${name}=${value}`);
}
/** Where no namespace is allowed: in the unpacked release, with its real variables and without the run's tokens. */
function openly(check, options, common) {
	const current = `/${pathsOf(options.app).application}`;
	const inside = (value) => value.replaceAll(current, options.release);
	const variables = Object.fromEntries(variablesOf(options, tmpdir(), options.release).map((pair) => [pair.slice(0, pair.indexOf("=")), inside(pair.slice(pair.indexOf("=") + 1))]));
	return tryRun([
		"sh",
		"-ec",
		check.run
	], {
		...common,
		cwd: options.release,
		env: variables
	});
}
function failed(check, ended, means, options) {
	const setUp = ended.code === 125 && /^tryout: /m.test(ended.stderr);
	return new Failure({
		what: setUp ? "the private root for the checks could not be made" : "a check of the finished artifact failed",
		where: {
			check: check.run,
			directory: `/${pathsOf(options.app).application}`,
			ended: formatEnd(ended, "timeout" in check && check.timeout ? { timeout: check.timeout * 1e3 } : {})
		},
		output: ended.lastLines,
		remedy: setUp ? "This is no fault of the application: `--no-check` leaves the checks out." : means.prefix && !check.network ? `It ran without network, read-only but for /tmp, as ${means.held.otherUser ? "another" : "this very"} user, with \`build-variables:\` alone. A check that needs the network: \`{ run: …, network: true }\`.` : "It ran with `build-variables:` alone."
	});
}
/** The strongest isolation that this machine allows, tried out and not guessed. */
async function findMeans(script, root) {
	const missing = [
		"unshare",
		"mount",
		"pivot_root",
		"setpriv"
	].filter((name) => !onPath(name));
	if (process.platform !== "linux" || missing.length > 0) return {
		prefix: void 0,
		user: "keep",
		held: NONE,
		why: [`not isolated: this machine has no ${missing.join(", ")}`]
	};
	const asRoot = process.getuid?.() === 0;
	const why = [];
	for (const prefix of asRoot ? [["unshare"]] : [[
		"sudo",
		"-n",
		"unshare"
	]]) {
		const problem = await probe(prefix, NOBODY, script, root);
		if (problem === void 0) return {
			prefix,
			user: NOBODY,
			held: ALL,
			why
		};
		why.push(`${prefix.join(" ")}: ${problem}`);
	}
	const unprivileged = [
		"unshare",
		"--user",
		"--map-root-user"
	];
	const self = `keep:${process.getuid?.() || NOBODY}:${process.getgid?.() || NOBODY}`;
	const problem = await probe(unprivileged, self, script, root);
	if (problem === void 0) return {
		prefix: unprivileged,
		user: self,
		held: {
			...ALL,
			otherUser: false
		},
		why: [...why, "the checks run as this user: without root there is no other"]
	};
	return {
		prefix: void 0,
		user: "keep",
		held: NONE,
		why: [
			...why,
			`user namespaces: ${problem}`,
			"not isolated"
		]
	};
}
/** Builds the private root, and looks from its inside whether it keeps what it promises. @returns what is wrong with it */
async function probe(prefix, user, script, root) {
	const command = [
		...guarded(prefix, script),
		"--net",
		...NAMESPACES,
		"sh",
		script,
		root,
		user,
		"none",
		"--",
		"--",
		"/etc",
		"/srv/tarlift-probe",
		"--",
		"PATH=/usr/bin:/bin",
		"sh",
		"-c",
		SEEN
	];
	const result = await tryRun(command, {
		timeout: 2e4,
		lifeline: true
	}).catch((error) => ({
		code: 1,
		lastLines: error.message,
		stdout: ""
	}));
	if (result.code !== 0) return result.lastLines.split("\n").at(-1) || "failed";
	const [mount, network, processes, capabilities, rest] = result.stdout.trim().split("\n");
	const outside = (name) => readlinkSync(`/proc/self/ns/${name}`);
	if (mount === outside("mnt")) return "mounts are the machine's";
	if (network === outside("net")) return "the network is the machine's";
	if (processes === outside("pid")) return "processes are the machine's";
	if (!/^CapEff:\s*0+$/.test(capabilities ?? "")) return "checks would have capabilities";
	return rest === void 0 ? void 0 : "the private root can be written";
}
/** What the probe tells: its namespaces, its capabilities, and a line more when the root can be written. */
const SEEN = `readlink /proc/self/ns/mnt /proc/self/ns/net /proc/self/ns/pid
grep CapEff /proc/self/status
for place in . /usr /; do if touch "$place/.tarlift-probe" 2>/dev/null; then echo writable; fi; done`;
function onPath(name) {
	return `${process.env.PATH}:/usr/sbin:/sbin`.split(":").some((directory) => {
		try {
			accessSync(join(directory, name), constants.X_OK);
			return statSync(join(directory, name)).isFile();
		} catch {
			return false;
		}
	});
}

// src/bundle/try-release.ts
/** Runs the checks of tarlift.yml in the artifact. @throws Failure when one fails */
async function tryRelease(options) {
	const { file, config, environments, variables, path, work, progress, signal } = options;
	const directory = mkdtempSync(join(work, "release-"));
	chmodSync(directory, 493);
	try {
		const start = performance.now();
		await during(progress, "lay the artifact out", async (task) => layOut(await openArtifact(file), join(directory, "current"), task));
		const unpacking = performance.now() - start;
		const paths = environments.filter(({ record }) => record.kind === "path");
		return {
			...await tryOut({
				app: config.app,
				release: join(directory, "current"),
				environments: paths.map((environment) => ({
					path: environment.path,
					directory: environment.path
				})),
				readable: paths.flatMap(({ python }) => python ? [python.prefix] : []),
				checks: config.check,
				variables: {
					...config["build-variables"],
					...variables
				},
				path,
				progress,
				signal,
				...options.require ? { require: true } : {}
			}),
			unpacking
		};
	} finally {
		rmSync(directory, {
			recursive: true,
			force: true
		});
	}
}

// src/bundle/bundle.ts
/** @throws Failure when anything speaks against this commit, a step fails or a check fails: no artifact is left then */
async function bundle(options) {
	const { config, repository, work, store, progress, signal } = options;
	const timings = {
		environments: 0,
		source: 0,
		assets: 0,
		application: 0,
		artifact: 0,
		unpacking: 0,
		checks: 0
	};
	const timed = async (part, action) => {
		const start = performance.now();
		const value = await action();
		timings[part] += performance.now() - start;
		return value;
	};
	mkdirSync(work, { recursive: true });
	const application = join(repository, config.source ?? ".");
	const source = await timed("source", () => readSource(sourceOptions(options)));
	if (source.notice) progress.notice(source.notice);
	const version = options.version ?? await versionOf(repository, source.commit.id);
	refuseVersion(version);
	const file = options.output ?? join(work, `${config.app}-${version}.tar`);
	rmSync(file, { force: true });
	const environments = await timed("environments", () => buildEnvironments(config, {
		repository,
		work,
		store,
		progress,
		signal,
		...options.python ? { python: options.python } : {}
	}));
	const shipped = environments.filter(({ use }) => use === "run");
	const unpackAll = (wanted) => timed("unpacking", async () => {
		for (const environment of wanted) await environment.unpack();
	});
	const project = await timed("assets", () => projectLayer(options, source, shipped));
	const before = timings.unpacking;
	const assets = await timed("assets", () => runAssetSteps(config.assets, {
		app: config.app,
		application,
		source,
		environments,
		packageLayer: project,
		variables: config["build-variables"],
		environment: stepVariables(process.env, {
			bin: [...project ? [join(application, PROJECT.bin)] : [], ...inOrder(environments).flatMap(({ bin }) => bin)],
			site: project ? [join(application, PROJECT.site)] : [],
			variables: config["build-variables"],
			withheld: secretNames(config)
		}),
		refuseChanges: (step) => refuseChanges(options, step),
		async makeReady() {
			await unpackAll(stepEnvironments(environments));
			if (project) await layProject(project, application);
		},
		store,
		work,
		progress,
		signal
	}));
	timings.assets -= timings.unpacking - before;
	const unchecked = `${file}.unchecked`;
	mkdirSync(dirname(file), { recursive: true });
	const packed = join(work, `application-${process.pid}.layer`);
	try {
		const own = await timed("application", () => applicationLayer(options, source, shipped, packed));
		const layers = [
			...project ? [{
				name: "the project's package",
				layer: project
			}] : [],
			...assets,
			{
				name: "the application",
				layer: own
			},
			...shipped.map(({ record, layer }) => ({
				name: `environment ${record.name}`,
				layer
			}))
		];
		refuseOverlaps(layers);
		refuseEscapes(layers.filter(({ layer }) => layer.base === own.base), shipped.flatMap(({ record }) => record.link ? [record.link] : []));
		const variables = releaseVariables(config, shipped, project !== void 0);
		const written = await timed("artifact", () => during(progress, "write the artifact", (task) => writeArtifact(unchecked, {
			release: {
				app: config.app,
				commit: source.commit,
				environments: shipped.map(({ record }) => record),
				requirements: mergeRequirements(shipped.map(({ record }) => record.requirements)),
				configuration: JSON.parse(JSON.stringify(config))
			},
			layers: [
				...shipped.map(({ record, layer }) => ({
					packed: layer,
					kind: "environment",
					name: record.name
				})),
				...project ? [{
					packed: project,
					kind: "application",
					name: "package"
				}] : [],
				...assets.map(({ name, layer }) => ({
					packed: layer,
					kind: "assets",
					name
				})),
				{
					packed: own,
					kind: "application",
					name: "application"
				}
			],
			version,
			variables: {
				...variables.variables,
				PATH: [...variables.path, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"].join(":")
			},
			task
		}), ({ size }) => formatBytes(size)));
		const tryOut = await checked(options, unchecked, shipped, variables, timings, unpackAll);
		renameSync(unchecked, file);
		return {
			...written,
			file,
			version,
			commit: source.commit.id,
			environments: environments.map(({ record, hit, layer }) => ({
				name: record.name,
				id: record.id,
				hit,
				size: layer.size
			})),
			assets: assets.map(({ name, hit, layer }) => ({
				name,
				hit,
				size: layer.size
			})),
			tryOut,
			timings
		};
	} finally {
		rmSync(unchecked, { force: true });
		rmSync(packed, { force: true });
	}
}
function sourceOptions({ config, configFile, repository }) {
	const made = [
		...config.assets.flatMap(({ outputs }) => outputs),
		...Object.values(config.environments).flatMap(({ installer, link, directory }) => installer === "npm" ? [directory ? `${directory}/node_modules` : "node_modules"] : [link ?? ".venv"]),
		".tarlift"
	];
	return {
		repository,
		directory: config.source ?? "",
		configFile,
		include: config.include ?? [],
		secretFiles: config["secret-files"],
		madeElsewhere: made
	};
}
/** The tag on HEAD where it can be a version (`web/v1` cannot), else the commit. */
async function versionOf(repository, commit) {
	const tag = await headTag(repository, process.env);
	return tag !== void 0 && versionProblem(tag) === void 0 ? tag : commit.slice(0, 12);
}
function refuseVersion(version) {
	const problem = versionProblem(version);
	if (problem) throw new Failure({
		what: `${quoteName(version)} cannot be a version: ${problem}`,
		remedy: "Give another: --version, or the input `version`.",
		outcome: "refused"
	});
}
const secretNames = (config) => Object.values(config.targets).flatMap(({ secrets = [] }) => secrets);
/** Build environments come first on PATH: they hold the tools. */
function inOrder(environments) {
	return [...environments].sort((a, b) => Number(b.use === "build") - Number(a.use === "build"));
}
/** What asset steps see in the checkout: where a build and a run environment fill one mount, the build environment, which has more. */
function stepEnvironments(environments) {
	const taken = new Set(environments.filter(({ use }) => use === "build").flatMap(({ record }) => record.mounts ?? []));
	return environments.filter(({ use, record }) => use === "build" || !record.mounts?.some((mount) => taken.has(mount)));
}
async function projectLayer(options, source, shipped) {
	const environment = shipped.find(({ python }) => python);
	const { config, store, work, progress } = options;
	if (!environment || !(config.package ?? isPackage(source))) return void 0;
	const variables = stepVariables(process.env, {
		bin: [],
		site: [],
		variables: {},
		withheld: secretNames(config)
	});
	return (await buildProject({
		app: config.app,
		source,
		environment,
		variables,
		store,
		work,
		progress
	})).layer;
}
/** Asset steps import the project from where a release has it; `.tarlift` in a checkout is ours. */
async function layProject(layer, application) {
	for (const path of [PROJECT.site, PROJECT.bin]) rmSync(join(application, path), {
		recursive: true,
		force: true
	});
	await unpackLayer(layer, {
		base: layer.base,
		directory: application,
		diffId: layer.diffId
	});
	writeFileSync(join(application, dirname(PROJECT.site), ".gitignore"), "*\n");
}
async function refuseChanges({ repository, config }, step) {
	const { changed } = await readStatus(repository, [config.source ?? "."]);
	if (changed.length === 0) return;
	throw new Failure({
		what: `asset step "${step}" changed tracked files, and those changes would not ship`,
		output: changed.slice(0, 20).map(({ path, how }) => `${quoteName(path)} ${how}`).join("\n"),
		remedy: "Let the step write to ignored paths that `outputs:` names. `git restore .` puts the files back."
	});
}
/** Tracked and included files, byte code, and the links that lead to environments and workspaces. */
function applicationLayer(options, source, shipped, file) {
	const { config, work, progress } = options;
	const base = pathsOf(config.app).application;
	return during(progress, "pack the application", async (task) => {
		const python = shipped.find((environment) => environment.python)?.python;
		const compiled = python ? await compileModules(source.sources, {
			base: `/${base}`,
			python,
			work
		}) : [];
		const links = shipped.flatMap(({ record, workspaceLinks }) => [...record.link ? [{
			type: "link",
			path: record.link,
			target: `${record.root}/${record.id}`
		}] : [], ...workspaceLinks.map((link) => ({
			type: "link",
			...link
		}))]);
		return packLayer([
			...source.sources,
			...compiled,
			...links
		], {
			base,
			file,
			task
		});
	}, (layer) => `${formatBytes(layer.size)} of ${formatBytes(layer.uncompressed)}, ${formatCount(layer.index.length, "file")}`);
}
/** One path in two layers: which content a host gets would depend on an order. Directories may be shared. */
function refuseOverlaps(layers) {
	const owners = /* @__PURE__ */ new Map();
	const overlaps = [];
	for (const { name, layer } of layers) for (const entry of layer.index) {
		if (entry.type === "directory") continue;
		const path = `${layer.base}/${entry.path}`;
		const owner = owners.get(path);
		if (owner) overlaps.push(`${quoteName(entry.path)}: ${owner} and ${name}`);
		owners.set(path, name);
	}
	if (overlaps.length === 0) return;
	throw new Failure({
		what: "two layers hold the same path",
		output: overlaps.slice(0, 20).join("\n"),
		remedy: "Remove what is made by a step or an installer from git, or correct `outputs:` and `include:`.",
		outcome: "refused"
	});
}
/**
* Links that stay inside by themselves and lead out together with another layer's: only the whole tells.
*
* @param ours links to environments, which lead out because that is where environments live
*/
function refuseEscapes(layers, ours) {
	const links = new Map(layers.flatMap(({ layer }) => layer.index.flatMap((entry) => entry.type === "link" && !ours.includes(entry.path) ? [[entry.path, entry.target]] : [])));
	const escapes = [...links].flatMap(([path, target]) => {
		const problem = linkProblem(path, links);
		return problem ? [`${quoteName(path)} -> ${quoteName(target)}: ${problem}`] : [];
	});
	if (escapes.length === 0) return;
	throw new Failure({
		what: "links lead out of the application",
		output: escapes.slice(0, 20).join("\n"),
		remedy: "Let the steps and installers that make them copy files instead.",
		outcome: "refused"
	});
}
/** What a process of the release finds: its environment's programs first, and the project where it is a package. */
function releaseVariables(config, shipped, project) {
	const current = `/${pathsOf(config.app).application}`;
	const bin = shipped.flatMap(({ record }) => record.link ? [`${current}/${record.link}/bin`] : (record.mounts ?? []).map((mount) => `${current}/${mount}/.bin`));
	return {
		path: [...project ? [`${current}/${PROJECT.bin}`] : [], ...bin],
		variables: project ? { PYTHONPATH: `${current}/${PROJECT.site}` } : {}
	};
}
async function checked(options, file, shipped, variables, timings, unpackAll) {
	const { config, work, progress, signal } = options;
	if (options.check === false || config.check.length === 0) return void 0;
	await unpackAll(shipped.filter(({ record }) => record.kind === "path"));
	const start = performance.now();
	const { unpacking, ...report } = await tryRelease({
		file,
		config,
		environments: shipped,
		...variables,
		work,
		progress,
		signal,
		...options.requireIsolation ? { require: true } : {}
	});
	timings.unpacking += unpacking;
	timings.checks += performance.now() - start - unpacking;
	return report;
}

// src/pipeline/artifact.ts
/** @throws Failure when anything speaks against this commit, a step fails or a check fails */
async function makeArtifact(context, options = {}) {
	const { config, configFile, repository, work, progress, signal } = context;
	const store = await context.stores.layers();
	return bundle({
		config,
		configFile,
		repository,
		work,
		store,
		progress,
		signal,
		...options
	});
}
/**
* Opens the artifact of this application.
*
* @param path relative to the context's directory
* @throws Failure (refused) when there is none, when it is broken, and when it is another application's
*/
async function artifactAt(context, path) {
	const file = resolve(context.directory, path);
	if (!existsSync(file)) throw new Failure({
		what: "there is no such artifact",
		where: { file },
		remedy: "Make one with `tarlift bundle`.",
		outcome: "refused"
	});
	const artifact = await openArtifact(file);
	const { app } = context.config;
	if (artifact.release.app === app) return artifact;
	throw new Failure({
		what: `this is an artifact of ${artifact.release.app}, and tarlift.yml is that of ${app}`,
		where: { file },
		remedy: "Give the artifact of this application.",
		outcome: "refused"
	});
}
/** Keeps an artifact's file where other jobs and runs find it. @throws Failure when the store does not take it */
async function keepArtifact(context, { name, file, size, retentionDays }) {
	const store = await context.stores.artifacts();
	return during(context.progress, `upload the artifact to ${store.name}`, () => store.upload(name, file, { retentionDays }), () => formatBytes(size));
}
/** Fetches an artifact that another job or run kept. @returns its file @throws Failure when there is none, or its bytes are wrong */
async function fetchArtifact(context, reference) {
	const store = await context.stores.artifacts();
	const downloads = join(context.work, "artifacts");
	mkdirSync(downloads, { recursive: true });
	const directory = mkdtempSync(join(downloads, "x-"));
	return during(context.progress, `download the artifact from ${store.name}`, async () => (await store.download(reference, directory)).file);
}
/** A release's artifact, as bundling it kept it. @throws Failure when the store does not have it, or what it has is no artifact */
async function storedArtifact(context, { version }) {
	return openArtifact(await fetchArtifact(context, { name: `${context.config.app}-${version}` }));
}
/** Services, migrations, hooks and shared paths are those of the artifact's own commit; where it goes to is said here and now. */
function configOf(artifact, config) {
	const own = configSchema.safeParse(artifact.release.configuration);
	return own.success ? {
		...own.data,
		targets: config.targets
	} : config;
}

export { makeArtifact as a, stepVariables as c, keepArtifact as i, configOf as n, storedArtifact as o, fetchArtifact as r, layOut as s, artifactAt as t };