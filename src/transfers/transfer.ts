// Transfers: how the bytes of a release reach hosts. What a host lacks, and what it does with the bytes, is the same for
// all of them.
import type { Adapter } from "../schema/adapter.ts";
import { type Encoding, encode } from "./encoding.ts";
import { type WireRequest, wireTar } from "./wire-tar.ts";

export interface Transfer extends Adapter {
  /** Called once for all hosts that lack the same content, before the first of them gets any. */
  begin(content: TransferContent): Promise<RunningTransfer>;
}

/** What hosts lack. */
export interface TransferContent extends WireRequest {
  /** What the hosts can read. */
  encoding: Encoding;
  /** Number of files to send, and their bytes: uncompressed, by the indexes. */
  size: { files: number; bytes: number };
}

export interface RunningTransfer {
  /**
   * The bytes for one host, for its prepare call: those of {@link wireBytes}.
   *
   * @param onBytes called with the number of bytes of files in what was yielded so far
   * @param shared other hosts need the same bytes
   * @throws Failure for a layer that does not have its digest
   */
  data(onBytes: (done: number) => void, shared: boolean): AsyncIterable<Uint8Array>;
  /** No host needs it any longer. Never throws. */
  close(): Promise<void>;
}

/**
 * Makes the stream that a host unpacks. Each call reads and compresses the files again.
 *
 * @param onBytes called with the number of bytes of files in the tar so far
 */
export function wireBytes(content: TransferContent, onBytes: (done: number) => void): AsyncIterable<Uint8Array> {
  let done = 0;
  const tar = wireTar(content, (bytes) => {
    done += bytes;
    onBytes(done);
  });
  return encode(tar, content.encoding, content.size.bytes);
}
