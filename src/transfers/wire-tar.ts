// The tar that is sent to a host: files that the host lacks as data, files that it has as hard-link members. Relative
// to `/`, because environments may be outside of the application's root.
import type { EnvironmentRecord, IndexEntry } from "../artifact/format.ts";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import { BLOCK, padding, tarHeader } from "../artifact/tar-header.ts";
import type { Plan, ReleaseIndex } from "./release-index.ts";

const PIECE = 1 << 20;

export interface WireRequest {
  artifact: ReleaseContent;
  index: ReleaseIndex;
  plan: Plan;
  /** Absolute directories on the host: the application's root, and the directory that receives the release. */
  root: string;
  incoming: string;
  /**
   * Environments to send, the absolute directory that receives each, and what an earlier, interrupted transfer left
   * there.
   */
  environments: { record: EnvironmentRecord; directory: string; left: ReadonlySet<string> }[];
  /** Of the release's files: src/remote/file-modes.sh. */
  modes: FileModes;
}

/**
 * Whether the owner of a release's files may write them. Files of environments, which several applications may share,
 * are closed.
 */
export type FileModes = "open" | "closed";

/** The mode that a file has on a host. */
const modeOf = (entry: Extract<IndexEntry, { type: "file" }>, modes: FileModes) =>
  modes === "open" ? entry.mode : entry.mode & 0o555;

/**
 * Yields the tar's bytes. Files get the commit's time: an equal mtime and size would make web servers answer 304.
 * Layers are read through the artifact, which verifies them; a damaged layer ends the stream with a Failure, and the
 * host then has an incomplete tar that it refuses.
 *
 * @param onFile called after each file that was sent, with its size in bytes
 */
export async function* wireTar(request: WireRequest, onFile: (bytes: number) => void): AsyncGenerator<Buffer> {
  const { artifact, index, plan } = request;
  const mtime = Math.floor(Date.parse(artifact.release.commit.time) / 1000);
  const at = (directory: string, path = "") => `${directory.slice(1)}${path && `/${path}`}`;
  function* shell(directory: string, entries: readonly IndexEntry[]) {
    for (const entry of entries) {
      const path = at(directory, entry.path);
      if (entry.type === "directory") yield tarHeader({ path, type: "directory", mtime });
      else if (entry.type === "link") yield tarHeader({ path, type: "link", target: entry.target, mtime });
    }
  }
  function* links() {
    for (const [n, from] of plan.linked) {
      const path = at(request.incoming, index.files[n]!.path);
      yield tarHeader({ path, type: "hardlink", target: at(request.root, from), mtime });
    }
  }
  yield* gathered(shell(request.incoming, index.entries));
  yield* gathered(links());

  const missing = new Set(plan.missing.map((n) => index.files[n]!.path));
  const layers = new Set([...missing].map((path) => index.layerOf.get(path)!));
  for (const diffId of layers) {
    const wanted = (path: string) => missing.has(path) && index.layerOf.get(path) === diffId;
    yield* files(artifact, diffId, request.incoming, request.modes, wanted);
  }
  for (const { record, directory, left } of request.environments) {
    const entries = await artifact.index(record.diffId);
    yield tarHeader({ path: at(directory), type: "directory", mtime });
    yield* gathered(shell(directory, entries));
    yield* files(artifact, record.diffId, directory, "closed", (path) => !left.has(path));
  }
  yield Buffer.alloc(2 * BLOCK);

  async function* files(
    from: ReleaseContent,
    diffId: string,
    directory: string,
    modes: FileModes,
    wanted: (path: string) => boolean,
  ) {
    for await (const { entry, content } of from.readLayer(diffId)) {
      if (entry.type !== "file" || !wanted(entry.path)) continue;
      yield tarHeader({
        path: at(directory, entry.path),
        type: "file",
        size: entry.size,
        mode: modeOf(entry, modes),
        mtime,
      });
      for await (const chunk of content ?? []) yield chunk;
      const fill = padding(entry.size);
      if (fill > 0) yield Buffer.alloc(fill);
      onFile(entry.size);
    }
  }
}

/**
 * The same bytes in pieces of about 1 MiB: headers of a million files are neither passed on one by one nor all held at
 * once.
 */
function* gathered(headers: Iterable<Buffer>): Generator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for (const header of headers) {
    waiting.push(header);
    size += header.length;
    if (size < PIECE) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}
