import { n as Failure } from "./failure-BKWaXFxS.js";
import { A as compareBytes, N as quoteName, P as refuseNames, Q as cutEnd } from "./repository-BK5IpvPt.js";
import { i as Header, n as tarHeader, r as Pax, t as padding } from "./tar-header-C_8MVtWy.js";
import { b as prettifyError } from "./schemas-BE0VQ5TN.js";
import { join } from "node:path";
import { closeSync, constants, createReadStream, fstatSync, lstatSync, openSync, readSync, readdirSync, readlinkSync, writeSync } from "node:fs";
import { createHash, hash } from "node:crypto";
import { availableParallelism } from "node:os";
import { constants as constants$2, createZstdDecompress, zstdCompress } from "node:zlib";
import { Readable } from "node:stream";
import { pipeline as pipeline$1 } from "node:stream/promises";

// src/bundle/zstd-frames.ts
const MAGIC = 4247762216;
/** Its last four bits are free. */
const SKIPPABLE = 407710288;
const EMPTY = Buffer.alloc(0);
/** Each costs a round trip to the thread pool. A layer of Tarlift has one for 4 MiB. */
const MOST_FRAMES = 1e5;
/**
* Cuts a stream so that a piece ends wherever a frame ends: Node's decompressor ends with a frame that ends inside of a piece, and ignores
* what follows, unless its output is full at that moment.
*
* What is no frame is passed on as it is, for the decompressor to refuse.
*
* @throws Error for more frames than a layer has
*/
async function* splitFrames(chunks) {
	let frame = frameParts();
	let part = frame.next().value;
	let read = EMPTY;
	let left = part.bytes;
	let count = 0;
	for await (const chunk of chunks) {
		let from = 0;
		for (let at = 0; at < chunk.length;) {
			const piece = chunk.subarray(at, at + left);
			at += piece.length;
			left -= piece.length;
			if (part.wanted) read = read.length === 0 ? piece : Buffer.concat([read, piece]);
			if (left > 0) continue;
			let next = frame.next(read);
			if (next.done) {
				if (++count > MOST_FRAMES) throw new Error(`it has more than ${MOST_FRAMES} zstd frames`);
				yield chunk.subarray(from, at);
				from = at;
				frame = frameParts();
				next = frame.next();
			}
			part = next.value;
			read = EMPTY;
			left = part.bytes;
		}
		if (from < chunk.length) yield chunk.subarray(from);
	}
}
/** The parts of one frame, in order. */
function* frameParts() {
	const magic = (yield give(4)).readUInt32LE();
	if ((magic & 4294967280) >>> 0 === SKIPPABLE) return yield* pass((yield give(4)).readUInt32LE());
	if (magic !== MAGIC) yield* pass(Number.POSITIVE_INFINITY);
	const descriptor = (yield give(1))[0];
	const window = descriptor & 32 ? 0 : 1;
	const dictionary = [
		0,
		1,
		2,
		4
	][descriptor & 3];
	const contentSize = [
		1 - window,
		2,
		4,
		8
	][descriptor >> 6];
	yield* pass(window + dictionary + contentSize);
	for (let last = false; !last;) {
		const block = (yield give(3)).readUIntLE(0, 3);
		yield* pass((block >> 1 & 3) === 1 ? 1 : block >> 3);
		last = (block & 1) === 1;
	}
	yield* pass(descriptor & 4 ? 4 : 0);
}
const give = (bytes) => ({
	bytes,
	wanted: true
});
function* pass(bytes) {
	if (bytes > 0) yield {
		bytes,
		wanted: false
	};
}

// src/bundle/zstd.ts
const LEVEL = 3;
const CHUNK$1 = 1 << 20;
/** What a compressor is best given at once, in bytes: smaller frames compress worse, larger ones keep fewer cores busy. */
const FRAME = 4 << 20;
/** Frames in the works. Each holds its chunk and as much for its output; Node's thread pool has four threads unless told otherwise. */
const IN_FLIGHT = Math.min(availableParallelism(), 4) + 2;
/**
* Compresses into a file.
*
* @param position bytes from the file's start where the layer begins; 0 makes the file anew, else it must exist
*/
function compressTo(file, position = 0) {
	const descriptor = openSync(file, position === 0 ? "w" : "r+");
	const hash = createHash("sha256");
	const frames = [];
	const spare = [];
	let size = 0;
	let open = true;
	const close = () => {
		if (open) closeSync(descriptor);
		open = false;
	};
	const store = async () => {
		const { buffer, compressed } = frames.shift();
		const frame = await compressed;
		spare.push(buffer);
		hash.update(frame);
		for (let done = 0; done < frame.length;) done += writeSync(descriptor, frame, done, frame.length - done, position + size + done);
		size += frame.length;
	};
	return {
		buffer: () => spare.pop() ?? Buffer.allocUnsafe(4194304),
		async write(buffer, length) {
			const compressed = compress(buffer.subarray(0, length));
			compressed.catch(() => {});
			frames.push({
				buffer,
				compressed
			});
			if (frames.length >= IN_FLIGHT) await store();
		},
		async end() {
			while (frames.length > 0) await store();
			close();
			return {
				size,
				digest: `sha256:${hash.digest("hex")}`
			};
		},
		abort: close
	};
}
function compress(chunk) {
	const params = {
		[constants$2.ZSTD_c_compressionLevel]: LEVEL,
		[constants$2.ZSTD_c_checksumFlag]: 1
	};
	const chunkSize = chunk.length + (chunk.length >> 7) + 1024;
	return new Promise((resolve, reject) => {
		zstdCompress(chunk, {
			params,
			chunkSize
		}, (error, frame) => error ? reject(error) : resolve(frame));
	});
}
/**
* The uncompressed bytes of a layer. The compressed digest is verified at the end, where one is given.
*
* @throws Failure when the bytes are truncated, are not zstd, or are not those of the digest
*/
async function* decompress(blob) {
	if (blob.size === 0) throw broken$1(blob, "it is empty");
	const hash = blob.digest === void 0 ? void 0 : createHash("sha256");
	const source = createReadStream(blob.file, {
		start: blob.offset,
		end: blob.offset + blob.size - 1,
		highWaterMark: CHUNK$1
	});
	let seen = 0;
	async function* counted() {
		for await (const chunk of source) {
			seen += chunk.length;
			hash?.update(chunk);
			yield chunk;
		}
	}
	const plain = createZstdDecompress({ chunkSize: CHUNK$1 });
	const fed = pipeline$1(Readable.from(splitFrames(counted())), plain);
	fed.catch(() => {});
	try {
		for await (const chunk of plain) yield chunk;
		await fed;
	} catch (cause) {
		if (cause instanceof Failure) throw cause;
		throw broken$1(blob, cause instanceof Error ? cause.message : String(cause), cause);
	} finally {
		source.destroy();
		plain.destroy();
	}
	if (seen !== blob.size) throw broken$1(blob, `${seen} of ${blob.size} bytes are there`);
	if (hash && `sha256:${hash.digest("hex")}` !== blob.digest) throw broken$1(blob, `its bytes are not those of ${blob.digest}`);
}
function broken$1(blob, why, cause) {
	return new Failure({
		what: "a layer cannot be read",
		where: {
			file: blob.file,
			digest: blob.digest
		},
		output: why,
		remedy: "The file was truncated or changed on its way. Fetch it again, or build it again.",
		cause
	});
}

// src/bundle/pack.ts
const CHUNK = FRAME;
/**
* Packs a layer: sorted by the bytes of the paths, parent directories made explicit, headers normalised.
*
* @param sources in any order; a directory may be left out where something stands in it
* @throws Failure for names that cannot ship, for two things at one path, for a file that changes while it is read
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
/** Sorted by bytes, with every parent directory, each path once. */
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
		what: "two things would stand at one path",
		output: [...new Set(clashes)].slice(0, 40).join("\n"),
		remedy: "Rename one of them, or leave one out."
	});
	return [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
}
/** The directories above a path, outermost first. */
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
	/** Reads straight into the chunk that is sent, so that content is copied only once. */
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
/** Without following a link, and without waiting for a writer: what was a file a moment ago may have become a link or a named pipe. */
function openFile(file) {
	try {
		return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (cause) {
		const { code } = cause;
		if (code === "ENOENT" || code === "ELOOP") throw changed(file);
		throw new Failure({
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
		what: "a file changed while it was packed",
		where: { file: quoteName(file) },
		remedy: "Let the step that writes it end before packing, and run this again."
	});
}
/**
* Everything below a directory, sorted, as sources for {@link packLayer}; links are taken as links.
*
* @param options.prefix put before each path
* @param options.skip for paths (prefix included) that are left out, directories with all that is in them
* @param options.refused is told of what cannot ship: sockets, devices, named pipes, directories that cannot be read
* @throws Failure for those, where no `refused` is given
*/
function walk(directory, options = {}) {
	const sources = [];
	const refused = (from, path, why) => {
		if (options.refused) return options.refused(path, why);
		throw new Failure({
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

// src/bundle/tar-reader.ts
const LONGEST_PAX = 1 << 20;
/** Bytes after the last member. Programs that write tar fill a record of 10 KiB. */
const LONGEST_END = 1 << 20;
/** @throws Failure for anything but files, symbolic links and directories, and for an archive that ends early */
async function* readTar(chunks) {
	const source = new ByteSource(chunks);
	let pax;
	for (;;) {
		const block = await source.take(512);
		if (block.every((byte) => byte === 0)) {
			await source.drain();
			return;
		}
		const header = parse(block);
		const size = pax?.size ?? header.size ?? 0;
		if (!Number.isSafeInteger(size) || size < 0) throw broken("a member of impossible size");
		if (header.type === "ExtendedHeader") {
			if (pax !== void 0) throw broken("two pax headers of one member");
			if (size > LONGEST_PAX) throw broken("a pax header of more than 1 MiB");
			const body = await source.take(size + padding(size));
			pax = Pax.parse(body.subarray(0, size).toString("utf8"));
			continue;
		}
		const { path = header.path ?? "", linkpath = header.linkpath } = pax ?? {};
		pax = void 0;
		const left = { bytes: size };
		yield {
			type: memberType(header),
			path: path.replace(/\/$/, ""),
			size,
			executable: ((header.mode ?? 0) & 73) !== 0,
			target: linkpath || void 0,
			content: source.stream(left)
		};
		for await (const _ of source.stream(left));
		await source.take(padding(size));
	}
}
function parse(block) {
	let header;
	try {
		header = new Header(block, 0);
	} catch (cause) {
		throw broken(cause instanceof Error ? cause.message : String(cause));
	}
	if (!header.cksumValid) throw broken("a header's checksum is wrong");
	return header;
}
function memberType(header) {
	if (header.type === "File" || header.type === "OldFile") return "file";
	if (header.type === "SymbolicLink") return "link";
	if (header.type === "Directory") return "directory";
	throw broken(`a member of type ${header.type}`);
}
function broken(why) {
	return new Failure({
		what: "a layer's tar cannot be read",
		output: why,
		remedy: "The artifact is damaged: fetch it again, or build it again."
	});
}
var ByteSource = class {
	iterator;
	rest = Buffer.alloc(0);
	constructor(chunks) {
		this.iterator = chunks[Symbol.asyncIterator]();
	}
	async more() {
		const { value, done } = await this.iterator.next();
		if (done) throw broken("it ends early");
		this.rest = value;
	}
	/** @throws Failure when more than {@link LONGEST_END} bytes follow: zeros compress to nothing, and are read for hours */
	async drain() {
		for (let left = LONGEST_END - this.rest.length;;) {
			const { value, done } = await this.iterator.next();
			if (done) return;
			left -= value.length;
			if (left < 0) throw broken(`more than ${LONGEST_END} bytes follow its end`);
		}
	}
	/** Exactly `count` bytes. */
	async take(count) {
		const parts = [];
		let left = count;
		while (left > 0) {
			if (this.rest.length === 0) await this.more();
			const part = this.rest.subarray(0, left);
			this.rest = this.rest.subarray(part.length);
			parts.push(part);
			left -= part.length;
		}
		return parts.length === 1 ? parts[0] : Buffer.concat(parts);
	}
	/** Bytes as they come, until `left` is used up; a later call goes on where this one stopped. */
	async *stream(left) {
		while (left.bytes > 0) {
			if (this.rest.length === 0) await this.more();
			const part = this.rest.subarray(0, left.bytes);
			this.rest = this.rest.subarray(part.length);
			left.bytes -= part.length;
			yield part;
		}
	}
};

// src/bundle/json-values.ts
/** Values of one JSON text: maps, lists and what is in them. An environment of 5 000 packages has 15 000. */
const MOST_VALUES = 2e5;
const MOST_LINES = 20;
const MOST_CHARACTERS = 4e3;
/**
* Reads JSON that comes from outside. Zod notes each value that is wrong, with some hundred bytes, and shows all of them: so what has too
* many values is not looked at, and of what is wrong only the beginning is said.
*
* @returns the value, or in words what is wrong with it
*/
function readJson(text, schema) {
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		return { wrong: "is not JSON" };
	}
	if (!hasAtMost(value, MOST_VALUES)) return { wrong: `has more than ${MOST_VALUES} values` };
	const { data, error } = schema.safeParse(value);
	if (error === void 0) return { value: data };
	return { wrong: `is not what Tarlift writes:\n${cutEnd(prettifyError(error), MOST_CHARACTERS).split("\n").slice(0, MOST_LINES).join("\n")}` };
}
/** Whether a value consists of at most so many: of maps, lists and what is in them. */
function hasAtMost(value, most) {
	const open = [value];
	for (let count = 1; open.length > 0; count++) {
		if (count + open.length - 1 > most) return false;
		const one = open.pop();
		if (typeof one === "object" && one !== null) for (const inner of Object.values(one)) open.push(inner);
	}
	return true;
}

export { walk as a, packLayer as i, readJson as n, decompress as o, readTar as r, hasAtMost as t };