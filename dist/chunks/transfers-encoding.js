import { constants, createGzip, createZstdCompress } from "node:zlib";
import { Readable, pipeline } from "node:stream";

// src/transfers/encoding.ts
/** The best encoding that a host's facts allow. @param local the host is this machine */
function bestEncoding(facts, local) {
	const known = facts.all("encoding");
	if (local) return "none";
	return known.includes("zstd") ? "zstd" : known.includes("gzip") ? "gzip" : "none";
}
/**
* Changes up to this size are compressed as well as possible: on a slow line, the saved bytes would take longer than
* the compression.
*/
const SMALL_CHANGE = 4 << 20;
/** @param size approximate number of bytes of the files in it */
function encode(tar, encoding, size) {
	if (encoding === "none") return tar;
	const level = size <= SMALL_CHANGE ? 12 : 3;
	const encoder = encoding === "zstd" ? createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level } }) : createGzip({ level: 6 });
	const source = Readable.from(tar, {
		objectMode: false,
		highWaterMark: 1 << 20
	});
	return pipeline(source, encoder, () => {});
}

export { encode as n, bestEncoding as t };