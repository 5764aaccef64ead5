// Writes layers: header, content, SHA-256 of each file, diff_id and compression in one pass. Each file is read once.
import { createHash, hash as hashOf } from "node:crypto";
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import type { Task } from "../progress.ts";
import type { IndexEntry } from "./format.ts";
import { compareBytes, quoteName, refuseNames } from "./shippable-names.ts";
import { BLOCK, padding, tarHeader } from "./tar-header.ts";
import { compressTo, FRAME } from "./zstd.ts";

/** One thing to pack. `path` is relative to the layer's base, without `./`. */
export type PackSource =
  | { type: "file"; path: string; from: string /** Default: the file's own mode. */; executable?: boolean }
  | { type: "file"; path: string; content: Uint8Array; executable?: boolean }
  | { type: "link"; path: string; target: string }
  | { type: "directory"; path: string };

export interface PackedLayer {
  file: string;
  /** Position of the compressed layer in the file, in bytes. */
  offset: number;
  /** Compressed bytes. */
  size: number;
  /** sha256 of the compressed bytes, `sha256:<hex>`: for transfers, never an identity. */
  digest: string;
  /** sha256 of the tar, `sha256:<hex>`: the layer's identity. */
  diffId: string;
  /** Bytes of the tar. */
  uncompressed: number;
  base: string;
  index: IndexEntry[];
}

export interface PackOptions {
  /** The directory, relative to `/`, that contains everything in the tar: `srv/accounting/current`. */
  base: string;
  /** The file to which the compressed layer is written. */
  file: string;
  /** Position in that file in bytes. If it is not 0, the file must exist. */
  offset?: number;
  task?: Task;
}

const CHUNK = FRAME;

/**
 * Packs a layer: sorted by the bytes of the paths, with all parent directories and normalised headers.
 *
 * @param sources in any order; directories that are not empty may be missing
 * @throws Failure for names that cannot ship, for two sources with the same path, for a file that changes while it is
 *   read
 */
export async function packLayer(sources: readonly PackSource[], options: PackOptions): Promise<PackedLayer> {
  refuseNames(sources);
  const ordered = withDirectories(sources);
  const writer = new TarWriter(options);
  try {
    for (const directory of parents(`${options.base}/x`)) await writer.add({ type: "directory", path: directory });
    const index: IndexEntry[] = [];
    for (const source of ordered) index.push(await writer.add(source, `${options.base}/${source.path}`));
    const end = await writer.end();
    return { file: options.file, offset: options.offset ?? 0, base: options.base, index, ...end };
  } catch (error) {
    writer.abort();
    throw error;
  }
}

/** Sorts by bytes and adds every parent directory, each path once. */
function withDirectories(sources: readonly PackSource[]): PackSource[] {
  const byPath = new Map<string, PackSource>();
  const clashes: string[] = [];
  for (const source of sources) {
    const other = byPath.get(source.path);
    if (other && !(other.type === "directory" && source.type === "directory")) clashes.push(quoteName(source.path));
    byPath.set(source.path, source);
  }
  for (const source of sources) {
    for (const path of parents(source.path)) {
      const there = byPath.get(path);
      if (!there) byPath.set(path, { type: "directory", path });
      else if (there.type !== "directory") clashes.push(`${quoteName(path)} and ${quoteName(source.path)}`);
    }
  }
  if (clashes.length > 0) {
    throw new Failure({
      code: "file-not-shippable",
      what: "two things would stand at one path",
      output: [...new Set(clashes)].slice(0, 40).join("\n"),
      remedy: "Rename one of them, or leave one out.",
    });
  }
  return [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
}

/** The directories above a path, the outermost first. */
function parents(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

class TarWriter {
  private readonly diffId = createHash("sha256");
  private readonly compressor: ReturnType<typeof compressTo>;
  private readonly task: Task | undefined;
  private chunk: Buffer;
  private used = 0;
  private written = 0;

  constructor(options: PackOptions) {
    this.compressor = compressTo(options.file, options.offset ?? 0);
    this.chunk = this.compressor.buffer();
    this.task = options.task;
  }

  /** Writes one member and returns its entry of the file index. */
  async add(source: PackSource, path = source.path): Promise<IndexEntry> {
    switch (source.type) {
      case "directory":
        await this.put(tarHeader({ type: "directory", path }));
        return { type: "directory", path: source.path };
      case "link":
        await this.put(tarHeader({ type: "link", path, target: source.target }));
        return { type: "link", path: source.path, target: source.target };
      case "file": {
        const { size, sha256, executable } =
          "from" in source ? await this.file(source.from, path, source.executable) : await this.bytes(source, path);
        await this.put(Buffer.alloc(padding(size)));
        return { type: "file", path: source.path, mode: executable ? 0o755 : 0o644, size, sha256 };
      }
    }
  }

  private async bytes(source: { content: Uint8Array; executable?: boolean }, path: string) {
    const { content, executable = false } = source;
    await this.put(tarHeader({ type: "file", path, size: content.length, executable }));
    await this.put(content);
    return { size: content.length, sha256: hashOf("sha256", content, "hex"), executable };
  }

  private async file(from: string, path: string, given: boolean | undefined) {
    const descriptor = openFile(from);
    try {
      const before = fstatSync(descriptor);
      if (!before.isFile()) throw changed(from);
      const { size } = before;
      const executable = given ?? (before.mode & 0o111) !== 0;
      await this.put(tarHeader({ type: "file", path, size, executable }));
      const sha256 = await this.copy(descriptor, size, from);
      const after = fstatSync(descriptor);
      if (after.size !== size || after.mtimeMs !== before.mtimeMs) throw changed(from);
      return { size, sha256, executable };
    } finally {
      closeSync(descriptor);
    }
  }

  /** Reads into the chunk that the compressor gets, so that content is copied only once. */
  private async copy(descriptor: number, size: number, from: string): Promise<string> {
    const whole = size <= CHUNK - this.used;
    const hash = whole ? undefined : createHash("sha256");
    const start = this.used;
    let left = size;
    while (left > 0) {
      if (this.used === CHUNK) await this.flush();
      const read = readSync(descriptor, this.chunk, this.used, Math.min(left, CHUNK - this.used), null);
      if (read === 0) throw changed(from);
      hash?.update(this.chunk.subarray(this.used, this.used + read));
      this.used += read;
      left -= read;
    }
    return hash ? hash.digest("hex") : hashOf("sha256", this.chunk.subarray(start, this.used), "hex");
  }

  private async put(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      if (this.used === CHUNK) await this.flush();
      const part = bytes.subarray(done, done + CHUNK - this.used);
      this.chunk.set(part, this.used);
      this.used += part.length;
      done += part.length;
    }
  }

  private async flush(): Promise<void> {
    const full = this.chunk.subarray(0, this.used);
    this.written += full.length;
    this.task?.update({ done: this.written });
    // The compressor gets the chunk before it is hashed, so that both work at the same time.
    const given = this.compressor.write(this.chunk, this.used);
    this.diffId.update(full);
    await given;
    this.chunk = this.compressor.buffer();
    this.used = 0;
  }

  async end() {
    await this.put(Buffer.alloc(2 * BLOCK));
    await this.flush();
    const { size, digest } = await this.compressor.end();
    return { size, digest, diffId: `sha256:${this.diffId.digest("hex")}`, uncompressed: this.written };
  }

  abort(): void {
    this.compressor.abort();
  }
}

/**
 * Opens a file, but follows no link and waits for no writer: the file may have become a link or a named pipe meanwhile.
 */
function openFile(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ELOOP") throw changed(file);
    throw new Failure({
      code: "local-file",
      what: "a file that is to be packed cannot be read",
      where: { file: quoteName(file) },
      output: cause instanceof Error ? cause.message : String(cause),
      remedy: "Let the user of this job read it, or leave it out.",
      cause,
    });
  }
}

function changed(file: string): Failure {
  return new Failure({
    code: "local-file",
    what: "a file changed while it was packed",
    where: { file: quoteName(file) },
    remedy: "Let the step that writes it end before packing, and run this again.",
  });
}

/**
 * Lists everything below a directory, sorted, as sources for {@link packLayer}; links stay links.
 *
 * @param options.prefix put before each path
 * @param options.skip returns true for paths (prefix included) to leave out; directories are left out with their
 *   content
 * @param options.refused is called for what cannot ship: sockets, devices, named pipes, unreadable directories
 * @throws Failure for those, if there is no `refused`
 */
export function walk(
  directory: string,
  options: { prefix?: string; skip?: (path: string) => boolean; refused?: (path: string, why: string) => void } = {},
): PackSource[] {
  const sources: PackSource[] = [];
  const refused = (from: string, path: string, why: string) => {
    if (options.refused) return options.refused(path, why);
    throw new Failure({
      code: "file-not-shippable",
      what: "only files, directories and links can be shipped",
      where: { path: quoteName(from) },
      output: why,
      remedy: "Remove it, or leave it out.",
    });
  };
  const visit = (from: string, prefix: string) => {
    let entries: Dirent[];
    try {
      entries = readdirSync(from, { withFileTypes: true });
    } catch (error) {
      return refused(from, prefix, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    for (const entry of entries) {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      if (options.skip?.(path)) continue;
      const here = join(from, entry.name);
      if (entry.isDirectory()) {
        sources.push({ type: "directory", path });
        visit(here, path);
      } else if (entry.isSymbolicLink()) sources.push({ type: "link", path, target: readlinkSync(here) });
      else if (entry.isFile()) sources.push({ type: "file", path, from: here });
      else refused(here, path, `is ${kindOf(entry)}`);
    }
  };
  if (lstatSync(directory).isDirectory()) visit(directory, options.prefix ?? "");
  return sources.sort((a, b) => compareBytes(a.path, b.path));
}

function kindOf(entry: Dirent): string {
  if (entry.isSocket()) return "a socket";
  return entry.isFIFO() ? "a named pipe" : "a device";
}
