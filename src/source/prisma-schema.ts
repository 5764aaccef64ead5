// Where a repository has the schema of Prisma: an install script of its packages reads it.
import type { Tree } from "./tree.ts";

/** @param named the path that package.json gives, if any @returns the one that is there; empty where there is none */
export const prismaSchema = (tree: Tree, named: string | undefined): string[] =>
  [named, "prisma/schema.prisma"]
    .filter((path): path is string => typeof path === "string" && tree.paths.includes(path))
    .slice(0, 1);
