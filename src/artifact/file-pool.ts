// A pool of files from an untrusted source, stored by content: the content of each file has the digest under which it
// is stored.
import { createHash, type Hash } from "node:crypto";
import { closeSync, createReadStream, existsSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A file's content as an index identifies it. */
export interface WantedFile {
  /** 64 hex digits. */
  sha256: string;
  /** Bytes. */
  size: number;
}

export class FilePool {
  readonly #directory: string;

  /** @param directory exists, and has no other use */
  constructor(directory: string) {
    this.#directory = directory;
  }

  has(sha256: string): boolean {
    return existsSync(join(this.#directory, sha256));
  }

  /**
   * The file is opened at the first read: a reader that skips it does not need it.
   *
   * @throws Error for a file that is not in the pool
   */
  async *read(sha256: string): AsyncGenerator<Buffer> {
    yield* createReadStream(join(this.#directory, sha256), { highWaterMark: 1 << 20 });
  }

  /** Receives files from one stream of bytes that contains them one after the other. */
  intake(files: readonly WantedFile[]): Intake {
    return new Intake(this.#directory, files);
  }
}

/** Receives files into a pool. */
export class Intake {
  readonly #directory: string;
  readonly #files: readonly WantedFile[];
  #next = 0;
  #open: { descriptor: number; hash: Hash; left: number } | undefined;

  constructor(directory: string, files: readonly WantedFile[]) {
    this.#directory = directory;
    this.#files = files;
    this.#startNext();
  }

  /** Receives the next bytes of the stream. @throws Error when the disk is full */
  push(bytes: Buffer): void {
    for (let rest = bytes; rest.length > 0 && this.#open; ) {
      const part = rest.subarray(0, this.#open.left);
      rest = rest.subarray(part.length);
      for (let done = 0; done < part.length; ) done += writeSync(this.#open.descriptor, part, done);
      this.#open.hash.update(part);
      this.#open.left -= part.length;
      if (this.#open.left === 0) this.#startNext();
    }
  }

  /** Ends the stream; an incomplete file is not kept. */
  end(): void {
    if (this.#open) closeSync(this.#open.descriptor);
    this.#open = undefined;
    rmSync(this.#part, { force: true });
  }

  get #part(): string {
    return join(this.#directory, "part");
  }

  /** Stores the complete file and begins the next ones: empty ones are complete at once. */
  #startNext(): void {
    for (;;) {
      if (this.#open) {
        const { sha256 } = this.#files[this.#next++]!;
        closeSync(this.#open.descriptor);
        if (this.#open.hash.digest("hex") === sha256) renameSync(this.#part, join(this.#directory, sha256));
        this.#open = undefined;
      }
      const file = this.#files[this.#next];
      if (!file) return;
      this.#open = { descriptor: openSync(this.#part, "w", 0o600), hash: createHash("sha256"), left: file.size };
      if (file.size > 0) return;
    }
  }
}
