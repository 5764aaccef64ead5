// src/source/prisma-schema.ts
/** @param named the path from package.json, if any @returns the path that exists; empty if there is none */
const prismaSchema = (tree, named) => [named, "prisma/schema.prisma"].filter((path) => typeof path === "string" && tree.paths.includes(path)).slice(0, 1);

export { prismaSchema as t };