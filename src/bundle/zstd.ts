// Compression of layers. The `zstd` command uses all cores (0.6 of the time of Node's own, bench/packing), Node's own serves where
// the command is missing. Compressed bytes are never compared, so the two may differ.
import { createHash } from "node:crypto";
import { accessSync, constants, createReadStream, createWriteStream } from "node:fs";
import { delimiter, join } from "node:path";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, createZstdDecompress, constants as zlib } from "node:zlib";
import { startFilter } from "../command/filter.ts";
import { Failure } from "../failure.ts";

const LEVEL = 3;
const CHUNK = 1 << 20;

export interface Compressor {
  /** Resolves when it may be given more. The chunk must not be changed afterwards. */
  write(chunk: Uint8Array): Promise<void>;
  end(): Promise<{ size: number; digest: string }>;
  /** Gives up: nothing is left running. */
  abort(): void;
}

/**
 * Compresses into a file.
 *
 * @param position bytes from the file's start where the frame begins; 0 makes the file anew, else it must exist
 */
export function compressTo(file: string, position = 0): Compressor {
  const { input, output, ended, abort } = compressor();
  const hash = createHash("sha256");
  let size = 0;
  const stored = pipeline(
    output,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(file, { flags: position === 0 ? "w" : "r+", start: position }),
  );
  stored.catch(() => {});
  const failed = Promise.race([
    ended.then(() => new Promise<never>(() => {})),
    stored.then(() => new Promise<never>(() => {})),
  ]);
  failed.catch(() => {});
  return {
    async write(chunk) {
      if (!input.write(chunk)) await Promise.race([drained(input), failed]);
    },
    async end() {
      input.end();
      await Promise.all([stored, ended]);
      return { size, digest: `sha256:${hash.digest("hex")}` };
    },
    abort,
  };
}

function compressor(): { input: Writable; output: Readable; ended: Promise<void>; abort(): void } {
  if (commandExists("zstd")) {
    const filter = startFilter(["zstd", "-q", `-${LEVEL}`, "-T0", "-c"], { what: "zstd could not compress a layer" });
    return { input: filter.stdin, output: filter.stdout, ended: filter.ended, abort: () => filter.kill() };
  }
  const stream = createZstdCompress({ chunkSize: CHUNK, params: { [zlib.ZSTD_c_compressionLevel]: LEVEL } });
  return { input: stream, output: stream, ended: Promise.resolve(), abort: () => stream.destroy() };
}

function commandExists(name: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory || ".", name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      stream.off("drain", onDrain);
      stream.off("close", onClose);
      stream.off("error", done);
      error ? reject(error) : resolve();
    };
    const onDrain = () => done();
    const onClose = () => done(new Error("the compressor ended early"));
    stream.once("drain", onDrain);
    stream.once("close", onClose);
    stream.once("error", done);
  });
}

/** A part of a file that holds a compressed layer. */
export interface Blob {
  file: string;
  /** Bytes from the file's start. */
  offset: number;
  /** Compressed bytes. */
  size: number;
  /** `sha256:<hex>` of the compressed bytes, where it is to be verified. */
  digest?: string;
}

/**
 * The uncompressed bytes of a layer. The compressed digest is verified at the end, where one is given.
 *
 * @throws Failure when the bytes are truncated, are not zstd, or are not those of the digest
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
  const counted = Readable.from(
    (async function* () {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        seen += chunk.length;
        hash?.update(chunk);
        yield chunk;
      }
    })(),
    { objectMode: false, highWaterMark: CHUNK },
  );
  const plain = createZstdDecompress({ chunkSize: CHUNK });
  const fed = pipeline(counted, plain);
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
    what: "a layer cannot be read",
    where: { file: blob.file, digest: blob.digest },
    output: why,
    remedy: "The file was truncated or changed on its way. Fetch it again, or build it again.",
    cause,
  });
}
