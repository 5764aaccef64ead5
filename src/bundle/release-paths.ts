// The paths of a release: which of them are taken, and refusals of two things at one path.
import type { PackedLayer } from "../artifact/pack.ts";
import { type Places, refuseMisplaced } from "../artifact/parents.ts";
import { quoteName } from "../artifact/shippable-names.ts";
import type { Config, EnvironmentConfig } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import type { BuiltEnvironment } from "../installers/installer.ts";
import { installerOf } from "../installers/registry.ts";
import { linkProblem } from "../source/links.ts";
import type { Source } from "../source/read-source.ts";

export interface NamedLayer {
  /** As messages call it. */
  name: string;
  layer: PackedLayer;
}

/** The path of an environment in the application. */
export const environmentPath = (environment: EnvironmentConfig): string =>
  installerOf(environment.installer).releasePath(environment).path;

/** Paths that hosts create in a release. @param shipped environments, once they are available */
export const placesOf = ({ shared }: Config, shipped: readonly BuiltEnvironment[] = []): Places => ({
  mounts: shipped.flatMap(({ record }) => record.mounts ?? []),
  shared: [...shared.directories, ...shared.files],
});

/**
 * Refuses files that ship at the path of an environment. Otherwise this would be noticed when both are packed, after
 * minutes of building.
 */
export function refuseTakenPlaces(config: Config, source: Source): void {
  for (const [name, environment] of Object.entries(config.environments)) {
    if (environment.use !== "runtime") continue;
    const place = environmentPath(environment);
    const taken = source.sources.find(
      ({ path, type }) => type !== "directory" && (path === place || path.startsWith(`${place}/`)),
    );
    if (!taken) continue;
    throw new Failure({
      code: "file-not-shippable",
      what: `${quoteName(taken.path)} ships with the commit, and environment ${name} stands at ${place}`,
      remedy: `Remove it from git (\`git rm -r --cached ${place}\`) and from \`include:\`, and add it to .gitignore: an installer makes it.`,
      outcome: "refused",
    });
  }
}

/**
 * Refuses layers that do not fit together.
 *
 * @param layers all of the release, in the order in which messages name them
 * @param base the application's directory
 * @param shipped the environments that ship
 */
export function refuseConflicts(
  layers: readonly NamedLayer[],
  { config, base, shipped }: { config: Config; base: string; shipped: readonly BuiltEnvironment[] },
): void {
  const inside = layers.filter(({ layer }) => layer.base === base);
  refuseOverlaps(layers);
  refuseMisplaced(
    inside.flatMap(({ layer }) => layer.index),
    placesOf(config, shipped),
  );
  refuseEscapes(
    inside,
    shipped.flatMap(({ record }) => (record.link ? [record.link] : [])),
  );
}

/** Refuses a path in two layers: which content a host gets would depend on their order. Directories may be shared. */
function refuseOverlaps(layers: readonly NamedLayer[]): void {
  const owners = new Map<string, string>();
  const overlaps: string[] = [];
  for (const { name, layer } of layers) {
    for (const entry of layer.index) {
      if (entry.type === "directory") continue;
      const path = `${layer.base}/${entry.path}`;
      const owner = owners.get(path);
      if (owner) overlaps.push(`${quoteName(entry.path)}: ${owner} and ${name}`);
      owners.set(path, name);
    }
  }
  if (overlaps.length === 0) return;
  throw new Failure({
    code: "file-not-shippable",
    what: "two layers hold the same path",
    output: overlaps.slice(0, 20).join("\n"),
    remedy: "Remove what is made by a step or an installer from git, or correct `outputs:` and `include:`.",
    outcome: "refused",
  });
}

/**
 * Refuses links that stay inside the application alone, but leave it together with links of another layer: only all
 * layers together show it.
 *
 * @param ours links to environments, which leave the application on purpose
 */
function refuseEscapes(layers: readonly NamedLayer[], ours: readonly string[]): void {
  const links = new Map(
    layers.flatMap(({ layer }) =>
      layer.index.flatMap((entry) =>
        entry.type === "link" && !ours.includes(entry.path) ? [[entry.path, entry.target] as const] : [],
      ),
    ),
  );
  const escapes = [...links].flatMap(([path, target]) => {
    const problem = linkProblem(path, links);
    return problem ? [`${quoteName(path)} -> ${quoteName(target)}: ${problem}`] : [];
  });
  if (escapes.length === 0) return;
  throw new Failure({
    code: "file-not-shippable",
    what: "links lead out of the application",
    output: escapes.slice(0, 20).join("\n"),
    remedy: "Let the steps and installers that make them copy files instead.",
    outcome: "refused",
  });
}
