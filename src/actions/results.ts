// Outputs of steps that build.
import type { BundleResult } from "../bundle/result.ts";
import type { BuiltEnvironment } from "../installers/installer.ts";
import type { ArtifactStore } from "../stores/store.ts";

type Outputs = Record<string, string | undefined>;

/** Outputs without `s` belong to one environment: the first that ships, otherwise the first. */
export function environmentOutputs(built: readonly BuiltEnvironment[]): Outputs {
  const meant = built.find(({ use }) => use === "runtime") ?? built[0];
  const described = built.map(({ record, path, bin, hit, use }) => [
    record.name,
    { key: record.key, id: record.id, path, bin, hit, use },
  ]);
  return {
    "cache-hit": String(built.every(({ hit }) => hit)),
    environments: JSON.stringify(Object.fromEntries(described)),
    "environment-key": meant?.record.key,
    "environment-id": meant?.record.id,
    "environment-path": meant?.path,
  };
}

export type Uploaded = Awaited<ReturnType<ArtifactStore["upload"]>> & { name: string };

export function artifactOutputs(result: BundleResult, uploaded: Uploaded | undefined): Outputs {
  return {
    label: result.version,
    // The older name of this output.
    version: result.version,
    "artifact-file": result.file,
    "artifact-name": uploaded?.name,
    "artifact-id": uploaded?.id,
    "artifact-url": uploaded?.url,
    "artifact-digest": uploaded?.digest.replace("sha256:", ""),
    "manifest-digest": result.manifestDigest,
    "release-digest": result.releaseDigest,
  };
}
