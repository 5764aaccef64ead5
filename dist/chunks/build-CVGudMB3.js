import { n as Failure } from "./failure-BKWaXFxS.js";
import { C as isCredential, D as passedVariables, S as builtVariables, T as isOfTheMachine, ft as maskSecrets, h as lockedByOther, w as isMasked } from "./phases-DA3kE9T1.js";
import { $ as cutStart, A as compareBytes, B as run, E as pathsOf, H as tryRun, J as formatBytes, M as nameProblem, N as quoteName, R as formatCommand, T as parseIndex, Y as formatCount, b as environmentRecordSchema, d as gitEnvironment, f as records, m as viewEnvironment, p as tryGit, u as git, x as formatIndex, z as formatEnd } from "./repository-BK5IpvPt.js";
import { _ as canonicalName, b as processMark, c as hostPython, d as conditionsOf, g as allowsPython, m as readInstalled, o as describePython, p as parseRequirement, s as findPython, u as probePython, v as patchVersions, x as during, y as hasEnded } from "./tar-header-C_8MVtWy.js";
import { _ as ZodError, a as array, b as prettifyError, c as looseObject, d as record, f as strictObject, h as unknown, l as number, m as union, o as boolean, p as string } from "./schemas-BE0VQ5TN.js";
import { a as walk, i as packLayer, o as decompress, r as readTar, t as hasAtMost } from "./json-values-ZGgsSHvR.js";
import { t as Minimatch } from "./esm-B77fAZ2-.js";
import { spawn } from "node:child_process";
import { basename, delimiter, dirname, join, posix, relative, resolve } from "node:path";
import { accessSync, appendFileSync, chmodSync, closeSync, constants, copyFileSync, createWriteStream, existsSync, fchmodSync, fstatSync, globSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { createHash, hash, randomBytes } from "node:crypto";
import { homedir, machine, tmpdir } from "node:os";
import { pipeline } from "node:stream/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

// src/bundle/unpack.ts
/**
* Unpacks a layer below a directory, with the modes of its headers whatever the umask; files get the time of unpacking.
*
* @throws Failure when the layer is broken or hostile, when something of another kind is in the way, or when the disk is full
*/
async function unpackLayer(layer, options) {
	const { base, directory, diffId, only, task } = options;
	const place = new Place(directory);
	const hash = diffId === void 0 ? void 0 : createHash("sha256");
	let last = "";
	for await (const member of readTar(passing(layer, hash, task))) {
		const path = pathBelow(member, base);
		if (path === void 0) continue;
		if (compareBytes(last, path) >= 0) throw hostile(layer, member.path, "it is out of order");
		last = path;
		if (only && !only(path)) continue;
		try {
			await place.put(member, path);
		} catch (cause) {
			if (cause instanceof Failure) throw cause;
			throw new Failure({
				what: "a layer could not be unpacked",
				where: { path: quoteName(join(directory, path)) },
				output: cause instanceof Error ? cause.message : String(cause),
				remedy: "Make room, or let the user of this job write there; then run this again.",
				cause
			});
		}
	}
	if (hash && `sha256:${hash.digest("hex")}` !== diffId) throw new Failure({
		what: "a layer's content is not that of its digest",
		where: {
			file: layer.file,
			"diff id": diffId
		},
		remedy: "The file is damaged: fetch it again, or build it again."
	});
	/** The path relative to the base; undefined for the base itself and the directories above it. */
	function pathBelow(member, base) {
		if (member.type === "directory" && `${base}/`.startsWith(`${member.path}/`)) return void 0;
		const path = member.path.slice(base.length + 1);
		if (!member.path.startsWith(`${base}/`) || nameProblem(path) !== void 0) throw hostile(layer, member.path, `it does not belong below ${base}`);
		return path;
	}
}
async function* passing(layer, hash, task) {
	let done = 0;
	for await (const chunk of decompress(layer)) {
		hash?.update(chunk);
		done += chunk.length;
		task?.update({ done });
		yield chunk;
	}
}
function hostile(layer, path, why) {
	return new Failure({
		what: "a layer holds something that Tarlift does not pack",
		where: {
			file: layer.file,
			member: quoteName(path)
		},
		output: why,
		remedy: "The file is damaged or was made by somebody else: build it again."
	});
}
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** A directory that is filled; remembers which directories below it are real ones. */
var Place = class {
	root;
	real = /* @__PURE__ */ new Set();
	/** Whether the modes that are asked for at creation have to be set again. */
	masked = (process.umask() & 493) !== 0;
	constructor(root) {
		this.root = root;
		mkdirSync(root, { recursive: true });
		this.real.add(root);
	}
	async put(member, path) {
		const where = join(this.root, path);
		if (member.type === "directory") return this.directory(where);
		this.directory(dirname(where));
		if (member.type === "link") create(where, () => symlinkSync(member.target ?? "", where));
		else await this.file(where, member);
	}
	async file(where, member) {
		const mode = member.executable ? 493 : 420;
		const descriptor = create(where, () => openSync(where, CREATE, mode));
		try {
			if (this.masked) fchmodSync(descriptor, mode);
			for await (const chunk of member.content) for (let done = 0; done < chunk.length;) done += writeSync(descriptor, chunk, done);
		} finally {
			closeSync(descriptor);
		}
	}
	/** Makes a directory and those above it; a link that is in the way is not followed. */
	directory(where) {
		if (this.real.has(where)) return;
		this.directory(dirname(where));
		const there = lstatSync(where, { throwIfNoEntry: false });
		if (!there) {
			mkdirSync(where, 493);
			if (this.masked) chmodSync(where, 493);
		} else if (!there.isDirectory()) throw new Failure({
			what: "a layer could not be unpacked: something else stands where it needs a directory",
			where: { path: quoteName(where) },
			remedy: "Remove it, and run this again."
		});
		this.real.add(where);
	}
};
/** Makes a file or link in the place of one that is there: removed first, never written through. */
function create(where, make) {
	try {
		return make();
	} catch (error) {
		if (error.code !== "EEXIST") throw error;
		if (lstatSync(where).isDirectory()) throw new Failure({
			what: "a layer could not be unpacked: a directory stands where it has a file or a link",
			where: { path: quoteName(where) },
			remedy: "Remove it, and run this again."
		});
		unlinkSync(where);
		return make();
	}
}

// src/store/entry.ts
const MAGIC = "tarlift-entry-1\n";
const LENGTH = 12;
const FOOTER = 28;
/** As much as the config of an artifact, in which what an entry says of a layer stands, may have. */
const LARGEST_HEAD = 64 << 20;
/** Values of a head: zod notes each that is wrong, with some hundred bytes. */
const MOST_VALUES = 1e6;
const headSchema = strictObject({
	key: string(),
	layer: strictObject({
		size: number(),
		digest: string(),
		diffId: string(),
		uncompressed: number(),
		base: string()
	}),
	index: strictObject({
		size: number(),
		sha256: string()
	}),
	meta: unknown()
});
/** Completes the file into which a layer was packed at offset 0. */
function finishEntry(layer, key, meta) {
	const index = Buffer.from(formatIndex(layer.index));
	const { size, digest, diffId, uncompressed, base } = layer;
	const head = Buffer.from(JSON.stringify({
		key,
		layer: {
			size,
			digest,
			diffId,
			uncompressed,
			base
		},
		index: {
			size: index.length,
			sha256: hash("sha256", index, "hex")
		},
		meta
	}));
	const footer = Buffer.from(String(head.length).padStart(LENGTH, "0") + MAGIC);
	appendFileSync(layer.file, Buffer.concat([
		index,
		head,
		footer
	]));
}
/**
* Reads an entry and verifies all of it: the exact key, the lengths, the index, the bytes of the layer.
*
* @param options.layerVerified the bytes of the layer in this very file were verified before, and are not read once more
* @returns the entry, or in words why it is not to be trusted
*/
function readEntry(file, key, schema, options = {}) {
	const descriptor = openSync(file, "r");
	try {
		const total = fstatSync(descriptor).size;
		const read = (position, length) => {
			const bytes = Buffer.alloc(length);
			return readSync(descriptor, bytes, 0, length, position) === length ? bytes : Buffer.alloc(0);
		};
		const footer = total < FOOTER ? "" : read(total - FOOTER, FOOTER).toString("latin1");
		const headSize = Number(footer.slice(0, LENGTH));
		if (!footer.endsWith(MAGIC) || !(headSize > 0) || headSize > Math.min(LARGEST_HEAD, total)) return { broken: "it is truncated" };
		const head = parseHead(read(total - FOOTER - headSize, headSize));
		if (!head) return { broken: "its head is damaged" };
		if (head.key !== key) return { broken: `it is the entry of another key (${head.key})` };
		if (head.layer.size + head.index.size + headSize + FOOTER !== total) return { broken: "it is not as long as it says" };
		const index = read(head.layer.size, head.index.size);
		if (hash("sha256", index, "hex") !== head.index.sha256) return { broken: "its file index is damaged" };
		if (!options.layerVerified && digestOf(descriptor, head.layer.size) !== head.layer.digest) return { broken: "its layer is damaged" };
		const meta = schema.safeParse(head.meta);
		if (!meta.success) return { broken: "another version of Tarlift wrote it" };
		return {
			meta: meta.data,
			layer: {
				file,
				offset: 0,
				...head.layer,
				index: parseIndex(index.toString("utf8"))
			}
		};
	} catch (error) {
		return { broken: error instanceof Error ? error.message : String(error) };
	} finally {
		closeSync(descriptor);
	}
}
function parseHead(bytes) {
	try {
		const head = JSON.parse(bytes.toString("utf8"));
		return hasAtMost(head, MOST_VALUES) ? headSchema.safeParse(head).data : void 0;
	} catch {
		return;
	}
}
function digestOf(descriptor, size) {
	const sum = createHash("sha256");
	const buffer = Buffer.allocUnsafe(4 << 20);
	for (let done = 0; done < size;) {
		const read = readSync(descriptor, buffer, 0, Math.min(buffer.length, size - done), done);
		if (read === 0) break;
		sum.update(buffer.subarray(0, read));
		done += read;
	}
	return `sha256:${sum.digest("hex")}`;
}

// src/store/sweep.ts
/** Milliseconds without a use after which an entry goes: later steps of a job come within hours. */
const UNUSED = 6048e5;
const MARK = ".verified";
/**
* Removes entries and what was left half-written, by the time of their last use. Never throws: others may sweep too.
*
* @param directory entries by key; beside each a mark `<key>.verified`, whose time is that of the last use
* @param now milliseconds since 1970
*/
function sweepEntries(directory, now) {
	const names = new Set(readdirSync(directory));
	for (const name of names) {
		if (name.endsWith(MARK) && names.has(name.slice(0, -9))) continue;
		const file = join(directory, name);
		const used = timeOf(`${file}${MARK}`)?.mtimeMs ?? timeOf(file)?.ctimeMs;
		if (used === void 0 || now - used <= UNUSED) continue;
		for (const path of [file, `${file}${MARK}`]) rmSync(path, {
			force: true,
			recursive: true
		});
	}
}
const timeOf = (path) => statSync(path, { throwIfNoEntry: false });

// src/store/entries.ts
/** Where a new entry is packed; no other process uses this name. */
function unfinishedEntry(place) {
	return `${entryFile(place)}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
}
function entryFile({ work, key }) {
	const directory = join(work, "entries");
	mkdirSync(directory, { recursive: true });
	return join(directory, key);
}
/** The entry of a key, from an earlier step of this job or from the store; undefined when there is none that can be trusted. */
async function fetchEntry(place) {
	const file = entryFile(place);
	if (existsSync(file)) {
		const entry = trusted(place, file, { layerVerified: isVerified(file) });
		if (!("broken" in entry)) {
			if (isVerified(file)) markUsed(file);
			else markVerified(file);
			return entry;
		}
		place.progress.notice(`${place.title}: this job's copy is not used, ${entry.broken}`);
		rmSync(file, { force: true });
	}
	const fetched = unfinishedEntry(place);
	try {
		const { hit, why } = await place.store.restore(place.key, fetched);
		if (!hit) {
			if (why) place.progress.notice(`${place.title}: ${why}`);
			return;
		}
		const entry = trusted(place, fetched);
		if ("broken" in entry) {
			place.progress.notice(`${place.title}: the entry in ${place.store.name} is not used, ${entry.broken}`);
			await place.store.remove?.(place.key);
			return;
		}
		return settle(entry, fetched, file);
	} finally {
		rmSync(fetched, { force: true });
	}
}
function trusted(place, file, options) {
	const entry = readEntry(file, place.key, place.schema, options);
	const broken = "broken" in entry ? void 0 : place.refuses?.(entry.meta);
	return broken === void 0 ? entry : { broken };
}
/** Forgets a key here and, where the store can, there: for a rebuild that the user asked for. */
async function forgetEntry(place) {
	rmSync(entryFile(place), { force: true });
	await place.store.remove?.(place.key);
}
/**
* Keeps a finished entry in the store.
*
* @param built the entry in a file of {@link unfinishedEntry}
* @returns the entry that the store holds: the one given, or another job's that was saved first
*/
async function keepEntry(place, built) {
	const saved = await place.store.save(place.key, built.layer.file);
	if (saved.outcome === "denied") place.progress.warning(`${place.title} was not saved in ${place.store.name}: ${saved.why}`);
	if (saved.outcome === "skipped") place.progress.notice(`${place.title} was not saved in ${place.store.name}: ${saved.why}`);
	if (saved.outcome === "taken") {
		const winner = await fetchEntry(place);
		if (winner) {
			rmSync(built.layer.file, { force: true });
			return winner;
		}
		place.progress.notice(`${place.title}: another job saved this key first, and its entry cannot be used; ours is used in this job`);
	}
	return settle(built, built.layer.file, entryFile(place));
}
function settle(entry, from, to) {
	renameSync(from, to);
	markVerified(to);
	sweepEntries(dirname(to), Date.now());
	return {
		...entry,
		layer: {
			...entry.layer,
			file: to
		}
	};
}
/**
* Hashing an entry of a gigabyte takes a job longer than copying it, and build-env and bundle would both do it. So a file that was
* verified is remembered by what changes whenever anybody writes to it; in doubt (another job linked to it) it is hashed again.
*/
function markVerified(file) {
	writeFileSync(`${file}.verified`, identityOf(file));
}
function markUsed(file) {
	const now = /* @__PURE__ */ new Date();
	utimesSync(`${file}.verified`, now, now);
}
function isVerified(file) {
	const mark = `${file}.verified`;
	return existsSync(mark) && readFileSync(mark, "utf8") === identityOf(file);
}
function identityOf(file) {
	const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
	return [
		dev,
		ino,
		size,
		mtimeNs,
		ctimeNs
	].join(" ");
}

// src/source/findings.ts
/** In the order in which they are told, with what to do about each. */
const REMEDIES = {
	changed: ["tracked files differ from HEAD", "Commit them, or put them back with `git restore`: an artifact is made of a commit. In a workflow, look for a step that writes to tracked files."],
	lfs: ["files of Git LFS were not fetched", "Check out with `lfs: true` (actions/checkout), or run `git lfs pull`."],
	filter: ["files stand behind a filter of git that is not set up in this clone", "What they hold for you is not what the commit holds: unlock the repository (git-crypt unlock, transcrypt) or install the filter; in a workflow in a step between actions/checkout and this one. Where the repository's own content is what is to ship: `git config filter.<name>.smudge cat`. Or leave them out with `export-ignore` in .gitattributes."],
	history: ["files say something of the commit that this shallow clone does not know", "Check out with `fetch-depth: 0` (actions/checkout), or run `git fetch --unshallow --tags`."],
	submodule: ["submodules are not checked out as recorded", "Check out with `submodules: true` (actions/checkout), or run `git submodule update --init --recursive`."],
	secret: ["tracked files look like secrets", "Remove them from the repository (and change the secrets: they are in its history), or leave them out with `export-ignore` in .gitattributes, or, where they are harmless, name them in tarlift.yml: `secret-files: [path]`. Secrets reach a release through `targets.<target>.secrets`."],
	link: ["links lead out of the application", "Make them relative and let them stay inside, or leave them out with `export-ignore` in .gitattributes. What differs between hosts belongs into `shared:`."],
	name: ["names cannot be shipped", "Rename them, or leave them out with `export-ignore` in .gitattributes."],
	reserved: ["paths below .tarlift cannot be shipped", "Hosts keep there what runs a release: remove them from git (`git rm -r --cached .tarlift`), or leave them out with `export-ignore` in .gitattributes."],
	include: ["paths of `include:` cannot be shipped", "Build them in an earlier step, or correct `include:` in tarlift.yml."]
};
/** What speaks against shipping a commit, by kind: everything is said at once. */
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
* With its time: git takes a file for unchanged whose size and second of modification are those that the index has, unless the index is not
* younger than the file ("racy git", Documentation/technical/racy-git.txt).
*/
function copyIndex(from, to) {
	const { atime, mtime } = statSync(from);
	copyFileSync(from, to);
	utimesSync(to, atime, mtime);
}

// src/environment/committed.ts
/**
* Refuses tracked files that differ from HEAD, as those of the application are: an artifact is named after a commit. Where there is no
* repository, there is nothing to compare.
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
* What an installer reads although git does not track it (an earlier step of the workflow may have made it), relative to the repository,
* sorted.
*/
async function untrackedReads(repository, { whole, tracked }) {
	const found = /* @__PURE__ */ new Set();
	for (const { top, name, paths } of await byRepository(repository, whole)) for (const path of await untrackedBelow(top, paths)) found.add(name(path));
	for (const { name, paths, foreign } of await byRepository(repository, [...whole, ...tracked])) if (foreign) for (const path of paths) found.add(name(path));
	return [...found].sort();
}
/**
* Git takes paths as arguments, and a system bounds their length: above this many it is asked about everything, which is also quicker
* then.
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
/** Whether a path is one of some, or stands below one; `""` is all. */
function isBelow(paths) {
	const wanted = new Set(paths);
	return (path) => {
		const parts = path.split("/");
		return wanted.has("") || parts.some((_, n) => wanted.has(parts.slice(0, n + 1).join("/")));
	};
}
/** What to say where an installer reads files that are in no commit. */
async function untrackedWarnings(repository, reads) {
	const found = await untrackedReads(repository, reads);
	if (found.length === 0) return [];
	const named = `${found.slice(0, 10).map(quoteName).join(", ")}${found.length > 10 ? ", …" : ""}`;
	const [it, holds] = found.length === 1 ? ["it", "it holds"] : ["them", "they hold"];
	return [`git does not track ${named}, which the installer reads: what ${holds} is in the environment's key and in no commit, so another checkout can give another environment. Where that is not meant, commit ${it}.`];
}
/** Paths of the checkout by the repository that has to do with them: a submodule is one of its own. Others are left out. */
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
		if (isOutside$1(relative(inside, path))) continue;
		const top = await topOf(path);
		if (top === void 0 || isOutside$1(relative(inside, top))) continue;
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
/** Where a path stands, and what it leads to: a link is compared as well as its target. */
function standsAt(path) {
	if (!existsSync(dirname(path))) return [];
	const own = join(realpathSync(dirname(path)), basename(path));
	return existsSync(path) ? [own, realpathSync(path)] : [own];
}
const isDirectory = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isOutside$1 = (place) => place === ".." || place.startsWith("../");
/** @returns undefined outside of a repository, and on a machine without git */
async function askTop(directory, question) {
	return (await tryGit(directory, ["rev-parse", question]).catch(() => void 0))?.replace(/\n$/, "") || void 0;
}

// src/environment/key.ts
/** @returns 64 hex digits; parts count by name, not by their order */
function environmentKey(parts) {
	const sorted = parts.map(({ name, value }) => [name, value]).sort(([a], [b]) => a < b ? -1 : 1);
	return hash("sha256", JSON.stringify(sorted), "hex");
}
/** A new environment id: every real build draws its own, so that a rebuild never overwrites. */
function drawId(key) {
	return `${key.slice(0, 12)}-${randomBytes(4).toString("hex")}`;
}
/** Credentials reach no key, log or layer: `https://user:word@host/` becomes `https://host/`. A password may hold an `@`. */
function withoutCredentials(text) {
	return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s]*@/gi, "$1");
}

// src/source/glob.ts
const OPTIONS = {
	dot: true,
	nocomment: true,
	nonegate: true
};
/**
* Whether a path is named by one of the patterns: a glob (dot files are like any other), a file, or a directory with all that is in it.
* A pattern that is the literal name of a file or directory means that one, whatever special characters it holds.
*
* @param patterns relative to the same directory as the paths; `.` is everything
*/
function globMatcher(patterns) {
	const globs = patterns.map((pattern) => {
		const glob = new Minimatch(pattern, OPTIONS);
		return (path) => pattern === "." || path === pattern || path.startsWith(`${pattern}/`) || glob.match(path);
	});
	return (path) => globs.some((matches) => matches(path));
}
/**
* Whether one of the patterns may name something in a directory, whatever the directory holds.
*
* @param patterns as {@link globMatcher} takes them
*/
function globReach(patterns) {
	const named = globMatcher(patterns);
	const globs = patterns.map((pattern) => new Minimatch(pattern, OPTIONS));
	return (directory) => named(directory) || patterns.some((pattern) => pattern.startsWith(`${directory}/`)) || globs.some((glob) => glob.match(directory, true));
}

// src/environment/content-hash.ts
const LEFT_BEHIND = /(^|\/)(\.git|__pycache__|\.venv|node_modules|build|dist|\.tox|\.mypy_cache|\.pytest_cache|[^/]+\.egg-info)$/;
/** The files and links below a directory that no build leaves behind, relative to it, sorted: where git cannot tell what is tracked. */
function usualFiles(directory) {
	return walk(directory, { skip: (name) => LEFT_BEHIND.test(name) }).flatMap(({ type, path }) => type === "directory" ? [] : [path]);
}
/**
* sha256 of a file, or of the names, modes, links and contents of a directory's files; hex. A link to a file counts with what is in that.
*
* @param files those that count, relative to the directory, sorted. Default: {@link usualFiles}
*/
function contentHash(path, files) {
	const sum = createHash("sha256");
	if (statSync(path).isFile()) {
		addContent(sum, path);
		return sum.digest("hex");
	}
	for (const name of files ?? usualFiles(path)) {
		const file = join(path, name);
		const status = lstatSync(file, { throwIfNoEntry: false });
		if (status?.isSymbolicLink()) sum.update(`l ${name}\0${readlinkSync(file)}\0`);
		const content = status?.isSymbolicLink() ? readableAt(file) : status;
		if (!content?.isFile()) continue;
		sum.update(`f ${name}\0${(content.mode & 73) !== 0}\0${content.size}\0`);
		addContent(sum, file);
	}
	return sum.digest("hex");
}
function readableAt(link) {
	try {
		accessSync(link, constants.R_OK);
		return statSync(link);
	} catch {
		return;
	}
}
/** Piece by piece: a file of more than 2 GiB cannot be read at once. */
function addContent(sum, path) {
	const chunk = Buffer.alloc(1 << 20);
	const file = openSync(path, "r");
	try {
		for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) sum.update(chunk.subarray(0, read));
	} finally {
		closeSync(file);
	}
}

// src/environment/git-remedy.ts
/** The usual causes, by what git and ssh say; the last one is what remains of those that only git can tell. */
const CAUSES = [
	[/Host key verification failed/, "ssh does not know the host of a dependency: put its key into ~/.ssh/known_hosts of the builder, after a comparison with what that host publishes."],
	[/Permission denied \([^)]*publickey/, "The repository of a dependency takes no key that git has here. Installers see the agent of a job only where `pass-env: [SSH_AUTH_SOCK]` of this environment names it. Let it hold keys that can only read packages: install scripts see it, too."],
	[/could not read (Username|Password)|fatal: Authentication failed/, "The repository of a dependency wants credentials: give git a netrc file, or a credential helper in this user's own configuration. Both are read from `HOME`, which installers see."],
	[/Could not read from remote repository|fatal: unable to access|fatal: repository \S+ not found/, "git could not fetch a dependency, and says why. Look at its address, at the network, and whether what git has here (keys, credentials) may read that repository."]
];
/**
* @param output the last lines of an installer
* @returns undefined where git has no part in the failure
*/
function gitRemedy(output) {
	const text = output.replace(/\s+/g, " ");
	return CAUSES.find(([said]) => said.test(text))?.[1];
}

// node_modules/smol-toml/dist/error.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
function getLineColFromPtr(string, ptr) {
	let lines = string.slice(0, ptr).split(/\r?\n/);
	return [lines.length, lines.pop().length + 1];
}
function makeCodeBlock(string, line, column) {
	let lines = string.split(/\r?\n/);
	let codeblock = "";
	let numberLen = (Math.log10(line + 1) | 0) + 1;
	for (let i = line - 1; i <= line + 1; i++) {
		let l = lines[i - 1];
		if (!l) continue;
		codeblock += i.toString().padEnd(numberLen, " ");
		codeblock += ":  ";
		codeblock += l;
		codeblock += "\n";
		if (i === line) {
			codeblock += " ".repeat(numberLen + column + 2);
			codeblock += "^\n";
		}
	}
	return codeblock;
}
var TomlError = class TomlError extends Error {
	line;
	column;
	codeblock;
	constructor(message, options) {
		const [line, column] = getLineColFromPtr(options.toml, options.ptr);
		const codeblock = makeCodeBlock(options.toml, line, column);
		super(`Invalid TOML document: ${message}\n\n${codeblock}`, options);
		this.line = line;
		this.column = column;
		this.codeblock = codeblock;
	}
	/** @internal */
	static x(message, ctx, ptr) {
		throw new TomlError(message, {
			toml: ctx.s,
			ptr: ptr ?? ctx.p
		});
	}
};

// node_modules/smol-toml/dist/primitive.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
/** @internal */
function parseString(ctx) {
	let startPtr = ctx.p;
	let c = ctx.s.charCodeAt(ctx.p++);
	let first = c;
	let isLiteral = c === 39;
	let isMultiline = c === ctx.s.charCodeAt(ctx.p) && c === ctx.s.charCodeAt(ctx.p + 1);
	if (isMultiline) {
		if ((c = ctx.s.charCodeAt(ctx.p += 2)) === 10) ctx.p++;
		else if (c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10) ctx.p += 2;
	}
	let parsed = "";
	let sliceStart = ctx.p;
	let state = 0;
	for (; ctx.p < ctx.s.length; ctx.p++) {
		c = ctx.s.charCodeAt(ctx.p);
		if (isMultiline && (c === 10 || c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10)) state = state && 3;
		else if (c < 32 && c !== 9 || c === 127) TomlError.x("control characters are not allowed in strings", ctx);
		else if ((!state || state === 3) && c === first && (!isMultiline || ctx.s.charCodeAt(ctx.p + 1) === first && ctx.s.charCodeAt(ctx.p + 2) === first)) {
			if (isMultiline) {
				if (ctx.s.charCodeAt(ctx.p + 3) === first) ctx.p++;
				if (ctx.s.charCodeAt(ctx.p + 3) === first) ctx.p++;
			}
			if (!state) {
				let s = ctx.s.slice(sliceStart, ctx.p);
				parsed = parsed ? parsed + s : s;
			}
			ctx.p += isMultiline ? 3 : 1;
			return parsed;
		} else if (!state) {
			if (!isLiteral && c === 92) {
				parsed += ctx.s.slice(sliceStart, sliceStart = ctx.p);
				state = 1;
			}
		} else if (state === 1) {
			if (c === 120 || c === 117 || c === 85) {
				let errPtr = ctx.p++ - 1;
				let value = 0;
				let len = c === 120 ? 2 : c === 117 ? 4 : 8;
				for (let j = 0; j < len; j++, ctx.p++) {
					let hex = ctx.s.charCodeAt(ctx.p);
					let digit = hex >= 48 && hex <= 57 ? hex - 48 : hex >= 65 && hex <= 70 ? hex - 65 + 10 : hex >= 97 && hex <= 102 ? hex - 97 + 10 : -1;
					if (digit < 0) TomlError.x("invalid non-hex character in unicode escape", ctx);
					value = value << 4 | digit;
				}
				if (value < 0 || value > 1114111 || value >= 55296 && value <= 57343) TomlError.x("invalid unicode escape", ctx, errPtr);
				parsed += String.fromCodePoint(value);
				sliceStart = ctx.p--;
				state = 0;
			} else if (isMultiline && (c === 32 || c === 9)) state = 2;
			else {
				if (c === 98) parsed += "\b";
				else if (c === 116) parsed += "	";
				else if (c === 110) parsed += "\n";
				else if (c === 102) parsed += "\f";
				else if (c === 114) parsed += "\r";
				else if (c === 101) parsed += "\x1B";
				else if (c === 34) parsed += "\"";
				else if (c === 92) parsed += "\\";
				else TomlError.x("unrecognised escape sequence", ctx);
				sliceStart = ctx.p + 1;
				state = 0;
			}
		} else if (c !== 32 && c !== 9) {
			if (state === 2) TomlError.x("invalid escape: only line-ending whitespace may be escaped", ctx, sliceStart);
			state = !isLiteral && c === 92 ? 1 : 0;
			sliceStart = ctx.p;
		}
	}
	TomlError.x("unfinished string", ctx, startPtr);
}

// node_modules/smol-toml/dist/date.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
let DATE_TIME_RE = /^(\d{4}-\d{2}-\d{2})?[Tt ]?(?:(\d{2}):\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|z|[-+]\d{2}:\d{2})?$/i;
var TomlDate = class TomlDate extends Date {
	#hasDate = false;
	#hasTime = false;
	#offset = null;
	constructor(date, fasttype, unsafeDelim) {
		let hasDate = true;
		let hasTime = true;
		let offset = "Z";
		let c;
		if (typeof date === "string") {
			if (fasttype) prep: {
				if (fasttype < 3) {
					if (+date.slice(11, 13) > 23) {
						date = "";
						break prep;
					}
					if (fasttype === 2) {
						offset = null;
						date += "Z";
					} else if ((c = date.charCodeAt(date.length - 1)) !== 90 && c !== 122) offset = date.slice(date.length - 6);
					if (unsafeDelim) date = date.slice(0, 10) + "T" + date.slice(11);
				} else if (fasttype === 4) date = +date.slice(0, 2) > 23 ? "" : `0000-01-01T${date}Z`;
				hasDate = fasttype !== 4;
				hasTime = fasttype !== 3;
			}
			else {
				let match = date.match(DATE_TIME_RE);
				if (match) {
					if (!match[1]) {
						hasDate = false;
						date = `0000-01-01T${date}`;
					}
					hasTime = !!match[2];
					hasTime && date[10] === " " && (date = date.replace(" ", "T"));
					if (match[2] && +match[2] > 23) date = "";
					else {
						offset = match[3] || null;
						if (!offset && hasTime) date += "Z";
					}
				} else date = "";
			}
		}
		super(date);
		if (!isNaN(this.getTime())) {
			this.#hasDate = hasDate;
			this.#hasTime = hasTime;
			this.#offset = offset;
		}
	}
	isDateTime() {
		return this.#hasDate && this.#hasTime;
	}
	isLocal() {
		return !this.#hasDate || !this.#hasTime || !this.#offset;
	}
	isDate() {
		return this.#hasDate && !this.#hasTime;
	}
	isTime() {
		return this.#hasTime && !this.#hasDate;
	}
	isValid() {
		return this.#hasDate || this.#hasTime;
	}
	toISOString() {
		let iso = super.toISOString();
		if (this.isDate()) return iso.slice(0, 10);
		if (this.isTime()) return iso.slice(11, 23);
		if (this.#offset === null) return iso.slice(0, -1);
		if (this.#offset === "Z" || this.#offset === "z") return iso;
		let offset = +this.#offset.slice(1, 3) * 60 + +this.#offset.slice(4, 6);
		offset = this.#offset[0] === "-" ? offset : -offset;
		return (/* @__PURE__ */ new Date(this.getTime() - offset * 6e4)).toISOString().slice(0, -1) + this.#offset;
	}
	static wrapAsOffsetDateTime(jsDate, offset = "Z") {
		let date = new TomlDate(jsDate);
		date.#offset = offset;
		return date;
	}
	static wrapAsLocalDateTime(jsDate) {
		let date = new TomlDate(jsDate);
		date.#offset = null;
		return date;
	}
	static wrapAsLocalDate(jsDate) {
		let date = new TomlDate(jsDate);
		date.#hasTime = false;
		date.#offset = null;
		return date;
	}
	static wrapAsLocalTime(jsDate) {
		let date = new TomlDate(jsDate);
		date.#hasDate = false;
		date.#offset = null;
		return date;
	}
};

// node_modules/smol-toml/dist/extract.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
function isDigit(char, base = 10) {
	return base === 16 ? char > 47 && char < 58 || char > 64 && char < 71 || char > 96 && char < 103 : char > 47 && char < 48 + base;
}
function isEndOfValue(char, delim) {
	return char === 32 || char === 9 || char === 10 || char === 13 || delim && (char === delim || char === 44) || char === 35;
}
/** @internal */
function extractValue(ctx, end) {
	let errPtr = ctx.p;
	let c = ctx.s.charCodeAt(ctx.p);
	if (c === 91 || c === 123) {
		ctx.d-- || TomlError.x("document contains excessively nested structures. aborting.", ctx);
		let value = c === 91 ? parseArray(ctx) : parseInlineTable(ctx);
		ctx.d++;
		return value;
	}
	if (c === 34 || c === 39) return parseString(ctx);
	if (c === 116) {
		if (ctx.s.charCodeAt(++ctx.p) !== 114 || ctx.s.charCodeAt(++ctx.p) !== 117 || ctx.s.charCodeAt(++ctx.p) !== 101) TomlError.x("invalid value", ctx, errPtr);
		return ctx.p++, true;
	}
	if (c === 102) {
		if (ctx.s.charCodeAt(++ctx.p) !== 97 || ctx.s.charCodeAt(++ctx.p) !== 108 || ctx.s.charCodeAt(++ctx.p) !== 115 || ctx.s.charCodeAt(++ctx.p) !== 101) TomlError.x("invalid value", ctx, errPtr);
		return ctx.p++, false;
	}
	if (c === 43 || c === 45) return parseNumber(ctx, ctx.p, ctx.s.charCodeAt(++ctx.p), 44 - c, end);
	if (ctx.s.charCodeAt(ctx.p + 4) === 45 && ctx.s.charCodeAt(ctx.p + 7) === 45) return parseDate(ctx, c, end);
	if (ctx.s.charCodeAt(ctx.p + 2) === 58) return parseTime(ctx, c, end);
	return parseNumber(ctx, ctx.p, c, 0, end);
}
function parseNumber(ctx, startPtr, startChr, sign, endChr) {
	let c = startChr;
	let state = 0;
	let hasUnderscores = false;
	if (c === 105) {
		if (ctx.s.charCodeAt(++ctx.p) !== 110 || ctx.s.charCodeAt(++ctx.p) !== 102) TomlError.x("invalid value", ctx, startPtr);
		return ctx.p++, (sign || 1) / 0;
	}
	if (c === 110) {
		if (ctx.s.charCodeAt(++ctx.p) !== 97 || ctx.s.charCodeAt(++ctx.p) !== 110) TomlError.x("invalid value", ctx, startPtr);
		return ctx.p++, NaN;
	}
	if (c === 48) {
		if (++ctx.p >= ctx.s.length || isEndOfValue(c = ctx.s.charCodeAt(ctx.p), endChr)) return ctx.bi === true ? 0n : 0;
		if (!sign) {
			if (c === 120) return parseIntegerBaseN(ctx, startPtr, 16, endChr);
			else if (c === 98) return parseIntegerBaseN(ctx, startPtr, 2, endChr);
			else if (c === 111) return parseIntegerBaseN(ctx, startPtr, 8, endChr);
		}
		if (c === 46) state = 2;
		else if (c === 101 || c === 69) state = 4;
		else TomlError.x("illegal leading zero", ctx, startPtr);
	} else if (!isDigit(c)) TomlError.x("invalid value", ctx, startPtr);
	while (++ctx.p < ctx.s.length && (c = ctx.s.charCodeAt(ctx.p), !isEndOfValue(c, endChr))) {
		if (!state) state = 1;
		if (c === 95) {
			if (!(state & 1)) TomlError.x("illegal underscore", ctx);
			state += 11;
			hasUnderscores = true;
		} else if (state === 1 && c === 46) state = 2;
		else if ((state === 1 || state === 3) && (c === 101 || c === 69)) state = 4;
		else if (state === 4 && (c === 43 || c === 45)) state = 6;
		else if (!isDigit(c)) TomlError.x(`illegal character in numeric literal`, ctx);
		else if (state > 9) state -= 11;
		else if (!(state & 1)) state++;
	}
	if (!state) {
		let val = (startChr - 48) * (sign || 1);
		return ctx.bi === true ? BigInt(val) : val;
	}
	if (!(state & 1)) TomlError.x("unfinished numeric value", ctx, startPtr);
	let str = ctx.s.slice(startPtr, ctx.p);
	if (hasUnderscores) str = str.replaceAll("_", "");
	return state > 1 ? parseFloat(str) : parseInteger(ctx, str, 10, startPtr);
}
function parseIntegerBaseN(ctx, startPtr, base, endChr) {
	let c, underscore = 1;
	while (++ctx.p < ctx.s.length && (c = ctx.s.charCodeAt(ctx.p), !isEndOfValue(c, endChr))) if (c === 95) {
		if (underscore & 1) TomlError.x("illegal underscore", ctx);
		underscore = 3;
	} else if (!isDigit(c, base)) TomlError.x(`illegal character in numeric literal`, ctx);
	else if (underscore & 1) underscore--;
	if (underscore & 1) TomlError.x("unfinished numeric value", ctx);
	let str = ctx.s.slice(startPtr + 2, ctx.p);
	if (underscore) str = str.replaceAll("_", "");
	return parseInteger(ctx, str, base, startPtr);
}
function parseInteger(ctx, str, base, startPtr) {
	if (ctx.bi !== true) int: {
		let val = parseInt(str, base);
		if (!Number.isSafeInteger(val)) {
			if (ctx.bi) break int;
			TomlError.x("integer value cannot be represented losslessly", ctx, startPtr);
		}
		return val;
	}
	return base === 10 ? BigInt(str) : BigInt((base === 2 ? "0b" : base === 8 ? "0o" : "0x") + str);
}
function parseDate(ctx, c, endChr) {
	let startPtr = ctx.p++, unsafeSeparator;
	if (!isDigit(c) || !isDigit(ctx.s.charCodeAt(ctx.p++)) || !isDigit(ctx.s.charCodeAt(ctx.p++)) || !isDigit(ctx.s.charCodeAt(ctx.p++))) return parseNumber(ctx, ctx.p = startPtr, c, 0, endChr);
	ctx.p += 5;
	if (!isDigit(ctx.s.charCodeAt(ctx.p++))) TomlError.x("invalid date-time: date part is malformed", ctx, startPtr);
	if (ctx.p >= ctx.s.length || ((c = ctx.s.charCodeAt(ctx.p)) !== 32 || (unsafeSeparator = true, !isDigit(ctx.s.charCodeAt(ctx.p + 1)))) && c !== 84 && c !== 116) return readDate(ctx, ctx.s.slice(startPtr, ctx.p), 3, false, startPtr);
	if (ctx.s.charCodeAt(ctx.p += 3) !== 58) TomlError.x("invalid date-time: time part is malformed", ctx, startPtr);
	if (ctx.s.charCodeAt(ctx.p += 3) === 58) ctx.p += 3;
	if (ctx.s.charCodeAt(ctx.p) === 46) while (isDigit(ctx.s.charCodeAt(++ctx.p)));
	if (c = ctx.s.charCodeAt(ctx.p)) {
		if (c === 90 || c === 122) return readDate(ctx, ctx.s.slice(startPtr, ++ctx.p), 1, unsafeSeparator, startPtr, "[+00:00]");
		if (c === 43 || c === 45) return readDate(ctx, ctx.s.slice(startPtr, ctx.p += 6), 1, unsafeSeparator, startPtr, !ctx.ld && "[" + ctx.s.slice(ctx.p - 6, ctx.p) + "]");
	}
	return readDate(ctx, ctx.s.slice(startPtr, ctx.p), 2, unsafeSeparator, startPtr);
}
function parseTime(ctx, c, endChr) {
	let start = ctx.p;
	if (!isDigit(c) || !isDigit(ctx.s.charCodeAt(++ctx.p))) return parseNumber(ctx, --ctx.p, c, 0, endChr);
	if (ctx.s.charCodeAt(ctx.p += 4) === 58) ctx.p += 3;
	if (ctx.s.charCodeAt(ctx.p) === 46) while (isDigit(ctx.s.charCodeAt(++ctx.p)));
	return readDate(ctx, ctx.s.slice(start, ctx.p), 4, false, start);
}
function readDate(ctx, str, type, unsafeDelim, errPtr, temporalSuffix) {
	if (ctx.ld) {
		let date = new TomlDate(str, type, unsafeDelim);
		if (!date.isValid()) TomlError.x("invalid date", ctx, errPtr);
		return date;
	}
	try {
		if (temporalSuffix) str += temporalSuffix;
		switch (type) {
			case 1: return Temporal.ZonedDateTime.from(str);
			case 2: return Temporal.PlainDateTime.from(str);
			case 3: return Temporal.PlainDate.from(str);
			case 4: return Temporal.PlainTime.from(str);
		}
	} catch (e) {
		TomlError.x(e instanceof Error ? e.message : "" + e, ctx, errPtr);
	}
}

// node_modules/smol-toml/dist/util.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
/** @internal */
function skipComment(ctx) {
	for (; ctx.p < ctx.s.length; ctx.p++) {
		let c = ctx.s.charCodeAt(ctx.p);
		if (c === 10) break;
		if (c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10) {
			ctx.p++;
			break;
		}
		if (c < 32 && c !== 9 || c === 127) TomlError.x("control characters are not allowed in comments", ctx);
	}
}
/** @internal */
function skipVoid(ctx, banNewLines, banComments) {
	let c;
	while (ctx.p < ctx.s.length) {
		while (ctx.p < ctx.s.length && ((c = ctx.s.charCodeAt(ctx.p)) === 32 || c === 9 || !banNewLines && (c === 10 || c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10))) ctx.p++;
		if (banComments || c !== 35) break;
		skipComment(ctx);
	}
}

// node_modules/smol-toml/dist/struct.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
/** @internal */
function parseKey(ctx, end = 61) {
	let startPtr;
	let state = 0;
	let parsed = [];
	let sliceStart;
	let c = ctx.s.charCodeAt(startPtr = ctx.p);
	do
		if (c === end) {
			if (!state) TomlError.x("unexpected end of key", ctx);
			if (state === 1) parsed.push(ctx.s.slice(sliceStart, ctx.p));
			return ctx.p++, parsed;
		} else if (c === 46) {
			if (!state) TomlError.x("illegal empty bare key", ctx);
			if (state === 1) parsed.push(ctx.s.slice(sliceStart, ctx.p));
			state = 0;
		} else if (!state && (c === 34 || c === 39)) {
			if (c === ctx.s.charCodeAt(ctx.p + 1) && c === ctx.s.charCodeAt(ctx.p + 2)) TomlError.x("illegal quoted key: multiline strings are not allowed", ctx);
			parsed.push(parseString(ctx));
			state = 2;
			ctx.p--;
		} else if (c === 32 || c === 9) {
			if (state === 1) {
				parsed.push(ctx.s.slice(sliceStart, ctx.p));
				state = 2;
			}
		} else if (state === 2 || c < 48 && c !== 45 || c > 57 && c < 65 || c > 90 && c < 97 && c !== 95 || c > 122) TomlError.x("illegal character in key", ctx);
		else if (!state) {
			state = 1;
			sliceStart = ctx.p;
		}
	while (c = ctx.s.charCodeAt(++ctx.p));
	TomlError.x("incomplete key-value: cannot find end of key", ctx, startPtr);
}
/** @internal */
function parseInlineTable(ctx) {
	let startPtr = ctx.p++;
	let res = Object.create(null);
	let seen = /* @__PURE__ */ new Set();
	let c;
	while (ctx.p < ctx.s.length) {
		skipVoid(ctx);
		if ((c = ctx.s.charCodeAt(ctx.p)) === 125) {
			ctx.p++;
			return res;
		}
		let k;
		let t = res;
		let hasOwn = false;
		let errPtr = ctx.p;
		let key = parseKey(ctx);
		for (let i = 0; i < key.length; i++) {
			if (i) t = hasOwn ? t[k] : t[k] = Object.create(null);
			k = key[i];
			if ((hasOwn = Object.hasOwn(t, k)) && (typeof t[k] !== "object" || seen.has(t[k]))) TomlError.x("trying to redefine an already defined value", ctx, errPtr);
			let unsafe = k === "__proto__";
			if (ctx.uk && (unsafe || k === "constructor")) {
				t = ctx.uk !== 1 && TomlError.x("document contains an unsafe property", ctx, errPtr);
				break;
			}
			if (!hasOwn && unsafe) Object.defineProperty(t, k, {
				enumerable: true,
				configurable: true,
				writable: true
			});
		}
		if (hasOwn) TomlError.x("trying to redefine an already defined value", ctx, errPtr);
		skipVoid(ctx, true, true);
		let value = extractValue(ctx, 125);
		if (t && typeof (t[k] = value) === "object") seen.add(value);
		skipVoid(ctx);
		if ((c = ctx.s.charCodeAt(ctx.p++)) === 125) return res;
		if (c !== 44) TomlError.x("expected comma or end of structure", ctx, ctx.p - 1);
	}
	TomlError.x("unfinished table", ctx, startPtr);
}
/** @internal */
function parseArray(ctx) {
	let startPtr = ctx.p++;
	let res = [];
	let c;
	while (ctx.p < ctx.s.length) {
		skipVoid(ctx);
		if ((c = ctx.s.charCodeAt(ctx.p)) === 93) {
			ctx.p++;
			return res;
		}
		res.push(extractValue(ctx, 93));
		skipVoid(ctx);
		if ((c = ctx.s.charCodeAt(ctx.p++)) === 93) return res;
		if (c !== 44) TomlError.x("expected comma or end of structure", ctx, ctx.p - 1);
	}
	TomlError.x("unfinished array", ctx, startPtr);
}

// node_modules/smol-toml/dist/parse.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
function peekTable(ctx, key, table, meta, type) {
	let t = table;
	let m = meta;
	let k;
	let hasOwn = false;
	let state;
	for (let i = 0; i < key.length; i++) {
		if (i) {
			t = hasOwn ? t[k] : t[k] = Object.create(null);
			m = (state = m[k]).c;
			if (type === 0 && (state.t === 1 || state.t === 2)) return null;
			if (state.t === 2) {
				let l = t.length - 1;
				t = t[l];
				m = m[l].c;
			}
		}
		k = key[i];
		if ((hasOwn = Object.hasOwn(t, k)) && m[k]?.t === 0 && m[k]?.d) return null;
		if (!hasOwn) {
			let unsafe = k === "__proto__";
			if (ctx.uk && (unsafe || k === "constructor")) return false;
			if (unsafe) {
				Object.defineProperty(t, k, {
					enumerable: true,
					configurable: true,
					writable: true
				});
				Object.defineProperty(m, k, {
					enumerable: true,
					configurable: true,
					writable: true
				});
			}
			m[k] = {
				t: i < key.length - 1 && type === 2 ? 3 : type,
				d: false,
				i: 0,
				c: Object.create(null)
			};
		}
	}
	state = m[k];
	if (state.t !== type && !(type === 1 && state.t === 3)) return null;
	if (type === 2) {
		if (!state.d) {
			state.d = true;
			t[k] = [];
		}
		t[k].push(t = Object.create(null));
		state.c[state.i++] = state = {
			t: 1,
			d: false,
			i: 0,
			c: Object.create(null)
		};
	}
	if (state.d) return null;
	state.d = true;
	if (type === 1) t = hasOwn ? t[k] : t[k] = Object.create(null);
	else if (type === 0 && hasOwn) return null;
	return [
		k,
		t,
		state.c
	];
}
function validateTablePeek(ctx, peek, ptr) {
	if (peek === null || ctx.uk === 2) TomlError.x(peek === null ? "trying to redefine an already defined table or value" : "document contains an unsafe property", ctx, ptr);
}
function parse$1(toml, options = {}) {
	let ctx = {
		s: toml,
		p: 0,
		d: options.maxDepth ?? 1e3,
		bi: options.integersAsBigInt ?? false,
		ld: options.useLegacyDate ?? true,
		uk: options.unsafeKeyBehaviour === "throw" ? 2 : options.unsafeKeyBehaviour === "drop" ? 1 : 0
	};
	let res = Object.create(null);
	let meta = Object.create(null);
	let tmp;
	let skipping = false;
	let tbl = res;
	let m = meta;
	if (toml.charCodeAt(0) === 65279) ctx.p++;
	skipVoid(ctx);
	while (ctx.p < toml.length) {
		if (toml.charCodeAt(ctx.p) === 91) {
			let isTableArray = toml.charCodeAt(++ctx.p) === 91;
			tmp = ctx.p += +isTableArray;
			skipping = false;
			let k = parseKey(ctx, 93);
			if (isTableArray) {
				if (toml.charCodeAt(ctx.p) !== 93) TomlError.x("expected end of table array declaration", ctx);
				ctx.p++;
			}
			let p = peekTable(ctx, k, res, meta, isTableArray ? 2 : 1);
			if (!p) {
				validateTablePeek(ctx, p, tmp);
				skipping = true;
			} else {
				m = p[2];
				tbl = p[1];
			}
		} else {
			tmp = ctx.p;
			let p = peekTable(ctx, parseKey(ctx), tbl, m, 0);
			if (!p && !skipping) validateTablePeek(ctx, p, tmp);
			skipVoid(ctx, true, true);
			let v = extractValue(ctx, void 0);
			if (p && !skipping) p[1][p[0]] = v;
		}
		skipVoid(ctx, true);
		if (ctx.p < toml.length && (tmp = toml.charCodeAt(ctx.p)) !== 10 && (tmp !== 13 || toml.charCodeAt(ctx.p + 1) !== 10)) TomlError.x("each key-value declaration must be followed by an end-of-line", ctx);
		skipVoid(ctx);
	}
	return res;
}

// node_modules/smol-toml/dist/stringify.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
let BARE_KEY = /^[a-z0-9-_]+$/i;
let HAS_WELLFORMED = !!"".isWellFormed;
function extendedTypeOf(obj) {
	let type = typeof obj;
	if (type === "object") {
		if (Array.isArray(obj)) return "array";
		if (typeof obj.getUTCDate === "function" && obj instanceof Date) return "date";
		if (globalThis.Temporal) {
			if (obj.until) {
				if (obj instanceof Temporal.ZonedDateTime) return "temporal/tz+uc";
				if (obj instanceof Temporal.PlainDateTime || obj instanceof Temporal.PlainDate) return "temporal/uc";
				if (obj instanceof Temporal.PlainTime || obj instanceof Temporal.Instant) return "temporal";
				if (obj instanceof Temporal.PlainYearMonth) return "temporal/x";
			} else if (obj.toPlainDate && obj instanceof Temporal.PlainMonthDay || obj.negated && obj instanceof Temporal.Duration) return "temporal/x";
		}
	}
	return type;
}
function isArrayOfTables(obj) {
	for (let i = 0; i < obj.length; i++) if (extendedTypeOf(obj[i]) !== "object") return false;
	return obj.length != 0;
}
function formatWellFormedStringUnchecked(s) {
	return JSON.stringify(s).replaceAll("", "\\u007f");
}
function formatString(s) {
	return formatWellFormedStringUnchecked(HAS_WELLFORMED ? s.toWellFormed() : s);
}
function formatKey(s) {
	if (BARE_KEY.test(s)) return s;
	if (HAS_WELLFORMED && !s.isWellFormed()) throw new RangeError("key contains illegal lone surrogates");
	return formatWellFormedStringUnchecked(s);
}
function stringifyValue(val, type, depth, numberAsFloat, strictTemporal) {
	if (depth === 0) throw new Error("Could not stringify the object: maximum object depth exceeded");
	switch (type) {
		case "number":
			if (isNaN(val)) return "nan";
			if (val === Infinity) return "inf";
			if (val === -Infinity) return "-inf";
			if (Number.isInteger(val) && (numberAsFloat || !Number.isSafeInteger(val))) return val.toFixed(1);
		case "bigint":
		case "boolean":
		case "temporal": return val.toString();
		case "string": return formatString(val);
		case "date":
			if (isNaN(val.getTime())) throw new TypeError("cannot serialize invalid date");
			return val.toISOString();
		case "object": return stringifyInlineTable(val, depth, numberAsFloat, strictTemporal);
		case "array": return stringifyArray(val, depth, numberAsFloat, strictTemporal);
		case "temporal/tz+uc": if (strictTemporal) {
			let tz = val.timeZoneId;
			let tzc = tz.charCodeAt(0);
			if (tzc !== 43 && tzc !== 45 && (tzc !== 85 && tzc !== 71 && tzc !== 90 && tzc !== 69 || tz !== "UTC" && tz !== "UCT" && tz !== "Universal" && tz !== "Zulu" && !tz.startsWith("GMT") && tz !== "Greenwich" && !tz.startsWith("Etc/"))) throw new TypeError("Temporal objects with an IANA timezone are not allowed in Temporal strict mode");
		}
		case "temporal/uc":
			if (strictTemporal && val.calendarId !== "iso8601") throw new TypeError("Temporal objects with a non-default calendar are not allowed in Temporal strict mode");
			return val.toString({
				calendarName: "never",
				timeZoneName: "never"
			});
		case "temporal/x": throw new TypeError("Unsupported " + val[Symbol.toStringTag]);
	}
}
function stringifyInlineTable(obj, depth, numberAsFloat, strictTemporal) {
	let keys = Object.keys(obj);
	if (keys.length === 0) return "{}";
	let res = "{ ";
	for (let i = 0; i < keys.length; i++) {
		let k = keys[i];
		if (i) res += ", ";
		res += formatKey(k) + " = " + stringifyValue(obj[k], extendedTypeOf(obj[k]), depth - 1, numberAsFloat, strictTemporal);
	}
	return res + " }";
}
function stringifyArray(array, depth, numberAsFloat, strictTemporal) {
	if (array.length === 0) return "[]";
	let res = "[ ";
	for (let i = 0; i < array.length; i++) {
		if (i) res += ", ";
		if (array[i] === null || array[i] === void 0) throw new TypeError("arrays cannot contain null or undefined values");
		res += stringifyValue(array[i], extendedTypeOf(array[i]), depth - 1, numberAsFloat, strictTemporal);
	}
	return res + " ]";
}
function stringifyArrayTable(array, key, depth, numberAsFloat, strictTemporal) {
	if (depth === 0) throw new Error("Could not stringify the object: maximum object depth exceeded");
	let res = "";
	for (let i = 0; i < array.length; i++) {
		res += `${res && "\n"}[[${key}]]\n`;
		res += stringifyTable(0, array[i], key, depth, numberAsFloat, strictTemporal);
	}
	return res;
}
function stringifyTable(tableKey, obj, prefix, depth, numberAsFloat, strictTemporal) {
	if (depth === 0) throw new Error("Could not stringify the object: maximum object depth exceeded");
	let preamble = "";
	let tables = "";
	let keys = Object.keys(obj);
	for (let i = 0; i < keys.length; i++) {
		let k = keys[i];
		if (obj[k] !== null && obj[k] !== void 0) {
			let type = extendedTypeOf(obj[k]);
			if (type === "symbol" || type === "function") throw new TypeError(`cannot serialize values of type '${type}'`);
			let key = formatKey(k);
			if (type === "array" && isArrayOfTables(obj[k])) tables += (tables && "\n") + stringifyArrayTable(obj[k], prefix ? `${prefix}.${key}` : key, depth - 1, numberAsFloat, strictTemporal);
			else if (type === "object") {
				let tblKey = prefix ? `${prefix}.${key}` : key;
				tables += (tables && "\n") + stringifyTable(tblKey, obj[k], tblKey, depth - 1, numberAsFloat, strictTemporal);
			} else {
				preamble += key;
				preamble += " = ";
				preamble += stringifyValue(obj[k], type, depth, numberAsFloat, strictTemporal);
				preamble += "\n";
			}
		}
	}
	if (tableKey && (preamble || !tables)) preamble = preamble ? `[${tableKey}]\n${preamble}` : `[${tableKey}]`;
	return preamble && tables ? `${preamble}\n${tables}` : preamble || tables;
}
function stringify(obj, { maxDepth = 1e3, numbersAsFloat = false, strictTemporal = false } = {}) {
	if (extendedTypeOf(obj) !== "object") throw new TypeError("stringify can only be called with an object");
	let str = stringifyTable(0, obj, "", maxDepth, numbersAsFloat, strictTemporal);
	if (str[str.length - 1] !== "\n") return str + "\n";
	return str;
}

// node_modules/smol-toml/dist/index.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/

// src/source/commit-view.ts
/** Hashes are abbreviated as in a small repository: git's own choice grows with the number of objects in a clone. */
const SETTINGS = "[core]\n	abbrev = 7\n	autocrlf = false\n[gc]\n	auto = 0\n";
/**
* Makes `<directory>/.git`. Objects are shared with the repository, nothing is copied or checked out.
*
* @param directory absolute; made when missing
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
/** @param fields of each tag: the object, what it points at if it is a tag object, its name */
function packedRefs(fields) {
	const lines = ["# pack-refs with: peeled fully-peeled sorted "];
	for (let n = 0; n + 2 < fields.length; n += 3) {
		lines.push(`${fields[n].trim()} ${fields[n + 2]}`);
		if (fields[n + 1]) lines.push(`^${fields[n + 1]}`);
	}
	return `${lines.join("\n")}\n`;
}
/**
* What the history says beyond the commit itself, for keys: tags that lead to it, and where a shallow clone cuts it off.
*
* @returns text, the same in every clone that answers alike
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
/** Whether the clone lacks a part of its history. */
async function isShallow(repository) {
	return (await git(repository, ["rev-parse", "--is-shallow-repository"], "the repository cannot be read")).trim() === "true";
}

// src/bundle/tag-version.ts
/** Where a Python project says how it is built. */
const PACKAGING_FILES = [
	"pyproject.toml",
	"setup.cfg",
	"setup.py"
];
/** Packages that read a version from git, and the keys that ask a build backend to. */
const READS_TAGS = /setuptools[-_]scm|vcs[-_]versioning|hatch-vcs|setuptools-git-versioning|\bpbr\b|versioneer|poetry-dynamic-versioning|dunamai|versioningit|source\s*=\s*["'](?:vcs|scm)["']/;
/** Whether the text of a packaging file names something that reads the version from tags. */
const namesTagReader = (text) => READS_TAGS.test(text);
/**
* Whether the project's own files name something that reads its version from tags.
*
* @param directory of the project, relative to the application's
*/
function readsVersionFromTags({ sources }, directory) {
	const files = PACKAGING_FILES.map((name) => posix.join(directory, name));
	return sources.some((source) => source.type === "file" && "content" in source && files.includes(source.path) && namesTagReader(Buffer.from(source.content).toString("utf8")));
}
/** Refuses a shallow clone for a project whose own version comes from tags: see {@link refuseCutHistory}. */
async function refuseMissingTags(repository, source, directory) {
	if (readsVersionFromTags(source, directory)) await refuseCutHistory(repository, source.commit.id);
}
/**
* A shallow clone gives another version than a whole one, unless the commit itself has a tag that can be a version.
*
* @throws Failure (refused) for one
*/
async function refuseCutHistory(repository, commit) {
	if (!await isShallow(repository)) return;
	if ((await git(repository, [
		"tag",
		"--points-at",
		commit
	], "the commit's tags cannot be read")).split("\n").some((tag) => /\d/.test(tag))) return;
	throw new Failure({
		what: "the version comes from tags, and this clone is shallow",
		where: {
			repository,
			commit
		},
		remedy: "Check out with `fetch-depth: 0` (actions/checkout), or run `git fetch --unshallow --tags`: the version is counted from the nearest tag.",
		outcome: "refused"
	});
}

// src/command/filter.ts
const LAST_CHARACTERS = 4e3;
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
		said = cutStart(said + chunk.toString("utf8"), LAST_CHARACTERS);
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
		what: "a file of the commit is not in this clone",
		where: {
			repository,
			object: blob
		},
		remedy: "A partial clone (`filter:`) fetches objects when they are needed: check out without a filter.",
		outcome: "refused"
	});
}

// src/source/lay.ts
/** Bytes of blobs that are held at once. */
const BATCH = 64 << 20;
/**
* Puts files of a commit at their places below a directory, with the modes and contents with which they ship.
*
* @param root absolute; stands for the repository's root
*/
async function layFiles(files, root) {
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
/** Puts files that are not the commit's (what `include:` names) below the application's directory. */
function laySources(sources, application) {
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
/** Files that are no longer as they were put there: paths relative to the application, with what differs. */
async function changedFiles(laid, root) {
	const changed = [];
	for (const [file, before] of laid) {
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
* Makes git, asked in a directory with a view of the commit (src/source/commit-view.ts), say that nothing has changed there: files that are
* not laid are left out on purpose, and files that ship in another form than the commit's are meant.
*
* @param laid all of the outermost repository's files that stand there
*/
async function settleIndex(root, laid) {
	const what = "the copy of the commit could not be prepared";
	const there = new Map(laid.map((file) => [file.place, file]));
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

// src/environment/local-packages.ts
/** What to say where a build of one fails, since it can succeed in a checkout. */
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
* The parts of a key that local directories and archives are, with the local packages that those name themselves: exactly what
* {@link copyPackages} lets a build see.
*
* @param paths absolute
* @throws Failure (refused) for a directory of which git tracks nothing, a link that leads out of the repository, and a version that
*   comes from tags in a shallow clone
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
* What is read of local packages: the tracked files of directories, and whole the archives and what links lead to.
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
/** The repository whose tags a package takes its version from; undefined for a package that does not, and outside of git. */
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
/** What a build of a package may read, absolute: the tracked files of its directory, and what links in them lead to. */
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
const pyprojectSchema$2 = looseObject({ tool: looseObject({
	uv: looseObject({ sources: neighbours }).optional(),
	poetry: looseObject({ dependencies: neighbours }).optional()
}).optional() });
/** Directories, and those that their pyproject.toml leads to: `[tool.uv.sources]`, poetry's dependencies with a path. */
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
		return pyprojectSchema$2.parse(parse$1(readFileSync(file, "utf8")));
	} catch {
		return {};
	}
}
/**
* Copies local packages with the local packages that those name, each at its place below the repository. Nothing else of the repository
* is there, so that a build reads nothing that is in no key.
*
* @param paths directories and archives, absolute
* @param to a directory that does not exist yet, absolute
* @param files further files, absolute
* @returns where a path of the checkout stands in the copy; one from elsewhere stands for itself
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
		const laid = [...all].map((file) => ({
			file,
			place: relative(root, inCopy(file))
		}));
		await settleIndex(root, laid.map(({ file, place }) => ({
			place,
			blob: "",
			identity: lstatSync(file).isSymbolicLink() ? "link" : ""
		})));
	}
	return inCopy;
}
/** A link leads to the copy of what it leads to in the end. */
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

// src/environment/node-version.ts
/** Names of LTS lines (https://nodejs.org/en/about/previous-releases). */
const LINES = {
	dubnium: "10",
	erbium: "12",
	fermium: "14",
	gallium: "16",
	hydrogen: "18",
	iron: "20",
	jod: "22",
	krypton: "24"
};
/**
* @param text of the file
* @returns the version, as far as it is said (`24`, `20.11`); `any` where the file leaves it open (`lts/*`, `node`); undefined where it
*   names none
*/
function wantedNode(text) {
	const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
	const word = (lines.map((line) => /^(?:nodejs|node)\s+(\S+)/.exec(line)?.[1]).find(Boolean) ?? lines[0] ?? "").toLowerCase();
	const version = /^(?:node-?)?v?(\d+(?:\.\d+){0,2})(?:\.[x*]){0,2}$/.exec(word)?.[1];
	if (version) return version;
	if (/^(lts\/\*|lts|lts\/-\d+|node|stable|current|latest|\*)$/.test(word)) return "any";
	return LINES[/^lts\/(\w+)$/.exec(word)?.[1] ?? ""];
}
/** Whether a version is one of those: `20.11.1` of `20` and of `20.11`. */
function isNode(version, wanted) {
	return wanted === "any" || `${version}.`.startsWith(`${wanted}.`);
}

// src/environment/npm-commands.ts
/**
* The files behind the commands of workspaces, whether they are there or not: a build step can make them. npm takes them from the lock,
* which has the files of `directories.bin` too.
*
* @param workspaces their directories as the lock names them
* @returns relative to the lock's directory, sorted, each once
*/
function commandFiles(lock, workspaces) {
	const files = workspaces.flatMap((workspace) => Object.values(lock[workspace]?.bin ?? {}).filter((path) => typeof path === "string").map((path) => posix.join(workspace, posix.join("/", path))));
	return [...new Set(files)].filter((path) => !/(^|\/)node_modules(\/|$)|\/$/.test(path)).sort();
}
/**
* Lays an empty file for each that is not there: npm looks no further. Only node_modules is packed, so none of them ships.
*
* @param staging the directory that `files` are relative to, absolute
*/
function layCommandFiles(files, staging) {
	for (const file of files.map((path) => join(staging, path))) {
		if (existsSync(file) || !canHold(dirname(file))) continue;
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, "");
	}
}
/** Not below a file: of `package.json/x` npm says what is wrong. */
const canHold = (directory) => existsSync(directory) ? statSync(directory).isDirectory() : canHold(dirname(directory));
/**
* npm makes the file of a command executable in the checkout where it installs; what is built with and what ships has the commit's mode.
*
* @param directory what `files` are relative to, absolute
* @returns one warning that names the files, or none
*/
async function modeWarnings(files, directory) {
	if (files.length === 0) return [];
	const paths = files.map((path) => `:(literal)${path}`);
	const listed = await tryGit(directory, [
		"ls-files",
		"-z",
		"--stage",
		"--",
		...paths
	]);
	const plain = records(listed ?? "").flatMap((entry) => /^100644 \S+ \d\t(.*)$/s.exec(entry)?.[1] ?? []);
	if (plain.length === 0) return [];
	const names = plain.map(quoteName);
	return [`commands of workspaces are files that git has without the permission to execute them: ${names.join(", ")}. Calling them ends with "Permission denied" where npm has not changed that (it does in a checkout). Commit it: git update-index --chmod=+x ${names.join(" ")}`];
}

// src/environment/platform.ts
function platform() {
	const header = (process.report?.getReport())?.header;
	return {
		architecture: machine(),
		libc: header?.glibcVersionRuntime ? "glibc" : "musl",
		release: osRelease()
	};
}
/** https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
function osRelease() {
	let text = "";
	try {
		text = readFileSync("/etc/os-release", "utf8");
	} catch {
		return "unknown";
	}
	const field = (name) => new RegExp(`^${name}="?([^"\\n]*)"?$`, "m").exec(text)?.[1] ?? "";
	return `${field("ID")} ${field("VERSION_ID")}`.trim();
}
function platformParts() {
	const { architecture, libc, release } = platform();
	return [
		{
			name: "architecture",
			value: architecture
		},
		{
			name: "libc",
			value: libc
		},
		{
			name: "operating system",
			value: release
		}
	];
}

// src/environment/npm-lock.ts
const packageSchema$1 = looseObject({
	optionalDependencies: record(string(), string()).optional(),
	dev: boolean().optional(),
	optional: boolean().optional(),
	peer: boolean().optional(),
	version: string().optional(),
	link: boolean().optional(),
	bin: record(string(), unknown()).optional().catch(void 0),
	resolved: union([string(), boolean().transform(() => void 0)]).optional()
});
const lockSchema$1 = looseObject({
	lockfileVersion: unknown().optional(),
	packages: record(string(), packageSchema$1).optional()
});
/** @param name of the file, for messages @throws Failure (refused) for a text that is no lock, and for one of an old format */
function parseNpmLock(text, name) {
	let lock;
	try {
		lock = lockSchema$1.parse(JSON.parse(text));
	} catch (error) {
		throw new Failure({
			what: `${name} cannot be read`,
			output: (error instanceof ZodError ? prettifyError(error) : String(error)).split("\n").slice(0, 6).join("\n"),
			remedy: "Mend it (a merge may have left its marks), or write it again: npm install.",
			outcome: "refused"
		});
	}
	if (!lock.packages) throw new Failure({
		what: `${name} is of an old format (${JSON.stringify(lock.lockfileVersion)})`,
		remedy: `Run \`${writeLock(basename(name), " --lockfile-version 3")}\` and commit it.`,
		outcome: "refused"
	});
	return lock.packages;
}
/** How a lock file is written. `npm shrinkwrap` makes npm-shrinkwrap.json of the package-lock.json that npm install writes. */
const writeLock = (lockFile, options = "") => `npm install${options}${lockFile === "npm-shrinkwrap.json" ? " && npm shrinkwrap" : ""}`;
/**
* Which types of dependencies npm leaves out (https://docs.npmjs.com/cli/using-npm/config#omit): what `omit` and the older settings name
* together, without what `include` names. A setting of the command line replaces that of the project's .npmrc.
*
* @param options as npm gets them, `--omit=dev` or `--omit`, `dev`
* @param npmrc the text of the .npmrc beside package.json; empty where there is none
*/
function omitted(options, npmrc) {
	const [given, own] = [settingsIn(options.flatMap((option, n) => {
		const [, no, name, value] = /^--(no-)?([a-z]+)(?:=(.*))?$/.exec(option) ?? [];
		if (name === void 0) return [];
		return no ? [`${name}=false`] : [`${name}=${value ?? (TAKES_VALUE.test(name) ? options[n + 1] : "true")}`];
	})), settingsIn(npmrc.split(/\r?\n/))];
	const valuesOf = (name) => given.get(name) ?? own.get(name) ?? [];
	const left = new Set(valuesOf("omit"));
	if (valuesOf("production").includes("true") || valuesOf("only").some((value) => /^prod(uction)?$/.test(value))) left.add("dev");
	if (valuesOf("optional").includes("false")) left.add("optional");
	for (const type of valuesOf("include")) left.delete(type);
	return left;
}
const TAKES_VALUE = /^(omit|only|include)$/;
function settingsIn(lines) {
	const settings = /* @__PURE__ */ new Map();
	for (const line of lines) {
		const [, name, value = ""] = /^\s*([a-z]+)(?:\[\])?\s*=\s*["']?(.*?)["']?\s*$/.exec(line) ?? [];
		if (name !== void 0) settings.set(name, [...settings.get(name) ?? [], value]);
	}
	return settings;
}
/** A link to a directory outside of the application would lead nowhere on hosts. */
function refuseLinksOut(lock, directory) {
	const out = Object.entries(lock).find(([, { link, resolved }]) => link && resolved !== void 0 && `${join(directory, resolved)}/`.startsWith("../"));
	if (!out) return;
	const [path, { resolved }] = out;
	throw new Failure({
		what: `${path} is a link to ${resolved}, which is outside of the application`,
		remedy: "Let npm copy it: write install-links=true into the .npmrc beside package.json, run `rm -rf node_modules && npm install`, and commit .npmrc and the lock. Or let `source:` be a directory above both.",
		outcome: "refused"
	});
}
/**
* A lock that npm wrote beside an existing node_modules can hold the optional packages of the machine that wrote it alone; npm 10 installs
* it without those of this one, and says nothing (https://github.com/npm/cli/issues/4828).
*/
function refuseOtherPlatforms(lock, lockFile, omit) {
	if (omit.has("optional")) return;
	const there = new Set(Object.keys(lock).map(nameOf));
	const lacking = Object.entries(lock).flatMap(([path, { optionalDependencies = {}, dev }]) => Object.keys(dev && omit.has("dev") ? {} : optionalDependencies).filter((name) => isForHere(name) && !there.has(name)).map((name) => ({
		by: nameOf(path) || "package.json",
		name
	})));
	const [first] = lacking;
	if (!first) return;
	throw new Failure({
		what: `${lockFile} lacks ${[...new Set(lacking.map(({ name }) => name))].join(", ")}, which ${first.by} needs on this platform`,
		remedy: `The lock was written on another platform, beside a node_modules that was there. Write it again from nothing and commit it: rm -rf node_modules ${lockFile} && ${writeLock(lockFile)}`,
		outcome: "refused"
	});
}
/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
const nameOf = (path) => path.replace(/^.*node_modules\//, "");
/** Whether an optional package is by its name one for this platform: `@rollup/rollup-linux-x64-gnu`. */
function isForHere(name) {
	const { architecture, libc } = platform();
	const cpu = {
		x86_64: /(^|[-_.])(x64|x86_64|amd64)([-_.]|$)/,
		aarch64: /(^|[-_.])(arm64|aarch64)([-_.]|$)/
	}[architecture];
	const isMusl = /musl/.test(name);
	return /linux/.test(name) && (cpu?.test(name) ?? false) && isMusl === (libc === "musl");
}
/** @throws Failure when nothing was installed although the lock has packages that this install wants on any platform */
function refuseNothing({ lock, lockFile }, omit, resolved) {
	const wanted = Object.entries(lock).filter(([path, { link, optional, dev, peer }]) => path.includes("node_modules/") && !link && !optional && !peer && !(dev && omit.has("dev")));
	if (resolved.length > 0 || wanted.length === 0) return;
	throw new Failure({
		what: `npm ended well, and installed none of the ${wanted.length} packages that ${lockFile} names`,
		remedy: "Look at `options:` and `pass-env:` of this environment and at .npmrc (omit, dry-run)."
	});
}

// src/environment/npm-settings.ts
/** https://docs.npmjs.com/cli/using-npm/config. Everything else (omit, ignore-scripts, install-strategy, …) decides what is installed. */
const REACHING$2 = /^(registry|@[^:\s]+:registry|\/\/.+:(_auth|_authToken|_password|username|email|certfile|keyfile)|_auth|_authToken|(https-|no)?proxy|cafile|ca(\[\])?|cert|key|strict-ssl|fetch-(retries|retry-\w+|timeout)|maxsockets|nodedir|disturl)$/;
/**
* The environment of npm.
*
* @param passed names of `pass-env`
* @param file where the settings go, absolute; it may hold credentials, and is removed by who made its directory
*/
async function npmVariables(passed, file) {
	const own = builtVariables(process.env, passed);
	const lines = (await settingFiles(own)).flatMap((path) => reachingLines(path));
	writeFileSync(file, lines.map((line) => `${line}\n`).join(""), { mode: 384 });
	const files = {
		npm_config_userconfig: file,
		npm_config_globalconfig: "/dev/null"
	};
	const given = new Set(Object.keys(own).map((name) => name.toLowerCase()));
	return {
		...Object.fromEntries(Object.entries(files).filter(([name]) => !given.has(name))),
		...own
	};
}
/** The machine's first: what stands later wins. setup-node writes a file of its own, and names it in the environment. */
async function settingFiles(own) {
	const named = process.env.NPM_CONFIG_USERCONFIG || process.env.npm_config_userconfig;
	const asked = await tryRun([
		"npm",
		"config",
		"get",
		"globalconfig"
	], {
		env: own,
		cwd: "/"
	}).catch(() => void 0);
	return [asked?.code === 0 ? asked.stdout.trim() : "", named || join(own.HOME ?? homedir(), ".npmrc")].filter((path) => path !== "" && existsSync(path));
}
/** @returns the lines of a file that are about reaching packages */
function reachingLines(file) {
	return readFileSync(file, "utf8").split(/\r?\n/).map((line) => line.trim()).filter((line) => REACHING$2.test(line.split("=")[0].trim()));
}

// src/environment/offered.ts
/**
* Where a text leads that names a place of packages.
*
* @param text a path, an address, or uv's `name=path`
* @param directory where relative paths start, absolute
* @returns absolute; undefined for the network's, and for one that is not there
*/
function offeredPlace(text, directory) {
	return [text, text.replace(/^[\w.-]+=/, "")].map((one) => pathOf(one, directory)).find((path) => existsSync(path));
}
function pathOf(text, directory) {
	const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
	if (scheme === void 0) return text === "" ? "" : resolve(directory, text.replace(/^~(?=\/)/, homedir()));
	if (scheme !== "file") return "";
	try {
		return /^file:\//i.test(text) ? fileURLToPath(text) : resolve(directory, decodeURIComponent(text.slice(5)));
	} catch {
		return "";
	}
}
const texts = array(string()).optional().catch(void 0);
const places = looseObject({
	"find-links": texts,
	"extra-index-url": texts,
	"index-url": string().optional().catch(void 0),
	index: array(looseObject({ url: string() })).optional().catch(void 0)
});
const settingsSchema = places.extend({ pip: places.optional().catch(void 0) });
const pyprojectSchema$1 = looseObject({ tool: looseObject({ uv: settingsSchema.optional() }).optional() });
/**
* The places of packages that configuration files of uv name, absolute, each once
* (https://docs.astral.sh/uv/reference/settings/).
*
* @param files pyproject.toml and uv.toml files, absolute; those that cannot be read are uv's to complain of
*/
function offeredByConfiguration(files) {
	const found = files.flatMap((file) => namedBy(file).flatMap((text) => {
		const place = offeredPlace(text, dirname(file));
		return place === void 0 ? [] : [place];
	}));
	return [...new Set(found)];
}
function namedBy(file) {
	const settings = settingsOf(file);
	return [settings, settings?.pip].flatMap((one) => one === void 0 ? [] : [
		...one["find-links"] ?? [],
		...one["extra-index-url"] ?? [],
		...one["index-url"] === void 0 ? [] : [one["index-url"]],
		...(one.index ?? []).map(({ url }) => url)
	]);
}
function settingsOf(file) {
	try {
		const table = parse$1(readFileSync(file, "utf8"));
		return basename(file) === "pyproject.toml" ? pyprojectSchema$1.parse(table).tool?.uv : settingsSchema.parse(table);
	} catch {
		return;
	}
}

// src/environment/requirement-lines.ts
/** @throws Failure (refused) for includes of the network, editable requirements, and paths that are not there */
function parseLine(line, context) {
	const expanded = line.replace(/\$\{([A-Z0-9_]+)\}/g, (text, name) => context.variables[name] || text);
	if (!line.startsWith("-")) return parseLocal(expanded, context) ?? {
		kind: "requirement",
		text: line,
		pinned: isPinned(line)
	};
	const [, name = line, written = ""] = OPTION.exec(expanded) ?? [];
	const value = unquoted$1(written);
	if (isOption(name, ["-r", "--requirement"])) return parseInclude(value, false, context);
	if (isOption(name, ["-c", "--constraint"])) return parseInclude(value, true, context);
	if (isOption(name, ["-e", "--editable"])) throw editable$1(line, value, context);
	return parseOption(line, {
		name,
		value
	}, context);
}
function editable$1(line, value, { file, directories: [started], application }) {
	const path = value.replace(/^file:(\/\/(localhost)?(?=\/))?/i, "").replace(/\s*[[;#].*$/s, "");
	return new Failure({
		what: `${file} installs in editable mode: ${withoutCredentials(line)}`,
		remedy: `On a host it would lead into a checkout that is not there. ${resolve(started, path) === application ? APPLICATION_ITSELF : "Remove `-e`: a local package becomes a wheel."}`,
		outcome: "refused"
	});
}
/** With `package: true` pip builds what it would have installed: a setup.py, and a pyproject.toml without a build system too. */
const APPLICATION_ITSELF = "Remove the line, and write `package: true` into tarlift.yml (a [build-system] in pyproject.toml says the same): Tarlift builds the application into each release, without what it requires, which has to stand in the requirement file then. Or write `.` without `-e`: the application becomes a part of the environment, which is installed again whenever a tracked file has changed.";
/** A line of options as one line each: what each of them names counts, and uv takes one a line. */
function splitOptions(line) {
	if (!line.startsWith("-")) return [line];
	const words = line.match(WORD) ?? [];
	const options = [];
	for (const word of words) if (word.startsWith("-")) options.push([word]);
	else options.at(-1)?.push(word);
	return options.map((option) => option.join(" "));
}
/** What stands between white space; quotes hold it together, and one without its other half stands for itself. */
const WORD = /(?:[^\s"']+|"[^"]*"|'[^']*'|["'])+/g;
/** `--name value`, `--name=value`, `-n value`, `-nvalue`. */
const OPTION = /^(--[\w-]+|-[a-zA-Z])(?:\s+|=|(?<=^-[a-zA-Z]))(.+)$/s;
/** The name of an option that stands alone, or with its value behind it. */
const optionName = (text) => OPTION.exec(text)?.[1] ?? text;
/** Whether a word is one of these options. pip takes the beginning of a long name for the whole. */
const isOption = (word, names) => names.some((name) => word === name || /^--\w./.test(word) && name.startsWith(word));
function parseInclude(path, constraint, { file, directories: [, beside] }) {
	if (/^[a-z]+:\/\//i.test(path)) throw new Failure({
		what: `${file} includes ${withoutCredentials(path)}, which can change without a commit`,
		remedy: "Put the included file into the repository.",
		outcome: "refused"
	});
	return {
		kind: "include",
		path: resolve(beside, path),
		constraint
	};
}
/** Options are split as a shell would. */
const unquoted$1 = (text) => /^(["'])(.*)\1$/.exec(text.trim())?.[2] ?? text.trim();
/** Whether a requirement gives the same code whenever it is installed. */
function isPinned(line) {
	const address = /^(?:git|hg|svn|bzr)\+\S+/.exec(line)?.[0] ?? /^[a-z][a-z0-9+.-]*:\/\/\S+/i.exec(line)?.[0] ?? /^[^\s@;=<>!~]+\s*@\s*(\S+)/.exec(line)?.[1];
	if (address === void 0) return /===?[^,*]+(?=,|$)/.test(parseRequirement(line).specifier ?? "");
	if (/^(git|hg)\+/.test(address)) return /@[0-9a-f]{40}([0-9a-f]{24})?(?=[#&]|$)/.test(address);
	return !/^(svn|bzr)\+/.test(address) || /@\d+(?=[#&]|$)/.test(address);
}
/** --find-links may name a directory of the repository; the copy that the installer is given stands elsewhere. */
function parseOption(line, { name, value }, { directories: [started, beside] }) {
	const index = isOption(name, INDEX_OPTIONS) ? offeredPlace(value, started) : void 0;
	if (index !== void 0) return {
		kind: "option",
		text: line,
		path: index
	};
	if (!isOption(name, LINKS_OPTIONS)) return {
		kind: "option",
		text: line
	};
	const path = [beside, started].map((directory) => offeredPlace(value, directory)).find((one) => one !== void 0);
	if (path === void 0) return {
		kind: "option",
		text: line
	};
	return {
		kind: "option",
		text: `--find-links ${/\s/.test(path) ? pathToFileURL(path).href : path}`,
		path
	};
}
/** Options whose values are indexes, and those whose values are directories of packages. */
const INDEX_OPTIONS = [
	"-i",
	"--index-url",
	"--pypi-url",
	"--extra-index-url"
];
const LINKS_OPTIONS = ["-f", "--find-links"];
/** Names of files that installers take for packages. */
const ARCHIVE = /\.(whl|zip|tar|tar\.(gz|bz2|xz|Z|lzma)|tgz|tbz|txz)$/i;
function parseLocal(line, { file, directories, variables }) {
	const [, before = line, options = ""] = /^(.*?)(?:\s+(-.*))?$/s.exec(line) ?? [];
	const [, , ahead = "", named] = /^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*@\s*(.+)$/s.exec(before) ?? [];
	const text = named ?? before;
	const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
	if (scheme !== void 0 && scheme !== "file") return void 0;
	const separator = (named === void 0 && scheme === void 0 ? /;/ : /\s;|;\s/).exec(text);
	const body = (separator ? text.slice(0, separator.index) : text).trim();
	const marker = separator ? text.slice(separator.index + separator[0].length).trim() : "";
	const [, target = body, after = ahead] = /^(.*?)\s*(\[[^\]]*\])$/s.exec(body) ?? [];
	const isPath = scheme !== void 0 || named !== void 0 || target.includes("/") || target.startsWith(".");
	const path = localPaths(target, directories).find((candidate) => existsSync(candidate));
	if (!isPath && !(ARCHIVE.test(target) && path !== void 0 && statSync(path).isFile())) return void 0;
	const rest = `${marker === "" ? "" : ` ; ${marker}`}${options === "" ? "" : ` ${options}`}`;
	if (path !== void 0) return {
		kind: "local",
		path,
		extras: after,
		rest
	};
	const unset = [...target.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map((match) => match[1]).filter((name) => !variables[name]);
	throw new Failure({
		what: `there is no ${target.replace(/^file:(\/\/)?/, "")}`,
		where: { "named in": file },
		remedy: unset.length > 0 ? `Installers see no variable ${unset.join(", ")}. Write the path relative to the application (./libs/core), which needs none; or set the variable, and name it in \`pass-env:\` of this environment.` : "Commit it, or correct the path: it is looked for in the application's directory, then beside the file.",
		outcome: "refused"
	});
}
/** Where a path or a file: address may lead, in the order in which it is looked for. */
function localPaths(target, directories) {
	if (!/^file:/i.test(target)) return directories.map((directory) => resolve(directory, target));
	const [address = "", fragment = ""] = target.split("#", 2);
	const inner = new URLSearchParams(fragment).get("subdirectory") ?? "";
	if (/^file:\/\/(localhost)?\//i.test(address)) return [join(fileURLToPath(address.replace(/^file:\/\/localhost/i, "file://")), inner)];
	const path = decodeURIComponent(address.replace(/^file:(\/\/)?/i, ""));
	return directories.map((directory) => join(resolve(directory, path), inner));
}

// src/environment/passed.ts
/**
* The parts of a key that passed variables are: one each. Of credentials only the name counts, so that a new token builds nothing. Files
* that a value names count by what is in them (PIP_CONSTRAINT, UV_CONFIG_FILE), wherever this machine has them, and so do directories that
* offer packages (UV_FIND_LINKS).
*
* @param directory where the command starts, absolute
*/
function passedParts(env, passed, directory) {
	const credentials = passed.filter(isCredential);
	return [...[...new Set(credentials)].map((name) => ({
		name: `variable ${name}`,
		value: "not counted: by its name a credential"
	})), ...Object.entries(passedVariables(env, passed)).filter(([name]) => !isCredential(name)).map(([name, value]) => ({
		name: `variable ${name}`,
		value: hash("sha256", wordsIn(name, value).map((word) => keyed(word, directory, OFFERING_VARIABLE.test(name))).join(" "), "hex")
	}))];
}
/**
* The parts of a key that an installer's options are: their text, and what is in the files and directories that they name
* (`--constraint FILE`, `--find-links=DIRECTORY`, `-cFILE`).
*
* @param directory where the installer starts, absolute
*/
function optionParts(options, directory) {
	const named = wordsOf(options, directory).map(({ word, path, isFile }) => ({
		name: `option ${word}`,
		value: isFile ? keyed(word, directory) : contentHash(path)
	}));
	const parts = new Map(named.map((part) => [part.name, part]));
	return [{
		name: "options",
		value: JSON.stringify(options.map(withoutCredentials))
	}, ...parts.values()];
}
/** The files and directories, absolute, that options and the values of passed variables name, with those that they include. */
function namedFiles({ options, env, passed }, directory) {
	const ofOptions = wordsOf(options, directory).map(({ path }) => path);
	const ofVariables = Object.entries(passedVariables(env, passed)).filter(([name]) => !isCredential(name)).flatMap(([name, value]) => wordsIn(name, value).flatMap((word) => {
		const path = resolve(directory, word);
		if (word !== "" && isFileAt(path)) return [path];
		return OFFERING_VARIABLE.test(name) && offeredPlace(word, directory) || [];
	}));
	return [...ofOptions, ...ofVariables].flatMap((path) => isFileAt(path) ? includedFiles(path) : [path]);
}
/**
* Refuses packages and requirement files among the options and passed variables of pip and uv: a local package that they lead to would
* stand in no key, and conditions for hosts follow from `requirements:`.
*
* @param directory where the installer starts, absolute
* @throws Failure (refused) naming the first one
*/
function refusePackages(options, passed, directory) {
	const variable = passed.find((name) => REQUIRING_VARIABLE.test(name));
	if (variable) throw new Failure({
		what: `\`pass-env:\` of an environment lets ${variable} name what is to be installed`,
		remedy: "Name requirement files in `requirements:` of this environment instead.",
		outcome: "refused"
	});
	const found = options.findIndex((option, n) => isRequiring(option) || isPackageWord(options, n, directory));
	if (found < 0) return;
	const option = options[found];
	const named = TAKES_NEXT.test(option) ? `${option} ${options[found + 1] ?? ""}` : option;
	throw new Failure({
		what: `\`options:\` of an environment name what is to be installed: ${withoutCredentials(named.trim())}`,
		remedy: isOption(option.split("=")[0], ["--group"]) ? "Name requirement files in `requirements:` of this environment; dependency groups are for `installer: uv` with a uv.lock, as `groups: [NAME]`." : "Name requirement files in `requirements:` of this environment, and write packages into such a file: what those lead to counts in the environment's key.",
		outcome: "refused"
	});
}
/** `-r FILE`, `-e DIRECTORY`, `--group NAME`, as pip and uv spell them. */
const REQUIRING_OPTIONS = [
	"--requirements",
	"--requirements-from-script",
	"--editable",
	"--group"
];
const isRequiring = (option) => /^-[UIqv]*[re]/.test(option) || isOption(option.split("=")[0], REQUIRING_OPTIONS);
/** pip takes every option from a variable of its name. */
const REQUIRING_VARIABLE = /^PIP_(REQUIREMENTS?(_FROM_SCRIPT)?|EDITABLE|GROUP)$/i;
/**
* Whether a word among options is a package, and no option's value. Only installers know which of their options have one: after an option
* that is not known here, a word without a version or an address is taken for its value.
*/
function isPackageWord(options, n, directory) {
	const [word = "", before = ""] = [options[n], options[n - 1]];
	if (word.startsWith("-")) return false;
	if (!TAKES_NEXT.test(before) || WITHOUT_VALUE.test(before)) return true;
	if (isOption(before, OFFERING_OPTIONS)) return false;
	return !NAMING_OPTION.test(before) && IS_REQUIREMENT.test(word) || isLocalPackage(word, directory);
}
/** What may have the next word as its value; pip takes several short options as one word. */
const TAKES_NEXT = /^(-[UIqv]*[A-Za-z]|--[\w-]+)$/;
/** The usual options that take no value. */
const WITHOUT_VALUE = /^(-[UIqv]+|--(no-(deps|index|cache(-dir)?|clean|compile|build|build-isolation|color|verify-hashes)|pre|upgrade|prefer-binary|require-hashes|(force-)?reinstall|ignore-installed|offline|refresh|strict|exact|compile(-bytecode)?|quiet|verbose))$/;
/** Options of uv that name packages and install none. */
const NAMING_OPTION = /^(-P|--(upgrade|reinstall|refresh)-package)$/;
/** `django==5.0`, `core @ https://…`, `git+https://…`, `https://…/core-1.0.tar.gz`. */
const IS_REQUIREMENT = /^[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*([=!~<>]=|[<>]|@\s*\w+[+:])|^(git|hg|svn|bzr)\+|^https?:\/\/.*\.(whl|zip|tar\.\w+|tgz)(#|$)/;
/** Whether installers take a word for a package on this machine: `./libs/core[web]`, `core @ file:libs/core`, `dep-1.0.tar.gz`. */
function isLocalPackage(word, directory) {
	const target = word.replace(/^[\w.-]+\s*(\[[^\]]*\])?\s*@\s*/, "").replace(/^file:(\/\/)?/i, "").replace(/\[[^\]]*\]$/, "");
	const path = resolve(directory, target);
	if (isFileAt(path)) return ARCHIVE.test(target);
	return /^\.|\//.test(target) && ["pyproject.toml", "setup.py"].some((name) => isFileAt(join(path, name)));
}
/** Options and variables of pip and uv whose values are places of packages; uv separates some by commas. */
const OFFERING_OPTIONS = [
	...INDEX_OPTIONS,
	...LINKS_OPTIONS,
	"--index",
	"--default-index"
];
const OFFERING_VARIABLE = /^(PIP|UV)_(FIND_LINKS|INDEX|DEFAULT_INDEX|INDEX_URL|EXTRA_INDEX_URL)$/;
const wordsIn = (variable, value) => value.split(OFFERING_VARIABLE.test(variable) ? /[\s,]+/ : /\s+/);
/** What options name: files, and the directories that offer packages. */
function wordsOf(options, directory) {
	return options.flatMap((option, n) => {
		const [, name = "", value] = /^(--[\w-]+)=(.+)$/s.exec(option) ?? /^(-\w)(.+)$/s.exec(option) ?? [];
		const word = value ?? option;
		const path = resolve(directory, word);
		if (isFileAt(path)) return [{
			word,
			path,
			isFile: true
		}];
		const offered = isOption(value === void 0 ? options[n - 1] ?? "" : name, OFFERING_OPTIONS) ? offeredPlace(word, directory) : void 0;
		return offered === void 0 ? [] : [{
			word,
			path: offered,
			isFile: false
		}];
	});
}
const isFileAt = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
/** A word, or what is in the file, or in the offering directory, that it names. */
function keyed(word, directory, offers = false) {
	const path = resolve(directory, word);
	if (word === "" || !isFileAt(path)) {
		const offered = offers ? offeredPlace(word, directory) : void 0;
		return offered === void 0 ? withoutCredentials(word) : contentHash(offered);
	}
	const texts = includedFiles(path).map((file) => withoutCredentials(readFileSync(file, "latin1")));
	return hash("sha256", texts.join("\0"), "hex");
}
const INCLUDE = /^\s*(?:-[rc]|--requirement|--constraint)(?:\s+|=|(?=[^\s-]))(\S+)/gm;
/** A file, and of a requirement file those that it includes, each once, absolute. */
function includedFiles(path, seen = /* @__PURE__ */ new Set()) {
	if (seen.has(path) || !isFileAt(path)) return [];
	seen.add(path);
	return [path, ...[...readFileSync(path, "latin1").matchAll(INCLUDE)].flatMap(([, name = ""]) => includedFiles(resolve(dirname(path), name), seen))];
}
/** @returns a function that takes credentials out of what an installer prints: in addresses, and the values of passed ones */
function redactor(env, passed) {
	const credentials = Object.entries(passedVariables(env, passed)).filter(([name]) => isMasked(name));
	const mask = maskSecrets(credentials.map(([, value]) => value));
	return (text) => mask(withoutCredentials(text));
}
/**
* Refuses a file of the repository that takes a variable which the job has and the installer does not see. pip goes on to another index
* when one refuses it, so a token that is missing there can give another package of the same name.
*
* @param files by their name for the message
* @param given what the installer sees
* @throws Failure (refused) naming file and variables
*/
function refuseUnseen(files, env, passed) {
	const unseen = files.flatMap(({ name, text }) => variablesIn(text).filter((variable) => env[variable] && !passed.includes(variable) && !isOfTheMachine(variable)).map((variable) => ({
		name,
		variable
	})));
	const [first] = unseen;
	if (!first) return;
	const names = [...new Set(unseen.map(({ variable }) => variable))];
	throw new Failure({
		what: `${first.name} takes ${names.join(", ")} from the environment, which installers do not see`,
		remedy: `If that is meant, name it in the environment's entry in tarlift.yml: \`pass-env: [${names.join(", ")}]\`.`,
		outcome: "refused"
	});
}
/** `${NAME}` and npm's `${NAME?}`; comments have none. */
function variablesIn(text) {
	const lines = text.split(/\r?\n/).filter((line) => !/^\s*[#;]/.test(line));
	return [...new Set([...lines.join("\n").matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\??\}/g)].map((match) => match[1]))];
}

// src/environment/elf.ts
const MACHINES = {
	3: "i686",
	21: "ppc64le",
	22: "s390x",
	40: "armv7l",
	62: "x86_64",
	183: "aarch64",
	243: "riscv64"
};
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT = {
	needed: 1,
	strtab: 5,
	strsz: 10,
	soname: 14,
	verneed: 1879048190,
	verneednum: 1879048191
};
const LARGEST_TABLE = 64 << 20;
/**
* @param file its path, or its content
* @returns undefined for anything that is not an ELF file, or a damaged one
*/
function readElf(file) {
	try {
		if (typeof file !== "string") {
			const content = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
			return parse((position, length) => content.subarray(position, position + Math.min(length, LARGEST_TABLE)));
		}
		return readFile(file);
	} catch (error) {
		if (error instanceof RangeError) return void 0;
		throw error;
	}
}
function readFile(file) {
	const descriptor = openSync(file, "r");
	try {
		const { size } = fstatSync(descriptor);
		return parse((position, length) => {
			const bytes = Buffer.alloc(Math.max(0, Math.min(length, LARGEST_TABLE, size - position)));
			const read = readSync(descriptor, bytes, 0, bytes.length, position);
			return bytes.subarray(0, read);
		});
	} finally {
		closeSync(descriptor);
	}
}
function parse(read) {
	const header = read(0, 64);
	if (header.length < 52 || header.readUInt32BE(0) !== 2135247942) return void 0;
	const wide = header[4] === 2;
	const little = header[5] === 1;
	const half = (bytes, at) => little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
	const word = (bytes, at) => little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
	const long = (bytes, at) => Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
	const address = (bytes, at) => wide ? long(bytes, at) : word(bytes, at);
	const machine = half(header, 18);
	const elf = {
		architecture: MACHINES[machine] ?? `machine ${machine}`,
		needed: [],
		soname: void 0,
		versions: []
	};
	const size = half(header, wide ? 54 : 42);
	const count = half(header, wide ? 56 : 44);
	const table = read(address(header, wide ? 32 : 28), size * count);
	const segments = Array.from({ length: count }, (_, n) => {
		const at = n * size;
		return wide ? {
			type: word(table, at),
			offset: long(table, at + 8),
			address: long(table, at + 16),
			size: long(table, at + 32)
		} : {
			type: word(table, at),
			offset: word(table, at + 4),
			address: word(table, at + 8),
			size: word(table, at + 16)
		};
	});
	const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
	if (!dynamic) return elf;
	const bytes = read(dynamic.offset, dynamic.size);
	const step = wide ? 16 : 8;
	const tags = [];
	for (let at = 0; at + step <= bytes.length; at += step) {
		const tag = address(bytes, at);
		if (tag === 0) break;
		tags.push([tag, address(bytes, at + step / 2)]);
	}
	const value = (wanted) => tags.find(([tag]) => tag === wanted)?.[1];
	const offsetOf = (virtual) => {
		const segment = segments.find((one) => one.type === PT_LOAD && virtual >= one.address && virtual < one.address + one.size);
		return segment ? virtual - segment.address + segment.offset : void 0;
	};
	const stringsAt = offsetOf(value(DT.strtab) ?? -1);
	if (stringsAt === void 0) return elf;
	const strings = read(stringsAt, value(DT.strsz) ?? 0);
	const string = (at) => strings.toString("latin1", at, strings.indexOf(0, at));
	elf.needed = tags.filter(([tag]) => tag === DT.needed).map(([, at]) => string(at));
	const soname = value(DT.soname);
	if (soname !== void 0) elf.soname = string(soname);
	let entry = offsetOf(value(DT.verneed) ?? -1);
	for (let left = value(DT.verneednum) ?? 0; left > 0 && entry !== void 0; left--) {
		const need = read(entry, 16);
		let aux = entry + word(need, 8);
		for (let names = half(need, 2); names > 0; names--) {
			const one = read(aux, 16);
			elf.versions.push(string(word(one, 8)));
			const next = word(one, 12);
			if (next === 0) break;
			aux += next;
		}
		const next = word(need, 12);
		if (next === 0) break;
		entry += next;
	}
	return elf;
}

// src/environment/requirements.ts
const nativeFileSchema = strictObject({
	path: string(),
	needed: array(string()),
	soname: string().optional(),
	versions: array(string())
});
/** The native files of a tree that are for this machine: packages ship prebuilt files for others, which no host of ours loads. */
function nativeFiles(sources) {
	const { architecture } = platform();
	const found = [];
	for (const source of sources) {
		if (source.type !== "file" || /\.(pyc?|js|ts|json|md|txt|h|map|css|html)$/.test(source.path)) continue;
		const elf = readElf("from" in source ? source.from : source.content);
		if (elf?.architecture !== architecture || isMusl(elf.needed)) continue;
		const { needed, soname, versions } = elf;
		found.push({
			path: source.path,
			needed,
			versions,
			...soname === void 0 ? {} : { soname }
		});
	}
	return found;
}
const isMusl = (needed) => platform().libc === "glibc" && needed.some((name) => name.startsWith("libc.musl-"));
/**
* The part of the requirements that native files decide.
*
* @param there everything that ships beside them: a library among it is asked of no host
*/
function nativeRequirements(files, there) {
	const { architecture, libc } = platform();
	const provided = new Set(there.map(({ path }) => basename(path)));
	for (const { soname } of files) if (soname) provided.add(soname);
	const sonames = [...new Set(files.flatMap(({ needed }) => needed))].filter((name) => !provided.has(name)).sort();
	const versions = files.flatMap((file) => file.versions);
	const glibc = highest(versions, "GLIBC_");
	const glibcxx = highest(versions, "GLIBCXX_");
	return {
		architecture,
		...files.length === 0 ? {} : { libc: {
			family: libc,
			...glibc ? { version: glibc } : {}
		} },
		...glibcxx ? { glibcxx } : {},
		sonames,
		...neededBy(files, [
			...sonames,
			`GLIBC_${glibc}`,
			`GLIBCXX_${glibcxx}`
		])
	};
}
/** For each library and version the first file that asks for it, in the order of paths. */
function neededBy(files, names) {
	const sorted = files.toSorted((a, b) => a.path < b.path ? -1 : 1);
	const found = names.flatMap((name) => {
		const file = sorted.find(({ needed, versions }) => needed.includes(name) || versions.includes(name));
		return file ? [[name, file.path]] : [];
	});
	return found.length > 0 ? { neededBy: Object.fromEntries(found) } : {};
}
/** Libraries that every distribution has with its C library and compiler's runtime: nothing that has to be installed. */
const EVERYWHERE = /^(ld-(linux|musl)[-\w]*|lib(c|m|dl|rt|pthread|util|resolv|anl|crypt|gcc_s|stdc\+\+|c\.musl-\w+))\.so(\.|$)/;
/** The libraries that may have to be installed on a host, each with a file that needs it where that is known. */
function notableLibraries({ sonames, neededBy: files = {} }) {
	return sonames.filter((name) => !EVERYWHERE.test(name)).map((name) => ({
		name,
		...files[name] === void 0 ? {} : { by: files[name] }
	}));
}
/** The highest of the versions with a prefix: `2.34` of GLIBC_2.2.5 and GLIBC_2.34. */
function highest(versions, prefix) {
	return versions.filter((version) => version.startsWith(prefix) && /^\d+(\.\d+)*$/.test(version.slice(prefix.length))).map((version) => version.slice(prefix.length)).sort(compareVersions).at(-1);
}
/** Dotted numbers in their order: 2.9 before 2.34. */
function compareVersions(a, b) {
	const [left, right] = [a.split("."), b.split(".")];
	for (let n = 0; n < Math.max(left.length, right.length); n++) {
		const difference = Number(left[n] ?? 0) - Number(right[n] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}
/**
* What several environments need together. Their own conditions stay in their own records.
*
* @param conditions what the application itself asks of the hosts' Python
*/
function mergeRequirements(all, conditions = []) {
	const { architecture, libc: family } = platform();
	const glibc = highest(all.flatMap(({ libc }) => libc?.version ? [`v${libc.version}`] : []), "v");
	const glibcxx = highest(all.flatMap(({ glibcxx }) => glibcxx ? [`v${glibcxx}`] : []), "v");
	const python = all.find((one) => one.python)?.python;
	const node = all.find((one) => one.node)?.node;
	return {
		architecture,
		...all.some(({ libc }) => libc) ? { libc: {
			family,
			...glibc ? { version: glibc } : {}
		} } : {},
		...glibcxx ? { glibcxx } : {},
		sonames: [...new Set(all.flatMap(({ sonames }) => sonames))].sort(),
		...mergedFiles(all),
		...python ? { python: {
			...python,
			conditions: [...conditions]
		} } : {},
		...node ? { node } : {}
	};
}
function mergedFiles(all) {
	const merged = Object.assign({}, ...all.map(({ neededBy: files = {} }) => files).reverse());
	return Object.keys(merged).length > 0 ? { neededBy: merged } : {};
}

// src/environment/scratch.ts
/** The mark, and what mkdtemp adds. */
const NAME = /^scratch-(.+)-\w{6}$/;
/** @param work the job's directory, absolute */
function scratchDirectory(work) {
	return mkdtempSync(join(work, `scratch-${processMark()}-`));
}
/** Removes the scratch directories of processes that are no more. */
function sweepScratch(work) {
	for (const name of readdirSync(work)) {
		const mark = NAME.exec(name)?.[1];
		const since = statSync(join(work, name), { throwIfNoEntry: false })?.mtimeMs;
		if (mark !== void 0 && since !== void 0 && hasEnded(mark, since)) rmSync(join(work, name), {
			recursive: true,
			force: true
		});
	}
}

// src/environment/npm.ts
const npm = {
	name: "npm",
	kind: "tree",
	async inspect(config, place) {
		const directory = config.directory && config.directory !== "." ? config.directory : "";
		const lockFile = lockFileIn(join(place.source, directory));
		const lock = readLock(join(place.source, directory, lockFile), directory, place);
		refuseLinksOut(lock, directory);
		const { files, local } = await skeleton(config, place, directory, lockFile, lock);
		const workspaces = workspacesOf(lock);
		const commands = commandFiles(lock, workspaces);
		const passed = config["pass-env"] ?? [];
		const settings = files.filter((path) => path.endsWith(".npmrc"));
		const text = (path) => readFileSync(join(place.source, path), "utf8");
		refuseUnseen(settings.map((name) => ({
			name,
			text: text(name)
		})), process.env, passed);
		const node = await builderNode(passed);
		refuseOtherNode(config["version-file"], place.source, node);
		const options = [...config.use === "run" ? ["--omit=dev"] : [], ...config.options ?? []];
		const ownSettings = join(directory, ".npmrc");
		const omit = omitted(options, settings.includes(ownSettings) ? text(ownSettings) : "");
		refuseOtherPlatforms(lock, lockFile, omit);
		return {
			reads: {
				whole: [
					...files.map((path) => join(place.source, path)),
					...namedFiles({
						options,
						env: process.env,
						passed
					}, join(place.source, directory)),
					...local.reads.whole
				],
				tracked: local.reads.tracked
			},
			parts: [
				...files.map((path) => ({
					name: `file ${path}`,
					value: keyedContent(join(place.source, path))
				})),
				...local.parts,
				...commands.length > 0 ? [{
					name: "commands of workspaces",
					value: JSON.stringify(commands)
				}] : [],
				{
					name: "installer",
					value: `npm ${config["installer-version"] ?? "of the builder"}`
				},
				{
					name: "node",
					value: describeNode(node)
				},
				...optionParts(options, join(place.source, directory)),
				...passedParts(process.env, passed, join(place.source, directory))
			],
			warnings: await modeWarnings(commands, join(place.source, directory)),
			installer: {
				name: "npm",
				version: config["installer-version"] ?? node.npm
			},
			madeWith: describeNode(node),
			async install(staging) {
				for (const path of [...files, ...local.files]) copyInto(place.source, staging, path);
				const without = workspaces.filter((workspace) => !holdsMore(files, join(directory, workspace)));
				for (const own of ["", ...without]) stripOwnScripts(join(staging, directory, own, "package.json"));
				layCommandFiles(commands, join(staging, directory));
				await runNpm(config, {
					options,
					lockFile
				}, join(staging, directory), place);
				const collected = collect(staging, directory, lock, node);
				refuseNothing({
					lock,
					lockFile
				}, omit, collected.resolved);
				return {
					...collected,
					madeWith: describeNode(await builderNode(passed))
				};
			}
		};
	}
};
/** The builder's node is the one on PATH: a version file is held against it, never left unread. */
function refuseOtherNode(file, source, { version }) {
	if (file === void 0) return;
	const path = join(source, file);
	const wanted = existsSync(path) ? wantedNode(readFileSync(path, "utf8")) : void 0;
	if (wanted === void 0) throw new Failure({
		what: existsSync(path) ? `${file} names no version of Node` : `there is no ${file}, which \`version-file\` names`,
		where: { file: path },
		remedy: "Write a line such as 24 into it, or leave `version-file` out. Its path is relative to the application's directory (`source`).",
		outcome: "refused"
	});
	if (isNode(version, wanted)) return;
	throw new Failure({
		what: `${file} asks for Node ${wanted}, and the node on PATH is ${version}`,
		remedy: `Put Node ${wanted} first on PATH. On GitHub Actions put this before it:\n- uses: actions/setup-node@v6\n  with: { node-version-file: ${file} }`,
		outcome: "refused"
	});
}
const describeNode = ({ version, modules }) => `node ${version} modules ${modules}`;
const NODE_PROBE = "JSON.stringify([process.versions.node,process.versions.modules])";
/** The node that builds, and whose native addons hosts must be able to load: the one on PATH. npm's version is read, not asked for. */
async function builderNode(passed) {
	const env = builtVariables(process.env, passed);
	const result = await tryRun([
		"node",
		"-p",
		NODE_PROBE
	], { env }).catch(() => void 0);
	if (result?.code !== 0) throw new Failure({
		what: "there is no node on this machine to build with",
		output: result?.lastLines,
		remedy: "On GitHub Actions put `- uses: actions/setup-node@v6` before it.",
		outcome: "refused"
	});
	const [version, modules] = JSON.parse(result.stdout);
	return {
		version,
		modules,
		npm: npmVersion()
	};
}
function npmVersion() {
	for (const directory of (process.env.PATH ?? "").split(":")) {
		const found = join(directory, "npm");
		if (!existsSync(found)) continue;
		const [file] = globSync([
			"../lib/node_modules/npm/package.json",
			"../share/nodejs/npm/package.json",
			"../share/npm/package.json"
		], { cwd: directory }).map((path) => join(directory, path));
		if (file) return JSON.parse(readFileSync(file, "utf8")).version;
	}
	return "of the builder";
}
/** npm reads a shrinkwrap first (https://docs.npmjs.com/cli/commands/npm-shrinkwrap). */
const lockFileIn = (directory) => existsSync(join(directory, "npm-shrinkwrap.json")) ? "npm-shrinkwrap.json" : "package-lock.json";
/** The names in a directory and in those above it, up to the repository's: a workspace has its lock at the top. */
function namesAbove(directory, repository) {
	const own = existsSync(directory) ? readdirSync(directory) : [];
	return directory === repository || directory === dirname(directory) ? own : [...own, ...namesAbove(dirname(directory), repository)];
}
function readLock(path, directory, place) {
	const name = join(directory, basename(path));
	if (existsSync(join(place.source, directory, ".pnp.cjs"))) throw new Failure({
		what: "Yarn's Plug'n'Play has no node_modules that could be shipped",
		remedy: "Use `nodeLinker: node-modules`, or npm.",
		outcome: "refused"
	});
	if (!existsSync(path)) throw new Failure({
		what: `there is no ${name}`,
		where: { path },
		remedy: lockedByOther(namesAbove(dirname(path), place.repository), "node") ?? "Run `npm install` once and commit package-lock.json.",
		outcome: "refused"
	});
	return parseNpmLock(readFileSync(path, "utf8"), name);
}
function parseJson(path, name) {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		throw new Failure({
			what: `${name} is no JSON`,
			where: { path },
			output: error instanceof Error ? withoutCredentials(error.message) : void 0,
			remedy: "Mend it (a merge may have left its marks).",
			outcome: "refused"
		});
	}
}
async function skeleton(config, { source, repository }, directory, lockFile, lock) {
	const always = [
		"package.json",
		lockFile,
		...workspacesOf(lock).map((workspace) => join(workspace, "package.json"))
	];
	const optional = [".npmrc"].filter((path) => existsSync(join(source, directory, path)));
	const copied = Object.values(lock).flatMap(({ resolved, link }) => !link && resolved?.startsWith("file:") ? [join(directory, resolved.slice(5))] : []);
	const outside = copied.find((path) => relative(repository, join(source, path)).startsWith(".."));
	if (outside !== void 0) throw new Failure({
		what: `${lockFile} names ${outside}, which is outside of the repository`,
		remedy: "Put the package into the repository, or install it from a registry.",
		outcome: "refused"
	});
	const directories = copied.filter((path) => statSync(join(source, path), { throwIfNoEntry: false })?.isDirectory());
	const tarballs = copied.filter((path) => !directories.includes(path));
	const inputs = config.inputs ?? [];
	const known = inputs.length === 0 ? [] : await trackedFiles(source);
	const declared = inputs.flatMap((pattern) => {
		const matches = globMatcher([pattern]);
		const isFile = (path) => lstatSync(join(source, path), { throwIfNoEntry: false })?.isFile() ?? false;
		const found = known.filter((path) => matches(path) && isFile(path));
		if (found.length === 0 && isFile(pattern)) return [pattern];
		if (found.length === 0) throw new Failure({
			what: `git tracks no file that is ${pattern}, which inputs: names`,
			remedy: "Commit the file, or correct the pattern in tarlift.yml, or remove it. A file that an earlier step makes is named by its path, without a wildcard.",
			outcome: "refused"
		});
		return found;
	});
	const own = [...[...always, ...optional].map((path) => join(directory, path)), ...tarballs];
	for (const path of own) if (!existsSync(join(source, path))) throw new Failure({
		what: `there is no ${path}, which ${lockFile} refers to`,
		remedy: "Commit it, or run `npm install` to mend the lock.",
		outcome: "refused"
	});
	const absolute = directories.map((path) => join(source, path));
	const local = await Promise.all(directories.map(async (path) => (await trackedFiles(join(source, path))).map((file) => join(path, file))));
	return {
		files: [.../* @__PURE__ */ new Set([...own, ...declared])].sort(),
		local: {
			files: local.flat(),
			parts: await localParts(absolute, {
				source,
				repository
			}),
			reads: await localReads(absolute, repository)
		}
	};
}
/** The directories to which a lock has links, relative to it. */
const workspacesOf = (lock) => Object.values(lock).flatMap(({ link, resolved }) => link && resolved ? [resolved] : []);
/** Tokens of an .npmrc are no part of a key, and everything else of the files is. */
function keyedContent(path) {
	if (statSync(path).isDirectory() || !path.endsWith(".npmrc")) return contentHash(path);
	const text = readFileSync(path, "utf8").split(/\r?\n/).filter((line) => line.trim() !== "" && !/^\s*[#;]/.test(line) && !/(_auth|_authToken|_password|username)\b/i.test(line)).join("\n");
	return hash("sha256", withoutCredentials(text), "hex");
}
function copyInto(source, staging, path) {
	const from = join(source, path);
	if (statSync(from).isDirectory()) {
		for (const file of walk(from, { skip: (name) => /(^|\/)node_modules$/.test(name) })) if (file.type === "file") copyInto(source, staging, join(path, file.path));
		return;
	}
	mkdirSync(dirname(join(staging, path)), { recursive: true });
	copyFileSync(from, join(staging, path));
}
/** Whether `inputs:` names files of a workspace: its scripts have something to read then. */
const holdsMore = (files, workspace) => files.some((path) => path.startsWith(`${workspace}/`) && !path.endsWith("/package.json"));
/** Scripts of the root and of workspaces (postinstall, prepare) refer to sources that are not here: they belong into a build step. */
function stripOwnScripts(file) {
	const manifest = parseJson(file, "package.json");
	for (const name of [
		"preinstall",
		"install",
		"postinstall",
		"prepublish",
		"preprepare",
		"prepare",
		"postprepare"
	]) delete manifest.scripts?.[name];
	writeFileSync(file, JSON.stringify(manifest, null, 2));
}
async function runNpm(config, { options, lockFile }, directory, place) {
	const version = config["installer-version"];
	const npmCommand = version ? [
		"npm",
		"exec",
		"--yes",
		`--package=npm@${version}`,
		"--",
		"npm"
	] : ["npm"];
	const passed = config["pass-env"] ?? [];
	const redacted = redactor(process.env, passed);
	const task = place.progress.task("npm ci");
	const scratch = scratchDirectory(place.work);
	const result = await npmVariables(passed, join(scratch, "npmrc")).then((variables) => tryRun([
		...npmCommand,
		"ci",
		"--no-audit",
		"--no-fund",
		"--no-update-notifier",
		...options
	], {
		cwd: directory,
		env: {
			...nodeHeaders(),
			...variables
		},
		onLine: (line) => task.line(redacted(line)),
		signal: place.signal
	})).finally(() => rmSync(scratch, {
		recursive: true,
		force: true
	}));
	if (result.code === 0) {
		task.end();
		return;
	}
	task.fail();
	const output = redacted(withoutUsage(result));
	throw new Failure({
		what: "npm could not install the dependencies",
		where: {
			step: "npm ci",
			directory: config.directory,
			ended: formatEnd(result)
		},
		output,
		remedy: gitRemedy(output) ?? npmRemedy(output, lockFile)
	});
}
/** The usual causes, by what npm says. */
function npmRemedy(output, lockFile) {
	if (/in sync/.test(output)) return `package.json and ${lockFile} differ: run \`npm install\` and commit both.`;
	if (/\bE40[13]\b|ENEEDAUTH/.test(output)) return "The registry wants credentials: let .npmrc take them from a variable (`//HOST/:_authToken=${NPM_TOKEN}`), set it (a secret of the workflow), and name it in `pass-env:` of this environment.";
	return "An install script that reads files of the repository needs them named: `inputs: [patches/**]`. The same command can be tried in a terminal: npm ci.";
}
/** Headers that came with this node: an addon that is compiled needs none from the network then. */
function nodeHeaders() {
	const found = (process.env.PATH ?? "").split(delimiter).find((directory) => existsSync(join(directory, "node")));
	const prefix = found && dirname(dirname(realpathSync(join(found, "node"))));
	return prefix && existsSync(join(prefix, "include/node/node.h")) ? { npm_config_nodedir: prefix } : {};
}
/** npm prints all of its options below some errors, which would be all that is left of its last lines. */
function withoutUsage({ stderr, lastLines }) {
	const lines = stderr.trimEnd().split("\n");
	const usage = lines.findIndex((line) => /^npm (error|ERR!) (Clean install a project|Usage:)/.test(line));
	return usage > 0 ? lines.slice(0, usage).slice(-40).join("\n") : lastLines;
}
function collect(staging, directory, lock, node) {
	const mounts = findMounts(staging, "");
	const workspaceLinks = mounts.flatMap((mount) => linksOut(staging, mount));
	for (const mount of mounts) {
		rmSync(join(staging, mount, ".cache"), {
			recursive: true,
			force: true
		});
		rmSync(join(staging, mount, ".package-lock.json"), { force: true });
	}
	const sources = mounts.flatMap((mount) => walk(join(staging, mount), { prefix: mount }));
	const native = nativeFiles(sources);
	const addons = native.some(({ path }) => path.endsWith(".node"));
	return {
		mounts,
		workspaceLinks,
		resolved: Object.entries(lock).filter(([path, { version }]) => version !== void 0 && existsSync(join(staging, directory, path, "package.json")) && path.includes("node_modules/")).map(([path, { version }]) => ({
			name: path.slice(path.lastIndexOf("node_modules/") + 13),
			version
		})).sort((a, b) => `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1),
		requirements: {
			...nativeRequirements(native, sources),
			node: {
				version: node.version,
				...addons ? { modules: node.modules } : {}
			}
		}
	};
}
/** Every outermost node_modules below the application. */
function findMounts(root, path) {
	return readdirSync(join(root, path), { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap((entry) => {
		const here = path === "" ? entry.name : `${path}/${entry.name}`;
		return entry.name === "node_modules" ? [here] : findMounts(root, here);
	}).sort();
}
/** Links from a tree to workspaces, which are the application's: `node_modules/@shop/ui -> ../../packages/ui`. */
function linksOut(staging, mount) {
	return readdirSync(join(staging, mount)).flatMap((name) => name.startsWith("@") ? readdirSync(join(staging, mount, name)).map((inner) => `${name}/${inner}`) : [name]).map((name) => `${mount}/${name}`).filter((path) => lstatSync(join(staging, path)).isSymbolicLink()).map((path) => ({
		path,
		target: readlinkSync(join(staging, path))
	}));
}

// src/environment/requirement-files.ts
/**
* Reads requirement files and all that they include, each once, in the order in which pip meets them.
*
* @param source the directory where pip would be started, absolute
* @param names files relative to it
* @param variables what installers see: `${NAME}` in a path stands for one
* @param application the application's directory, absolute, where it is another one
* @throws Failure for files that are missing, and for editable requirements
*/
function readRequirements(source, names, variables = {}, application = source) {
	const files = /* @__PURE__ */ new Map();
	const visit = (path, from) => {
		if (files.has(path)) return;
		if (!existsSync(path) || !statSync(path).isFile()) throw new Failure({
			what: `there is no ${relative(source, path)}`,
			where: { "included from": from },
			remedy: (from === void 0 ? lockedByOther(readdirSync(source), "python") : void 0) ?? "Name the requirement files in tarlift.yml: `requirements: [requirements.txt]`.",
			outcome: "refused"
		});
		const text = decode(readFileSync(path)).replaceAll("\r\n", "\n");
		const name = relative(source, path);
		const file = {
			name,
			path,
			text,
			lines: logicalLines(text).flatMap(splitOptions).map((line) => parseLine(line, {
				file: name,
				directories: [source, dirname(path)],
				application,
				variables
			}))
		};
		files.set(path, file);
		for (const line of file.lines) if (line.kind === "include") visit(line.path, name);
	};
	for (const name of names) visit(join(source, name));
	return [...files.values()];
}
/** By its byte order mark or its comment, as pip does: `pip freeze > requirements.txt` in PowerShell writes UTF-16. */
function decode(bytes) {
	const mark = bytes.toString("latin1", 0, 2);
	if (mark === "ÿþ") return new TextDecoder("utf-16le").decode(bytes);
	if (mark === "þÿ") return new TextDecoder("utf-16be").decode(bytes);
	const [first = "", second = ""] = bytes.toString("latin1", 0, 200).split("\n");
	const named = /^#.*coding[:=]\s*([-\w.]+)/m.exec(`${first}\n${second}`)?.[1] ?? "utf-8";
	try {
		return new TextDecoder(named).decode(bytes);
	} catch {
		return new TextDecoder().decode(bytes);
	}
}
/** Continuations joined, comments and blank lines left out. A comment is never continued, and ends what was. */
function logicalLines(text) {
	const lines = [];
	let begun = "";
	for (const line of text.split("\n")) {
		const isComment = /^\s*#/.test(line);
		if (line.endsWith("\\") && !isComment) {
			begun += `${line.slice(0, -1).trim()} `;
			continue;
		}
		lines.push(isComment ? begun : begun + line.trim());
		begun = "";
	}
	return [...lines, begun].map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter(Boolean);
}
/**
* The paths of those files whose requirements are installed; all others are constraints.
*
* @param roots the files that an environment names, absolute
*/
function installedFiles(files, roots) {
	const byPath = new Map(files.map((file) => [file.path, file]));
	const found = /* @__PURE__ */ new Set();
	const visit = (path) => {
		if (found.has(path)) return;
		found.add(path);
		for (const line of byPath.get(path)?.lines ?? []) if (line.kind === "include" && !line.constraint) visit(line.path);
	};
	for (const root of roots) visit(root);
	return found;
}
/**
* One requirement file and one constraint file that say the same as many, for an installer that reads them elsewhere.
*
* @param wheels for local directories the wheels that were built of them; other paths stand for themselves. Where other lines have
*   hashes, these get theirs: installers want all or none.
*/
function flattenRequirements(files, roots, wheels) {
	const byPath = new Map(files.map((file) => [file.path, file]));
	const hashed = files.some(({ lines }) => lines.some((line) => (line.kind === "requirement" || line.kind === "option") && HASHES.test(` ${line.text}`)));
	const requirements = [];
	const constraints = [];
	const seen = new Map([requirements, constraints].map((out) => [out, /* @__PURE__ */ new Set()]));
	const visit = (path, out) => {
		if (seen.get(out).has(path)) return;
		seen.get(out).add(path);
		for (const line of byPath.get(path)?.lines ?? []) if (line.kind === "include") visit(line.path, line.constraint ? constraints : out);
		else if (line.kind === "local") out.push(localLine(line, wheels.get(line.path) ?? line.path, hashed));
		else out.push(line.text);
	};
	for (const root of roots) visit(root, requirements);
	return {
		requirements: `${requirements.join("\n")}\n`,
		constraints: `${constraints.join("\n")}\n`
	};
}
const HASHES = /\s--(hash|require-hashes)\b/;
function localLine({ extras, rest }, path, hashed) {
	return `${path}${extras}${rest}${hashed && !HASHES.test(rest) && existsSync(path) && statSync(path).isFile() ? ` --hash=sha256:${contentHash(path)}` : ""}`;
}

// src/environment/package-places.ts
const WITH_VALUE = [
	...INDEX_OPTIONS,
	...LINKS_OPTIONS,
	"--trusted-host"
];
const NO_INDEX = ["--no-index"];
/**
* The places that pip is given for an environment.
*
* @param roots the files that it names, absolute
*/
function packagePlaces(files, roots, options) {
	const { constraints, requirements } = flattenRequirements(files, roots, /* @__PURE__ */ new Map());
	return {
		lines: `${constraints}${requirements}`.split("\n").filter((line) => isOption(optionName(line), [...WITH_VALUE, ...NO_INDEX])),
		words: options.flatMap((option, n) => {
			if (isOption(option, NO_INDEX)) return [option];
			const name = optionName(option);
			if (!isOption(name, WITH_VALUE)) return [];
			return name === option ? options.slice(n, n + 2) : [option];
		})
	};
}
/**
* The same for a project that is built beside its environment. `--no-index` is left out: it says of the environment that directories hold
* all of it, and those need not hold what builds the project.
*
* @param source the application's directory, absolute
*/
function projectPlaces(config, source) {
	const isPip = config.installer === "pip";
	const names = config.requirements ?? (isPip ? ["requirements.txt"] : []);
	const directory = join(source, isPip ? "." : config.directory ?? ".");
	const { lines, words } = packagePlaces(readRequirements(directory, names, builtVariables(process.env, config["pass-env"] ?? [])), names.map((name) => join(directory, name)), isPip ? config.options ?? [] : []);
	const isOpen = (text) => !isOption(text, NO_INDEX);
	return {
		lines: lines.filter(isOpen),
		words: words.filter(isOpen)
	};
}
/**
* Arguments of pip. Lines of files go through a file: an address may hold a password.
*
* @param scratch where that file is written, absolute
*/
function placeArguments({ lines, words }, scratch) {
	if (lines.length === 0) return words;
	const file = join(scratch, "places.txt");
	writeFileSync(file, `${lines.join("\n")}\n`, { mode: 384 });
	return [
		...words,
		"-r",
		file
	];
}

// src/environment/pip-settings.ts
/** Settings about where packages come from; all others (target, user, constraint, no-binary, …) would decide what is installed. */
const REACHING$1 = /* @__PURE__ */ new Set([...[
	"index-url",
	"extra-index-url",
	"find-links",
	"no-index",
	"trusted-host",
	"keyring-provider"
], ...[
	"cert",
	"client-cert",
	"proxy",
	"timeout",
	"default-timeout",
	"retries"
]]);
const settingOf = (variable) => /^PIP_(.+)$/.exec(variable)?.[1]?.toLowerCase().replaceAll("_", "-");
/**
* The environment of pip.
*
* @param pip the command; it is asked for the machine's settings
* @param passed names of `pass-env`; a variable wins over a file
* @param options.reachingOnly of passed settings of pip those alone that are about reaching packages: for pip's work on its own behalf
*/
async function pipVariables(pip, passed, { reachingOnly = false } = {}) {
	const names = passed.filter((name) => !reachingOnly || REACHING$1.has(settingOf(name) ?? "index-url"));
	const own = builtVariables(process.env, names);
	const { stdout } = await run([
		...pip,
		"config",
		"list"
	], {
		what: "pip could not read this machine's configuration",
		step: "pip config list",
		env: own,
		redact: redactor(process.env, passed),
		remedy: "Look at the files that `pip config debug` lists."
	});
	return {
		...reachingSettings$1(stdout),
		...own,
		PIP_CONFIG_FILE: "/dev/null",
		PYTHONNOUSERSITE: "1"
	};
}
/** @param list what `pip config list` prints: `global.index-url='https://…'`, values as Python writes them */
function reachingSettings$1(list) {
	const found = {};
	for (const section of [
		"global",
		"download",
		"wheel",
		"install"
	]) for (const line of list.split("\n")) {
		const [, of, key, value] = /^([a-z]+)\.([a-z-]+)=(.*)$/.exec(line) ?? [];
		if (of === section && key && REACHING$1.has(key)) found[`PIP_${key.toUpperCase().replaceAll("-", "_")}`] = unquoted(value).split(/\s+/).filter(Boolean).join(" ");
	}
	return found;
}
/** A text as Python's `repr` writes it. */
function unquoted(literal) {
	if (!/^(['"]).*\1$/.test(literal)) return literal;
	const escapes = {
		n: "\n",
		t: "	",
		r: "\r"
	};
	return literal.slice(1, -1).replace(/\\(.)/g, (_, character) => escapes[character] ?? character);
}

// src/environment/requires-python.ts
const pythonSchema = looseObject({ project: looseObject({ "requires-python": string().optional() }).optional() });
/** @param text a pyproject.toml @returns empty where it says nothing, or what no installer could read either */
function requiresPython(text) {
	try {
		return pythonSchema.parse(parse$1(text)).project?.["requires-python"] ?? "";
	} catch {
		return "";
	}
}
/**
* Looks at the Python of an environment before anything is fetched for it.
*
* @param source the application's directory, absolute
* @param host.interpreter what hosts have
* @param host.version its minor version; which patch version each host has is looked at when it is deployed to
* @throws Failure (refused) where pyproject.toml excludes every Python that hosts could have
*/
function refuseExcludedPython(source, host) {
	const file = join(source, "pyproject.toml");
	const wanted = existsSync(file) ? requiresPython(readFileSync(file, "utf8")) : "";
	if (patchVersions(host.version).some((version) => allowsPython(wanted, version))) return;
	throw new Failure({
		what: `pyproject.toml requires Python ${wanted}, and the environment is for Python ${host.version}`,
		where: {
			file,
			interpreter: host.interpreter
		},
		remedy: "Name an interpreter that hosts have and that pyproject.toml allows as `interpreter:` of this environment, or change `requires-python`.",
		outcome: "refused"
	});
}

// src/environment/virtualenv.ts
/** An empty virtualenv, without pip: the installer comes from outside of it. */
async function createVirtualenv(directory, python) {
	await run([
		python.executable,
		"-I",
		"-m",
		"venv",
		"--without-pip",
		directory
	], {
		what: "the virtual environment could not be made",
		env: builtVariables(process.env),
		step: "python -m venv",
		remedy: "On Debian and Ubuntu its Python needs the package python3-venv."
	});
	linkInterpreter(directory, python.executable, python.version);
}
/**
* Points a virtualenv at one interpreter: `bin/python*` and `pyvenv.cfg`.
*
* @param interpreter absolute; it need not exist on this machine
*/
function linkInterpreter(directory, interpreter, version) {
	const bin = join(directory, "bin");
	for (const name of readdirSync(bin)) if (/^python(\d(\.\d+)?)?$/.test(name)) rmSync(join(bin, name));
	symlinkSync(interpreter, join(bin, "python"));
	for (const name of ["python3", `python${version}`]) symlinkSync("python", join(bin, name));
	writeFileSync(join(directory, "pyvenv.cfg"), `home = ${dirname(interpreter)}\ninclude-system-site-packages = false\nversion = ${version}\n`);
}
/** Whether its links are those of an interpreter already. */
function isLinkedTo(directory, interpreter) {
	const link = join(directory, "bin/python");
	return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(link) === interpreter;
}
/** Where packages are: `<directory>/lib/python3.11/site-packages`. */
function sitePackages(directory, version) {
	return join(directory, "lib", `python${version}`, "site-packages");
}
/** Byte code that is the same whenever it is compiled: by hash, not by mtime, and without this machine's paths. */
async function compileByteCode(directory, python) {
	const site = sitePackages(directory, python.version);
	await tryRun([
		join(directory, "bin/python"),
		"-I",
		"-m",
		"compileall",
		...[
			"-q",
			"-q",
			"-f",
			"-j",
			"0",
			"--invalidation-mode",
			"unchecked-hash"
		],
		"-s",
		directory,
		"-p",
		"/",
		site
	], { env: builtVariables(process.env) });
}
/**
* Makes an installed virtualenv ready to be packed: nothing of the checkout, byte code, the host's links. Reads what it requires.
*
* @returns what it requires of hosts, and which Python it was really made with
*/
async function finishVirtualenv(directory, python, { host, checkouts, requirers }) {
	const made = await probePython(join(directory, "bin/python"));
	if (!made) throw new Failure({
		what: "the environment's own Python does not start",
		where: { path: directory }
	});
	const site = sitePackages(directory, python.version);
	removeLocalOrigins(site);
	for (const checkout of checkouts) refuseCheckoutPaths(directory, site, checkout);
	rmSync(join(directory, ".lock"), { force: true });
	rmSync(join(directory, ".gitignore"), { force: true });
	await compileByteCode(directory, python);
	const native = nativeFiles(walk(directory));
	const imports = await importable(directory, importsOf(site, native.map(({ path }) => path)));
	linkInterpreter(directory, host.interpreter, host.version);
	const sources = walk(directory);
	return {
		requirements: {
			...nativeRequirements(native, sources),
			python: {
				version: python.version,
				abi: abiOf(sources) ?? python.abi,
				interpreter: host.interpreter,
				imports,
				built: made.markers.python_full_version,
				conditions: conditionsOf(requirers(readInstalled(site)), made.markers)
			}
		},
		madeWith: describePython(made)
	};
}
/** SOABI tag in the names of extension modules: `_c.cpython-311-x86_64-linux-gnu.so`. */
function abiOf(sources) {
	for (const { path } of sources) {
		const tag = /\.(cpython-\d+[a-z]*)-[^/]*\.so$/.exec(path)?.[1];
		if (tag) return tag;
	}
}
/**
* Top-level modules that hold native code: those can be missing something on a host. Importing all that is installed would run code of
* packages that the application may never import.
*/
function importsOf(site, native) {
	const prefix = /^lib\/python[\d.]+\/site-packages\//;
	const names = native.filter((path) => prefix.test(path)).map((path) => path.replace(prefix, "").split("/")[0]).map((name) => name.split(".")[0]).filter((name) => /^[A-Za-z]\w*$/.test(name)).filter((name) => existsSync(join(site, name, "__init__.py")) || readdirSync(site).some((file) => file.startsWith(`${name}.`) && file.endsWith(".so")));
	return [...new Set(names)].sort();
}
const IMPORT_EACH = `
import importlib, os, sys
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        print(name, flush=True)
`;
/** Those that can be imported by themselves here: some only work through another package (psycopg_binary through psycopg). */
async function importable(directory, names) {
	if (names.length === 0) return [];
	const result = await tryRun([
		join(directory, "bin/python"),
		"-B",
		"-I",
		"-c",
		IMPORT_EACH,
		...names
	], {
		timeout: 12e4,
		env: builtVariables(process.env)
	});
	const seen = new Set(result.stdout.split("\n"));
	return names.filter((name) => seen.has(name));
}
/** A wheel that was built here leaves its temporary path in direct_url.json: it says nothing of the package. */
function removeLocalOrigins(site) {
	for (const info of distributions(site)) {
		const origin = join(site, info, "direct_url.json");
		if (!existsSync(origin)) continue;
		const { url, dir_info: directory } = JSON.parse(readFileSync(origin, "utf8"));
		if (directory?.editable) throw editable(info);
		if (!url?.startsWith("file:")) continue;
		rmSync(origin);
		const record = join(site, info, "RECORD");
		const lines = readFileSync(record, "utf8").split("\n");
		writeFileSync(record, lines.filter((line) => !line.startsWith(`${info}/direct_url.json,`)).join("\n"));
	}
}
const distributions = (site) => readdirSync(site).filter((name) => name.endsWith(".dist-info"));
const NOT_EDITABLE = "Remove `-e`: a local package becomes a wheel. The application itself can be left out: with `package: true` in tarlift.yml it is built into each release, without what it requires.";
function editable(name) {
	return new Failure({
		what: `${name.replace(/\.dist-info$/, "")} is installed in editable mode: on a host it would lead into a checkout that is not there`,
		remedy: NOT_EDITABLE,
		outcome: "refused"
	});
}
/** .pth files and scripts: what Python follows or the kernel executes. */
function refuseCheckoutPaths(directory, site, checkout) {
	const found = [...readdirSync(site).filter((name) => /\.(pth|egg-link)$/.test(name)).map((name) => join(site, name)), ...readdirSync(join(directory, "bin")).map((name) => join(directory, "bin", name))].filter((file) => lstatSync(file).isFile()).filter((file) => readFileSync(file, "latin1").includes(`${checkout}/`) || readFileSync(file, "latin1").trim() === checkout);
	if (found.length === 0) return;
	throw new Failure({
		what: "the environment holds a path of the checkout, and would break on every host",
		where: { path: checkout },
		output: found.map((file) => basename(file)).join("\n"),
		remedy: `Something was installed in editable mode. ${NOT_EDITABLE}`,
		outcome: "refused"
	});
}
/**
* A private virtualenv with one tool of one version, for Pythons that bring an old pip or none.
*
* @param name `pip` or `uv`
* @param place.passed names of `pass-env`: the index may be reached by one of them
* @returns its directory
*/
async function installTool(name, version, python, place) {
	const maker = `python${python.markers.python_full_version}-${hash("sha256", python.executable, "hex").slice(0, 8)}`;
	const directory = join(place.work, "tools", `${name}-${version}-${maker}`);
	const stamp = join(directory, "complete");
	if (existsSync(stamp)) return directory;
	const unfinished = `${directory}.${process.pid}`;
	const { signal } = place;
	mkdirSync(dirname(directory), { recursive: true });
	rmSync(unfinished, {
		recursive: true,
		force: true
	});
	await during(place.progress, `get ${name} ${version}`, async () => {
		await run([
			python.executable,
			"-I",
			"-m",
			"venv",
			unfinished
		], {
			what: `${name} could not be installed`,
			step: "python -m venv",
			signal,
			env: builtVariables(process.env),
			remedy: "On Debian and Ubuntu its Python needs the package python3-venv."
		});
		const pip = [
			join(unfinished, "bin/python"),
			"-I",
			"-m",
			"pip",
			"--disable-pip-version-check"
		];
		await run([
			...pip,
			"install",
			"--quiet",
			"--no-input",
			`${name}==${version}`
		], {
			what: `${name} ${version} could not be installed`,
			step: "pip install",
			signal,
			env: await pipVariables(pip, place.passed, { reachingOnly: true }),
			redact: redactor(process.env, place.passed),
			remedy: "Check `installer-version` in tarlift.yml, and that the package index can be reached."
		});
	});
	return settleTool(unfinished, directory, stamp);
}
/** Tools are started through their interpreter and never by their scripts, so this directory may be moved. */
function settleTool(unfinished, directory, stamp) {
	writeFileSync(join(unfinished, "complete"), "");
	try {
		if (!existsSync(stamp)) {
			rmSync(directory, {
				recursive: true,
				force: true
			});
			renameSync(unfinished, directory);
		}
	} catch (error) {
		if (!existsSync(stamp)) throw error;
	} finally {
		rmSync(unfinished, {
			recursive: true,
			force: true
		});
	}
	return directory;
}

// src/environment/pip.ts
/** The pip that Tarlift chooses: the one that a distribution's venv brings can be too old for what a lock says. */
const PIP_VERSION = "26.0.1";
/** The same for one Python: an old one has a last pip that runs on it (`Requires-Python` of its releases). */
const pipVersion = ({ version }) => ({
	"3.7": "24.0",
	"3.8": "25.0.1"
})[version] ?? "26.0.1";
const pip = {
	name: "pip",
	kind: "path",
	async inspect(config, place) {
		const names = config.requirements ?? ["requirements.txt"];
		const passed = config["pass-env"] ?? [];
		const files = readRequirements(place.source, names, builtVariables(process.env, passed));
		const roots = names.map((name) => join(place.source, name));
		refuseUnseen(files, process.env, passed);
		const host = hostPython(config, place.source);
		if (config.use !== "build") refuseExcludedPython(place.source, host);
		const python = await findPython(host, place.python);
		const version = config["installer-version"] ?? pipVersion(python);
		const options = config.options ?? [];
		refusePackages(options, config["pass-env"] ?? [], place.source);
		return {
			reads: await requirementReads(files, place, namedFiles({
				options,
				env: process.env,
				passed
			}, place.source)),
			parts: [
				...await requirementParts(files, names, place),
				{
					name: "installer",
					value: `pip ${version}`
				},
				...optionParts(options, place.source),
				{
					name: "python",
					value: describePython(python)
				},
				{
					name: "interpreter on hosts",
					value: host.interpreter
				},
				...passedParts(process.env, passed, place.source)
			],
			warnings: unpinnedWarnings(files),
			installer: {
				name: "pip",
				version
			},
			async install(directory) {
				const tool = await installTool("pip", version, python, {
					...place,
					passed
				});
				const pipCommand = [
					join(tool, "bin/python"),
					"-I",
					"-m",
					"pip",
					"--no-input",
					"--disable-pip-version-check"
				];
				const scratch = scratchDirectory(place.work);
				const task = place.progress.task("pip install");
				try {
					const env = await pipVariables(pipCommand, passed);
					const listening = {
						env,
						cwd: place.source,
						redact: redactor(process.env, passed),
						onLine: (line) => task.line(line),
						signal: place.signal
					};
					await createVirtualenv(directory, python);
					const into = [
						...pipCommand,
						"--python",
						join(directory, "bin/python")
					];
					const places = placeArguments(packagePlaces(files, roots, options), scratch);
					const wheels = await buildWheels([
						...into,
						"wheel",
						"--no-deps",
						...places
					], files, {
						place,
						scratch
					}, listening);
					const flat = flattenRequirements(files, roots, wheels);
					writeFileSync(join(scratch, "requirements.txt"), flat.requirements, { mode: 384 });
					writeFileSync(join(scratch, "constraints.txt"), flat.constraints, { mode: 384 });
					await runPip([
						...into,
						"install",
						"--no-compile",
						"--no-warn-script-location",
						...options,
						"-r",
						join(scratch, "requirements.txt"),
						"-c",
						join(scratch, "constraints.txt")
					], listening);
					const check = await tryRun([...into, "check"], {
						env,
						redact: listening.redact
					});
					if (check.code !== 0) place.progress.warning(`pip check: ${check.lastLines}`);
					const { stdout } = await run([
						...into,
						"list",
						"--format=json"
					], {
						what: "pip could not list what it installed",
						env,
						redact: listening.redact
					});
					const resolved = resolvedOf(stdout);
					refuseMissing(flat.requirements, resolved, "pip");
					const finished = await finishVirtualenv(directory, python, {
						host,
						checkouts: [place.repository, scratch],
						requirers: (installed) => [...fileRequirers(files, roots), ...installed]
					});
					task.end(`${resolved.length} packages`);
					return {
						resolved,
						...finished
					};
				} catch (error) {
					task.fail();
					throw error;
				} finally {
					rmSync(scratch, {
						recursive: true,
						force: true
					});
				}
			},
			madeWith: describePython(python),
			python: {
				...python,
				host
			}
		};
	}
};
/**
* Requirement files by content without credentials, local paths and directories of wheels by what is in them.
*
* @param names the files that the environment names: what others say only constrains
*/
async function requirementParts(files, names, place) {
	return [
		{
			name: "requirements",
			value: JSON.stringify(names)
		},
		...files.map(({ name, text }) => ({
			name: `file ${name}`,
			value: hash("sha256", withoutCredentials(text), "hex")
		})),
		...await localParts(localsOf(files), place),
		...offeredBy(files).map((path) => ({
			name: `local ${relative(place.source, path)}`,
			value: contentHash(path)
		}))
	];
}
/**
* What an installer reads for requirement files: them, and what they name.
*
* @param named files that the installer is given besides, absolute
*/
async function requirementReads(files, { repository }, named) {
	const local = await localReads(localsOf(files), repository);
	return {
		...local,
		whole: [
			...files.map(({ path }) => path),
			...offeredBy(files),
			...named,
			...local.whole
		]
	};
}
/** Directories and archives that requirement files name as packages. */
function localsOf(files) {
	const paths = files.flatMap(({ lines }) => lines.flatMap((line) => line.kind === "local" ? [line.path] : []));
	return [...new Set(paths)];
}
/** What `--find-links` names in the checkout. */
function offeredBy(files) {
	const lines = files.flatMap((file) => file.lines);
	return [...new Set(lines.flatMap((line) => line.kind === "option" && line.path !== void 0 ? [line.path] : []))];
}
/**
* What requirement files ask for, for the conditions of an environment.
*
* @param roots the files that the environment names, absolute
*/
function fileRequirers(files, roots) {
	const installed = installedFiles(files, roots);
	return files.map(({ name, path, lines }) => ({
		name: void 0,
		title: name,
		...installed.has(path) ? { root: true } : { constraint: true },
		requires: lines.flatMap((line) => {
			if (line.kind === "requirement") return [parseRequirement(line.text)];
			return line.kind === "local" ? [parseRequirement(`local:${line.extras}${line.rest}`)] : [];
		}),
		python: ""
	}));
}
function unpinnedWarnings(files) {
	const nameOf = (text) => parseRequirement(text).name ?? text;
	const lines = files.flatMap(({ lines }) => lines.flatMap((line) => line.kind === "requirement" ? [line] : []));
	const pinned = new Set(lines.filter((line) => line.pinned).map(({ text }) => nameOf(text)));
	const loose = [...new Set(lines.filter((line) => !line.pinned && !pinned.has(nameOf(line.text))).map(({ text }) => withoutCredentials(text)))];
	if (loose.length === 0) return [];
	return [`${loose.length === 1 ? "a requirement has" : `${loose.length} requirements have`} no exact version, so the same commit can get other code after the cache is lost: ${loose.slice(0, 10).join(", ")}${loose.length > 10 ? ", …" : ""}. Pin them with \`pip freeze\`, pip-compile or uv.`];
}
/** The directories that requirement files name as packages. */
function localDirectories(files) {
	return localsOf(files).filter((path) => statSync(path).isDirectory());
}
/**
* Local directories become wheels: pip would leave their paths in the environment. Archives are installed as they are.
*
* @param wheel the command that builds one
*/
async function buildWheels(wheel, files, { place, scratch }, listening) {
	const wheels = /* @__PURE__ */ new Map();
	const directories = localDirectories(files);
	if (directories.length === 0) return wheels;
	const inCopy = await copyPackages(directories, {
		repository: place.repository,
		to: join(scratch, "checkout")
	});
	for (const [n, path] of directories.entries()) {
		const out = join(scratch, "wheels", String(n));
		mkdirSync(out, { recursive: true });
		await runPip([
			...wheel,
			"--wheel-dir",
			out,
			inCopy(path)
		], listening, {
			step: "pip wheel",
			"local package": relative(place.source, path)
		});
		const made = readdirSync(out).find((name) => name.endsWith(".whl"));
		if (!made) throw new Failure({
			what: "a local requirement gave no wheel",
			where: { path }
		});
		wheels.set(path, join(out, made));
	}
	return wheels;
}
async function runPip(command, listening, where = { step: "pip install" }) {
	const result = await tryRun(command, listening);
	if (result.code === 0) return;
	const output = result.lastLines;
	throw new Failure({
		what: "pip could not install the requirements",
		where: {
			...where,
			ended: formatEnd(result)
		},
		output,
		remedy: gitRemedy(output) ?? pipRemedy(output, where["local package"] !== void 0)
	});
}
const LACKS_COMPILER = "A package is compiled here and lacks a compiler, headers or libraries: install them on the builder before this step, or pin a version that has a wheel.";
/** The usual causes, by what pip says. */
function pipRemedy(output, ofLocal) {
	if (/No matching distribution|Could not find a version/.test(output)) return ofLocal ? "What builds a local package comes from the places of all others: those of `--index-url`, `--extra-index-url`, `--find-links` and `--no-index` in requirement files and `options:`. Offer it there, or correct its name or version in `requires` of [build-system]." : "Check the name and version, and that this Python is one that the package supports.";
	if (/Hashes are required in --require-hashes mode|In --require-hashes mode, all requirements must have/.test(output)) return "Where one requirement has hashes, every package needs them, and those that a local package depends on, too: write the file with `pip-compile --generate-hashes` or `uv export`. A wheel that Tarlift builds of a local directory gets its hash by itself.";
	if (/hash|HASH/.test(output) && /mismatch|DO NOT MATCH|do not match/.test(output)) return "The index serves other bytes than the file promises: update the hashes only if you know why.";
	if (/ResolutionImpossible|conflicting dependencies/.test(output)) return "Two requirements exclude each other: loosen one of the versions that pip names.";
	if (/error: command|gcc|Python\.h|pg_config|subprocess-exited-with-error/.test(output)) return ofLocal ? `${LACKS_COMPILER} ${BUILT_ALONE}` : LACKS_COMPILER;
	if (/401|403|credentials/i.test(output)) return "The index wants credentials: set PIP_INDEX_URL (a secret of the workflow) and name it in `pass-env:` of this environment, or use a netrc file.";
	return "The same command can be tried in a terminal: pip install -r with these files.";
}
/**
* Refuses an environment that lacks a package which its requirements name without a marker: the installer went elsewhere.
*
* @param requirements one a line, with all that was included and without constraints
* @throws Failure naming the packages
*/
function refuseMissing(requirements, resolved, installer) {
	const wanted = requirements.split("\n").filter((line) => !line.startsWith("-") && !line.includes(";")).flatMap((line) => /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:$|[\s@[=<>!~])/.exec(line)?.[1] ?? []);
	refuseLacking([...new Set(wanted)], resolved, installer);
}
/** @param wanted names of packages that have to be there */
function refuseLacking(wanted, resolved, installer) {
	const plain = (name) => name.toLowerCase().replace(/[-_.]+/g, "-");
	const there = new Set(resolved.map(({ name }) => plain(name)));
	const lacking = wanted.filter((name) => !there.has(plain(name)));
	if (lacking.length === 0) return;
	throw new Failure({
		what: `${installer} ended well, and the environment lacks ${lacking.slice(0, 10).join(", ")}${lacking.length > 10 ? ", …" : ""}`,
		where: { packages: `${resolved.length} in the environment` },
		remedy: `Something leads ${installer} elsewhere: look at \`options:\` and \`pass-env:\` of this environment (PIP_TARGET, PIP_PREFIX, --dry-run).`
	});
}
function resolvedOf(json) {
	return JSON.parse(json.slice(json.indexOf("["))).map(({ name, version }) => ({
		name,
		version
	})).sort((a, b) => a.name < b.name ? -1 : 1);
}

// src/environment/place.ts
/**
* Unpacked beside its place and renamed, so that what stands at an id is always whole.
*
* @returns false when it stood there already
* @throws Failure when its root cannot be made, or the layer is not what its digest says
*/
async function placeEnvironment({ name, id, root, layer, python, progress }) {
	const directory = join(root, id);
	const there = existsSync(directory);
	if (!there) {
		await ensureRoot(root);
		await during(progress, `unpack environment ${name}`, async (task) => {
			const beside = mkdtempSync(join(root, ".unpacking-"));
			try {
				await unpackLayer(layer, {
					base: layer.base,
					directory: beside,
					diffId: layer.diffId,
					task
				});
				if (python) linkInterpreter(beside, python.executable, python.version);
				await run([
					"chmod",
					"755",
					beside
				], { what: "the environment's directory could not be opened to others" });
				renameUnlessThere(beside, directory);
			} finally {
				rmSync(beside, {
					recursive: true,
					force: true
				});
			}
		}, () => formatBytes(layer.size));
	} else if (python && !isLinkedTo(directory, python.executable)) linkInterpreter(directory, python.executable, python.version);
	return !there;
}
function renameUnlessThere(from, to) {
	try {
		renameSync(from, to);
	} catch (error) {
		if (!existsSync(to)) throw error;
	}
}
/**
* Environments hold absolute paths, so the builder needs the hosts' environments-root as a directory that it may write.
*
* @throws Failure with the one line that makes it
*/
async function ensureRoot(root) {
	try {
		mkdirSync(root, { recursive: true });
		const probe = mkdtempSync(join(root, ".probe-"));
		rmSync(probe, { recursive: true });
		return;
	} catch {}
	const install = [
		"install",
		"-d",
		"-o",
		String(process.getuid?.() ?? 0),
		"-g",
		String(process.getgid?.() ?? 0),
		root
	];
	const result = await tryRun([
		"sudo",
		"-n",
		...install
	]).catch(() => void 0);
	if (result?.code === 0) return;
	throw new Failure({
		what: `environments are built where they will run, and ${root} cannot be made on this machine`,
		output: result?.lastLines,
		remedy: `Make it once: sudo install -d -o "$(id -u)" -g "$(id -g)" ${root}`,
		outcome: "refused"
	});
}

// src/config/package-project.ts
const tables = looseObject({ tool: looseObject({
	poetry: looseObject({ "package-mode": unknown() }).optional().catch(void 0),
	uv: looseObject({ package: unknown() }).optional().catch(void 0)
}).optional().catch(void 0) });
/**
* A build system makes a package, unless Poetry or uv is told that it is none (https://python-poetry.org/docs/basic-usage/#operating-modes,
* https://docs.astral.sh/uv/concepts/projects/config/#project-packaging).
*
* @param text a pyproject.toml
*/
function describesPackage(text) {
	if (!/^\s*\[build-system\]/m.test(text)) return false;
	try {
		const { tool } = tables.parse(parse$1(text));
		return tool?.poetry?.["package-mode"] !== false && tool?.uv?.package !== false;
	} catch {
		return true;
	}
}
/**
* The directory, relative to the application's, of the project that is built into each release: `""` for the application's own. One that
* an environment has for itself is built only where tarlift.yml asks for a package: its code may be meant to run as it lies there.
*
* @param wanted `package:` of tarlift.yml
* @param directory of the Python environment that ships
* @param read gives the text of a file of the application, undefined for one that is not there
* @returns undefined where none is built
*/
function packageDirectory(wanted, directory, read) {
	const isPackage = (path) => describesPackage(read(posix.join(path, "pyproject.toml")) ?? "");
	if (wanted === false) return void 0;
	if (isPackage("")) return "";
	if (!wanted) return void 0;
	return directory !== void 0 && isPackage(directory) && read("setup.py") === void 0 ? directory : "";
}

// src/environment/uv-lock.ts
const dependencySchema = looseObject({
	name: string(),
	/** Given where the lock has several versions of it. */
	version: string().optional(),
	marker: string().optional(),
	extra: array(string()).optional()
});
const dependencies = array(dependencySchema);
const packageSchema = looseObject({
	name: string(),
	version: string().optional(),
	source: looseObject({
		editable: string().optional(),
		virtual: string().optional(),
		directory: string().optional(),
		path: string().optional()
	}).optional(),
	dependencies: dependencies.optional(),
	"optional-dependencies": record(string(), dependencies).optional(),
	"dev-dependencies": record(string(), dependencies).optional()
});
const lockSchema = looseObject({ package: array(packageSchema).default([]) });
/** @throws Failure for a text that is no lock */
function parseUvLock(text) {
	try {
		return lockSchema.parse(parse$1(text));
	} catch (error) {
		throw new Failure({
			what: "uv.lock cannot be read",
			output: error instanceof Error ? withoutCredentials(error.message.split("\n").slice(0, 5).join("\n")) : void 0,
			remedy: "Correct it (a merge may have left its marks), or write it again: uv lock.",
			outcome: "refused"
		});
	}
}
/** Packages of the repository: by their directory or archive, relative to the lock. */
function localPath({ source }) {
	return source?.editable ?? source?.virtual ?? source?.directory ?? source?.path;
}
/** Whether uv never builds a package (`package = false`): only what it depends on is installed. */
const isVirtual = ({ source }) => source?.virtual !== void 0;
/**
* What a project itself depends on and uv installs, whatever the platform: names of packages.
*
* @param project its canonical name
*/
function directDependencies(lock, project) {
	const own = lock.package.find((one) => canonicalName(one.name) === project && localPath(one) !== void 0);
	const isLeftOut = (name) => {
		const named = lock.package.filter((one) => canonicalName(one.name) === canonicalName(name));
		return named.length > 0 && named.every(isVirtual);
	};
	return (own?.dependencies ?? []).flatMap(({ name, marker }) => marker === void 0 && !isLeftOut(name) ? [name] : []);
}
/** The lock's requirements of what is installed and of the project itself, for the conditions of an environment. */
function lockRequirers(lock, installed, roots) {
	const locked = new Map(lock.package.map((one) => [`${canonicalName(one.name)} ${one.version ?? ""}`, one]));
	const isRoot = (one) => localPath(one) !== void 0 && (roots.open || canonicalName(one.name) === roots.project);
	return [...lock.package.filter(isRoot).map((one) => {
		const wanted = Object.entries(one["dev-dependencies"] ?? {}).filter(([name]) => roots.open || roots.groups.includes(name));
		return {
			name: canonicalName(one.name),
			title: `uv.lock (${one.name})`,
			requires: [...requirementsOf(one), ...wanted.flatMap(([, list]) => list.map((entry) => requirement(entry)))],
			python: "",
			...roots.open ? {} : { root: true },
			extras: (roots.open ? Object.keys(one["optional-dependencies"] ?? {}) : roots.extras).map(canonicalName)
		};
	}), ...installed.map((one) => {
		const entry = locked.get(one.title.toLowerCase().replace(/^\S+/, () => one.name ?? "")) ?? locked.get(`${one.name} `);
		return entry ? {
			...one,
			requires: requirementsOf(entry)
		} : one;
	})];
}
function requirementsOf(one) {
	return [...(one.dependencies ?? []).map((entry) => requirement(entry)), ...Object.entries(one["optional-dependencies"] ?? {}).flatMap(([extra, list]) => list.map((entry) => requirement(entry, `extra == "${extra}"`)))];
}
function requirement({ name, version, marker, extra }, also) {
	const both = marker !== void 0 && also !== void 0 ? `(${marker}) and ${also}` : marker ?? also ?? "";
	const specifier = version === void 0 ? "" : `==${version}`;
	return {
		name: canonicalName(name),
		extras: (extra ?? []).map(canonicalName),
		specifier,
		marker: both
	};
}

// src/environment/uv-project.ts
/**
* Finds the lock in the application's directory or in the workspace above it.
*
* @param options of tarlift.yml: `--package` names another project
* @throws Failure (refused) without a lock or a pyproject.toml
*/
function findUvProject({ source, repository }, options) {
	const file = findUp(source, repository, "uv.lock");
	if (file === void 0 || !existsSync(join(source, "pyproject.toml"))) {
		const missing = file === void 0 ? "uv.lock" : "pyproject.toml";
		throw new Failure({
			what: `there is no ${missing}`,
			where: { path: join(source, missing) },
			remedy: file === void 0 ? lockedByOther(readdirSync(source), "python") ?? "Run `uv lock` and commit uv.lock, or name requirement files: `requirements: [requirements.txt]`." : "Let `source:` or `directory:` name the directory of a uv project, or name requirement files: `requirements: [requirements.txt]`.",
			outcome: "refused"
		});
	}
	const text = readFileSync(file, "utf8");
	const lock = parseUvLock(text);
	const root = dirname(file);
	const named = optionValue(options, "--package");
	const own = relative(root, source) || ".";
	const project = named === void 0 ? lock.package.find((one) => localPath(one) === own) : lock.package.find(({ name }) => canonicalName(name) === canonicalName(named));
	if (named === void 0 && project === void 0 && own !== ".") throw new Failure({
		what: `${relative(repository, file)} knows no project in ${own}`,
		where: { directory: source },
		remedy: `Make it a member of the workspace: name ${own} in \`members\` of [tool.uv.workspace] in ${join(relative(repository, root), "pyproject.toml")}, run \`uv lock\` and commit both.`,
		outcome: "refused"
	});
	const installed = reachable(lock, (options.includes("--all-packages") ? lock.package.filter((one) => localPath(one)) : [project]).filter((one) => one !== void 0)).filter((one) => one !== project && !isVirtual(one));
	const described = lock.package.filter((one) => one === project || !installed.includes(one)).flatMap((one) => localPath(one) ?? []).map((path) => resolve(root, path)).filter((path) => existsSync(path));
	const dynamicPaths = described.filter((path) => statSync(path).isDirectory() && isDynamic(path));
	return {
		lock,
		text,
		file,
		describedBy: described.filter((path) => !dynamicPaths.includes(path)).flatMap(describingFiles),
		dynamicPaths,
		name: project && canonicalName(project.name),
		directory: project && resolve(root, localPath(project) ?? "."),
		installedPaths: installed.flatMap((one) => {
			const path = localPath(one);
			return path === void 0 ? [] : [resolve(root, path)];
		})
	};
}
/** What says which requirements a package has, and which settings uv has for it. */
function describingFiles(path) {
	if (statSync(path).isFile()) return [path];
	return ["pyproject.toml", "uv.toml"].map((name) => join(path, name)).filter((file) => existsSync(file));
}
const pyprojectSchema = looseObject({ project: looseObject({ dynamic: array(string()).optional() }).optional() });
/** Whether uv asks a package's build backend for its requirements (https://packaging.python.org/en/latest/specifications/pyproject-toml/#dynamic). */
function isDynamic(path) {
	const file = join(path, "pyproject.toml");
	if (!existsSync(file)) return true;
	try {
		const { project } = pyprojectSchema.parse(parse$1(readFileSync(file, "utf8")));
		return project?.dynamic?.some((field) => /dependencies|requires-python/.test(field)) ?? project === void 0;
	} catch {
		return false;
	}
}
function findUp(from, top, name) {
	for (let at = from;; at = dirname(at)) {
		if (existsSync(join(at, name))) return join(at, name);
		if (at === top || at === dirname(at)) return void 0;
	}
}
function optionValue(options, name) {
	const at = options.findIndex((option) => option === name || option.startsWith(`${name}=`));
	return at < 0 ? void 0 : options[at].startsWith(`${name}=`) ? options[at].slice(name.length + 1) : options[at + 1];
}
/** Packages and all that they can lead to, whatever markers, extras and groups say. */
function reachable(lock, roots) {
	const byName = Map.groupBy(lock.package, ({ name }) => canonicalName(name));
	const found = /* @__PURE__ */ new Set();
	const visit = (one) => {
		if (found.has(one)) return;
		found.add(one);
		const lists = [
			one.dependencies ?? [],
			...Object.values(one["optional-dependencies"] ?? {}),
			...Object.values(one["dev-dependencies"] ?? {})
		];
		for (const { name } of lists.flat()) for (const next of byName.get(canonicalName(name)) ?? []) visit(next);
	};
	for (const root of roots) visit(root);
	return [...found];
}

// src/environment/uv-settings.ts
/** https://docs.astral.sh/uv/reference/settings/: where packages come from. Everything else would decide what is installed. */
const REACHING = /* @__PURE__ */ new Set([...[
	"index",
	"index-url",
	"extra-index-url",
	"find-links",
	"no-index",
	"allow-insecure-host",
	"keyring-provider"
], ...[
	"native-tls",
	"system-certs",
	"http-proxy",
	"https-proxy",
	"no-proxy"
]]);
/**
* The environment of uv.
*
* @param passed names of `pass-env`; a variable wins over a file
* @param scratch an empty directory, removed when uv has ended; absolute
* @throws Failure when a uv.toml of this machine cannot be read
*/
function uvVariables(passed, scratch) {
	const own = builtVariables(process.env, passed);
	const user = own.XDG_CONFIG_HOME || join(own.HOME ?? homedir(), ".config");
	const system = [...(own.XDG_CONFIG_DIRS || "/etc/xdg").split(":"), "/etc"].map((directory) => join(directory, "uv/uv.toml"));
	return {
		...own,
		XDG_CONFIG_HOME: settings(join(scratch, "user"), join(user, "uv/uv.toml"), [join(user, "git")]),
		XDG_CONFIG_DIRS: settings(join(scratch, "system"), system.find((file) => existsSync(file)), [])
	};
}
/** @param links what else is looked for in such a directory and stays as it is: git's, for requirements that git fetches */
function settings(directory, file, links) {
	mkdirSync(join(directory, "uv"), { recursive: true });
	const text = file !== void 0 && existsSync(file) ? reachingSettings(read(file)) : "";
	writeFileSync(join(directory, "uv/uv.toml"), text, { mode: 384 });
	for (const link of links) if (existsSync(link)) symlinkSync(link, join(directory, "git"));
	return directory;
}
function read(file) {
	try {
		return parse$1(readFileSync(file, "utf8"));
	} catch (error) {
		throw new Failure({
			what: "uv's configuration on this machine cannot be read",
			where: { file },
			output: error instanceof Error ? withoutCredentials(error.message) : void 0,
			remedy: "Correct the file, or remove it.",
			outcome: "refused"
		});
	}
}
/** A uv.toml with nothing but where packages come from. */
function reachingSettings(table) {
	const only = (from) => Object.fromEntries(Object.entries(from).filter(([key]) => REACHING.has(key)));
	const { pip } = table;
	const forPip = pip !== null && typeof pip === "object" && !Array.isArray(pip) ? only(pip) : {};
	return stringify({
		...only(table),
		...Object.keys(forPip).length > 0 ? { pip: forPip } : {}
	});
}

// src/environment/uv.ts
/** The uv that Tarlift chooses. */
const UV_VERSION = "0.9.7";
const uv = {
	name: "uv",
	kind: "path",
	async inspect(config, { source, ...rest }) {
		const place = {
			...rest,
			source: join(source, config.directory ?? ".")
		};
		const passed = config["pass-env"] ?? [];
		const host = hostPython(config, source);
		if (config.use !== "build") refuseExcludedPython(place.source, host);
		const python = await findPython(host, place.python);
		const version = config["installer-version"] ?? "0.9.7";
		const options = config.options ?? [];
		if (config.requirements) refusePackages(options, config["pass-env"] ?? [], place.source);
		const named = namedFiles({
			options,
			env: process.env,
			passed
		}, place.source);
		const from = await (config.requirements ? fromRequirements(config.requirements, passed, place, source) : fromLock(config, place, source));
		const offered = offeredByConfiguration([...from.configuration, ...named.filter((path) => path.endsWith(".toml") && statSync(path).isFile())]);
		return {
			reads: {
				...from.reads,
				whole: [
					...from.reads.whole,
					...candidateFiles(place),
					...named,
					...offered
				]
			},
			parts: [
				...from.parts,
				...offered.map((path) => ({
					name: `local ${relative(place.source, path)}`,
					value: contentHash(path)
				})),
				{
					name: "installer",
					value: `uv ${version}`
				},
				...optionParts(options, place.source),
				{
					name: "python",
					value: describePython(python)
				},
				{
					name: "interpreter on hosts",
					value: host.interpreter
				},
				...passedParts(process.env, passed, place.source)
			],
			warnings: from.warnings,
			installer: {
				name: "uv",
				version
			},
			async install(directory) {
				const tool = await installTool("uv", version, python, {
					...place,
					passed
				});
				const command = [
					join(tool, "bin/uv"),
					"--no-progress",
					"--color",
					"never"
				];
				const scratch = scratchDirectory(place.work);
				const task = place.progress.task("uv");
				const redact = redactor(process.env, passed);
				const env = {
					...uvVariables(passed, join(scratch, "configuration")),
					UV_PROJECT_ENVIRONMENT: directory,
					VIRTUAL_ENV: directory,
					UV_PYTHON: join(directory, "bin/python"),
					UV_PYTHON_DOWNLOADS: "never",
					UV_LINK_MODE: "copy"
				};
				try {
					await createVirtualenv(directory, python);
					const prepared = await from.prepare(scratch, [...named, ...offered]);
					await runUv([
						...command,
						...prepared.arguments,
						...options
					], {
						step: config.requirements ? "uv pip install" : "uv sync --locked",
						local: from.builtHere.length > 0,
						cwd: prepared.directory,
						env,
						signal: place.signal,
						redact,
						onLine: (line) => task.line(line)
					});
					const { stdout } = await run([
						...command,
						"pip",
						"list",
						"--format",
						"json"
					], {
						what: "uv could not list what it installed",
						env,
						redact
					});
					const finished = await finishVirtualenv(directory, python, {
						host,
						checkouts: [place.repository, scratch],
						requirers: from.requirers
					});
					const resolved = resolvedOf(stdout);
					from.refuseMissing(resolved);
					task.end(`${resolved.length} packages`);
					return {
						resolved,
						...finished
					};
				} catch (error) {
					task.fail();
					throw error;
				} finally {
					rmSync(scratch, {
						recursive: true,
						force: true
					});
				}
			},
			madeWith: describePython(python),
			python: {
				...python,
				host
			}
		};
	}
};
async function runUv(command, { step, local, ...options }) {
	const result = await tryRun(command, options);
	if (result.code === 0) return;
	const output = result.lastLines;
	throw new Failure({
		what: "uv could not install the dependencies",
		where: {
			step,
			ended: formatEnd(result)
		},
		output,
		remedy: gitRemedy(output) ?? uvRemedy(output, {
			step,
			local
		})
	});
}
/** The usual causes, by what uv says. */
function uvRemedy(output, { step, local }) {
	if (/lockfile.*needs to be updated/i.test(output)) return "pyproject.toml and uv.lock differ: run `uv lock` and commit uv.lock.";
	if (/incompatible with the project's Python requirement/.test(output)) return "Build with a Python that the project allows, of the hosts' minor version: `--python`, or the input `python`. Or change `requires-python` and run `uv lock`.";
	if (/401|403|credentials/i.test(output)) return "The index wants credentials: set UV_INDEX, or UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD (secrets of the workflow), and name them in `pass-env:` of this environment; or use a netrc file.";
	if (/Failed to build|build backend/i.test(output)) return local ? `${LACKS_COMPILER} ${BUILT_ALONE}` : LACKS_COMPILER;
	if (/No solution found/.test(output)) return "Two requirements exclude each other, or a version does not exist: change the one that uv names.";
	return `The same can be tried in a terminal: ${step}.`;
}
/** @param application its directory, absolute: the environment may have another one for itself */
async function fromLock(config, place, application) {
	const project = findUvProject(place, config.options ?? []);
	const { lock } = project;
	await refuseUntracked(place.repository, [project.file, join(place.source, "pyproject.toml")]);
	const describedBy = await tracked(project.describedBy);
	const groups = (config.groups ?? []).flatMap((group) => ["--group", group]);
	const extras = (config.extras ?? []).flatMap((extra) => ["--extra", extra]);
	const { installedPaths, dynamicPaths } = project;
	const packages = [...installedPaths, ...dynamicPaths];
	const local = await localReads(packages, place.repository);
	const members = packages.map((path) => join(path, "pyproject.toml")).filter((file) => existsSync(file));
	return {
		reads: {
			...local,
			whole: [
				project.file,
				...describedBy,
				...local.whole
			]
		},
		builtHere: packages,
		configuration: [
			...configurationFiles(place),
			...describedBy,
			...members
		].filter((file) => /\.toml$/.test(file)),
		parts: [
			{
				name: "file uv.lock",
				value: hash("sha256", withoutCredentials(project.text), "hex")
			},
			...configurationParts(place),
			{
				name: "groups and extras",
				value: JSON.stringify([groups, extras])
			},
			...await localParts(packages, place),
			...fileParts(describedBy.filter((file) => !configurationFiles(place).includes(file)), place)
		],
		warnings: [
			...dynamicWarnings(dynamicPaths, place),
			...holdingWarnings(installedPaths, place),
			...project.directory === void 0 ? [] : leftOutWarnings(config, project.directory, application, place)
		],
		refuseMissing(resolved) {
			if ((config.options ?? []).some((option) => /^--(no-install-|only-(group|dev))/.test(option))) return;
			refuseLacking(directDependencies(lock, project.name), resolved, "uv");
		},
		requirers: (installed) => lockRequirers(lock, installed, {
			project: project.name,
			groups: config.groups ?? [],
			extras: config.extras ?? [],
			open: (config.options ?? []).length > 0
		}),
		async prepare(scratch, named) {
			const inCopy = await copyPackages(packages, {
				repository: place.repository,
				to: join(scratch, "checkout"),
				files: [
					project.file,
					...configurationFiles(place),
					...describedBy,
					...named.flatMap(filesOf)
				]
			});
			return {
				arguments: [
					"sync",
					"--locked",
					...[
						"--no-install-project",
						...project.name === void 0 ? [] : ["--no-install-package", project.name],
						"--no-editable",
						"--no-default-groups",
						"--no-compile-bytecode"
					],
					...groups,
					...extras
				],
				directory: inCopy(place.source)
			};
		}
	};
}
/** A file, or those of a directory that count in a key. */
const filesOf = (path) => statSync(path).isDirectory() ? usualFiles(path).map((name) => join(path, name)) : [path];
/** One environment for many commits is what a lock is for: these have another one with each change of their code. */
function dynamicWarnings(paths, { repository }) {
	if (paths.length === 0) return [];
	return [`${paths.map((path) => {
		const file = ["pyproject.toml", "setup.py"].find((name) => existsSync(join(path, name))) ?? "";
		return quoteName(join(relative(repository, path), file));
	}).join(", ")} leaves requirements to the build backend, which may read any tracked file beside it: the environment is built again when one of those changes. Write \`dependencies\` into [project] and take them out of \`dynamic\`, and a change of code alone builds none.`];
}
/** The same goes for a package at the root of a workspace that another member needs: the application is one of its files. */
function holdingWarnings(paths, { source, repository }) {
	return paths.filter((path) => `${source}/`.startsWith(`${path}/`)).map((path) => {
		return `${quoteName(join(relative(repository, path), "pyproject.toml"))} describes a package that is installed into the environment, and the application is in its directory: the environment is built again when any tracked file there changes. Move that package into a directory of its own, such as libs/core, and a change of the application alone builds none.`;
	});
}
/** The environment leaves the project to the release, which has another one, or none. @param directory the project's, absolute */
function leftOutWarnings({ directory: own, use }, directory, application, place) {
	const read = (file) => existsSync(file) ? readFileSync(file, "utf8") : void 0;
	const built = (wanted) => {
		const found = packageDirectory(wanted, own, (path) => read(join(application, path)));
		return found === void 0 ? void 0 : join(application, found);
	};
	const file = join(directory, "pyproject.toml");
	if (use !== "run" || place.package === false || built(place.package) === directory) return [];
	if (!describesPackage(read(file) ?? "")) return [];
	const remedy = built(true) === directory ? "`package: true` in tarlift.yml builds it into each release; `package: false` says that its code runs as it lies there." : `Let \`source:\` in tarlift.yml be ${relative(place.repository, directory) || "the repository (leave it out)"}. Where its code runs as it lies there, say \`package = false\` in [tool.uv] of that file, and run \`uv lock\`.`;
	return [`${quoteName(relative(place.repository, file))} describes a package that is neither in the environment nor built into the release. ${remedy}`];
}
async function tracked(files) {
	const directories = [...new Set(files.map((file) => dirname(file)))];
	const all = await Promise.all(directories.map(async (directory) => (await trackedFiles(directory)).map((name) => join(directory, name))));
	const known = new Set(all.flat());
	return files.filter((file) => known.has(file));
}
/** uv works in a copy of what git tracks. */
async function refuseUntracked(repository, files) {
	const [first, ...others] = await untrackedReads(repository, {
		whole: files,
		tracked: []
	});
	if (first === void 0) return;
	throw new Failure({
		what: `git does not track ${[first, ...others].join(" and ")}`,
		remedy: `An environment is built from what is committed: git add ${[first, ...others].join(" ")}, and commit.`,
		outcome: "refused"
	});
}
/** Files of the project that uv takes settings and requirements from: the application's, and those of the directories above it. */
const configurationFiles = (place) => candidateFiles(place).filter((file) => existsSync(file));
/** The same, with those that are not there: one that the commit has and that was removed would decide as well. */
function candidateFiles({ source, repository }) {
	const directories = [source];
	for (let at = source; at !== repository && dirname(at) !== at;) {
		at = dirname(at);
		directories.push(at);
	}
	return directories.flatMap((directory) => ["pyproject.toml", "uv.toml"].map((name) => join(directory, name)));
}
const configurationParts = (place) => fileParts(configurationFiles(place), place);
const fileParts = (files, { source }) => files.map((file) => ({
	name: `file ${relative(source, file)}`,
	value: hash("sha256", withoutCredentials(readFileSync(file, "latin1")), "hex")
}));
async function fromRequirements(names, passed, place, application) {
	const files = readRequirements(place.source, names, builtVariables(process.env, passed), application);
	refuseUnseen(files, process.env, passed);
	const roots = names.map((name) => join(place.source, name));
	const directories = localDirectories(files);
	return {
		reads: await requirementReads(files, place, []),
		builtHere: directories,
		configuration: configurationFiles(place),
		refuseMissing: (resolved) => refuseMissing(flattenRequirements(files, roots, /* @__PURE__ */ new Map()).requirements, resolved, "uv"),
		parts: [...await requirementParts(files, names, place), ...configurationParts(place)],
		warnings: unpinnedWarnings(files),
		requirers: (installed) => [...fileRequirers(files, roots), ...installed],
		async prepare(scratch) {
			const inCopy = directories.length > 0 ? await copyPackages(directories, {
				repository: place.repository,
				to: join(scratch, "checkout")
			}) : (path) => path;
			const flat = flattenRequirements(files, roots, new Map(directories.map((path) => [path, inCopy(path)])));
			const file = (name, content) => {
				const path = join(scratch, name);
				writeFileSync(path, content, { mode: 384 });
				return path;
			};
			const constraints = flat.constraints.trim() === "" ? [] : ["-c", file("constraints.txt", flat.constraints)];
			return {
				arguments: [
					"pip",
					"install",
					"-r",
					file("requirements.txt", flat.requirements),
					...constraints
				],
				directory: place.source
			};
		}
	};
}

// src/environment/build.ts
const installers = {
	pip,
	uv,
	npm
};
/** Counts what the format of an environment means: a change of it makes every key a new one. */
const FORMAT = "2";
const metaSchema = strictObject({
	record: environmentRecordSchema.omit({
		name: true,
		diffId: true,
		link: true
	}),
	workspaceLinks: array(strictObject({
		path: string(),
		target: string()
	})),
	/** The interpreter that made it: an entry of another one is not restored, whatever its key says. */
	madeWith: string()
});
/**
* The keys of an application's environments and their parts; nothing is restored or built.
*
* @throws Failure as the installers do for requirement files that are missing or not reproducible
*/
async function explainEnvironments(config, options) {
	return (await keyEnvironments(config, options)).map(({ name, config: own, key, parts }) => ({
		name,
		config: own,
		key,
		parts
	}));
}
/** Restores or builds environments, in the order of tarlift.yml. */
async function buildEnvironments(config, options) {
	const keyed = await keyEnvironments(config, options);
	const built = [];
	for (const environment of keyed) built.push(await provide(environment, options));
	return built;
}
async function keyEnvironments(config, options) {
	mkdirSync(options.work, { recursive: true });
	const place = {
		app: config.app,
		repository: options.repository,
		source: join(options.repository, config.source ?? "."),
		root: config["environments-root"] ?? `/srv/${config.app}/envs`,
		work: options.work,
		python: options.python,
		package: config.package,
		progress: options.progress,
		signal: options.signal
	};
	const wanted = Object.entries(config.environments).filter(([name]) => options.only?.includes(name) ?? true);
	return Promise.all(wanted.map(async ([name, own]) => {
		const installer = installers[own.installer];
		const inspection = await installer.inspect(own, place);
		if (options.committed) await refuseChanged(place.repository, inspection.reads);
		inspection.warnings.push(...await untrackedWarnings(place.repository, inspection.reads));
		const where = installer.kind === "path" ? {
			name: "environments-root",
			value: place.root
		} : {
			name: "app",
			value: place.app
		};
		const parts = [
			{
				name: "format",
				value: FORMAT
			},
			...platformParts(),
			where,
			...inspection.parts
		];
		return {
			name,
			config: own,
			key: environmentKey(parts),
			parts,
			place,
			installer,
			inspection
		};
	}));
}
async function provide(keyed, options) {
	const entryPlace = {
		store: options.store,
		work: options.work,
		key: `environment-${keyed.key}`,
		schema: metaSchema,
		title: `environment ${keyed.name}`,
		progress: options.progress,
		refuses: ({ madeWith }) => madeWith === keyed.inspection.madeWith ? void 0 : `it was made with ${madeWith} and not with ${keyed.inspection.madeWith}`
	};
	if (options.rebuild) await forgetEntry(entryPlace);
	const found = await fetchEntry(entryPlace);
	if (found) return toBuilt(keyed, found, true);
	if (options.signal?.aborted) throw new Failure({ what: "stopped before the environments were built" });
	sweepScratch(options.work);
	for (const warning of keyed.inspection.warnings) options.progress.warning(warning);
	const { entry, settle } = await build(keyed, entryPlace);
	const kept = await keepEntry(entryPlace, entry);
	settle(kept.meta.record.id === entry.meta.record.id);
	return toBuilt(keyed, kept, false);
}
/** Installs and packs. `settle` tells whether this build is the one that counts: what lost to another job's is removed. */
async function build(keyed, place) {
	const id = drawId(keyed.key);
	return keyed.installer.kind === "path" ? buildPath(keyed, place, id) : buildTree(keyed, place, id);
}
async function buildPath(keyed, place, id) {
	const { root } = keyed.place;
	await ensureRoot(root);
	sweepKilledBuilds(root);
	const directory = join(root, id);
	const mark = join(root, `.building-${id}`);
	writeFileSync(mark, processMark());
	try {
		const installed = await keyed.inspection.install(directory);
		const base = directory.slice(1);
		const entry = await pack(keyed, place, walk(directory), {
			base,
			kind: "path",
			id,
			root,
			...installed
		});
		const { python } = keyed.inspection;
		if (python) linkInterpreter(directory, python.executable, python.version);
		return {
			entry,
			settle(kept) {
				if (!kept) rmSync(directory, {
					recursive: true,
					force: true
				});
			}
		};
	} catch (error) {
		rmSync(directory, {
			recursive: true,
			force: true
		});
		throw error;
	} finally {
		rmSync(mark, { force: true });
	}
}
async function buildTree(keyed, place, id) {
	const scratch = scratchDirectory(keyed.place.work);
	const staging = join(scratch, relative(keyed.place.repository, keyed.place.source));
	mkdirSync(staging, { recursive: true });
	try {
		const installed = await keyed.inspection.install(staging);
		const mounts = installed.mounts ?? [];
		const links = new Set((installed.workspaceLinks ?? []).map(({ path }) => path));
		return {
			entry: await pack(keyed, place, mounts.flatMap((mount) => [{
				type: "directory",
				path: mount
			}, ...walk(join(staging, mount), {
				prefix: mount,
				skip: (path) => links.has(path) || path === `${mount}/${TREE_STAMP}`
			})]), {
				base: pathsOf(keyed.place.app).application,
				kind: "tree",
				id,
				...installed
			}),
			settle() {}
		};
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
async function pack(keyed, place, sources, facts) {
	const { base, workspaceLinks = [], madeWith, ...record } = facts;
	const expected = keyed.inspection.madeWith;
	if (madeWith !== expected) throw new Failure({
		what: `environment ${keyed.name} was made with ${madeWith}, and its key says ${expected}`,
		remedy: "The interpreter changed during the build: start it again."
	});
	return during(place.progress, `pack environment ${keyed.name}`, async (task) => {
		const layer = await packLayer(sources, {
			base,
			file: unfinishedEntry(place),
			task
		});
		const meta = {
			record: {
				...record,
				key: keyed.key,
				installer: keyed.inspection.installer
			},
			workspaceLinks,
			madeWith
		};
		finishEntry(layer, place.key, meta);
		return {
			meta,
			layer
		};
	}, ({ layer }) => `${formatBytes(layer.size)} of ${formatBytes(layer.uncompressed)}, ${formatCount(layer.index.length, "file")}`);
}
function toBuilt(keyed, { meta, layer }, hit) {
	const { name, config, place, inspection } = keyed;
	const record = {
		name,
		...meta.record,
		...meta.record.kind === "path" ? { link: config.link ?? ".venv" } : {},
		diffId: layer.diffId
	};
	const path = record.kind === "path" ? join(place.root, record.id) : place.source;
	const bin = record.kind === "path" ? [join(path, "bin")] : (record.mounts ?? []).map((mount) => join(path, mount, ".bin"));
	let unpacking = Promise.resolve();
	return {
		record,
		use: config.use,
		hit,
		layer,
		workspaceLinks: meta.workspaceLinks,
		bin,
		path,
		python: inspection.python,
		unpack(application = place.source) {
			const unpacked = unpacking.then(() => record.kind === "path" ? placeEnvironment({
				...record,
				root: place.root,
				layer,
				python: inspection.python,
				progress: place.progress
			}) : unpackTree(keyed, record, layer, meta.workspaceLinks, application));
			unpacking = unpacked.catch(() => {});
			return unpacked;
		}
	};
}
const TREE_STAMP = ".tarlift-environment";
/** Puts a tree's mounts into the application's directory as real directories; what else stands there (a developer's own install) makes room. */
async function unpackTree(keyed, record, layer, links, source) {
	const { work, progress } = keyed.place;
	const mounts = record.mounts ?? [];
	const stampOf = (mount) => join(source, mount, TREE_STAMP);
	const isOurs = (mount) => existsSync(stampOf(mount)) && readFileSync(stampOf(mount), "utf8") === record.id;
	if (mounts.every(isOurs)) return false;
	await during(progress, `unpack environment ${record.name}`, async (task) => {
		const beside = scratchDirectory(work);
		try {
			await unpackLayer(layer, {
				base: layer.base,
				directory: beside,
				diffId: layer.diffId,
				task
			});
			for (const mount of mounts) {
				const target = join(source, mount);
				if (lstatSync(target, { throwIfNoEntry: false }) && !existsSync(stampOf(mount))) progress.notice(`${mount} was there already; it is replaced by environment ${record.name}`);
				rmSync(target, {
					recursive: true,
					force: true
				});
				mkdirSync(dirname(target), { recursive: true });
				await moveDirectory(join(beside, mount), target);
			}
			for (const link of links) placeLink(join(source, link.path), link.target);
			for (const mount of mounts) writeFileSync(stampOf(mount), record.id);
		} finally {
			rmSync(beside, {
				recursive: true,
				force: true
			});
		}
	});
	return true;
}
/** A rename where one file system holds both, else a copy. */
async function moveDirectory(from, to) {
	const moved = await tryRun([
		"mv",
		"-T",
		"--",
		from,
		to
	]);
	if (moved.code !== 0) throw new Failure({
		what: "an environment could not be put into the checkout",
		where: { path: to },
		output: moved.lastLines
	});
}
function placeLink(path, target) {
	mkdirSync(dirname(path), { recursive: true });
	rmSync(path, {
		recursive: true,
		force: true
	});
	symlinkSync(target, path);
}
/** A build that was killed leaves its directory and a mark that names its process; its id was never recorded, so nothing trusts it. */
function sweepKilledBuilds(root) {
	for (const name of readdirSync(root)) {
		const id = /^\.building-([0-9a-f]{12}-[0-9a-f]{8})$/.exec(name)?.[1];
		if (/^\.unpacking-/.test(name) && Date.now() - statSync(join(root, name)).mtimeMs > 864e5) rmSync(join(root, name), {
			recursive: true,
			force: true
		});
		const mark = join(root, name);
		if (id === void 0 || !hasEnded(readFileSync(mark, "utf8"), statSync(mark).mtimeMs)) continue;
		rmSync(join(root, id), {
			recursive: true,
			force: true
		});
		rmSync(join(root, name), { force: true });
	}
}

export { historyIdentity as A, unfinishedEntry as B, changedFiles as C, readBlobs as D, settleIndex as E, globReach as F, unpackLayer as H, readStatus as I, Findings as L, makeCommitView as M, parse$1 as N, writeBlob as O, globMatcher as P, fetchEntry as R, platformParts as S, laySources as T, finishEntry as V, nativeFiles as _, placeEnvironment as a, passedParts as b, removeLocalOrigins as c, placeArguments as d, projectPlaces as f, nativeFileSchema as g, mergeRequirements as h, packageDirectory as i, isShallow as j, refuseMissingTags as k, requiresPython as l, sweepScratch as m, explainEnvironments as n, pipVersion as o, scratchDirectory as p, describesPackage as r, installTool as s, buildEnvironments as t, pipVariables as u, nativeRequirements as v, layFiles as w, redactor as x, notableLibraries as y, keepEntry as z };