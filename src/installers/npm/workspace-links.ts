// Links from node_modules to workspaces, which belong to the application: `node_modules/@shop/ui -> ../../packages/ui`.
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join, posix } from "node:path";
import type { WorkspaceLink } from "../installer.ts";

/**
 * The links at the top of trees that lead out of all trees. Other links, between packages, are part of the trees.
 *
 * @param root the application's directory, or its copy, absolute
 * @param mounts directories of packages, relative to it
 */
export function linksOut(root: string, mounts: readonly string[]): WorkspaceLink[] {
  const isInside = (path: string) => mounts.some((directory) => `${path}/`.startsWith(`${directory}/`));
  return mounts
    .flatMap((directory) => topOf(join(root, directory)).map((name) => `${directory}/${name}`))
    .filter((path) => lstatSync(join(root, path)).isSymbolicLink())
    .map((path) => ({ path, target: readlinkSync(join(root, path)) }))
    .filter(({ path, target }) => !isInside(posix.join(posix.dirname(path), target)));
}

/** Names of packages at the top of a directory, with their scopes: `@shop/ui`. */
const topOf = (directory: string): string[] =>
  readdirSync(directory).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(directory, name)).map((inner) => `${name}/${inner}`) : [name],
  );
