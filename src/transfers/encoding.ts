// The encoding of a transfer, and the encoder.
import { pipeline, Readable } from "node:stream";
import { constants, createGzip, createZstdCompress } from "node:zlib";
import type { Reply } from "../protocol/call.ts";

/** Encodings of a transfer, best first; `none` within one machine. */
export type Encoding = "zstd" | "gzip" | "none";

/** The best encoding that a host's facts allow. @param local the host is this machine */
export function bestEncoding(facts: Reply<"facts">, local: boolean): Encoding {
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
export function encode(tar: AsyncIterable<Buffer>, encoding: Encoding, size: number): AsyncIterable<Uint8Array> {
  if (encoding === "none") return tar;
  const level = size <= SMALL_CHANGE ? 12 : 3;
  const encoder =
    encoding === "zstd"
      ? createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level } })
      : createGzip({ level: 6 });
  const source = Readable.from(tar, { objectMode: false, highWaterMark: 1 << 20 });
  // Each ends with the other: a reader that gives up leaves no file open.
  return pipeline(source, encoder, () => {});
}
