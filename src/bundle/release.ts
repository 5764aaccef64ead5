// The parts of a release, and the artifact that is written of them.
import { pathsOf, type Requirements } from "../artifact/format.ts";
import { type ArtifactInput, type WrittenArtifact, writeArtifact } from "../artifact/oci-layout.ts";
import type { PackedLayer } from "../artifact/pack.ts";
import { mergeRequirements, nativeFiles, nativeRequirements } from "../host-requirements/requirements.ts";
import type { ApplicationLayer, BuiltEnvironment } from "../installers/installer.ts";
import { during } from "../progress.ts";
import { formatBytes } from "../text/quantity.ts";
import type { AssetLayer } from "./asset-layer.ts";
import type { BundleRun } from "./bundle-run.ts";
import type { AcceptedCommit } from "./commit.ts";
import { hooksOf } from "./own-package.ts";
import { type NamedLayer, refuseConflicts } from "./release-paths.ts";
import { type ReleaseVariables, releaseVariables } from "./runtime-variables.ts";

export interface ReleaseParts {
  commit: AcceptedCommit;
  /** The environments that ship. */
  shipped: readonly BuiltEnvironment[];
  /** The application as a package. */
  ownPackage: ApplicationLayer | undefined;
  assets: readonly AssetLayer[];
  application: PackedLayer;
}

/** A release that can be written: its parts fit together. */
export interface BundledRelease extends ReleaseParts {
  requirements: Requirements;
  variables: ReleaseVariables;
}

/** @throws Failure (refused) for parts that do not fit together */
export function assembleRelease({ options }: BundleRun, parts: ReleaseParts): BundledRelease {
  const { config } = options;
  const { shipped, ownPackage } = parts;
  const layers = namedLayers(parts);
  refuseConflicts(layers, { config, base: pathsOf(config.app).application, shipped });
  return {
    ...parts,
    requirements: requirementsOf(parts, layers),
    variables: releaseVariables(config, shipped, ownPackage),
  };
}

function namedLayers({ shipped, ownPackage, assets, application }: ReleaseParts): NamedLayer[] {
  return [
    ...(ownPackage ? [{ name: "the project's package", layer: ownPackage.layer }] : []),
    ...assets,
    { name: "the application", layer: application },
    ...shipped.map(({ record, layer }) => ({ name: `environment ${record.name}`, layer })),
  ];
}

/** What the whole release requires of hosts. */
function requirementsOf({ commit, shipped, ownPackage, assets }: ReleaseParts, layers: NamedLayer[]): Requirements {
  const { source, packaged = "" } = commit;
  const native = [
    ...(ownPackage?.native ?? []),
    ...assets.flatMap((step) => step.native),
    ...nativeFiles(source.sources),
  ];
  const index = layers.flatMap(({ layer }) => layer.index);
  return mergeRequirements(
    [...shipped.map(({ record }) => record.requirements), nativeRequirements(native, index)],
    hooksOf(shipped)?.conditions(source, packaged) ?? [],
  );
}

/** Writes the artifact. @throws Failure as {@link writeArtifact} */
export function writeRelease(
  { options, timings }: BundleRun,
  release: BundledRelease,
  file: string,
): Promise<WrittenArtifact> {
  const { config, progress } = options;
  const { commit, shipped, requirements, variables } = release;
  const input: ArtifactInput = {
    release: {
      app: config.app,
      commit: commit.source.commit,
      environments: shipped.map(({ record }) => record),
      requirements,
      configuration: JSON.parse(JSON.stringify(config)),
    },
    layers: artifactLayers(release),
    version: commit.version,
    variables: {
      ...variables.variables,
      PATH: [...variables.path, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"].join(":"),
    },
  };
  const write = () =>
    during(
      progress,
      "write the artifact",
      (task) => writeArtifact(file, { ...input, task }),
      ({ size }) => formatBytes(size),
    );
  return timings.measure("artifact", write);
}

/** Bottom layer first. */
function artifactLayers({ shipped, ownPackage, assets, application }: ReleaseParts): ArtifactInput["layers"] {
  return [
    ...shipped.map(({ record, layer }) => ({ packed: layer, kind: "environment" as const, name: record.name })),
    ...(ownPackage ? [{ packed: ownPackage.layer, kind: "application" as const, name: "package" }] : []),
    ...assets.map(({ name, layer }) => ({ packed: layer, kind: "assets" as const, name })),
    { packed: application, kind: "application", name: "application" },
  ];
}
