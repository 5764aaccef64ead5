// Puts a packed layer on disk. In this process and not by `tar`: as fast as GNU tar behind a pipe (its bytes have to pass here anyway, for
// the digests), the same on every runner, and strict. Whatever the layer says, nothing is written outside of the directory or through
// a link, and nothing but files, links and directories is made.
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
  /** The layer's base, stripped from the paths. */
  base: string;
  /** Where its content goes; made when missing. Files and links that are there already are replaced, directories are kept. */
  directory: string;
  /** `sha256:<hex>` of the tar, verified. On a mismatch what was unpacked must not be used. */
  diffId?: string;
  /** Unpacks only the paths (relative to the base) for which it is true; the directories above them are made. */
  only?: (path: string) => boolean;
  task?: Task;
}

/**
 * Unpacks a layer below a directory, with the modes of its headers whatever the umask; files get the time of unpacking.
 *
 * @throws Failure when the layer is broken or hostile, when something of another kind is in the way, or when the disk is full
 */
export async function unpackLayer(layer: Blob, options: UnpackOptions): Promise<void> {
  const { base, directory, diffId, only, task } = options;
  const place = new Place(directory);
  const hash = diffId === undefined ? undefined : createHash("sha256");
  let last = "";
  for await (const member of readTar(passing(layer, hash, task))) {
    const path = pathBelow(member, base);
    if (path === undefined) continue;
    // Strictly ascending: so no path comes twice.
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
    remedy: "The file is damaged or was made by somebody else: build it again.",
  });
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** A directory that is filled; remembers which directories below it are real ones. */
class Place {
  private readonly root: string;
  private readonly real = new Set<string>();
  /** Whether the modes that are asked for at creation have to be set again. */
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

  /** Makes a directory and those above it; a link that is in the way is not followed. */
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

/** Makes a file or link in the place of one that is there: removed first, never written through. */
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
