// The content of an artifact, in a form to print, to write as JSON and to compare.
import type { EnvironmentRecord, IndexEntry, LayerRecord, Requirements } from "./format.ts";
import type { Artifact } from "./open-artifact.ts";

export interface LayerSummary {
  kind: LayerRecord["kind"];
  name: string;
  /** The directory of its files, relative to `/`. */
  base: string;
  diffId: string;
  /** Compressed size in bytes. */
  size: number;
  /** Uncompressed size of all files in bytes. */
  content: number;
  files: number;
  entries: readonly IndexEntry[];
}

export interface ArtifactSummary {
  file: string;
  /** Size of the file in bytes. */
  size: number;
  app: string;
  version: string;
  commit: { id: string; time: string };
  releaseDigest: string;
  manifestDigest: string;
  environments: EnvironmentRecord[];
  requirements: Requirements;
  layers: LayerSummary[];
}

/**
 * Summarises an opened artifact. The only layer that is read is the small one with the file indexes.
 *
 * @throws Failure when that layer is damaged
 */
export async function summarise(artifact: Artifact): Promise<ArtifactSummary> {
  const layers: LayerSummary[] = [];
  for (const { record, descriptor } of artifact.layers) {
    if (record.kind === "index") continue;
    const entries = await artifact.index(record.diffId);
    const files = entries.filter((entry) => entry.type === "file");
    layers.push({
      kind: record.kind,
      name: record.name,
      base: record.base,
      diffId: record.diffId,
      size: descriptor.size,
      content: files.reduce((sum, { size }) => sum + size, 0),
      files: files.length,
      entries,
    });
  }
  const { app, commit, environments, requirements } = artifact.release;
  const { file, size, version, releaseDigest, manifestDigest } = artifact;
  return { file, size, app, version, commit, releaseDigest, manifestDigest, environments, requirements, layers };
}
