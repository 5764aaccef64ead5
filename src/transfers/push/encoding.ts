// In which encoding a release travels, and the encoder.
import { pipeline, Readable } from "node:stream";
import { constants, createGzip, createZstdCompress } from "node:zlib";
import type { Reply } from "../../protocol/call.ts";

/** Encodings of a transfer, best first; `none` within one machine. */
export type Encoding = "zstd" | "gzip" | "none";

/** The best that a host's facts allow. @param local the host is this machine itself */
export function bestEncoding(facts: Reply<"facts">, local: boolean): Encoding {
  const known = facts.all("encoding");
  if (local) return "none";
  return known.includes("zstd") ? "zstd" : known.includes("gzip") ? "gzip" : "none";
}

/** Up to here a change is compressed as well as can be: it takes less time than the bytes that it saves would on a slow line. */
const SMALL_CHANGE = 4 << 20;

/** @param size bytes of the files in it, about */
export function encode(tar: AsyncIterable<Buffer>, encoding: Encoding, size: number): AsyncIterable<Uint8Array> {
  if (encoding === "none") return tar;
  const level = size <= SMALL_CHANGE ? 12 : 3;
  const encoder =
    encoding === "zstd"
      ? createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level } })
      : createGzip({ level: 6 });
  const source = Readable.from(tar, { objectMode: false, highWaterMark: 1 << 20 });
  // Either ends with the other: a reader that gives up leaves no file open.
  return pipeline(source, encoder, () => {});
}
