// Validates the config of an artifact. Its values become paths on hosts, so they are checked again when an artifact is
// read, even if Tarlift made it.
import { pathsOf, type Release } from "./format.ts";
import { isReserved, nameProblem, quoteName } from "./shippable-names.ts";

/** Why a label cannot be part of a directory's name on hosts; undefined if it can. */
export function versionProblem(version: string): string | undefined {
  if (version.length > 100) return "has more than 100 characters";
  return /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(version) ? undefined : "holds more than letters, digits and ._+-";
}

/**
 * What is wrong with a release's config beyond its schema: names that are not a single directory, paths that leave
 * their directory, layers whose base does not match their kind.
 *
 * @returns one sentence each; empty if all is valid
 */
export function releaseProblems(release: Release): string[] {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(release.app)) return [`the application's name ${quoteName(release.app)}`];
  return [...release.environments.flatMap(environmentProblems), ...layerProblems(release)];
}

function environmentProblems(environment: Release["environments"][number]): string[] {
  const { name, kind, root, link, mounts = [] } = environment;
  const said = (what: string) => `environment ${quoteName(name)}: ${what}`;
  if (kind === "tree") {
    const wrong = mounts.filter((directory) => nameProblem(directory) !== undefined || isReserved(directory));
    return wrong.map((directory) => said(`the install directory ${quoteName(directory)}`));
  }
  return [
    ...(root === undefined || !root.startsWith("/") || nameProblem(root.slice(1)) ? [said("its root")] : []),
    ...(link === undefined || nameProblem(link) || isReserved(link) ? [said("its link")] : []),
  ];
}

function layerProblems(release: Release): string[] {
  const problems: string[] = [];
  const { application, index } = pathsOf(release.app);
  const environments = new Map(release.environments.map((environment) => [environment.diffId, environment]));
  for (const [position, { kind, name, base, diffId }] of release.layers.entries()) {
    const environment = environments.get(diffId);
    const expected =
      kind === "index"
        ? index
        : kind === "environment" && environment?.kind === "path"
          ? `${environment.root?.slice(1)}/${environment.id}`
          : application;
    if (base !== expected) problems.push(`layer ${quoteName(name)} stands in ${quoteName(base)}, not in ${expected}`);
    if (kind === "environment" && !environment) problems.push(`layer ${quoteName(name)} is no environment of it`);
    if ((kind === "index") !== (position === release.layers.length - 1)) {
      problems.push("the layer of file indexes is not the last one");
    }
  }
  const shipped = new Set(release.layers.flatMap(({ kind, diffId }) => (kind === "environment" ? [diffId] : [])));
  for (const { name, diffId } of environments.values()) {
    if (!shipped.has(diffId)) problems.push(`the layer of environment ${quoteName(name)} is missing`);
  }
  return problems;
}
