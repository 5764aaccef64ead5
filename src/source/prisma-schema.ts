// Finds the Prisma schema of a repository: an install script of Prisma's packages reads it.
import type { Tree } from "./tree.ts";

/** @param named the path from package.json, if any @returns the path that exists; empty if there is none */
export const prismaSchema = (tree: Tree, named: string | undefined): string[] =>
  [named, "prisma/schema.prisma"]
    .filter((path): path is string => typeof path === "string" && tree.paths.includes(path))
    .slice(0, 1);
