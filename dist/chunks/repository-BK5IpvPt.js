import { n as Failure } from "./failure-BKWaXFxS.js";
import { a as array, c as looseObject, d as record, f as strictObject, h as unknown, l as number, m as union, n as _enum, o as boolean, p as string, s as literal } from "./schemas-BE0VQ5TN.js";
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";

// src/report/cut.ts
/** Not an ellipsis by itself, which other programs print. */
const CUT = "[…]";
/** The beginning of a text, with {@link CUT} where there was more. @param length characters at most, with the mark */
function cutEnd(text, length) {
	return text.length > length ? text.slice(0, length - 3).toWellFormed() + CUT : text;
}
/** The end of a text, with {@link CUT} where there was more. @param length characters at most, with the mark */
function cutStart(text, length) {
	return text.length > length ? CUT + text.slice(3 - length).toWellFormed() : text;
}

// src/report/quantity.ts
/** Bytes in decimal units, three digits: `512 B`, `86.3 MB`, `1.05 GB`. */
function formatBytes(bytes) {
	if (Math.round(bytes) < 1e3) return `${Math.round(bytes)} B`;
	const power = Math.min(Math.floor(Math.log10(bytes) / 3), 4);
	const value = bytes / 1e3 ** power;
	if (Number(value.toPrecision(3)) >= 1e3 && power < 4) return `1.00 ${UNITS[power]}`;
	return `${value >= 100 ? Math.round(value) : value.toPrecision(3)} ${UNITS[power - 1]}`;
}
const UNITS = [
	"KB",
	"MB",
	"GB",
	"TB"
];
/** A count with its noun, thousands apart by a thin gap that terminals show: `1 file`, `10 000 files`. */
function formatCount(count, one, many = `${one}s`) {
	return `${String(count).replace(/\B(?=(\d{3})+$)/g, " ")} ${count === 1 ? one : many}`;
}
/** As many names as stand in one line. */
const NAMES = 8;
/** Names in one line, and how many more there are: `a, b and 3 more`. Lists, JSON and the job summary hold more of them. */
function formatNames(names) {
	const more = names.length - NAMES;
	return `${names.slice(0, NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

// src/stop-reason.ts
/** The reason for an `abort`; what waits for the signal sees the usual AbortError. */
const stopReason = (name) => new DOMException(name, "AbortError");
/** `SIGTERM`; undefined where the run was not told to stop, or not by a signal. */
function stoppedBy(signal) {
	const { reason } = signal ?? {};
	return reason instanceof DOMException && reason.message.startsWith("SIG") ? reason.message : void 0;
}
/** What is told of a run that was told to stop: `cancelled: the run was told to stop (SIGTERM)`. */
function cancelledWords(signal) {
	const by = stoppedBy(signal);
	return by === void 0 ? "cancelled" : `cancelled: the run was told to stop (${by})`;
}

// src/shell-word.ts
/**
* A word as it stands in a line that a shell reads.
*
* @returns the word itself, in single quotes where it has anything special
*/
const shellWord = (word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

// src/command/run.ts
const LAST_LINES = 40;
/** Bytes of one stream that are kept. `git ls-tree` of a million files prints 120 MB. */
const LARGEST_OUTPUT = 256 << 20;
/** Characters of a line: what is printed without a line break is passed on in pieces of about this length. */
const LONGEST_LINE = 65536;
const GRACE = 5e3;
const LINGER = 1e3;
/**
* What the runner gives to an action alone: its inputs (the SSH key, the secrets), its state, the tokens of the cache and artifact
* services. No command has a business with them, least of all the install scripts of dependencies.
*/
const FOR_ACTIONS = /^(ACTIONS|INPUT|STATE)_/;
/** An environment without it. */
const withoutActions = (env) => Object.fromEntries(Object.entries(env).filter(([name]) => !FOR_ACTIONS.test(name)));
/**
* Runs a command to its end, without a shell, in a process group of its own.
*
* @returns how it ended, whatever that was: a non-zero exit is not an error here (see {@link run}).
* @throws Failure when it cannot be started at all (not found, not executable).
*/
function tryRun(command, options = {}) {
	return new Promise((resolve, reject) => {
		let child;
		try {
			child = start(command, options);
		} catch (cause) {
			reject(notStarted(command, options, cause));
			return;
		}
		const last = [];
		const keep = (printed, stream) => {
			const line = options.redact ? options.redact(printed) : printed;
			last.push(line);
			if (last.length > LAST_LINES) last.shift();
			options.onLine?.(line, stream);
		};
		const stdout = collect(child, "stdout", keep, command, options.largestOutput);
		const stderr = collect(child, "stderr", keep, command, options.largestOutput);
		let timedOut = false;
		let kill;
		const stop = () => {
			if (options.lifeline) child.stdin?.end();
			endGroup(child, "SIGTERM");
			kill ??= setTimeout(() => endGroup(child, "SIGKILL"), GRACE);
		};
		const timer = options.timeout ? setTimeout(() => {
			timedOut = true;
			stop();
		}, options.timeout) : void 0;
		options.signal?.addEventListener("abort", stop, { once: true });
		if (options.signal?.aborted) stop();
		const settle = () => {
			clearTimeout(timer);
			clearTimeout(kill);
			options.signal?.removeEventListener("abort", stop);
		};
		child.on("error", (cause) => {
			settle();
			reject(notStarted(command, options, cause));
		});
		child.on("close", (code, signal) => {
			settle();
			resolve({
				code,
				signal,
				timedOut,
				lastLines: last.join("\n"),
				get stdout() {
					return stdout();
				},
				get stderr() {
					return stderr();
				}
			});
		});
		child.on("exit", () => {
			const close = setTimeout(() => {
				child.stdout?.destroy();
				child.stderr?.destroy();
			}, LINGER);
			child.on("close", () => clearTimeout(close));
		});
		if (options.lifeline) child.stdin?.on("error", () => {});
		if (options.input !== void 0) {
			child.stdin?.on("error", () => {});
			child.stdin?.end(options.input);
		}
	});
}
function start([file, ...args], options) {
	return spawn(file, args, {
		cwd: options.cwd,
		env: withoutActions(options.env ?? process.env),
		detached: true,
		stdio: [
			options.input === void 0 && !options.lifeline ? "ignore" : "pipe",
			"pipe",
			"pipe"
		]
	});
}
function notStarted(command, { cwd, redact }, cause) {
	const tooLong = cause.code === "E2BIG";
	const text = shownCommand(command, redact);
	return new Failure({
		what: `${command[0]} could not be started`,
		where: {
			command: cutEnd(text, 2e3),
			directory: cwd
		},
		output: cause.message,
		remedy: tooLong ? "Its arguments and variables are longer than this machine allows: pass fewer or shorter ones." : `Install ${command[0]}, or put it on PATH.`,
		cause
	});
}
/**
* Runs a command and insists on exit code 0.
*
* @param what what this command does for the user, for the error: `npm could not install the dependencies`
* @throws Failure naming the command, how it ended (exit code, signal, timeout) and its last lines
*/
async function run(command, options) {
	const result = await tryRun(command, options);
	if (result.code === 0 && !result.timedOut) return result;
	throw new Failure({
		what: options.what,
		where: {
			step: options.step,
			command: shownCommand(command, options.redact),
			directory: options.cwd,
			ended: options.signal?.aborted ? `${formatEnd(result, options)}; ${cancelledWords(options.signal)}` : formatEnd(result, options)
		},
		output: result.lastLines,
		remedy: options.remedy
	});
}
/** Arguments may hold what must not be shown, as what is printed may: the address of an index with its password. */
const shownCommand = (command, redact) => redact ? redact(formatCommand(command)) : formatCommand(command);
/**
* How a command ended, in words: `exit code 1`, `killed by SIGKILL (out of memory?)`, `stopped after 600 s`.
*
* @param options.timeout the limit that it was given, in milliseconds
*/
function formatEnd(result, options = {}) {
	if (result.timedOut) return options.timeout ? `stopped after ${options.timeout / 1e3} s` : "stopped at its time limit";
	const signal = result.signal ?? signalOf(result.code);
	if (signal) return `killed by ${signal}${signal === "SIGKILL" ? " (out of memory?)" : ""}`;
	return `exit code ${result.code}`;
}
/** The signal that an exit code stands for: a shell reports a child that one killed as 128 + its number. Undefined: a code of its own. */
function signalOf(code) {
	if (code === null || code <= 128) return void 0;
	return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
}
/** A command as a person could type it in a shell: words with anything special in single quotes. */
function formatCommand(command) {
	return command.map(shellWord).join(" ");
}
function collect(child, name, keep, command, largest = LARGEST_OUTPUT) {
	let chunks = [];
	let size = 0;
	const decoder = new StringDecoder("utf8");
	let rest = "";
	child[name]?.on("data", (chunk) => {
		size += chunk.length;
		if (size <= largest) chunks.push(chunk);
		else chunks = [];
		const lines = (rest + decoder.write(chunk)).split("\n");
		rest = lines.pop() ?? "";
		if (rest.length > LONGEST_LINE) {
			lines.push(rest + CUT);
			rest = CUT;
		}
		for (const line of lines) keep(line, name);
	});
	child[name]?.on("end", () => {
		if (rest) keep(rest, name);
	});
	return () => {
		if (size <= largest) return Buffer.concat(chunks).toString("utf8");
		throw new Failure({
			what: `${command[0]} printed more than ${largest >> 20} MiB`,
			where: {
				command: formatCommand(command),
				stream: name
			},
			remedy: "Run it by hand to see why."
		});
	};
}
function endGroup(child, signal) {
	if (child.pid === void 0) return;
	try {
		process.kill(-child.pid, signal);
	} catch {}
}

// src/bundle/names.ts
const FORBIDDEN = /[\x00-\x1f\x7f-\x9f\u2028\u2029\\]/;
const FORBIDDEN_SAID = "control characters, line separators and backslashes cannot be shipped";
/** Of one name, as file systems have it; and of a path, with room for the directory in which hosts receive a release. In bytes. */
const LONGEST = {
	name: 255,
	path: 3e3
};
/** The order of the UTF-8 bytes: JavaScript's own order differs beyond the basic plane. */
function compareBytes(a, b) {
	const plain = a < b ? -1 : a > b ? 1 : 0;
	return /[\ud800-\udfff]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : plain;
}
/** A name as it can be shown safely: control characters, also those that turn the direction of text, escaped, in double quotes. */
function quoteName(name) {
	return JSON.stringify(name).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}
/** Why a path cannot stand in a layer, or undefined when it can. `path` is relative to the layer's base. */
function nameProblem(path) {
	if (FORBIDDEN.test(path)) return FORBIDDEN_SAID;
	if (path.includes("�")) return "its name is not UTF-8";
	if (path === "" || path.startsWith("/")) return "it is not a relative path";
	if (path.split("/").some((part) => part === "" || part === "." || part === "..")) return "`.`, `..` and empty parts cannot be shipped";
	if (path === "-") return "programs take a file of this name for their standard input";
	if (path.split("/").some((part) => Buffer.byteLength(part) > LONGEST.name)) return "a name has more than 255 bytes";
	if (Buffer.byteLength(path) > LONGEST.path) return "the path has more than 3000 bytes";
}
/**
* Whether a path is one of these, or below one of them. An artifact names the paths, perhaps as many as it has files: each path is looked up
* by its own directories.
*/
function within(paths) {
	const roots = new Set(paths);
	return (path) => {
		if (roots.size === 0) return false;
		for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) if (roots.has(path.slice(0, end))) return true;
		return roots.has(path);
	};
}
/** The directory of an application that is Tarlift's own: hosts write there what runs the release. */
const RESERVED = ".tarlift";
/** What the layer of a project's package puts there. */
const PROJECT = {
	site: `${RESERVED}/site`,
	bin: `${RESERVED}/bin`
};
/** Whether a path, relative to the application, is Tarlift's own. */
const isReserved = (path) => path === RESERVED || path.startsWith(`${RESERVED}/`);
/** The first path of a layer that only a host may make, or undefined. @param entries of a layer whose base is the application */
function reservedPath(entries) {
	const ours = Object.values(PROJECT);
	for (const { path, type } of entries) {
		if (!isReserved(path) || path === RESERVED && type === "directory") continue;
		if (!ours.some((place) => path === place || path.startsWith(`${place}/`))) return path;
	}
}
/** Why a link's target cannot stand in a layer, or undefined when it can. */
function targetProblem(target) {
	return target === "" || FORBIDDEN.test(target) || target.includes("�") ? FORBIDDEN_SAID : void 0;
}
/** @throws Failure that names every path or link target which cannot stand in a layer */
function refuseNames(sources) {
	const problems = [];
	for (const { path, target } of sources) {
		const problem = nameProblem(path);
		if (problem) problems.push(`${quoteName(path)}: ${problem}`);
		else if (target !== void 0 && targetProblem(target)) problems.push(`${quoteName(path)} -> ${quoteName(target)}: ${targetProblem(target)}`);
	}
	if (problems.length === 0) return;
	throw new Failure({
		what: problems.length === 1 ? "a name cannot be shipped" : `${problems.length} names cannot be shipped`,
		output: problems.slice(0, 40).join("\n"),
		remedy: "Rename them, or leave them out with `export-ignore` in .gitattributes."
	});
}

// src/bundle/parents.ts
/**
* The first path that has a link or a file among its parents. Mounts must be neither themselves, and nothing that a host fills may stand
* in a shared path.
*
* @param entries of one layer, or of all layers that stand in one directory, in any order
* @returns the path with that parent, or undefined when every parent is a directory
*/
function misplaced(entries, { mounts, shared } = {
	mounts: [],
	shared: []
}) {
	const others = /* @__PURE__ */ new Set();
	for (const { path, type } of entries) if (type !== "directory") others.add(path);
	const links = new Set(shared);
	/** Directories, and so is all that is above them. */
	const directories = /* @__PURE__ */ new Set();
	const wrongParent = (path, isWrong) => {
		for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
			const parent = path.slice(0, at);
			if (directories.has(parent)) return void 0;
			if (isWrong(parent)) return parent;
			directories.add(parent);
		}
	};
	for (const path of [...mounts.map((mount) => `${mount}/`), ...shared]) {
		const parent = wrongParent(path, (one) => links.has(one) || others.has(one));
		if (parent !== void 0) return {
			path: path.replace(/\/$/, ""),
			parent
		};
	}
	for (const { path } of entries) {
		const parent = wrongParent(path, (one) => others.has(one));
		if (parent !== void 0) return {
			path,
			parent
		};
	}
}
/** @throws Failure (refused) where {@link misplaced} finds a path */
function refuseMisplaced(entries, places) {
	const found = misplaced(entries, places);
	if (!found) return;
	const { path, parent } = found;
	const isShared = places.shared.includes(path);
	throw new Failure({
		what: `${isShared ? "the shared path " : ""}${quoteName(path)} cannot stand in a release: ${quoteName(parent)} is a link or a file there, and no directory`,
		remedy: isShared ? `Name in \`shared:\` the path without the link, or ${quoteName(parent)} itself; or remove ${quoteName(parent)} from the commit.` : `Remove ${quoteName(parent)} from the commit, or make ${quoteName(path)} elsewhere (\`outputs:\`, \`include:\`, \`directory:\` of the environment).`,
		outcome: "refused"
	});
}

// src/bundle/format.ts
const MEDIA_TYPE = {
	index: "application/vnd.oci.image.index.v1+json",
	manifest: "application/vnd.oci.image.manifest.v1+json",
	config: "application/vnd.oci.image.config.v1+json",
	layer: "application/vnd.oci.image.layer.v1.tar+zstd"
};
/** Manifest annotations: what belongs to the run and not to the release. */
const ANNOTATION = {
	version: "org.opencontainers.image.version",
	refName: "org.opencontainers.image.ref.name"
};
/** The one mtime of every tar header in a layer: 1980-01-01T00:00:00Z, the oldest that zip tools accept too. */
const LAYER_MTIME = 315532800;
/** A line of text for hosts is made of it (src/host/exchange/facts.ts): one word. */
const hostWord = string().regex(/^[^\s\p{Cc}\u2028\u2029]+$/u);
const digest = string().regex(/^sha256:[0-9a-f]{64}$/);
const environmentId = string().regex(/^[0-9a-f]{12}-[0-9a-f]{8}$/);
/** What the builder's Python or machine decided when an environment was built. */
const conditionSchema = union([strictObject({
	/** Whose requirement it is: `redis 5.0.1`, `requirements.txt`. */
	by: string(),
	/** What it requires where the marker holds: `async-timeout`. */
	needs: string(),
	/** `python_full_version <= "3.11.2"`. */
	marker: string(),
	/** The extras that are asked for of the one whose requirement it is. */
	extras: array(string()).optional(),
	/** The builder's answer: a host must give the same. */
	holds: boolean()
}), strictObject({
	by: string(),
	python: string()
})]);
/** What an artifact needs from a host, read from the files that it ships. */
const requirementsSchema = strictObject({
	/** As `uname -m` has it: x86_64, aarch64. */
	architecture: string(),
	/** Left out when nothing native is shipped. `version` is the highest GLIBC_x that any ELF file asks for. */
	libc: strictObject({
		family: _enum(["glibc", "musl"]),
		version: string().optional()
	}).optional(),
	/** Highest GLIBCXX_x, when any file asks for one. */
	glibcxx: string().regex(/^\d+(\.\d+)*$/).optional(),
	/** Shared libraries that native files need and no layer provides, sorted: to be found by the host's `ldconfig -p`. */
	sonames: array(hostWord),
	/** A file that asks for it, by library and by version (`GLIBC_2.34`): relative to its layer. Artifacts of an older Tarlift have none. */
	neededBy: record(string(), string()).optional(),
	python: strictObject({
		/** Minor version: `3.11`. */
		version: string(),
		/** SOABI tag of the interpreter: `cpython-311`. */
		abi: string(),
		/** Absolute path ON THE HOST. */
		interpreter: string().regex(/^\/[^\p{Cc}\u2028\u2029\\]*$/u),
		/** Top-level modules whose import proves that the environment starts. */
		imports: array(string()),
		/** The full version of the Python that built it: `3.11.7`. Artifacts of an older Tarlift have none. */
		built: string().optional(),
		/** What a host must answer as the builder did. */
		conditions: array(conditionSchema).optional()
	}).optional(),
	node: strictObject({
		/** `process.versions.modules`, when native addons that depend on it are shipped. */
		modules: string().optional(),
		/** The version of the builder, for messages. */
		version: hostWord
	}).optional()
});
/** One environment as the artifact's config and its cache entry record it. */
const environmentRecordSchema = strictObject({
	name: string(),
	/** `path`: lives at `<root>/<id>` on hosts, reached by a link from the release. `tree`: stands inside the application at its mounts. */
	kind: _enum(["path", "tree"]),
	id: environmentId,
	key: string().regex(/^[0-9a-f]{64}$/),
	installer: strictObject({
		name: string(),
		version: string()
	}),
	/** kind path: environments-root on hosts, absolute. */
	root: string().optional(),
	/** kind path: the link inside the release, relative: `.venv`. */
	link: string().optional(),
	/** kind tree: directories below the application that this environment fills, sorted: `node_modules`, `packages/ui/node_modules`. */
	mounts: array(string()).optional(),
	/** Uncompressed digest of its layer. */
	diffId: digest,
	requirements: requirementsSchema,
	/** What is installed, sorted by name. */
	resolved: array(strictObject({
		name: string(),
		version: string()
	}))
});
const layerRecordSchema = strictObject({
	diffId: digest,
	kind: _enum([
		"environment",
		"assets",
		"application",
		"index"
	]),
	/** Environment's or asset step's name; `application`; `index`. */
	name: string(),
	/** The directory, relative to `/`, without a trailing slash, that the layer's file index is relative to. */
	base: string()
});
/** The `tarlift` section of the OCI config. Nothing of the run stands here: no version, no ref, no time but the commit's. */
const releaseSchema = strictObject({
	format: literal(1),
	app: string(),
	commit: strictObject({
		id: string().regex(/^[0-9a-f]{40,64}$/),
		time: string()
	}),
	environments: array(environmentRecordSchema),
	requirements: requirementsSchema,
	layers: array(layerRecordSchema),
	/** tarlift.yml as parsed and validated, so that a deploy without a checkout knows services and migrations of this very commit. */
	configuration: record(string(), unknown())
});
/** The whole OCI config blob. */
const imageConfigSchema = looseObject({
	created: string(),
	architecture: string(),
	os: literal("linux"),
	config: looseObject({
		WorkingDir: string().optional(),
		Env: array(string()).optional()
	}),
	rootfs: strictObject({
		type: literal("layers"),
		diff_ids: array(digest)
	}),
	history: array(looseObject({ created_by: string().optional() })).optional(),
	tarlift: releaseSchema
});
const descriptorSchema = looseObject({
	mediaType: string(),
	digest,
	size: number().int().nonnegative(),
	annotations: record(string(), string()).optional()
});
const manifestSchema = looseObject({
	schemaVersion: literal(2),
	mediaType: literal(MEDIA_TYPE.manifest),
	config: descriptorSchema,
	layers: array(descriptorSchema),
	annotations: record(string(), string()).optional()
});
/**
* The text of a file index, one line an entry, made for `sh` on hosts: fixed columns first, so that
* `sed -n 's/^f [0-7]* [0-9]* //p' INDEX | sha256sum -c` verifies all files. No escaping is needed because names and link targets
* with control characters or backslashes are refused when an artifact is made.
*
* ```text
* d <path>
* f <mode, 4 octal digits> <size in bytes> <sha256, 64 hex>  <path>
* l <path><TAB><target>
* ```
*/
function formatIndex(entries) {
	return entries.map((entry) => `${formatEntry(entry)}\n`).join("");
}
function formatEntry(entry) {
	switch (entry.type) {
		case "file": return `f ${entry.mode.toString(8).padStart(4, "0")} ${entry.size} ${entry.sha256}  ${entry.path}`;
		case "link": return `l ${entry.path}\t${entry.target}`;
		case "directory": return `d ${entry.path}`;
	}
}
/** Of all file indexes of an artifact together. A million files have indexes of about 150 MB; parsed they take some 200 bytes each more. */
const MOST_INDEXED = {
	bytes: 192 << 20,
	entries: 125e4
};
/**
* Why the file indexes of one artifact are more than is read of one, or undefined when they are not.
*
* @param texts as {@link formatIndex} makes them
*/
function indexExcess(texts) {
	let bytes = 0;
	let entries = 0;
	for (const text of texts) {
		bytes += Buffer.byteLength(text);
		if (bytes > MOST_INDEXED.bytes) return `file indexes of more than ${MOST_INDEXED.bytes} bytes`;
		for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) entries++;
		if (entries > MOST_INDEXED.entries) return `file indexes of more than ${MOST_INDEXED.entries} files, links and directories`;
	}
}
/** The directories, relative to `/`, where an application and its index stand inside layers (and in a container). */
const pathsOf = (app) => ({
	application: `srv/${app}/current`,
	index: `srv/${app}/.tarlift/index`
});
/**
* Reads the text of a file index.
*
* @throws Failure for anything that {@link formatIndex} would not have written: an index decides what a host trusts
*/
function parseIndex(text) {
	if (text === "") return [];
	if (!text.endsWith("\n")) throw brokenIndex("it ends in the middle of a line");
	const excess = indexExcess([text]);
	if (excess) throw brokenIndex(excess);
	const entries = text.slice(0, -1).split("\n").map(parseEntry);
	for (let n = 1; n < entries.length; n++) if (compareBytes(entries[n - 1].path, entries[n].path) >= 0) throw brokenIndex(`it is not in order at line ${n + 1}`);
	const wrong = misplaced(entries);
	if (wrong) throw brokenIndex(`${quoteName(wrong.path)} stands below ${quoteName(wrong.parent)}, which is no directory`);
	return entries;
}
function parseEntry(line, number) {
	const file = /^f (0644|0755) (0|[1-9]\d{0,14}) ([0-9a-f]{64}) {2}(.+)$/s.exec(line);
	const link = /^l ([^\t]+)\t([^\t]+)$/.exec(line);
	const directory = /^d (.+)$/s.exec(line);
	const path = file?.[4] ?? link?.[1] ?? directory?.[1];
	if (path === void 0 || nameProblem(path) !== void 0) throw brokenIndex(`line ${number + 1} is not an entry`);
	if (file) return {
		type: "file",
		path,
		mode: file[1] === "0755" ? 493 : 420,
		size: Number(file[2]),
		sha256: file[3]
	};
	if (link) return {
		type: "link",
		path,
		target: link[2]
	};
	return {
		type: "directory",
		path
	};
}
function brokenIndex(why) {
	return new Failure({
		what: "a file index cannot be read",
		output: why,
		remedy: "The artifact is damaged: build it again."
	});
}

// src/source/git.ts
const command = (directory, args) => [
	"git",
	"-c",
	`safe.directory=*`,
	"-c",
	"core.quotePath=false",
	"-C",
	directory,
	...args
];
/** Variables of git's that a hook or another tool may have left, and that would lead it to another repository. */
const LEADING_ELSEWHERE = /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE|PREFIX|CEILING_DIRECTORIES|LITERAL_PATHSPECS|GLOB_PATHSPECS|NOGLOB_PATHSPECS|ICASE_PATHSPECS)$/;
/** The environment of every git command. Replacements (`git replace`) are local to a clone, so they are not part of a commit. */
function gitEnvironment() {
	const own = Object.entries(process.env).filter(([name]) => !LEADING_ELSEWHERE.test(name));
	return {
		...Object.fromEntries(own),
		GIT_TERMINAL_PROMPT: "0",
		GIT_OPTIONAL_LOCKS: "0",
		GIT_NO_REPLACE_OBJECTS: "1",
		LC_ALL: "C.UTF-8"
	};
}
/** The environment of git where its answer counts: no configuration of this user, this machine or this job decides about it. */
function viewEnvironment() {
	const own = Object.entries(gitEnvironment()).filter(([name]) => !name.startsWith("GIT_CONFIG"));
	return {
		...Object.fromEntries(own),
		GIT_CONFIG_GLOBAL: "/dev/null",
		GIT_CONFIG_NOSYSTEM: "1",
		GIT_DEFAULT_REF_FORMAT: "files"
	};
}
/** Standard output of a git command. @throws Failure when it fails */
async function git(directory, args, what, options = {}) {
	return (await run(command(directory, args), {
		what,
		env: gitEnvironment(),
		...options
	})).stdout;
}
/** Standard output of a git command, or undefined when it fails. */
async function tryGit(directory, args, options = {}) {
	const { code, stdout } = await askGit(directory, args, options);
	return code === 0 ? stdout : void 0;
}
/** A git command whose exit code is its answer. */
function askGit(directory, args, options = {}) {
	return tryRun(command(directory, args), {
		env: gitEnvironment(),
		...options
	});
}
/** The parts of NUL-terminated output. */
function records(output) {
	return output.split("\0").slice(0, -1);
}

// src/bundle/trust.ts
/** A label that can stand in a directory's name on hosts. */
function versionProblem(version) {
	if (version.length > 100) return "has more than 100 characters";
	return /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(version) ? void 0 : "holds more than letters, digits and ._+-";
}
/**
* What is wrong with a release's config beyond its schema: names that are no single directory, paths that leave where they belong, layers
* that stand elsewhere than their kind says.
*
* @returns one sentence each; empty when all is well
*/
function releaseProblems(release) {
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(release.app)) return [`the application's name ${quoteName(release.app)}`];
	return [...release.environments.flatMap(environmentProblems), ...layerProblems(release)];
}
function environmentProblems(environment) {
	const { name, kind, root, link, mounts = [] } = environment;
	const said = (what) => `environment ${quoteName(name)}: ${what}`;
	if (kind === "tree") return mounts.filter((mount) => nameProblem(mount) !== void 0 || isReserved(mount)).map((mount) => said(`the mount ${quoteName(mount)}`));
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

// src/bundle/version.ts
/**
* A tag as a label that can stand in a directory's name on hosts: `api/v1.4.0` is `api-v1.4.0`, `@acme/web@1.4.0` is `acme-web-1.4.0`.
*
* @returns undefined where nothing of the tag can stand there
*/
function labelOf(tag) {
	if (versionProblem(tag) === void 0) return tag;
	const label = tag.replace(/[^A-Za-z0-9._+-]+/g, "-").replace(/^[^A-Za-z0-9_]+/, "").slice(0, 100).replace(/-+$/, "");
	return label === "" ? void 0 : label;
}

// src/source/tags.ts
/** The commit that a tag of this repository leads to; undefined: it has no such tag (a workflow's checkout seldom has any). */
const commitOfTag = async (repository, tag) => (await tryGit(repository, [
	"rev-parse",
	"--verify",
	"--quiet",
	"--end-of-options",
	`refs/tags/${tag}^{commit}`
]))?.trim() || void 0;
/** The commit of a tag that gives this label under another name (`api/v1` gives `api-v1`); `commit` where one of them is there. */
async function commitOfLabel(repository, label, commit) {
	const same = ((await tryGit(repository, ["tag", "--list"]))?.split("\n") ?? []).filter((tag) => tag !== label && labelOf(tag) === label);
	const commits = await Promise.all(same.map((tag) => commitOfTag(repository, tag)));
	return commits.includes(commit) ? commit : commits.find((one) => one !== void 0);
}
/** @throws Failure (refused) when the label is the name of a tag on another commit */
async function refuseOtherTag(repository, label, commit) {
	const tagged = await commitOfTag(repository, label) ?? await commitOfLabel(repository, label, commit);
	if (tagged === void 0 || tagged === commit) return;
	throw new Failure({
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
/** @returns the root of the repository that holds a directory, absolute; undefined when none does */
async function repositoryAt(directory) {
	return (await tryGit(directory, ["rev-parse", "--show-toplevel"]))?.replace(/\n$/, "") || void 0;
}
/** @throws Failure when the directory is in no git repository */
async function findRepository(directory) {
	const root = await repositoryAt(directory);
	if (root !== void 0) return root;
	throw new Failure({
		what: "this is no git repository",
		where: { directory },
		remedy: "An artifact is made of a commit: run `git init`, commit the application, and try again. In a workflow, put actions/checkout before this step.",
		outcome: "refused"
	});
}
/** @throws Failure when nothing is committed yet */
async function headCommit(repository) {
	const output = await tryGit(repository, [
		"show",
		"-s",
		"--format=%H %ct",
		"HEAD"
	]);
	const match = /^([0-9a-f]{40,64}) (\d+)$/m.exec(output ?? "");
	if (!match) throw new Failure({
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
/** The tag that names HEAD: the event's on a runner, else the only or newest one on the commit; undefined when there is none. */
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

export { cutStart as $, compareBytes as A, run as B, indexExcess as C, releaseSchema as D, pathsOf as E, reservedPath as F, cancelledWords as G, tryRun as H, targetProblem as I, formatBytes as J, stopReason as K, within as L, nameProblem as M, quoteName as N, refuseMisplaced as O, refuseNames as P, cutEnd as Q, formatCommand as R, imageConfigSchema as S, parseIndex as T, withoutActions as U, signalOf as V, shellWord as W, formatNames as X, formatCount as Y, CUT as Z, MEDIA_TYPE as _, refuseOtherTag as a, environmentRecordSchema as b, versionProblem as c, gitEnvironment as d, records as f, LAYER_MTIME as g, ANNOTATION as h, repositoryAt as i, isReserved as j, PROJECT as k, askGit as l, viewEnvironment as m, headCommit as n, labelOf as o, tryGit as p, stoppedBy as q, headTag as r, releaseProblems as s, findRepository as t, git as u, MOST_INDEXED as v, manifestSchema as w, formatIndex as x, descriptorSchema as y, formatEnd as z };