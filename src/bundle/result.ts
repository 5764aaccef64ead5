// What a bundle has made, for its callers' outputs and summaries.
import type { WrittenArtifact } from "../artifact/oci-layout.ts";
import type { BuiltEnvironment } from "../installers/installer.ts";
import type { CheckReport } from "./isolated-root.ts";
import type { NeededLibrary } from "./libraries.ts";
import type { BundledRelease } from "./release.ts";
import type { BundleTimings } from "./timings.ts";

export interface BundleResult {
  file: string;
  /** Bytes. */
  size: number;
  version: string;
  commit: string;
  releaseDigest: string;
  manifestDigest: string;
  environments: { name: string; id: string; hit: boolean; size: number }[];
  assets: { name: string; hit: boolean; size: number }[];
  /** Shared libraries that hosts must have, except those that every distribution has. */
  libraries: NeededLibrary[];
  /** How far the checks were isolated; undefined if none ran. */
  checkReport: CheckReport | undefined;
  timings: BundleTimings;
}

/**
 * @param release what was written
 * @param made.environments those that ship and those that only build
 */
export function bundleResult(
  { commit, assets }: BundledRelease,
  made: Pick<BundleResult, "libraries" | "checkReport" | "timings"> & {
    written: WrittenArtifact;
    environments: readonly BuiltEnvironment[];
  },
): BundleResult {
  const { written, environments, libraries, checkReport, timings } = made;
  return {
    ...written,
    file: commit.file,
    version: commit.version,
    commit: commit.source.commit.id,
    environments: environments.map(({ record, hit, layer }) => ({
      name: record.name,
      id: record.id,
      hit,
      size: layer.size,
    })),
    assets: assets.map(({ name, hit, layer }) => ({ name, hit, size: layer.size })),
    libraries,
    checkReport,
    timings,
  };
}
