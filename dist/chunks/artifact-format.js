import { n as Failure } from "./failure.js";
import { a as array, c as literal, f as record, g as unknown, h as union, l as looseObject, m as string, n as _enum, o as boolean, p as strictObject, u as number } from "./npm-zod-schemas.js";

// src/artifact/shippable-names.ts
const FORBIDDEN = /[\x00-\x1f\x7f-\x9f\u2028\u2029\\]/;
const FORBIDDEN_SAID = "control characters, line separators and backslashes cannot be shipped";
/**
* Maximum lengths in bytes: of one name, by the limit of file systems, and of a path, with room for the directory into
* which hosts receive a release.
*/
const LONGEST = {
	name: 255,
	path: 3e3
};
/** Compares UTF-8 bytes: JavaScript's own order differs beyond the basic plane. */
function compareBytes(a, b) {
	const plain = a < b ? -1 : a > b ? 1 : 0;
	return /[\ud800-\udfff]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : plain;
}
/**
* Quotes a name so that it is safe to show: control characters and marks that change the text direction are escaped.
*/
function quoteName(name) {
	return JSON.stringify(name).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}
/** Why a layer cannot contain a path, or undefined if it can. `path` is relative to the layer's base. */
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
* Whether a path is one of these, or below one of them. An artifact names the paths, perhaps as many as it has files:
* so the parents of each path are looked up.
*/
function within(paths) {
	const roots = new Set(paths);
	return (path) => {
		if (roots.size === 0) return false;
		for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) if (roots.has(path.slice(0, end))) return true;
		return roots.has(path);
	};
}
/** The directory in an application that is reserved for Tarlift: hosts write the files there that run the release. */
const RESERVED = ".tarlift";
/** Directories that the layer of a project's package fills. */
const PROJECT = {
	site: `${RESERVED}/site`,
	bin: `${RESERVED}/bin`
};
/** Whether a path, relative to the application, is reserved for Tarlift. */
const isReserved = (path) => path === RESERVED || path.startsWith(`${RESERVED}/`);
/**
* The first path of a layer that only a host may create, or undefined.
*
* @param entries of a layer whose base is the application
*/
function reservedPath(entries) {
	const ours = Object.values(PROJECT);
	for (const { path, type } of entries) {
		if (!isReserved(path) || path === RESERVED && type === "directory") continue;
		if (!ours.some((place) => path === place || path.startsWith(`${place}/`))) return path;
	}
}
/** Why a layer cannot contain a link with this target, or undefined if it can. */
function targetProblem(target) {
	return target === "" || FORBIDDEN.test(target) || target.includes("�") ? FORBIDDEN_SAID : void 0;
}
/** @throws Failure that names all paths and link targets that a layer cannot contain */
function refuseNames(sources) {
	const problems = [];
	for (const { path, target } of sources) {
		const problem = nameProblem(path);
		if (problem) problems.push(`${quoteName(path)}: ${problem}`);
		else if (target !== void 0 && targetProblem(target)) problems.push(`${quoteName(path)} -> ${quoteName(target)}: ${targetProblem(target)}`);
	}
	if (problems.length === 0) return;
	throw new Failure({
		code: "file-not-shippable",
		what: problems.length === 1 ? "a name cannot be shipped" : `${problems.length} names cannot be shipped`,
		output: problems.slice(0, 40).join("\n"),
		remedy: "Rename them, or leave them out with `export-ignore` in .gitattributes."
	});
}

// src/artifact/parents.ts
/**
* The first path with a link or a file among its parents. Mounts must not be links or files themselves, and shared
* paths must not contain anything that a host creates.
*
* @param entries of one layer, or of all layers that are unpacked into one directory, in any order
* @returns the path with that parent, or undefined if every parent is a directory
*/
function misplaced(entries, { mounts, shared } = {
	mounts: [],
	shared: []
}) {
	const others = /* @__PURE__ */ new Set();
	for (const { path, type } of entries) if (type !== "directory") others.add(path);
	const links = new Set(shared);
	/** Paths that are directories. Everything above them is a directory as well. */
	const directories = /* @__PURE__ */ new Set();
	const wrongParent = (path, isWrong) => {
		for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
			const parent = path.slice(0, at);
			if (directories.has(parent)) return void 0;
			if (isWrong(parent)) return parent;
			directories.add(parent);
		}
	};
	for (const path of [...mounts.map((directory) => `${directory}/`), ...shared]) {
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
/** @throws Failure (refused) if {@link misplaced} finds a path */
function refuseMisplaced(entries, places) {
	const found = misplaced(entries, places);
	if (!found) return;
	const { path, parent } = found;
	const isShared = places.shared.includes(path);
	throw new Failure({
		code: isShared ? "config-invalid" : "file-not-shippable",
		what: `${isShared ? "the shared path " : ""}${quoteName(path)} cannot stand in a release: ${quoteName(parent)} is a link or a file there, and no directory`,
		remedy: isShared ? `Name in \`shared:\` the path without the link, or ${quoteName(parent)} itself; or remove ${quoteName(parent)} from the commit.` : `Remove ${quoteName(parent)} from the commit, or make ${quoteName(path)} elsewhere (\`outputs:\`, \`include:\`, \`directory:\` of the environment).`,
		outcome: "refused"
	});
}

// src/artifact/format.ts
const MEDIA_TYPE = {
	index: "application/vnd.oci.image.index.v1+json",
	manifest: "application/vnd.oci.image.manifest.v1+json",
	config: "application/vnd.oci.image.config.v1+json",
	layer: "application/vnd.oci.image.layer.v1.tar+zstd"
};
/** Manifest annotations: they describe the run and not the release. */
const ANNOTATION = {
	version: "org.opencontainers.image.version",
	refName: "org.opencontainers.image.ref.name"
};
/** The mtime of every tar header in a layer: 1980-01-01T00:00:00Z, the oldest that zip tools accept as well. */
const LAYER_MTIME = 315532800;
/** One word of a line that is sent to hosts (src/host/calls/preflight.ts). */
const hostWord = string().regex(/^[^\s\p{Cc}\u2028\u2029]+$/u);
const digest = string().regex(/^sha256:[0-9a-f]{64}$/);
const environmentId = string().regex(/^[0-9a-f]{12}-[0-9a-f]{8}$/);
/** A condition that the builder's Python or machine decided when an environment was built. */
const conditionSchema = union([strictObject({
	/** What has the requirement: `redis 5.0.1`, `requirements.txt`. */
	by: string(),
	/** What it requires if the marker is true: `async-timeout`. */
	needs: string(),
	/** `python_full_version <= "3.11.2"`. */
	marker: string(),
	/** The extras that are requested of the package that has the requirement. */
	extras: array(string()).optional(),
	/** The result on the builder: a host must get the same. */
	holds: boolean()
}), strictObject({
	by: string(),
	python: string()
})]);
/** What an artifact needs from a host, read from the files that it ships. */
const requirementsSchema = strictObject({
	/** As printed by `uname -m`: x86_64, aarch64. */
	architecture: string(),
	/** Missing if no native file ships. `version` is the highest GLIBC_x that any ELF file needs. */
	libc: strictObject({
		family: _enum(["glibc", "musl"]),
		version: string().optional()
	}).optional(),
	/** The highest GLIBCXX_x, if any file needs one. */
	glibcxx: string().regex(/^\d+(\.\d+)*$/).optional(),
	/**
	* Shared libraries that native files need and no layer contains, sorted. The host's `ldconfig -p` has to list them.
	*/
	sonames: array(hostWord),
	/**
	* A file that needs it, by library and by version (`GLIBC_2.34`), relative to its layer. Artifacts of older Tarlift
	* versions lack this.
	*/
	neededBy: record(string(), string()).optional(),
	python: strictObject({
		/** Minor version: `3.11`. */
		version: string(),
		/** SOABI tag of the interpreter: `cpython-311`. */
		abi: string(),
		/** Absolute path on the host. */
		interpreter: string().regex(/^\/[^\p{Cc}\u2028\u2029\\]*$/u),
		/** Top-level modules that are imported to test that the environment starts. */
		imports: array(string()),
		/** The full version of the Python that built it: `3.11.7`. Artifacts of older Tarlift versions lack this. */
		built: string().optional(),
		/** Conditions whose result on a host must be that of the builder. */
		conditions: array(conditionSchema).optional()
	}).optional(),
	node: strictObject({
		/** `process.versions.modules`, if native addons that depend on it ship. */
		modules: string().optional(),
		/** The builder's version, for messages. */
		version: hostWord
	}).optional()
});
const ENVIRONMENT_KINDS = ["path", "tree"];
/** An environment as the artifact's config and its cache entry record it. */
const environmentRecordSchema = strictObject({
	name: string(),
	/**
	* `path`: installed at `<root>/<id>` on hosts, and linked from the release. `tree`: installed inside the application,
	* in its `mounts`.
	*/
	kind: _enum(ENVIRONMENT_KINDS),
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
	/**
	* kind tree: directories of the application that contain this environment, sorted: `node_modules`,
	* `packages/ui/node_modules`.
	*/
	mounts: array(string()).optional(),
	/** Digest of its uncompressed layer. */
	diffId: digest,
	requirements: requirementsSchema,
	/** The installed packages, sorted by name. */
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
	/** Name of the environment or asset step; `application`; `index`. */
	name: string(),
	/**
	* The directory to which the layer's file index is relative. It is itself relative to `/`, without a trailing slash.
	*/
	base: string()
});
/**
* The `tarlift` section of the OCI config. It contains nothing of the run: no version, no ref, no time but the
* commit's.
*/
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
	/**
	* tarlift.yml, parsed and validated, so that a deploy without a checkout has the services and migrations of this very
	* commit.
	*/
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
* The text of a file index, one line an entry, made for `sh` on hosts: columns of fixed width come first, so that
* `sed -n 's/^f [0-7]* [0-9]* //p' INDEX | sha256sum -c` verifies all files. No escaping is needed, because names and
* link targets with control characters or backslashes are refused when an artifact is made.
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
/**
* Limits of all file indexes of an artifact together. The indexes of a million files have about 150 MB; each entry
* takes some 200 bytes more when parsed.
*/
const MOST_INDEXED = {
	bytes: 192 << 20,
	entries: 125e4
};
/**
* The message for file indexes that exceed the limits of one artifact; undefined if they do not.
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
/** The directories of an application and its index inside layers (and in a container), relative to `/`. */
const pathsOf = (app) => ({
	application: `srv/${app}/current`,
	index: `srv/${app}/.tarlift/index`
});
/**
* Parses a file index.
*
* @throws Failure for anything that {@link formatIndex} does not write: hosts trust what an index lists
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
		code: "artifact-invalid",
		what: "a file index cannot be read",
		output: why,
		remedy: "The artifact is damaged: build it again."
	});
}

export { targetProblem as C, reservedPath as S, compareBytes as _, MOST_INDEXED as a, quoteName as b, formatIndex as c, manifestSchema as d, parseIndex as f, PROJECT as g, refuseMisplaced as h, MEDIA_TYPE as i, imageConfigSchema as l, releaseSchema as m, ENVIRONMENT_KINDS as n, descriptorSchema as o, pathsOf as p, LAYER_MTIME as r, environmentRecordSchema as s, ANNOTATION as t, indexExcess as u, isReserved as v, within as w, refuseNames as x, nameProblem as y };