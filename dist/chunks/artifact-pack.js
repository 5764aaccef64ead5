import { n as Failure } from "./failure.js";
import { _ as compareBytes, b as quoteName, x as refuseNames } from "./artifact-format.js";
import { n as tarHeader, t as padding } from "./artifact-tar-header.js";
import { n as compressTo, t as FRAME } from "./artifact-zstd.js";
import { join } from "node:path";
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, readdirSync, readlinkSync } from "node:fs";
import { createHash, hash } from "node:crypto";

// src/artifact/pack.ts
const CHUNK = FRAME;
/**
* Packs a layer: sorted by the bytes of the paths, with all parent directories and normalised headers.
*
* @param sources in any order; directories that are not empty may be missing
* @throws Failure for names that cannot ship, for two sources with the same path, for a file that changes while it is
*   read
*/
async function packLayer(sources, options) {
	refuseNames(sources);
	const ordered = withDirectories(sources);
	const writer = new TarWriter(options);
	try {
		for (const directory of parents(`${options.base}/x`)) await writer.add({
			type: "directory",
			path: directory
		});
		const index = [];
		for (const source of ordered) index.push(await writer.add(source, `${options.base}/${source.path}`));
		const end = await writer.end();
		return {
			file: options.file,
			offset: options.offset ?? 0,
			base: options.base,
			index,
			...end
		};
	} catch (error) {
		writer.abort();
		throw error;
	}
}
/** Sorts by bytes and adds every parent directory, each path once. */
function withDirectories(sources) {
	const byPath = /* @__PURE__ */ new Map();
	const clashes = [];
	for (const source of sources) {
		const other = byPath.get(source.path);
		if (other && !(other.type === "directory" && source.type === "directory")) clashes.push(quoteName(source.path));
		byPath.set(source.path, source);
	}
	for (const source of sources) for (const path of parents(source.path)) {
		const there = byPath.get(path);
		if (!there) byPath.set(path, {
			type: "directory",
			path
		});
		else if (there.type !== "directory") clashes.push(`${quoteName(path)} and ${quoteName(source.path)}`);
	}
	if (clashes.length > 0) throw new Failure({
		code: "file-not-shippable",
		what: "two things would stand at one path",
		output: [...new Set(clashes)].slice(0, 40).join("\n"),
		remedy: "Rename one of them, or leave one out."
	});
	return [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
}
/** The directories above a path, the outermost first. */
function parents(path) {
	const parts = path.split("/").slice(0, -1);
	return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
var TarWriter = class {
	diffId = createHash("sha256");
	compressor;
	task;
	chunk;
	used = 0;
	written = 0;
	constructor(options) {
		this.compressor = compressTo(options.file, options.offset ?? 0);
		this.chunk = this.compressor.buffer();
		this.task = options.task;
	}
	/** Writes one member and returns its entry of the file index. */
	async add(source, path = source.path) {
		switch (source.type) {
			case "directory":
				await this.put(tarHeader({
					type: "directory",
					path
				}));
				return {
					type: "directory",
					path: source.path
				};
			case "link":
				await this.put(tarHeader({
					type: "link",
					path,
					target: source.target
				}));
				return {
					type: "link",
					path: source.path,
					target: source.target
				};
			case "file": {
				const { size, sha256, executable } = "from" in source ? await this.file(source.from, path, source.executable) : await this.bytes(source, path);
				await this.put(Buffer.alloc(padding(size)));
				return {
					type: "file",
					path: source.path,
					mode: executable ? 493 : 420,
					size,
					sha256
				};
			}
		}
	}
	async bytes(source, path) {
		const { content, executable = false } = source;
		await this.put(tarHeader({
			type: "file",
			path,
			size: content.length,
			executable
		}));
		await this.put(content);
		return {
			size: content.length,
			sha256: hash("sha256", content, "hex"),
			executable
		};
	}
	async file(from, path, given) {
		const descriptor = openFile(from);
		try {
			const before = fstatSync(descriptor);
			if (!before.isFile()) throw changed(from);
			const { size } = before;
			const executable = given ?? (before.mode & 73) !== 0;
			await this.put(tarHeader({
				type: "file",
				path,
				size,
				executable
			}));
			const sha256 = await this.copy(descriptor, size, from);
			const after = fstatSync(descriptor);
			if (after.size !== size || after.mtimeMs !== before.mtimeMs) throw changed(from);
			return {
				size,
				sha256,
				executable
			};
		} finally {
			closeSync(descriptor);
		}
	}
	/** Reads into the chunk that the compressor gets, so that content is copied only once. */
	async copy(descriptor, size, from) {
		const hash$1 = size <= CHUNK - this.used ? void 0 : createHash("sha256");
		const start = this.used;
		let left = size;
		while (left > 0) {
			if (this.used === CHUNK) await this.flush();
			const read = readSync(descriptor, this.chunk, this.used, Math.min(left, CHUNK - this.used), null);
			if (read === 0) throw changed(from);
			hash$1?.update(this.chunk.subarray(this.used, this.used + read));
			this.used += read;
			left -= read;
		}
		return hash$1 ? hash$1.digest("hex") : hash("sha256", this.chunk.subarray(start, this.used), "hex");
	}
	async put(bytes) {
		let done = 0;
		while (done < bytes.length) {
			if (this.used === CHUNK) await this.flush();
			const part = bytes.subarray(done, done + CHUNK - this.used);
			this.chunk.set(part, this.used);
			this.used += part.length;
			done += part.length;
		}
	}
	async flush() {
		const full = this.chunk.subarray(0, this.used);
		this.written += full.length;
		this.task?.update({ done: this.written });
		const given = this.compressor.write(this.chunk, this.used);
		this.diffId.update(full);
		await given;
		this.chunk = this.compressor.buffer();
		this.used = 0;
	}
	async end() {
		await this.put(Buffer.alloc(2 * 512));
		await this.flush();
		const { size, digest } = await this.compressor.end();
		return {
			size,
			digest,
			diffId: `sha256:${this.diffId.digest("hex")}`,
			uncompressed: this.written
		};
	}
	abort() {
		this.compressor.abort();
	}
};
/**
* Opens a file, but follows no link and waits for no writer: the file may have become a link or a named pipe meanwhile.
*/
function openFile(file) {
	try {
		return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (cause) {
		const { code } = cause;
		if (code === "ENOENT" || code === "ELOOP") throw changed(file);
		throw new Failure({
			code: "local-file",
			what: "a file that is to be packed cannot be read",
			where: { file: quoteName(file) },
			output: cause instanceof Error ? cause.message : String(cause),
			remedy: "Let the user of this job read it, or leave it out.",
			cause
		});
	}
}
function changed(file) {
	return new Failure({
		code: "local-file",
		what: "a file changed while it was packed",
		where: { file: quoteName(file) },
		remedy: "Let the step that writes it end before packing, and run this again."
	});
}
/**
* Lists everything below a directory, sorted, as sources for {@link packLayer}; links stay links.
*
* @param options.prefix put before each path
* @param options.skip returns true for paths (prefix included) to leave out; directories are left out with their
*   content
* @param options.refused is called for what cannot ship: sockets, devices, named pipes, unreadable directories
* @throws Failure for those, if there is no `refused`
*/
function walk(directory, options = {}) {
	const sources = [];
	const refused = (from, path, why) => {
		if (options.refused) return options.refused(path, why);
		throw new Failure({
			code: "file-not-shippable",
			what: "only files, directories and links can be shipped",
			where: { path: quoteName(from) },
			output: why,
			remedy: "Remove it, or leave it out."
		});
	};
	const visit = (from, prefix) => {
		let entries;
		try {
			entries = readdirSync(from, { withFileTypes: true });
		} catch (error) {
			return refused(from, prefix, `cannot be read (${error.code})`);
		}
		for (const entry of entries) {
			const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
			if (options.skip?.(path)) continue;
			const here = join(from, entry.name);
			if (entry.isDirectory()) {
				sources.push({
					type: "directory",
					path
				});
				visit(here, path);
			} else if (entry.isSymbolicLink()) sources.push({
				type: "link",
				path,
				target: readlinkSync(here)
			});
			else if (entry.isFile()) sources.push({
				type: "file",
				path,
				from: here
			});
			else refused(here, path, `is ${kindOf(entry)}`);
		}
	};
	if (lstatSync(directory).isDirectory()) visit(directory, options.prefix ?? "");
	return sources.sort((a, b) => compareBytes(a.path, b.path));
}
function kindOf(entry) {
	if (entry.isSocket()) return "a socket";
	return entry.isFIFO() ? "a named pipe" : "a device";
}

export { walk as n, packLayer as t };