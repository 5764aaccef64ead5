// The requirements of packages in uv.lock, overrides included. If uv installs from it, they replace the metadata of the
// packages (https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile).
import { parse } from "smol-toml";
import { z } from "zod";
import { withoutCredentials } from "../../cache-key/key.ts";
import { Failure } from "../../failure.ts";
import type { Requirement, Requirer } from "../../python/conditions.ts";
import { canonicalName } from "../../python/markers.ts";

const dependencySchema = z.looseObject({
  name: z.string(),
  /** Set if the lock has several versions of it. */
  version: z.string().optional(),
  marker: z.string().optional(),
  extra: z.array(z.string()).optional(),
});
const dependencies = z.array(dependencySchema);

const packageSchema = z.looseObject({
  name: z.string(),
  version: z.string().optional(),
  source: z
    .looseObject({
      editable: z.string().optional(),
      virtual: z.string().optional(),
      directory: z.string().optional(),
      path: z.string().optional(),
    })
    .optional(),
  dependencies: dependencies.optional(),
  "optional-dependencies": z.record(z.string(), dependencies).optional(),
  "dev-dependencies": z.record(z.string(), dependencies).optional(),
});
export type LockedPackage = z.infer<typeof packageSchema>;

const lockSchema = z.looseObject({ package: z.array(packageSchema).default([]) });
export type UvLock = z.infer<typeof lockSchema>;

/** @throws Failure for a text that is no lock */
export function parseUvLock(text: string): UvLock {
  try {
    return lockSchema.parse(parse(text));
  } catch (error) {
    throw new Failure({
      code: "lock-invalid",
      what: "uv.lock cannot be read",
      output: error instanceof Error ? withoutCredentials(error.message.split("\n").slice(0, 5).join("\n")) : undefined,
      remedy: "Correct it (a merge may have left its marks), or write it again: uv lock.",
      outcome: "refused",
    });
  }
}

/** The path of a package in the repository, a directory or archive, relative to the lock. */
export function localPath({ source }: LockedPackage): string | undefined {
  return source?.editable ?? source?.virtual ?? source?.directory ?? source?.path;
}

/** Whether uv never builds a package (`package = false`): only its dependencies are installed. */
export const isVirtual = ({ source }: LockedPackage): boolean => source?.virtual !== undefined;

/**
 * Names of packages that a project itself depends on and uv installs on every platform.
 *
 * @param project its canonical name
 */
export function directDependencies(lock: UvLock, project: string | undefined): string[] {
  const own = lock.package.find((one) => canonicalName(one.name) === project && localPath(one) !== undefined);
  const isLeftOut = (name: string) => {
    const named = lock.package.filter((one) => canonicalName(one.name) === canonicalName(name));
    return named.length > 0 && named.every(isVirtual);
  };
  return (own?.dependencies ?? []).flatMap(({ name, marker }) =>
    marker === undefined && !isLeftOut(name) ? [name] : [],
  );
}

export interface LockRoots {
  /** The project whose dependencies are installed, canonical. */
  project: string | undefined;
  groups: readonly string[];
  extras: readonly string[];
  /** The user's options may select other groups, extras and members: then all of them count as requested. */
  open: boolean;
}

/** The lock's requirements of installed packages and of the project itself, for the conditions of an environment. */
export function lockRequirers(lock: UvLock, installed: readonly Requirer[], roots: LockRoots): Requirer[] {
  const locked = new Map(lock.package.map((one) => [`${canonicalName(one.name)} ${one.version ?? ""}`, one]));
  const isRoot = (one: LockedPackage) =>
    localPath(one) !== undefined && (roots.open || canonicalName(one.name) === roots.project);
  return [
    ...lock.package.filter(isRoot).map((one): Requirer => {
      const groups = Object.entries(one["dev-dependencies"] ?? {});
      const wanted = groups.filter(([name]) => roots.open || roots.groups.includes(name));
      return {
        name: canonicalName(one.name),
        title: `uv.lock (${one.name})`,
        requires: [...requirementsOf(one), ...wanted.flatMap(([, list]) => list.map((entry) => requirement(entry)))],
        python: "",
        // Options may request it or not, so nothing is certain.
        ...(roots.open ? {} : { root: true }),
        extras: (roots.open ? Object.keys(one["optional-dependencies"] ?? {}) : roots.extras).map(canonicalName),
      };
    }),
    ...installed.map((one): Requirer => {
      const entry =
        locked.get(one.title.toLowerCase().replace(/^\S+/, () => one.name ?? "")) ?? locked.get(`${one.name} `);
      return entry ? { ...one, requires: requirementsOf(entry) } : one;
    }),
  ];
}

function requirementsOf(one: LockedPackage): Requirement[] {
  return [
    ...(one.dependencies ?? []).map((entry) => requirement(entry)),
    ...Object.entries(one["optional-dependencies"] ?? {}).flatMap(([extra, list]) =>
      list.map((entry) => requirement(entry, `extra == "${extra}"`)),
    ),
  ];
}

function requirement({ name, version, marker, extra }: z.infer<typeof dependencySchema>, also?: string): Requirement {
  const both = marker !== undefined && also !== undefined ? `(${marker}) and ${also}` : (marker ?? also ?? "");
  const specifier = version === undefined ? "" : `==${version}`;
  return { name: canonicalName(name), extras: (extra ?? []).map(canonicalName), specifier, marker: both };
}
