// Compares two artifacts by their summaries. Pure.
import type { EnvironmentRecord, IndexEntry } from "./format.ts";
import { compareBytes } from "./shippable-names.ts";
import type { ArtifactSummary, LayerSummary } from "./summary.ts";

export interface LayerDiff {
  kind: LayerSummary["kind"];
  name: string;
  /** `same`: equal digests; `added` and `removed`: only one artifact has a layer of this kind and name. */
  change: "same" | "added" | "removed" | "changed";
  /** Paths relative to the layer's base, sorted by bytes. */
  added: string[];
  removed: string[];
  changed: string[];
  /** Uncompressed bytes of files that are added or changed: the most that a deploy has to send. */
  bytes: number;
}

export interface PackageChange {
  name: string;
  /** Missing if the package was not installed. */
  from?: string;
  to?: string;
}

export interface EnvironmentDiff {
  name: string;
  change: "same" | "rebuilt" | "added" | "removed" | "changed";
  from?: { id: string; installer: string };
  to?: { id: string; installer: string };
  packages: PackageChange[];
}

export interface ArtifactDiff {
  /** The release digests are equal: it is the same release, whatever its labels. */
  same: boolean;
  commit: { from: string; to: string };
  layers: LayerDiff[];
  environments: EnvironmentDiff[];
  /** Names of the top-level requirements that the new artifact adds or changes. */
  requirements: string[];
}

/** Compares two artifacts, the older one first. */
export function diffArtifacts(from: ArtifactSummary, to: ArtifactSummary): ArtifactDiff {
  return {
    same: from.releaseDigest === to.releaseDigest,
    commit: { from: from.commit.id, to: to.commit.id },
    layers: pairs(from.layers, to.layers, ({ kind, name }) => `${kind} ${name}`).map(([a, b]) => diffLayers(a, b)),
    environments: pairs(from.environments, to.environments, ({ name }) => name).map(([a, b]) => diffEnvironments(a, b)),
    requirements: changedKeys(from.requirements, to.requirements),
  };
}

/** Pairs elements that have the same name, in the order of the second list; then elements of the first list alone. */
function pairs<T>(
  from: readonly T[],
  to: readonly T[],
  nameOf: (element: T) => string,
): [T | undefined, T | undefined][] {
  const old = new Map(from.map((element) => [nameOf(element), element]));
  const matched = to.map((element): [T | undefined, T] => [old.get(nameOf(element)), element]);
  const names = new Set(to.map(nameOf));
  return [
    ...matched,
    ...from.filter((element) => !names.has(nameOf(element))).map((element): [T, undefined] => [element, undefined]),
  ];
}

function diffLayers(from: LayerSummary | undefined, to: LayerSummary | undefined): LayerDiff {
  const { kind, name } = (to ?? from) as LayerSummary;
  if (from?.diffId === to?.diffId) return { kind, name, change: "same", added: [], removed: [], changed: [], bytes: 0 };
  const old = byPath(from);
  const now = byPath(to);
  const changed = [...now.values()].filter((entry) => {
    const before = old.get(entry.path);
    return before !== undefined && !sameEntry(before, entry);
  });
  const added = [...now.values()].filter((entry) => !old.has(entry.path));
  return {
    kind,
    name,
    change: from === undefined ? "added" : to === undefined ? "removed" : "changed",
    added: sortedPaths(added),
    removed: sortedPaths([...old.values()].filter((entry) => !now.has(entry.path))),
    changed: sortedPaths(changed),
    bytes: [...added, ...changed].reduce((sum, entry) => sum + (entry.type === "file" ? entry.size : 0), 0),
  };
}

/** Directories are left out: they appear and disappear with their content. */
function byPath(layer: LayerSummary | undefined): Map<string, IndexEntry> {
  return new Map(
    (layer?.entries ?? []).filter((entry) => entry.type !== "directory").map((entry) => [entry.path, entry]),
  );
}

function sameEntry(a: IndexEntry, b: IndexEntry): boolean {
  if (a.type === "file" && b.type === "file") return a.sha256 === b.sha256 && a.mode === b.mode;
  if (a.type === "link" && b.type === "link") return a.target === b.target;
  return a.type === b.type;
}

function sortedPaths(entries: readonly IndexEntry[]): string[] {
  return entries.map(({ path }) => path).sort(compareBytes);
}

function diffEnvironments(from: EnvironmentRecord | undefined, to: EnvironmentRecord | undefined): EnvironmentDiff {
  const shown = (record: EnvironmentRecord) => ({
    id: record.id,
    installer: `${record.installer.name} ${record.installer.version}`,
  });
  return {
    name: ((to ?? from) as EnvironmentRecord).name,
    change: environmentChange(from, to),
    ...(from ? { from: shown(from) } : {}),
    ...(to ? { to: shown(to) } : {}),
    packages: diffPackages(from?.resolved ?? [], to?.resolved ?? []),
  };
}

function environmentChange(
  from: EnvironmentRecord | undefined,
  to: EnvironmentRecord | undefined,
): EnvironmentDiff["change"] {
  if (!from) return "added";
  if (!to) return "removed";
  if (from.id === to.id) return "same";
  return from.key === to.key ? "rebuilt" : "changed";
}

type Packages = EnvironmentRecord["resolved"];

/** A node_modules tree may contain a package several times: all its versions are compared as one text. */
function diffPackages(from: Packages, to: Packages): PackageChange[] {
  const old = versionsByName(from);
  const now = versionsByName(to);
  return [...new Set([...old.keys(), ...now.keys()])].sort(compareBytes).flatMap((name) => {
    const [before, after] = [old.get(name), now.get(name)];
    if (before === after) return [];
    return [{ name, ...(before === undefined ? {} : { from: before }), ...(after === undefined ? {} : { to: after }) }];
  });
}

function versionsByName(packages: Packages): Map<string, string> {
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of packages) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  return new Map([...versions].map(([name, all]) => [name, [...all].sort(compareBytes).join(", ")]));
}

function changedKeys(from: object, to: object): string[] {
  const [old, now] = [new Map(Object.entries(from)), new Map(Object.entries(to))];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => JSON.stringify(old.get(key)) !== JSON.stringify(now.get(key)))
    .sort(compareBytes);
}
