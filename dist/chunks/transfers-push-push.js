import { n as encode } from "./transfers-encoding.js";
import { n as tarHeader, t as padding } from "./artifact-tar-header.js";
import { n as Failure } from "./failure.js";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { mkdtemp, open, rm } from "node:fs/promises";

// src/transfers/wire-tar.ts
const PIECE$1 = 1 << 20;
/** The mode that a file has on a host. */
const modeOf = (entry, modes) => modes === "open" ? entry.mode : entry.mode & 365;
/**
* Yields the tar's bytes. Files get the commit's time: an equal mtime and size would make web servers answer 304.
* Layers are read through the artifact, which verifies them; a damaged layer ends the stream with a Failure, and the
* host then has an incomplete tar that it refuses.
*
* @param onFile called after each file that was sent, with its size in bytes
*/
async function* wireTar(request, onFile) {
	const { artifact, index, plan } = request;
	const mtime = Math.floor(Date.parse(artifact.release.commit.time) / 1e3);
	const at = (directory, path = "") => `${directory.slice(1)}${path && `/${path}`}`;
	function* shell(directory, entries) {
		for (const entry of entries) {
			const path = at(directory, entry.path);
			if (entry.type === "directory") yield tarHeader({
				path,
				type: "directory",
				mtime
			});
			else if (entry.type === "link") yield tarHeader({
				path,
				type: "link",
				target: entry.target,
				mtime
			});
		}
	}
	function* links() {
		for (const [n, from] of plan.linked) {
			const path = at(request.incoming, index.files[n].path);
			yield tarHeader({
				path,
				type: "hardlink",
				target: at(request.root, from),
				mtime
			});
		}
	}
	yield* gathered(shell(request.incoming, index.entries));
	yield* gathered(links());
	const missing = new Set(plan.missing.map((n) => index.files[n].path));
	const layers = new Set([...missing].map((path) => index.layerOf.get(path)));
	for (const diffId of layers) {
		const wanted = (path) => missing.has(path) && index.layerOf.get(path) === diffId;
		yield* files(artifact, diffId, request.incoming, request.modes, wanted);
	}
	for (const { record, directory, left } of request.environments) {
		const entries = await artifact.index(record.diffId);
		yield tarHeader({
			path: at(directory),
			type: "directory",
			mtime
		});
		yield* gathered(shell(directory, entries));
		yield* files(artifact, record.diffId, directory, "closed", (path) => !left.has(path));
	}
	yield Buffer.alloc(2 * 512);
	async function* files(from, diffId, directory, modes, wanted) {
		for await (const { entry, content } of from.readLayer(diffId)) {
			if (entry.type !== "file" || !wanted(entry.path)) continue;
			yield tarHeader({
				path: at(directory, entry.path),
				type: "file",
				size: entry.size,
				mode: modeOf(entry, modes),
				mtime
			});
			for await (const chunk of content ?? []) yield chunk;
			const fill = padding(entry.size);
			if (fill > 0) yield Buffer.alloc(fill);
			onFile(entry.size);
		}
	}
}
/**
* The same bytes in pieces of about 1 MiB: headers of a million files are neither passed on one by one nor all held at
* once.
*/
function* gathered(headers) {
	let waiting = [];
	let size = 0;
	for (const header of headers) {
		waiting.push(header);
		size += header.length;
		if (size < PIECE$1) continue;
		yield Buffer.concat(waiting);
		waiting = [];
		size = 0;
	}
	if (size > 0) yield Buffer.concat(waiting);
}

// src/transfers/transfer.ts
/**
* Makes the stream that a host unpacks. Each call reads and compresses the files again.
*
* @param onBytes called with the number of bytes of files in the tar so far
*/
function wireBytes(content, onBytes) {
	let done = 0;
	const tar = wireTar(content, (bytes) => {
		done += bytes;
		onBytes(done);
	});
	return encode(tar, content.encoding, content.size.bytes);
}

// src/transfers/push/spool.ts
/** Bytes of a piece: the last one is smaller. */
const PIECE = 1 << 20;
/** Bytes that are kept in memory, however many readers there are. */
const IN_MEMORY = 8 << 20;
var Spool = class {
	#source;
	#mark;
	#pieces = [];
	#begun = false;
	#ended = false;
	#closed = false;
	#error;
	#size = 0;
	#file;
	#inFile = 0;
	#waiting = [];
	/** @param source called once, at the first read @param mark the progress of the source, recorded for each piece */
	constructor(source, mark = () => 0) {
		this.#source = source;
		this.#mark = mark;
	}
	/**
	* The whole stream, from the beginning.
	*
	* @throws what the source throws; Failure when there is no space for the file
	*/
	async *read() {
		if (!this.#begun) this.#produce();
		for (let n = 0;; n++) {
			while (n >= this.#pieces.length && !this.#ended) await new Promise((resolve) => this.#waiting.push(resolve));
			const kept = this.#pieces[n];
			if (kept) yield {
				bytes: kept.bytes ?? await this.#fromFile(kept),
				mark: kept.mark
			};
			else if (this.#error !== void 0) throw this.#error;
			else return;
		}
	}
	/** To be called when there are no more readers. */
	async close() {
		this.#closed = true;
		const file = this.#file;
		this.#file = void 0;
		this.#pieces.length = 0;
		await file?.close();
	}
	async #produce() {
		this.#begun = true;
		try {
			let parts = [];
			let size = 0;
			for await (const chunk of this.#source()) {
				if (this.#closed) return;
				parts.push(chunk);
				size += chunk.length;
				if (size < PIECE) continue;
				await this.#keep(Buffer.concat(parts));
				parts = [];
				size = 0;
			}
			if (size > 0 && !this.#closed) await this.#keep(Buffer.concat(parts));
		} catch (error) {
			this.#error = error;
		} finally {
			this.#ended = true;
			this.#wake();
		}
	}
	async #keep(bytes) {
		const piece = {
			bytes,
			at: 0,
			length: bytes.length,
			mark: this.#mark()
		};
		this.#size += bytes.length;
		if (this.#size > IN_MEMORY) {
			piece.at = this.#inFile;
			await this.#toFile(bytes);
			piece.bytes = void 0;
		}
		this.#pieces.push(piece);
		this.#wake();
	}
	async #toFile(bytes) {
		try {
			this.#file ??= await nameless();
			for (let done = 0; done < bytes.length;) done += (await this.#file.write(bytes, done, bytes.length - done, this.#inFile + done)).bytesWritten;
			this.#inFile += bytes.length;
		} catch (cause) {
			throw new Failure({
				code: "local-file",
				what: `what several hosts are sent cannot be kept for them: ${cause instanceof Error ? cause.message : cause}`,
				remedy: `Make room in ${directory()}.`,
				outcome: "refused",
				cause
			});
		}
	}
	async #fromFile({ at, length }) {
		const bytes = Buffer.allocUnsafe(length);
		for (let done = 0; done < length;) {
			const file = this.#file;
			if (!file) throw new Error("the spool is closed, and still read");
			const { bytesRead } = await file.read(bytes, done, length - done, at + done);
			if (bytesRead === 0) throw new Error("the spool's file is shorter than it was");
			done += bytesRead;
		}
		return bytes;
	}
	#wake() {
		for (const resolve of this.#waiting.splice(0)) resolve();
	}
};
const directory = () => process.env.RUNNER_TEMP || tmpdir();
/** A file that disappears with this process, however it ends. */
async function nameless() {
	const parent = await mkdtemp(join(directory(), "tarlift-spool-"));
	try {
		return await open(join(parent, "data"), "wx+", 384);
	} finally {
		await rm(parent, { recursive: true });
	}
}

// src/transfers/push/push.ts
var Push = class {
	#content;
	#spool;
	constructor(content) {
		this.#content = content;
	}
	/** If the host is the only one, it receives the bytes as they are produced. */
	async *data(onBytes, shared) {
		if (!this.#spool && !shared) {
			yield* wireBytes(this.#content, onBytes);
			return;
		}
		this.#spool ??= this.#spooled();
		for await (const { bytes, mark } of this.#spool.read()) {
			yield bytes;
			onBytes(mark);
		}
	}
	async close() {
		const spool = this.#spool;
		this.#spool = void 0;
		await spool?.close();
	}
	#spooled() {
		let done = 0;
		const source = () => wireBytes(this.#content, (bytes) => {
			done = bytes;
		});
		return new Spool(source, () => done);
	}
};

export { Push };