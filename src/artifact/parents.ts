// What stands below what. Where a parent is a link, a host would write where that link leads.
import { Failure } from "../failure.ts";
import { quoteName } from "./shippable-names.ts";

interface Entry {
  path: string;
  type: string;
}

/** Paths of a release that a host fills beside the entries of its layers. */
export interface Places {
  /** Directories of tree environments. */
  mounts: readonly string[];
  /** Paths that become links into `shared/`. */
  shared: readonly string[];
}

/**
 * The first path that has a link or a file among its parents. Mounts must be neither themselves, and nothing that a host fills may stand
 * in a shared path.
 *
 * @param entries of one layer, or of all layers that stand in one directory, in any order
 * @returns the path with that parent, or undefined when every parent is a directory
 */
export function misplaced(
  entries: readonly Entry[],
  { mounts, shared }: Places = { mounts: [], shared: [] },
): { path: string; parent: string } | undefined {
  const others = new Set<string>();
  for (const { path, type } of entries) if (type !== "directory") others.add(path);
  const links = new Set(shared);
  /** Directories, and so is all that is above them. */
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
  // With a `/` at its end a path is a parent of its own. In this order: what is a directory for these is one for every entry.
  for (const path of [...mounts.map((mount) => `${mount}/`), ...shared]) {
    const parent = wrongParent(path, (one) => links.has(one) || others.has(one));
    if (parent !== undefined) return { path: path.replace(/\/$/, ""), parent };
  }
  for (const { path } of entries) {
    const parent = wrongParent(path, (one) => others.has(one));
    if (parent !== undefined) return { path, parent };
  }
  return undefined;
}

/** @throws Failure (refused) where {@link misplaced} finds a path */
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
