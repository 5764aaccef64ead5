// Files that came from somewhere that is not to be believed, by their content: what is in the pool has the digest that it is kept under.
import { createHash, type Hash } from "node:crypto";
import { closeSync, createReadStream, existsSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Content as an index names it. */
export interface WantedFile {
  /** 64 hex digits. */
  sha256: string;
  /** Bytes. */
  size: number;
}

export class FilePool {
  readonly #directory: string;

  /** @param directory is there, and used by nothing else */
  constructor(directory: string) {
    this.#directory = directory;
  }

  has(sha256: string): boolean {
    return existsSync(join(this.#directory, sha256));
  }

  /** Opened when it is first read from: who passes over it need not have it. @throws Error for a file that is not in the pool */
  async *read(sha256: string): AsyncGenerator<Buffer> {
    yield* createReadStream(join(this.#directory, sha256), { highWaterMark: 1 << 20 });
  }

  /** Takes files from one stream of bytes, in which they stand one after the other. */
  intake(files: readonly WantedFile[]): Intake {
    return new Intake(this.#directory, files);
  }
}

/** Files on their way into a pool. */
export class Intake {
  readonly #directory: string;
  readonly #files: readonly WantedFile[];
  #next = 0;
  #open: { descriptor: number; hash: Hash; left: number } | undefined;

  constructor(directory: string, files: readonly WantedFile[]) {
    this.#directory = directory;
    this.#files = files;
    this.#settle();
  }

  /** Takes the next bytes of the stream. @throws Error when the disk is full */
  push(bytes: Buffer): void {
    for (let rest = bytes; rest.length > 0 && this.#open; ) {
      const part = rest.subarray(0, this.#open.left);
      rest = rest.subarray(part.length);
      for (let done = 0; done < part.length; ) done += writeSync(this.#open.descriptor, part, done);
      this.#open.hash.update(part);
      this.#open.left -= part.length;
      if (this.#open.left === 0) this.#settle();
    }
  }

  /** Nothing comes any more; a file that is not whole is not kept. */
  end(): void {
    if (this.#open) closeSync(this.#open.descriptor);
    this.#open = undefined;
    rmSync(this.#part, { force: true });
  }

  get #part(): string {
    return join(this.#directory, "part");
  }

  /** Ends the file that is whole, and begins the next ones: empty ones are whole at once. */
  #settle(): void {
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
