// Lays the application of an artifact out on disk, as a host would have it.
import { chmodSync, mkdirSync } from "node:fs";
import type { Task } from "../progress.ts";
import { pathsOf } from "./format.ts";
import type { Artifact } from "./open-artifact.ts";
import { unpackLayer } from "./unpack-layer.ts";

/**
 * Everything that belongs into the release's directory: the application, its assets, environments that are trees. Others it only links to.
 *
 * @param directory made for it, open to other users whatever the umask
 * @throws Failure when a layer is not what its digest says, or cannot be unpacked
 */
export async function layOut(artifact: Artifact, directory: string, task?: Task): Promise<void> {
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  const { application } = pathsOf(artifact.release.app);
  for (const { record, blob } of artifact.layers) {
    const { base, diffId } = record;
    if (base === application) await unpackLayer(blob, { base, directory, diffId, ...(task ? { task } : {}) });
  }
}
