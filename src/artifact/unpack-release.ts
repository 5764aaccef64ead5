// Unpacks the application of an artifact as hosts do.
import { chmodSync, mkdirSync } from "node:fs";
import type { Task } from "../progress.ts";
import { pathsOf } from "./format.ts";
import type { Artifact } from "./open-artifact.ts";
import { unpackLayer } from "./unpack-layer.ts";

/**
 * Unpacks all content of the release's directory: the application, its assets, tree environments. Other environments
 * are only linked.
 *
 * @param directory created, and readable for other users whatever the umask
 * @throws Failure when a layer does not match its digest, or cannot be unpacked
 */
export async function unpackRelease(artifact: Artifact, directory: string, task?: Task): Promise<void> {
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  const { application } = pathsOf(artifact.release.app);
  for (const { record, blob } of artifact.layers) {
    const { base, diffId } = record;
    if (base === application) await unpackLayer(blob, { base, directory, diffId, ...(task ? { task } : {}) });
  }
}
