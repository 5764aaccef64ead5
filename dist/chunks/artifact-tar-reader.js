import { i as Header, r as Pax, t as padding } from "./artifact-tar-header.js";
import { n as Failure } from "./failure.js";

// src/artifact/tar-reader.ts
const LONGEST_PAX = 1 << 20;
/** Maximum number of bytes after the last member. Programs that write tar fill a record of 10 KiB. */
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
		code: "artifact-invalid",
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
	/**
	* @throws Failure when more than {@link LONGEST_END} bytes follow: zeros compress to almost nothing, and would take
	*   hours to read
	*/
	async drain() {
		for (let left = LONGEST_END - this.rest.length;;) {
			const { value, done } = await this.iterator.next();
			if (done) return;
			left -= value.length;
			if (left < 0) throw broken(`more than ${LONGEST_END} bytes follow its end`);
		}
	}
	/** Reads exactly `count` bytes. */
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
	/** Yields bytes as they arrive, until `left` is used up. A later call continues where this one stopped. */
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

export { readTar as t };