// Which packages and extras of an environment are requested. Follows requirements from one to the next, as installers
// do. Pure.
import type { Requirement, Requirer } from "./conditions.ts";
import { dependsOnHost, evaluateMarker, type Marker, type MarkerEnvironment, parseMarker } from "./markers.ts";

/**
 * The extras that are requested of each package.
 *
 * @returns those of one requirer, sorted
 */
export function activeExtras(
  requirers: readonly Requirer[],
  environment: MarkerEnvironment,
): (requirer: Requirer) => string[] {
  const active = new Map<string, Set<string>>();
  // Extras requested of an unnamed package: it could be any package.
  const ofAny = new Set<string>();
  const asked = (requirer: Requirer): string[] => [
    ...new Set([
      ...(requirer.extras ?? []),
      ...(requirer.name === undefined ? [] : [...(active.get(requirer.name) ?? []), ...ofAny]),
    ]),
  ];
  for (let before = -1, now = 0; before !== now; ) {
    before = now;
    for (const requirer of requirers) {
      for (const { name, extras, marker } of requirer.requires) {
        if (extras.length === 0) continue;
        if (!holds(marker, (parsed) => evaluateMarker(parsed, environment, asked(requirer)))) continue;
        const into = name === undefined ? ofAny : (active.get(name) ?? new Set());
        for (const extra of extras) into.add(extra);
        if (name !== undefined) active.set(name, into);
      }
    }
    now = ofAny.size + [...active.values()].reduce((sum, { size }) => sum + size, 0);
  }
  return (requirer: Requirer) => asked(requirer).sort();
}

/** Packages by name, each with the extras that come with it. */
export type Required = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * What the application requests whatever the host's patch version and machine: starting with its own files, by markers
 * that do not depend on the host.
 */
export function requiredEverywhere(requirers: readonly Requirer[], environment: MarkerEnvironment): Required {
  const required = new Map<string, Set<string>>();
  for (let before = -1, now = 0; before !== now; ) {
    before = now;
    for (const requirer of requirers) {
      const own = requirer.name === undefined ? undefined : required.get(requirer.name);
      if (!requirer.root && !own) continue;
      const asked = [...(requirer.extras ?? []), ...(own ?? [])];
      for (const { name, extras, marker } of requirer.requires) {
        if (name === undefined) continue;
        const everywhere = (parsed: Marker) =>
          evaluateMarker(parsed, environment, asked) && !dependsOnHost(parsed, environment, asked);
        if (!holds(marker, everywhere)) continue;
        const into = required.get(name) ?? new Set();
        for (const extra of extras) into.add(extra);
        required.set(name, into);
      }
    }
    now = [...required.values()].reduce((sum, { size }) => sum + 1 + size, 0);
  }
  return required;
}

/** Whether a requirement requests nothing beyond these. */
export function coveredBy(required: Required, { name, extras, specifier }: Requirement): boolean {
  const own = name === undefined ? undefined : required.get(name);
  return own !== undefined && specifier !== undefined && extras.every((extra) => own.has(extra));
}

/** An empty marker is true, and so is an invalid one: installers have accepted it. */
function holds(marker: string, answer: (parsed: Marker) => boolean): boolean {
  const parsed = marker === "" ? undefined : parseMarker(marker);
  return parsed === undefined || answer(parsed);
}
