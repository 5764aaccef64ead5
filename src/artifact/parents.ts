// Checks the parents of paths. If a parent were a link, a host would write to that link's target.
import { Failure } from "../failure.ts";
import { quoteName } from "./shippable-names.ts";

interface Entry {
  path: string;
  type: string;
}

/** Paths of a release that hosts create beside the entries of its layers. */
export interface Places {
  /** Directories of tree environments. */
  mounts: readonly string[];
  /** Paths that become links into `shared/`. */
  shared: readonly string[];
}

/**
 * The first path with a link or a file among its parents. Mounts must not be links or files themselves, and shared
 * paths must not contain anything that a host creates.
 *
 * @param entries of one layer, or of all layers that are unpacked into one directory, in any order
 * @returns the path with that parent, or undefined if every parent is a directory
 */
export function misplaced(
  entries: readonly Entry[],
  { mounts, shared }: Places = { mounts: [], shared: [] },
): { path: string; parent: string } | undefined {
  const others = new Set<string>();
  for (const { path, type } of entries) if (type !== "directory") others.add(path);
  const links = new Set(shared);
  /** Paths that are directories. Everything above them is a directory as well. */
  const directories = new Set<string>();
  const wrongParent = (path: string, isWrong: (parent: string) => boolean): string | undefined => {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const parent = path.slice(0, at);
      if (directories.has(parent)) return undefined;
      if (isWrong(parent)) return parent;
      directories.add(parent);
    }
    return undefined;
  };
  // With a trailing `/`, a path is its own parent. The order matters: a parent of an install directory must
  // be a directory for every entry.
  for (const path of [...mounts.map((directory) => `${directory}/`), ...shared]) {
    const parent = wrongParent(path, (one) => links.has(one) || others.has(one));
    if (parent !== undefined) return { path: path.replace(/\/$/, ""), parent };
  }
  for (const { path } of entries) {
    const parent = wrongParent(path, (one) => others.has(one));
    if (parent !== undefined) return { path, parent };
  }
  return undefined;
}

/** @throws Failure (refused) if {@link misplaced} finds a path */
export function refuseMisplaced(entries: readonly Entry[], places: Places): void {
  const found = misplaced(entries, places);
  if (!found) return;
  const { path, parent } = found;
  const isShared = places.shared.includes(path);
  throw new Failure({
    code: isShared ? "config-invalid" : "file-not-shippable",
    what: `${isShared ? "the shared path " : ""}${quoteName(path)} cannot stand in a release: ${quoteName(parent)} is a link or a file there, and no directory`,
    remedy: isShared
      ? `Name in \`shared:\` the path without the link, or ${quoteName(parent)} itself; or remove ${quoteName(parent)} from the commit.`
      : `Remove ${quoteName(parent)} from the commit, or make ${quoteName(path)} elsewhere (\`outputs:\`, \`include:\`, \`directory:\` of the environment).`,
    outcome: "refused",
  });
}
