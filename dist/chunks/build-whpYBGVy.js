import { _ as quoteName, b as during, c as environmentRecordSchema, f as parseIndex, g as nameProblem, h as compareBytes, l as formatIndex, p as pathsOf } from "./tar-header-Bv1PKyal.js";
import { i as decompress, n as packLayer, r as walk, t as readTar } from "./tar-reader-X61PF7hq.js";
import { B as strictObject, H as unknown, L as number, P as array, V as string } from "./phases-DZWs4Y39.js";
import { n as Failure } from "./failure-DLNjTWx2.js";
import { d as run, f as tryRun, h as formatCount, m as formatBytes, u as formatEnd } from "./repository-TOc_mBH-.js";
import { basename, delimiter, dirname, join, relative, resolve } from "node:path";
import { appendFileSync, chmodSync, closeSync, constants, copyFileSync, existsSync, fchmodSync, fstatSync, globSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { createHash, hash, randomBytes } from "node:crypto";
import { machine } from "node:os";
import { fileURLToPath } from "node:url";

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
const LARGEST_HEAD = 256 << 20;
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
		return headSchema.safeParse(JSON.parse(bytes.toString("utf8"))).data;
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
		const entry = readEntry(file, place.key, place.schema, { layerVerified: isVerified(file) });
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
		const entry = readEntry(fetched, place.key, place.schema);
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
/** Credentials reach no key, log or layer: `https://user:word@host/` becomes `https://host/`. */
function withoutCredentials(text) {
	return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@]*@/gi, "$1");
}

// src/environment/content-hash.ts
const LEFT_BEHIND = /(^|\/)(\.git|__pycache__|\.venv|node_modules|build|dist|\.tox|\.mypy_cache|\.pytest_cache|[^/]+\.egg-info)$/;
/** sha256 of a file, or of a directory's names, modes, links and contents; hex. */
function contentHash(path) {
	const sum = createHash("sha256");
	if (statSync(path).isFile()) return sum.update(readFileSync(path)).digest("hex");
	for (const source of walk(path, { skip: (name) => LEFT_BEHIND.test(name) })) {
		if (source.type === "link") sum.update(`l ${source.path}\0${source.target}\0`);
		if (source.type !== "file" || !("from" in source)) continue;
		const content = readFileSync(source.from);
		const executable = (statSync(source.from).mode & 73) !== 0;
		sum.update(`f ${source.path}\0${executable}\0${content.length}\0`).update(content);
	}
	return sum.digest("hex");
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
/** @returns undefined for anything that is not an ELF file, or a damaged one */
function readElf(file) {
	const descriptor = openSync(file, "r");
	try {
		return parse((position, length) => {
			const bytes = Buffer.alloc(Math.min(length, LARGEST_TABLE));
			const read = readSync(descriptor, bytes, 0, bytes.length, position);
			return bytes.subarray(0, read);
		});
	} catch (error) {
		if (error instanceof RangeError) return void 0;
		throw error;
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

// src/environment/requirements.ts
/** The native files of a tree that are for this machine: packages ship prebuilt files for others, which no host of ours loads. */
function nativeFiles(sources) {
	const { architecture } = platform();
	const found = [];
	for (const source of sources) {
		if (source.type !== "file" || !("from" in source) || /\.(pyc?|js|ts|json|md|txt|h|map|css|html)$/.test(source.path)) continue;
		const elf = readElf(source.from);
		if (elf?.architecture === architecture && !isMusl(elf.needed)) found.push({
			path: source.path,
			...elf
		});
	}
	return found;
}
const isMusl = (needed) => platform().libc === "glibc" && needed.some((name) => name.startsWith("libc.musl-"));
/** The part of the requirements that native files decide. */
function nativeRequirements(files, sources) {
	const { architecture, libc } = platform();
	const provided = new Set(sources.map(({ path }) => basename(path)));
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
		sonames
	};
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
/** What several environments need together. */
function mergeRequirements(all) {
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
		...python ? { python } : {},
		...node ? { node } : {}
	};
}

// src/environment/npm.ts
const npm = {
	name: "npm",
	kind: "tree",
	async inspect(config, place) {
		const directory = config.directory && config.directory !== "." ? config.directory : "";
		const at = (path) => join(place.source, directory, path);
		const lock = readLock(at("package-lock.json"), directory, place);
		const workspaces = Object.entries(lock).flatMap(([, { link, resolved }]) => link && resolved ? [resolved] : []);
		const files = skeleton(config, place.source, directory, workspaces);
		const node = await builderNode();
		const options = [...config.use === "run" ? ["--omit=dev"] : [], ...config.options ?? []];
		return {
			parts: [
				...files.map((path) => ({
					name: `file ${path}`,
					value: keyedContent(join(place.source, path))
				})),
				{
					name: "installer",
					value: `npm ${config["installer-version"] ?? "of the builder"}`
				},
				{
					name: "node",
					value: `${node.version.split(".")[0]} modules ${node.modules}`
				},
				{
					name: "options",
					value: JSON.stringify(options.map(withoutCredentials))
				}
			],
			warnings: [],
			installer: {
				name: "npm",
				version: config["installer-version"] ?? node.npm
			},
			async install(staging) {
				for (const path of files) copyInto(place.source, staging, path);
				stripRootScripts(join(staging, directory, "package.json"));
				await runNpm(config, options, join(staging, directory), place);
				return collect(staging, directory, lock, node);
			}
		};
	}
};
const NODE_PROBE = "JSON.stringify([process.versions.node,process.versions.modules])";
/** The node that builds, and whose native addons hosts must be able to load: the one on PATH. npm's version is read, not asked for. */
async function builderNode() {
	const result = await tryRun([
		"node",
		"-p",
		NODE_PROBE
	]).catch(() => void 0);
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
function readLock(path, directory, place) {
	const name = join(directory, "package-lock.json");
	if (existsSync(join(place.source, directory, ".pnp.cjs"))) throw new Failure({
		what: "Yarn's Plug'n'Play has no node_modules that could be shipped",
		remedy: "Use `nodeLinker: node-modules`, or npm.",
		outcome: "refused"
	});
	if (!existsSync(path)) throw new Failure({
		what: `there is no ${name}`,
		where: { path },
		remedy: "Run `npm install` once and commit package-lock.json.",
		outcome: "refused"
	});
	const lock = parseJson(path, name);
	if (!lock.packages) throw new Failure({
		what: `${name} is of an old format (${lock.lockfileVersion})`,
		remedy: "Run `npm install --lockfile-version 3` and commit it.",
		outcome: "refused"
	});
	return lock.packages;
}
function parseJson(path, name) {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		throw new Failure({
			what: `${name} is no JSON`,
			where: { path },
			output: error instanceof Error ? error.message : void 0,
			remedy: "Mend it (a merge may have left its marks), or write it anew: npm install.",
			outcome: "refused"
		});
	}
}
/** Every file of the repository that the install reads, relative to the application, sorted. */
function skeleton(config, source, directory, workspaces) {
	const always = [
		"package.json",
		"package-lock.json",
		...workspaces.map((workspace) => join(workspace, "package.json"))
	];
	const optional = [".npmrc"].filter((path) => existsSync(join(source, directory, path)));
	const tarballs = localTarballs(join(source, directory, "package-lock.json"));
	const declared = (config.inputs ?? []).flatMap((pattern) => {
		const found = globSync(pattern, {
			cwd: source,
			exclude: (name) => name === "node_modules"
		});
		if (found.length === 0) throw new Failure({
			what: `no file is ${pattern}, which inputs: names`,
			remedy: "Correct the pattern in tarlift.yml, or remove it.",
			outcome: "refused"
		});
		return found;
	});
	const own = [
		...always,
		...optional,
		...tarballs
	].map((path) => join(directory, path));
	for (const path of own) if (!existsSync(join(source, path))) throw new Failure({
		what: `there is no ${path}, which package-lock.json refers to`,
		remedy: "Commit it, or run `npm install` to mend the lock.",
		outcome: "refused"
	});
	return [.../* @__PURE__ */ new Set([...own, ...declared])].sort();
}
function localTarballs(lock) {
	const packages = JSON.parse(readFileSync(lock, "utf8")).packages;
	return Object.values(packages).flatMap(({ resolved, link }) => !link && resolved?.startsWith("file:") ? [resolved.slice(5)] : []);
}
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
/** The root's own scripts (postinstall, prepare) refer to the application, which is not here: they belong into a build step. */
function stripRootScripts(file) {
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
async function runNpm(config, options, directory, place) {
	const version = config["installer-version"];
	const npmCommand = version ? [
		"npm",
		"exec",
		"--yes",
		`--package=npm@${version}`,
		"--",
		"npm"
	] : ["npm"];
	const task = place.progress.task("npm ci");
	const result = await tryRun([
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
			...withoutNpmScript(process.env)
		},
		onLine: (line) => task.line(withoutCredentials(line)),
		signal: place.signal
	});
	if (result.code === 0) {
		task.end();
		return;
	}
	task.fail();
	const output = withoutCredentials(withoutUsage(result));
	throw new Failure({
		what: "npm could not install the dependencies",
		where: {
			step: "npm ci",
			directory: config.directory,
			ended: formatEnd(result)
		},
		output,
		remedy: /in sync/.test(output) ? "package.json and package-lock.json differ: run `npm install` and commit both." : "An install script that reads files of the repository needs them named: `inputs: [patches/**]`. The same command can be tried in a terminal: npm ci."
	});
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
/** Inside an npm script npm_config_* and npm_package_* of that script would decide for this install too. */
function withoutNpmScript(env) {
	const inherited = /^npm_(package|lifecycle|command|execpath|node_execpath|config_(local_prefix|prefix|omit|include|global_prefix|init_module|node_gyp|noproxy))/i;
	return Object.fromEntries(Object.entries(env).filter(([name]) => !inherited.test(name) && name !== "NODE_ENV"));
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

// src/environment/python-interpreter.ts
/**
* The minor version that the hosts have: from the name of their interpreter, else from the version file.
*
* @throws Failure when neither says it: guessing would build for the wrong hosts
*/
function hostPython(config, source) {
	const interpreter = config.interpreter ?? "/usr/bin/python3";
	const named = /python(\d+\.\d+)$/.exec(basename(interpreter))?.[1];
	if (named) return {
		interpreter,
		version: named
	};
	const file = config["version-file"];
	if (file !== void 0) {
		const path = join(source, file);
		const text = existsSync(path) ? readFileSync(path, "utf8") : "";
		const version = /^\s*(?:cpython-)?(\d+\.\d+)/.exec(text)?.[1];
		if (version) return {
			interpreter,
			version
		};
		throw new Failure({
			what: `${file} names no Python version`,
			where: { file: path },
			remedy: "Write a line such as 3.12 into it.",
			outcome: "refused"
		});
	}
	throw new Failure({
		what: `which Python the hosts have cannot be read from ${interpreter}`,
		remedy: "Name it with its minor version in tarlift.yml: `interpreter: /usr/bin/python3.12`, or give a `version-file`.",
		outcome: "refused"
	});
}
const PROBE = `import json, os, sys, sysconfig
minor = "%d.%d" % sys.version_info[:2]
base = os.path.join(sys.base_prefix, "bin", "python" + minor)
executable = base if sys.prefix != sys.base_prefix and os.path.exists(base) else sys.executable
print(json.dumps([executable, sys.base_prefix, minor, sysconfig.get_config_var("SOABI") or ""]))`;
/**
* Finds a Python of one minor version on this machine: `pythonX.Y` on PATH, else in the runner's tool cache.
*
* @param version `3.11`
* @param named an interpreter that the user names; no other is looked for
* @throws Failure that names actions/setup-python
*/
async function findPython(version, named) {
	const tried = [];
	for (const candidate of named ? [named] : candidates(version)) {
		const result = await tryRun([
			candidate,
			"-I",
			"-c",
			PROBE
		], { timeout: 2e4 }).catch(() => void 0);
		const found = result?.code === 0 ? parseProbe(result.stdout) : void 0;
		if (found?.version === version) return found;
		tried.push(`${candidate}: ${found ? `is Python ${found.version}` : result?.lastLines.split("\n")[0] ?? "does not start"}`);
	}
	throw new Failure({
		what: `there is no Python ${version} on this machine to build with`,
		output: tried.join("\n"),
		remedy: `The hosts have Python ${version}, and the builder needs the same minor version. On GitHub Actions put this before it:\n- uses: actions/setup-python@v6\n  with: { python-version: "${version}" }`,
		outcome: "refused"
	});
}
function candidates(version) {
	return [...(process.env.PATH ?? "").split(delimiter).filter(Boolean).map((directory) => join(directory, `python${version}`)), ...toolCache(version)].filter((file) => existsSync(file));
}
/** Newest patch version first: `$RUNNER_TOOL_CACHE/Python/3.12.4/x64/bin/python3.12`. */
function toolCache(version) {
	const directory = join(process.env.RUNNER_TOOL_CACHE ?? "/opt/hostedtoolcache", "Python");
	if (!existsSync(directory)) return [];
	return readdirSync(directory).filter((name) => name.startsWith(`${version}.`)).sort((a, b) => Number(b.split(".")[2] ?? 0) - Number(a.split(".")[2] ?? 0)).flatMap((name) => ["x64", "arm64"].map((architecture) => join(directory, name, architecture, "bin", `python${version}`)));
}
function parseProbe(text) {
	try {
		const [executable, prefix, version, soabi] = JSON.parse(text.trim().split("\n").at(-1) ?? "");
		return {
			executable,
			prefix,
			version,
			abi: /^[a-z]+-\d+[a-z]*/.exec(soabi)?.[0] ?? soabi
		};
	} catch {
		return;
	}
}

// src/environment/requirement-files.ts
/**
* Reads requirement files and all that they include, each once, in the order in which pip meets them.
*
* @param source the application's directory, absolute
* @param names files relative to it
* @throws Failure for files that are missing, and for editable requirements
*/
function readRequirements(source, names) {
	const files = /* @__PURE__ */ new Map();
	const visit = (path, from) => {
		if (files.has(path)) return;
		if (!existsSync(path) || !statSync(path).isFile()) throw new Failure({
			what: `there is no ${relative(source, path)}`,
			where: { "included from": from },
			remedy: "Name the requirement files in tarlift.yml: `requirements: [requirements.txt]`.",
			outcome: "refused"
		});
		const text = decode(readFileSync(path)).replaceAll("\r\n", "\n");
		const name = relative(source, path);
		const file = {
			name,
			path,
			text,
			lines: logicalLines(text).map((line) => parseLine(line, name, [source, dirname(path)]))
		};
		files.set(path, file);
		for (const line of file.lines) if (line.kind === "include") visit(line.path, name);
	};
	for (const name of names) visit(join(source, name));
	return [...files.values()];
}
/** By its byte order mark, as pip does: `pip freeze > requirements.txt` in PowerShell writes UTF-16. */
function decode(bytes) {
	const mark = bytes.toString("latin1", 0, 2);
	return new TextDecoder(mark === "ÿþ" ? "utf-16le" : mark === "þÿ" ? "utf-16be" : "utf-8").decode(bytes);
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
/** @param directories where relative paths are looked for: where pip would be started, then beside the file */
function parseLine(line, file, directories) {
	const beside = directories[1];
	const include = /^(?:-r|-c|--requirement|--constraint)(?:\s+|=|(?<=-[rc]))(.+)$/.exec(line);
	if (include) {
		const path = include[1].trim();
		if (/^[a-z]+:\/\//i.test(path)) throw new Failure({
			what: `${file} includes ${withoutCredentials(path)}, which can change without a commit`,
			remedy: "Put the included file into the repository.",
			outcome: "refused"
		});
		return {
			kind: "include",
			path: resolve(beside, path),
			constraint: /^(-c|--constraint)/.test(line)
		};
	}
	if (/^(-e|--editable)/.test(line)) throw new Failure({
		what: `${file} installs in editable mode: ${withoutCredentials(line)}`,
		remedy: "On a host it would lead into a checkout that is not there. Remove `-e`: a local package becomes a wheel. Leave the project itself out: Tarlift adds it to each release.",
		outcome: "refused"
	});
	if (line.startsWith("-")) return parseOption(line, directories);
	const local = parseLocal(line, file, directories);
	if (local) return local;
	return {
		kind: "requirement",
		text: line,
		pinned: isPinned(line)
	};
}
function isPinned(line) {
	const address = /^[^\s@;]+\s*@\s*(\S+)/.exec(line)?.[1] ?? /^(?:git|hg|svn|bzr)\+\S+/.exec(line)?.[0];
	if (address) return !/^(git|hg|svn|bzr)\+/.test(address) || /@[0-9a-f]{40}(#|$)/.test(address);
	return /===?\s*[^\s,;*]+(?=\s|;|$)/.test(line);
}
/** --find-links may name a directory of the repository; the copy that pip is given stands elsewhere. */
function parseOption(line, [started, beside]) {
	const target = /^(?:-f|--find-links)(?:\s+|=)(.+)$/.exec(line)?.[1]?.trim();
	if (target === void 0 || /^[a-z]+:\/\//i.test(target)) return {
		kind: "option",
		text: line
	};
	const path = [beside, started].map((directory) => resolve(directory, target)).find((path) => existsSync(path));
	return path ? {
		kind: "option",
		text: `--find-links ${path}`,
		path
	} : {
		kind: "option",
		text: line
	};
}
const LOCAL = /^(?<name>[A-Za-z0-9._-]+\s*(?<before>\[[^\]]*\])?\s*@\s*)?(?<target>file:[^\s[]+|\.{0,2}\/[^\s[]*|\.{1,2}(?=[\s[]|$)|[^\s;@=<>!~[]+\/[^\s;@=<>!~[]*)(?<after>\[[^\]]*\])?(?<rest>\s.*)?$/;
function parseLocal(line, file, directories) {
	const { target, before = "", after = before, rest = "" } = LOCAL.exec(line)?.groups ?? {};
	if (target === void 0 || /^((git|hg|svn|bzr)\+|https?:)/.test(target)) return void 0;
	const path = (target.startsWith("file:///") ? [fileURLToPath(target)] : directories.map((directory) => resolve(directory, target.replace(/^file:(\/\/)?/, "")))).find((candidate) => existsSync(candidate));
	if (path) return {
		kind: "local",
		path,
		extras: after,
		rest
	};
	throw new Failure({
		what: `there is no ${target.replace(/^file:/, "")}`,
		where: { "named in": file },
		remedy: "Commit it, or correct the path: it is looked for in the application's directory, then beside the file.",
		outcome: "refused"
	});
}
/**
* One requirement file and one constraint file that say the same as many, for a pip that reads them elsewhere.
*
* @param wheels for local directories the wheels that were built of them; other paths stand for themselves
*/
function flattenRequirements(files, roots, wheels) {
	const byPath = new Map(files.map((file) => [file.path, file]));
	const requirements = [];
	const constraints = [];
	const seen = new Map([requirements, constraints].map((out) => [out, /* @__PURE__ */ new Set()]));
	const visit = (path, out) => {
		if (seen.get(out).has(path)) return;
		seen.get(out).add(path);
		for (const line of byPath.get(path)?.lines ?? []) if (line.kind === "include") visit(line.path, line.constraint ? constraints : out);
		else if (line.kind === "local") out.push(`${wheels.get(line.path) ?? line.path}${line.extras}${line.rest}`);
		else out.push(line.text);
	};
	for (const root of roots) visit(root, requirements);
	return {
		requirements: `${requirements.join("\n")}\n`,
		constraints: `${constraints.join("\n")}\n`
	};
}

// src/environment/scratch.ts
const NAME = /^scratch-(\d+)-/;
/** @param work the job's directory, absolute */
function scratchDirectory(work) {
	return mkdtempSync(join(work, `scratch-${process.pid}-`));
}
/** Removes the scratch directories of processes that are no more. */
function sweepScratch(work) {
	for (const name of readdirSync(work)) {
		const pid = NAME.exec(name)?.[1];
		if (pid !== void 0 && !isAlive(Number(pid))) rmSync(join(work, name), {
			recursive: true,
			force: true
		});
	}
}
function isAlive(pid) {
	if (!(pid > 0)) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === "EPERM";
	}
}

// src/environment/virtualenv.ts
/** An empty virtualenv, without pip: the installer comes from outside of it. */
async function createVirtualenv(directory, python) {
	await run([
		python.executable,
		"-m",
		"venv",
		"--without-pip",
		directory
	], {
		what: "the virtual environment could not be made",
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
		"-q",
		"-q",
		"-f",
		"-j",
		"0",
		"--invalidation-mode",
		"unchecked-hash",
		"-s",
		directory,
		"-p",
		"/",
		site
	]);
}
/**
* Makes an installed virtualenv ready to be packed: nothing of the checkout, byte code, the host's links. Reads what it requires.
*
* @param checkout the repository, absolute: no path of it may stand in the environment
*/
async function finishVirtualenv(directory, python, host, checkout) {
	const site = sitePackages(directory, python.version);
	removeLocalOrigins(site);
	refuseCheckoutPaths(directory, site, checkout);
	rmSync(join(directory, ".lock"), { force: true });
	rmSync(join(directory, ".gitignore"), { force: true });
	await compileByteCode(directory, python);
	const native = nativeFiles(walk(directory));
	const imports = await importable(directory, importsOf(site, native.map(({ path }) => path)));
	linkInterpreter(directory, host.interpreter, host.version);
	const sources = walk(directory);
	return {
		...nativeRequirements(native, sources),
		python: {
			version: python.version,
			abi: abiOf(sources) ?? python.abi,
			interpreter: host.interpreter,
			imports
		}
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
	], { timeout: 12e4 });
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
function editable(name) {
	return new Failure({
		what: `${name.replace(/\.dist-info$/, "")} is installed in editable mode: on a host it would lead into a checkout that is not there`,
		remedy: "Remove `-e` (a local package becomes a wheel), and leave the project itself out: Tarlift adds it to each release.",
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
		remedy: "Something was installed in editable mode: remove `-e`, and leave the project itself out of the requirements.",
		outcome: "refused"
	});
}
/**
* A private virtualenv with one tool of one version, for Pythons that bring an old pip or none.
*
* @param name `pip` or `uv`
* @returns its directory
*/
async function installTool(name, version, python, place) {
	const directory = join(place.work, "tools", `${name}-${version}-python${python.version}`);
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
			"-m",
			"venv",
			unfinished
		], {
			what: `${name} could not be installed`,
			step: "python -m venv",
			signal,
			remedy: "On Debian and Ubuntu its Python needs the package python3-venv."
		});
		const into = [
			join(unfinished, "bin/python"),
			"-m",
			"pip",
			"install",
			"--quiet",
			"--disable-pip-version-check"
		];
		await run([
			...into,
			"--no-input",
			`${name}==${version}`
		], {
			what: `${name} ${version} could not be installed`,
			step: "pip install",
			signal,
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
const pip = {
	name: "pip",
	kind: "path",
	async inspect(config, place) {
		const names = config.requirements ?? ["requirements.txt"];
		const files = readRequirements(place.source, names);
		const host = hostPython(config, place.source);
		const python = await findPython(host.version, place.python);
		const version = config["installer-version"] ?? "26.0.1";
		const options = config.options ?? [];
		return {
			parts: [
				...requirementParts(files, place.source),
				{
					name: "installer",
					value: `pip ${version}`
				},
				{
					name: "options",
					value: JSON.stringify(options.map(withoutCredentials))
				},
				{
					name: "python",
					value: `${python.version} ${python.abi}`
				},
				{
					name: "interpreter on hosts",
					value: host.interpreter
				}
			],
			warnings: unpinnedWarnings(files),
			installer: {
				name: "pip",
				version
			},
			async install(directory) {
				const tool = await installTool("pip", version, python, place);
				const pipCommand = [
					join(tool, "bin/python"),
					"-m",
					"pip",
					"--no-input",
					"--disable-pip-version-check"
				];
				const scratch = scratchDirectory(place.work);
				const task = place.progress.task("pip install");
				const listening = {
					onLine: (line) => task.line(withoutCredentials(line)),
					signal: place.signal
				};
				try {
					await createVirtualenv(directory, python);
					const into = [
						...pipCommand,
						"--python",
						join(directory, "bin/python")
					];
					const wheels = await buildWheels(into, files, join(scratch, "wheels"), listening);
					const flat = flattenRequirements(files, names.map((name) => join(place.source, name)), wheels);
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
					const check = await tryRun([...into, "check"]);
					if (check.code !== 0) place.progress.warning(`pip check: ${check.lastLines}`);
					const { stdout } = await run([
						...into,
						"list",
						"--format=json"
					], { what: "pip could not list what it installed" });
					const resolved = resolvedOf(stdout);
					const requirements = await finishVirtualenv(directory, python, host, place.repository);
					task.end(`${resolved.length} packages`);
					return {
						resolved,
						requirements
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
			python: {
				...python,
				host
			}
		};
	}
};
/** Requirement files by content without credentials, local paths and directories of wheels by what is in them. */
function requirementParts(files, source) {
	const locals = files.flatMap(({ lines }) => lines.flatMap((line) => line.kind !== "include" && "path" in line && line.path ? [line.path] : []));
	return [...files.map(({ name, text }) => ({
		name: `file ${name}`,
		value: hash("sha256", withoutCredentials(text), "hex")
	})), ...[...new Set(locals)].map((path) => ({
		name: `local ${relative(source, path)}`,
		value: contentHash(path)
	}))];
}
function unpinnedWarnings(files) {
	const nameOf = (text) => /^[A-Za-z0-9._-]+/.exec(text)?.[0].toLowerCase().replace(/[-_.]+/g, "-") ?? text;
	const lines = files.flatMap(({ lines }) => lines.flatMap((line) => line.kind === "requirement" ? [line] : []));
	const pinned = new Set(lines.filter((line) => line.pinned).map(({ text }) => nameOf(text)));
	const loose = [...new Set(lines.filter((line) => !line.pinned && !pinned.has(nameOf(line.text))).map(({ text }) => withoutCredentials(text)))];
	if (loose.length === 0) return [];
	return [`${loose.length === 1 ? "a requirement has" : `${loose.length} requirements have`} no exact version, so the same commit can get other code after the cache is lost: ${loose.slice(0, 10).join(", ")}${loose.length > 10 ? ", …" : ""}. Pin them with \`pip freeze\`, pip-compile or uv.`];
}
/** Local directories become wheels: pip would leave their paths in the environment. Archives are installed as they are. */
async function buildWheels(into, files, directory, listening) {
	const wheels = /* @__PURE__ */ new Map();
	const locals = new Set(files.flatMap(({ lines }) => lines.flatMap((line) => line.kind === "local" ? [line.path] : [])));
	for (const [n, path] of [...locals].entries()) {
		if (statSync(path).isFile()) continue;
		const out = join(directory, String(n));
		mkdirSync(out, { recursive: true });
		await runPip([
			...into,
			"wheel",
			"--no-deps",
			"--wheel-dir",
			out,
			path
		], listening);
		const wheel = readdirSync(out).find((name) => name.endsWith(".whl"));
		if (!wheel) throw new Failure({
			what: "a local requirement gave no wheel",
			where: { path }
		});
		wheels.set(path, join(out, wheel));
	}
	return wheels;
}
/** pip with its output redacted: an index address may hold credentials. */
async function runPip(command, listening) {
	const result = await tryRun(command, {
		...listening,
		env: {
			...process.env,
			PIP_REQUIRE_VIRTUALENV: void 0
		}
	});
	if (result.code === 0) return;
	const output = withoutCredentials(result.lastLines);
	throw new Failure({
		what: "pip could not install the requirements",
		where: {
			step: "pip install",
			ended: formatEnd(result)
		},
		output,
		remedy: pipRemedy(output)
	});
}
/** The usual causes, by what pip says. */
function pipRemedy(output) {
	if (/No matching distribution|Could not find a version/.test(output)) return "Check the name and version, and that this Python is one that the package supports.";
	if (/hash|HASH/.test(output) && /mismatch|DO NOT MATCH|do not match/.test(output)) return "The index serves other bytes than the file promises: update the hashes only if you know why.";
	if (/ResolutionImpossible|conflicting dependencies/.test(output)) return "Two requirements exclude each other: loosen one of the versions that pip names.";
	if (/error: command|gcc|Python\.h|pg_config|subprocess-exited-with-error/.test(output)) return "A package is compiled here and lacks a compiler, headers or libraries: install them on the builder before this step, or pin a version that has a wheel.";
	if (/401|403|credentials/i.test(output)) return "The index wants credentials: set PIP_INDEX_URL (a secret of the workflow) or a netrc file.";
	return "The same command can be tried in a terminal: pip install -r with these files.";
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

// src/environment/uv.ts
/** The uv that Tarlift chooses. */
const UV_VERSION = "0.9.7";
const uv = {
	name: "uv",
	kind: "path",
	async inspect(config, place) {
		const host = hostPython(config, place.source);
		const python = await findPython(host.version, place.python);
		const version = config["installer-version"] ?? "0.9.7";
		const options = config.options ?? [];
		const from = config.requirements ? fromRequirements(config.requirements, place) : fromLock(config, place);
		return {
			parts: [
				...from.parts,
				{
					name: "installer",
					value: `uv ${version}`
				},
				{
					name: "options",
					value: JSON.stringify(options.map(withoutCredentials))
				},
				{
					name: "python",
					value: `${python.version} ${python.abi}`
				},
				{
					name: "interpreter on hosts",
					value: host.interpreter
				}
			],
			warnings: from.warnings,
			installer: {
				name: "uv",
				version
			},
			async install(directory) {
				const tool = await installTool("uv", version, python, place);
				const command = [
					join(tool, "bin/uv"),
					"--no-progress",
					"--color",
					"never"
				];
				const scratch = scratchDirectory(place.work);
				const task = place.progress.task("uv");
				const env = {
					...process.env,
					UV_PROJECT_ENVIRONMENT: directory,
					VIRTUAL_ENV: directory,
					UV_PYTHON: join(directory, "bin/python"),
					UV_PYTHON_DOWNLOADS: "never",
					UV_LINK_MODE: "copy"
				};
				try {
					await createVirtualenv(directory, python);
					await runUv([
						...command,
						...from.arguments(scratch),
						...options
					], {
						step: config.requirements ? "uv pip install" : "uv sync --locked",
						cwd: place.source,
						env,
						signal: place.signal,
						onLine: (line) => task.line(withoutCredentials(line))
					});
					const { stdout } = await run([
						...command,
						"pip",
						"list",
						"--format",
						"json"
					], {
						what: "uv could not list what it installed",
						env
					});
					const requirements = await finishVirtualenv(directory, python, host, place.repository);
					const resolved = resolvedOf(stdout);
					task.end(`${resolved.length} packages`);
					return {
						resolved,
						requirements
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
			python: {
				...python,
				host
			}
		};
	}
};
/** uv with its output redacted: an index address may hold credentials. */
async function runUv(command, { step, ...options }) {
	const result = await tryRun(command, options);
	if (result.code === 0) return;
	const output = withoutCredentials(result.lastLines);
	throw new Failure({
		what: "uv could not install the dependencies",
		where: {
			step,
			ended: formatEnd(result)
		},
		output,
		remedy: uvRemedy(output, step)
	});
}
/** The usual causes, by what uv says. */
function uvRemedy(output, step) {
	if (/lockfile.*needs to be updated/i.test(output)) return "pyproject.toml and uv.lock differ: run `uv lock` and commit uv.lock.";
	if (/401|403|credentials/i.test(output)) return "The index wants credentials: set UV_INDEX or UV_INDEX_<NAME>_PASSWORD (a secret of the workflow) or a netrc file.";
	if (/Failed to build|build backend/i.test(output)) return "A package is compiled here and lacks a compiler, headers or libraries: install them on the builder before this step, or pin a version that has a wheel.";
	if (/No solution found/.test(output)) return "Two requirements exclude each other, or a version does not exist: change the one that uv names.";
	return `The same can be tried in a terminal: ${step}.`;
}
function fromLock(config, place) {
	const read = (name) => {
		const path = join(place.source, name);
		if (!existsSync(path)) throw new Failure({
			what: `there is no ${name}`,
			where: { path },
			remedy: "Run `uv lock` and commit uv.lock, or name requirement files: `requirements: [requirements.txt]`.",
			outcome: "refused"
		});
		return readFileSync(path, "utf8");
	};
	const lock = read("uv.lock");
	const groups = (config.groups ?? []).flatMap((group) => ["--group", group]);
	const extras = (config.extras ?? []).flatMap((extra) => ["--extra", extra]);
	const locals = [...lock.matchAll(/source = \{ (editable|directory|path|virtual) = "([^"]+)"/g)].map((match) => match[2]).filter((path) => path !== ".");
	return {
		parts: [
			{
				name: "file uv.lock",
				value: hash("sha256", withoutCredentials(lock), "hex")
			},
			{
				name: "file pyproject.toml",
				value: hash("sha256", read("pyproject.toml"), "hex")
			},
			{
				name: "groups and extras",
				value: JSON.stringify([groups, extras])
			},
			...[...new Set(locals)].map((path) => ({
				name: `local ${path}`,
				value: contentHash(join(place.source, path))
			}))
		],
		warnings: [],
		arguments: () => [
			"sync",
			"--locked",
			"--no-install-project",
			"--no-editable",
			"--no-default-groups",
			"--no-compile-bytecode",
			...groups,
			...extras
		]
	};
}
function fromRequirements(names, place) {
	const files = readRequirements(place.source, names);
	return {
		parts: requirementParts(files, place.source),
		warnings: unpinnedWarnings(files),
		arguments(scratch) {
			const flat = flattenRequirements(files, names.map((name) => join(place.source, name)), /* @__PURE__ */ new Map());
			const file = (name, content) => {
				const path = join(scratch, name);
				writeFileSync(path, content, { mode: 384 });
				return path;
			};
			const constraints = flat.constraints.trim() === "" ? [] : ["-c", file("constraints.txt", flat.constraints)];
			return [
				"pip",
				"install",
				"-r",
				file("requirements.txt", flat.requirements),
				...constraints
			];
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
const FORMAT = "1";
const metaSchema = strictObject({
	record: environmentRecordSchema.omit({
		name: true,
		diffId: true,
		link: true
	}),
	workspaceLinks: array(strictObject({
		path: string(),
		target: string()
	}))
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
		progress: options.progress,
		signal: options.signal
	};
	const wanted = Object.entries(config.environments).filter(([name]) => options.only?.includes(name) ?? true);
	return Promise.all(wanted.map(async ([name, own]) => {
		const installer = installers[own.installer];
		const inspection = await installer.inspect(own, place);
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
		progress: options.progress
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
	writeFileSync(mark, String(process.pid));
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
	const staging = scratchDirectory(keyed.place.work);
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
		rmSync(staging, {
			recursive: true,
			force: true
		});
	}
}
async function pack(keyed, place, sources, facts) {
	const { base, workspaceLinks = [], ...record } = facts;
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
			workspaceLinks
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
		unpack() {
			const unpacked = unpacking.then(() => record.kind === "path" ? placeEnvironment({
				...record,
				root: place.root,
				layer,
				python: inspection.python,
				progress: place.progress
			}) : unpackTree(keyed, record, layer, meta.workspaceLinks));
			unpacking = unpacked.catch(() => {});
			return unpacked;
		}
	};
}
const TREE_STAMP = ".tarlift-environment";
/** Puts a tree's mounts into the checkout as real directories; what else stands there (a developer's own install) makes room. */
async function unpackTree(keyed, record, layer, links) {
	const { source, work, progress } = keyed.place;
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
		if (id === void 0 || isAlive(Number(readFileSync(join(root, name), "utf8")))) continue;
		rmSync(join(root, id), {
			recursive: true,
			force: true
		});
		rmSync(join(root, name), { force: true });
	}
}

export { installTool as a, mergeRequirements as c, unfinishedEntry as d, finishEntry as f, PIP_VERSION as i, fetchEntry as l, explainEnvironments as n, removeLocalOrigins as o, unpackLayer as p, placeEnvironment as r, findPython as s, buildEnvironments as t, keepEntry as u };