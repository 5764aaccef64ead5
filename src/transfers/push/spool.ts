// A stream that is produced once and read by several readers, each at its own pace: slow readers do not delay fast
// ones, and what they have not read yet is kept in memory up to a limit, then in a file without a name.
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../failure.ts";

/** Bytes of a piece: the last one is smaller. */
const PIECE = 1 << 20;
/** Bytes that are kept in memory, however many readers there are. */
const IN_MEMORY = 8 << 20;

export interface Piece {
  bytes: Buffer;
  /** The value of {@link Spool}'s `mark` when it was complete. */
  mark: number;
}

interface Kept {
  bytes: Buffer | undefined;
  /** Its position in the file. */
  at: number;
  length: number;
  mark: number;
}

export class Spool {
  readonly #source: () => AsyncIterable<Uint8Array>;
  readonly #mark: () => number;
  readonly #pieces: Kept[] = [];
  #begun = false;
  #ended = false;
  #closed = false;
  #error: unknown;
  #size = 0;
  #file: FileHandle | undefined;
  #inFile = 0;
  #waiting: (() => void)[] = [];

  /** @param source called once, at the first read @param mark the progress of the source, recorded for each piece */
  constructor(source: () => AsyncIterable<Uint8Array>, mark: () => number = () => 0) {
    this.#source = source;
    this.#mark = mark;
  }

  /**
   * The whole stream, from the beginning.
   *
   * @throws what the source throws; Failure when there is no space for the file
   */
  async *read(): AsyncGenerator<Piece> {
    if (!this.#begun) void this.#produce();
    for (let n = 0; ; n++) {
      while (n >= this.#pieces.length && !this.#ended)
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      const kept = this.#pieces[n];
      if (kept) yield { bytes: kept.bytes ?? (await this.#fromFile(kept)), mark: kept.mark };
      else if (this.#error !== undefined) throw this.#error;
      else return;
    }
  }

  /** To be called when there are no more readers. */
  async close(): Promise<void> {
    this.#closed = true;
    const file = this.#file;
    this.#file = undefined;
    this.#pieces.length = 0;
    await file?.close();
  }

  async #produce(): Promise<void> {
    this.#begun = true;
    try {
      let parts: Uint8Array[] = [];
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

  async #keep(bytes: Buffer): Promise<void> {
    const piece: Kept = { bytes, at: 0, length: bytes.length, mark: this.#mark() };
    this.#size += bytes.length;
    if (this.#size > IN_MEMORY) {
      piece.at = this.#inFile;
      await this.#toFile(bytes);
      piece.bytes = undefined;
    }
    this.#pieces.push(piece);
    this.#wake();
  }

  async #toFile(bytes: Buffer): Promise<void> {
    try {
      this.#file ??= await nameless();
      for (let done = 0; done < bytes.length; )
        done += (await this.#file.write(bytes, done, bytes.length - done, this.#inFile + done)).bytesWritten;
      this.#inFile += bytes.length;
    } catch (cause) {
      throw new Failure({
        code: "local-file",
        what: `what several hosts are sent cannot be kept for them: ${cause instanceof Error ? cause.message : cause}`,
        remedy: `Make room in ${directory()}.`,
        outcome: "refused",
        cause,
      });
    }
  }

  async #fromFile({ at, length }: Kept): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const file = this.#file;
      if (!file) throw new Error("the spool is closed, and still read");
      const { bytesRead } = await file.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) throw new Error("the spool's file is shorter than it was");
      done += bytesRead;
    }
    return bytes;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const directory = () => process.env.RUNNER_TEMP || tmpdir();

/** A file that disappears with this process, however it ends. */
async function nameless(): Promise<FileHandle> {
  const parent = await mkdtemp(join(directory(), "tarlift-spool-"));
  try {
    return await open(join(parent, "data"), "wx+", 0o600);
  } finally {
    await rm(parent, { recursive: true });
  }
}
