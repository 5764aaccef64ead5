// Compresses layers with Node's own zstd on its thread pool. Each chunk becomes a frame, and several are compressed at
// the same time. Consecutive frames are one zstd stream (RFC 8878, 3.1), which zstd, GNU tar, skopeo, podman and Node
// can read. So all cores work, as with `zstd -T0`, without a command that a runner may lack and without pipes
// (bench/packing). ZSTD_c_nbWorkers is not used: Node's streams then end before their last output.
import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress, constants as zstd, zstdCompress } from "node:zlib";
import { Failure } from "../failure.ts";
import { splitFrames } from "./zstd-frames.ts";

const LEVEL = 3;
const CHUNK = 1 << 20;

/** The best size of a chunk in bytes: smaller frames compress worse, larger ones keep fewer cores busy. */
export const FRAME = 4 << 20;

/**
 * Maximum number of frames that are compressed at the same time. Each keeps its chunk and as much memory for its
 * output. Node's thread pool has four threads by default.
 */
const IN_FLIGHT = Math.min(availableParallelism(), 4) + 2;

export interface Compressor {
  /** Returns a buffer of {@link FRAME} bytes to fill and to pass to `write`, which reuses it. */
  buffer(): Buffer;
  /** Compresses the first `length` bytes of such a buffer as a frame. Resolves when the next write may follow. */
  write(buffer: Buffer, length: number): Promise<void>;
  end(): Promise<{ size: number; digest: string }>;
  /** Aborts: afterwards nothing writes to the file. */
  abort(): void;
}

/**
 * Compresses into a file.
 *
 * @param position bytes from the file's start to the layer; 0 creates or truncates the file, otherwise it must exist
 */
export function compressTo(file: string, position = 0): Compressor {
  const descriptor = openSync(file, position === 0 ? "w" : "r+");
  const hash = createHash("sha256");
  const frames: { buffer: Buffer; compressed: Promise<Buffer> }[] = [];
  const spare: Buffer[] = [];
  let size = 0;
  let open = true;
  const close = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  const store = async () => {
    const { buffer, compressed } = frames.shift() as (typeof frames)[number];
    const frame = await compressed;
    spare.push(buffer);
    hash.update(frame);
    for (let done = 0; done < frame.length; ) {
      done += writeSync(descriptor, frame, done, frame.length - done, position + size + done);
    }
    size += frame.length;
  };
  return {
    buffer: () => spare.pop() ?? Buffer.allocUnsafe(FRAME),
    async write(buffer, length) {
      const compressed = compress(buffer.subarray(0, length));
      compressed.catch(() => {}); // The code that stores it reports the error.
      frames.push({ buffer, compressed });
      if (frames.length >= IN_FLIGHT) await store();
    },
    async end() {
      while (frames.length > 0) await store();
      close();
      return { size, digest: `sha256:${hash.digest("hex")}` };
    },
    abort: close,
  };
}

function compress(chunk: Uint8Array): Promise<Buffer> {
  const params = { [zstd.ZSTD_c_compressionLevel]: LEVEL, [zstd.ZSTD_c_checksumFlag]: 1 };
  // Room for the worst case (ZSTD_compressBound), so that a frame is one job for the thread pool.
  const chunkSize = chunk.length + (chunk.length >> 7) + 1024;
  return new Promise((resolve, reject) => {
    zstdCompress(chunk, { params, chunkSize }, (error, frame) => (error ? reject(error) : resolve(frame)));
  });
}

/** A part of a file that contains a compressed layer. */
export interface Blob {
  file: string;
  /** Position in the file in bytes. */
  offset: number;
  /** Compressed bytes. */
  size: number;
  /** `sha256:<hex>` of the compressed bytes, if it has to be verified. */
  digest?: string;
}

/**
 * Decompresses a layer. The digest of the compressed bytes is verified at the end, if there is one.
 *
 * @throws Failure when the bytes are truncated, are not zstd, or do not match the digest
 */
export async function* decompress(blob: Blob): AsyncGenerator<Buffer> {
  if (blob.size === 0) throw broken(blob, "it is empty");
  const hash = blob.digest === undefined ? undefined : createHash("sha256");
  const source = createReadStream(blob.file, {
    start: blob.offset,
    end: blob.offset + blob.size - 1,
    highWaterMark: CHUNK,
  });
  let seen = 0;
  async function* counted() {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      seen += chunk.length;
      hash?.update(chunk);
      yield chunk;
    }
  }
  const plain = createZstdDecompress({ chunkSize: CHUNK });
  // Object mode keeps the pieces as they were split.
  const fed = pipeline(Readable.from(splitFrames(counted())), plain);
  fed.catch(() => {});
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) yield chunk;
    await fed;
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw broken(blob, cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    source.destroy();
    plain.destroy();
  }
  if (seen !== blob.size) throw broken(blob, `${seen} of ${blob.size} bytes are there`);
  if (hash && `sha256:${hash.digest("hex")}` !== blob.digest)
    throw broken(blob, `its bytes are not those of ${blob.digest}`);
}

function broken(blob: Blob, why: string, cause?: unknown): Failure {
  return new Failure({
    code: "artifact-invalid",
    what: "a layer cannot be read",
    where: { file: blob.file, digest: blob.digest },
    output: why,
    remedy: "The file was truncated or changed on its way. Fetch it again, or build it again.",
    cause,
  });
}
