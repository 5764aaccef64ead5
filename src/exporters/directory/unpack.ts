// Unpacks a release, and its environments where they run.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../../artifact/open-artifact.ts";
import { unpackRelease } from "../../artifact/unpack-release.ts";
import { unpackEnvironment } from "../../environments/unpack-environment.ts";
import { installerOf } from "../../installers/registry.ts";
import { during } from "../../progress.ts";
import type { ExportContext } from "../exporter.ts";
import type { DirectoryOptions } from "./index.ts";

/** See `export` of the exporter. */
export async function unpack(
  artifact: Artifact,
  { directory, shared, python }: DirectoryOptions,
  { progress }: ExportContext,
): Promise<{ files: string[] }> {
  await during(progress, `unpack ${artifact.version}`, (task) => unpackRelease(artifact, directory, task));
  for (const path of shared) mkdirSync(join(directory, path), { recursive: true });
  for (const record of artifact.release.environments) {
    const layer = artifact.layers.find((one) => one.record.diffId === record.diffId);
    if (record.root === undefined || !layer) continue;
    await unpackEnvironment({
      ...record,
      root: record.root,
      layer: { ...layer.blob, ...layer.record },
      localize: await installerOf(record.installer.name).localize?.(record, { python }),
      progress,
    });
  }
  return { files: [directory] };
}
