// Unpacks a layer. It runs in this process and not in `tar`: it is as fast as GNU tar behind a pipe (the bytes pass
// through this process anyway, for the digests), the same on every runner, and strict. No layer can write outside the
// directory or through a link, or create anything but files, links and directories.
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../failure.ts";
import type { Task } from "../progress.ts";
import { compareBytes, nameProblem, quoteName } from "./shippable-names.ts";
import { readTar, type TarMember } from "./tar-reader.ts";
import { type Blob, decompress } from "./zstd.ts";

export interface UnpackOptions {
  /** The layer's base, removed from the paths. */
  base: string;
  /**
   * The directory to unpack into; created if missing. Existing files and links are replaced, existing directories are
   * kept.
   */
  directory: string;
  /** `sha256:<hex>` of the tar, verified. After a mismatch the unpacked files must not be used. */
  diffId?: string;
  /** Selects the paths (relative to the base) to unpack. The directories above them are created. */
  only?: (path: string) => boolean;
  task?: Task;
}

/**
 * Unpacks a layer below a directory, with the modes of its headers whatever the umask. The mtime of files is the time
 * of unpacking.
 *
 * @throws Failure when the layer is broken or hostile, when an existing entry has another type, or when the disk is
 *   full
 */
export async function unpackLayer(layer: Blob, options: UnpackOptions): Promise<void> {
  const { base, directory, diffId, only, task } = options;
  const place = new Place(directory);
  const hash = diffId === undefined ? undefined : createHash("sha256");
  let last = "";
  for await (const member of readTar(passing(layer, hash, task))) {
    const path = pathBelow(member, base);
    if (path === undefined) continue;
    // Strictly ascending, so that no path occurs twice.
    if (compareBytes(last, path) >= 0) throw hostile(layer, member.path, "it is out of order");
    last = path;
    if (only && !only(path)) continue;
    try {
      await place.put(member, path);
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new Failure({
        code: "local-file",
        what: "a layer could not be unpacked",
        where: { path: quoteName(join(directory, path)) },
        output: cause instanceof Error ? cause.message : String(cause),
        remedy: "Make room, or let the user of this job write there; then run this again.",
        cause,
      });
    }
  }
  if (hash && `sha256:${hash.digest("hex")}` !== diffId) {
    throw new Failure({
      code: "artifact-invalid",
      what: "a layer's content is not that of its digest",
      where: { file: layer.file, "diff id": diffId },
      remedy: "The file is damaged: fetch it again, or build it again.",
    });
  }

  /** The path relative to the base; undefined for the base itself and the directories above it. */
  function pathBelow(member: TarMember, base: string): string | undefined {
    if (member.type === "directory" && `${base}/`.startsWith(`${member.path}/`)) return undefined;
    const path = member.path.slice(base.length + 1);
    if (!member.path.startsWith(`${base}/`) || nameProblem(path) !== undefined) {
      throw hostile(layer, member.path, `it does not belong below ${base}`);
    }
    return path;
  }
}

async function* passing(
  layer: Blob,
  hash: ReturnType<typeof createHash> | undefined,
  task: Task | undefined,
): AsyncGenerator<Buffer> {
  let done = 0;
  for await (const chunk of decompress(layer)) {
    hash?.update(chunk);
    done += chunk.length;
    task?.update({ done });
    yield chunk;
  }
}

function hostile(layer: Blob, path: string, why: string): Failure {
  return new Failure({
    code: "artifact-invalid",
    what: "a layer holds something that Tarlift does not pack",
    where: { file: layer.file, member: quoteName(path) },
    output: why,
    remedy: "The file is damaged or was not made by Tarlift: build it again.",
  });
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The directory to fill. It remembers which directories below it are real ones. */
class Place {
  private readonly root: string;
  private readonly real = new Set<string>();
  /** Whether modes have to be set again after creation, because of the umask. */
  private readonly masked = (process.umask() & 0o755) !== 0;

  constructor(root: string) {
    this.root = root;
    mkdirSync(root, { recursive: true });
    this.real.add(root);
  }

  async put(member: TarMember, path: string): Promise<void> {
    const where = join(this.root, path);
    if (member.type === "directory") return this.directory(where);
    this.directory(dirname(where));
    if (member.type === "link") create(where, () => symlinkSync(member.target ?? "", where));
    else await this.file(where, member);
  }

  private async file(where: string, member: TarMember): Promise<void> {
    const mode = member.executable ? 0o755 : 0o644;
    const descriptor = create(where, () => openSync(where, CREATE, mode));
    try {
      if (this.masked) fchmodSync(descriptor, mode);
      for await (const chunk of member.content) {
        for (let done = 0; done < chunk.length; ) done += writeSync(descriptor, chunk, done);
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** Creates a directory and its parents. An existing link is not followed. */
  private directory(where: string): void {
    if (this.real.has(where)) return;
    this.directory(dirname(where));
    const there = lstatSync(where, { throwIfNoEntry: false });
    if (!there) {
      mkdirSync(where, 0o755);
      if (this.masked) chmodSync(where, 0o755);
    } else if (!there.isDirectory()) {
      throw new Failure({
        code: "local-file",
        what: "a layer could not be unpacked: something else stands where it needs a directory",
        where: { path: quoteName(where) },
        remedy: "Remove it, and run this again.",
      });
    }
    this.real.add(where);
  }
}

/** Creates a file or link. An existing one is removed first, and never written through. */
function create<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (lstatSync(where).isDirectory()) {
      throw new Failure({
        code: "local-file",
        what: "a layer could not be unpacked: a directory stands where it has a file or a link",
        where: { path: quoteName(where) },
        remedy: "Remove it, and run this again.",
      });
    }
    unlinkSync(where);
    return make();
  }
}
