// What an artifact holds, in a shape that is printed, written as JSON and compared.
import type { EnvironmentRecord, IndexEntry, LayerRecord, Requirements } from "./format.ts";
import type { Artifact } from "./open-artifact.ts";

export interface LayerSummary {
  kind: LayerRecord["kind"];
  name: string;
  /** Directory relative to `/` where it stands. */
  base: string;
  diffId: string;
  /** Compressed, in bytes. */
  size: number;
  /** Of all files, uncompressed, in bytes. */
  content: number;
  files: number;
  entries: readonly IndexEntry[];
}

export interface ArtifactSummary {
  file: string;
  /** Of the file, in bytes. */
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
 * Summarises an opened artifact; of its layers only the small one with the file indexes is read.
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
