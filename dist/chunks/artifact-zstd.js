import { n as Failure } from "./failure.js";
import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { constants as constants$2, createZstdDecompress, zstdCompress } from "node:zlib";
import { Readable } from "node:stream";
import { pipeline as pipeline$1 } from "node:stream/promises";

// src/artifact/zstd-frames.ts
const MAGIC = 4247762216;
/** The last four bits may have any value. */
const SKIPPABLE = 407710288;
const EMPTY = Buffer.alloc(0);
/** Each frame costs a round trip to the thread pool. A layer of Tarlift has one for each 4 MiB. */
const MOST_FRAMES = 1e5;
/**
* Splits a stream so that every frame ends at the end of a piece: Node's decompressor ends with a frame that ends
* inside a piece, and ignores what follows, unless its output is full at that moment.
*
* Bytes that are not a frame are passed on unchanged; the decompressor refuses them.
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

// src/artifact/zstd.ts
const LEVEL = 3;
const CHUNK = 1 << 20;
/** The best size of a chunk in bytes: smaller frames compress worse, larger ones keep fewer cores busy. */
const FRAME = 4 << 20;
/**
* Maximum number of frames that are compressed at the same time. Each keeps its chunk and as much memory for its
* output. Node's thread pool has four threads by default.
*/
const IN_FLIGHT = Math.min(availableParallelism(), 4) + 2;
/**
* Compresses into a file.
*
* @param position bytes from the file's start to the layer; 0 creates or truncates the file, otherwise it must exist
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
* Decompresses a layer. The digest of the compressed bytes is verified at the end, if there is one.
*
* @throws Failure when the bytes are truncated, are not zstd, or do not match the digest
*/
async function* decompress(blob) {
	if (blob.size === 0) throw broken(blob, "it is empty");
	const hash = blob.digest === void 0 ? void 0 : createHash("sha256");
	const source = createReadStream(blob.file, {
		start: blob.offset,
		end: blob.offset + blob.size - 1,
		highWaterMark: CHUNK
	});
	let seen = 0;
	async function* counted() {
		for await (const chunk of source) {
			seen += chunk.length;
			hash?.update(chunk);
			yield chunk;
		}
	}
	const plain = createZstdDecompress({ chunkSize: CHUNK });
	const fed = pipeline$1(Readable.from(splitFrames(counted())), plain);
	fed.catch(() => {});
	try {
		for await (const chunk of plain) yield chunk;
		await fed;
	} catch (cause) {
		if (cause instanceof Failure) throw cause;
		throw broken(blob, cause instanceof Error ? cause.message : String(cause), cause);
	} finally {
		source.destroy();
		plain.destroy();
	}
	if (seen !== blob.size) throw broken(blob, `${seen} of ${blob.size} bytes are there`);
	if (hash && `sha256:${hash.digest("hex")}` !== blob.digest) throw broken(blob, `its bytes are not those of ${blob.digest}`);
}
function broken(blob, why, cause) {
	return new Failure({
		code: "artifact-invalid",
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

export { compressTo as n, decompress as r, FRAME as t };