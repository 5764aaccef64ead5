// Detects a lock that npm installs from, and the files of the repository that install scripts read.
import { z } from "zod";
import { prismaSchema } from "../../source/prisma-schema.ts";
import type { Tree } from "../../source/tree.ts";
import type { Detected } from "../installer.ts";
import { lockedByOther } from "../unsupported.ts";

const npmLock = z.looseObject({ packages: z.record(z.string(), z.unknown()) });
const packageSchema = z.looseObject({
  workspaces: z.unknown().optional(),
  prisma: z
    .looseObject({ schema: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** See `Detect`. */
export function detect(tree: Tree): Detected | undefined {
  const written = tree.read("package.json");
  if (written === undefined) return undefined;
  if (!tree.paths.includes("package-lock.json")) return { question: withoutLock(tree) };
  const manifest = manifestOf(written);
  const inputs = [
    ...(tree.paths.some((path) => path.startsWith("patches/")) ? ["patches/**"] : []),
    ...prismaSchema(tree, manifest.prisma?.schema),
  ];
  return {
    by: "lock",
    keys: inputs.length > 0 ? { inputs } : {},
    notes: [
      ...(manifest.workspaces ? ["with its workspaces"] : []),
      ...(inputs.length > 0 ? ["inputs: what install scripts read"] : []),
    ],
    questions: [],
  };
}

function manifestOf(written: string): z.infer<typeof packageSchema> {
  try {
    return packageSchema.safeParse(JSON.parse(written.replace(/^\uFEFF/, ""))).data ?? {};
  } catch {
    return {};
  }
}

function withoutLock(tree: Tree): string {
  const workspaceOf = npmWorkspace(tree);
  if (workspaceOf !== undefined)
    return `This is a workspace of the package in ${workspaceOf}, whose package-lock.json npm installs from: run \`tarlift init --force\` for that directory. Scripts of a workspace are called by \`npm run … --workspace\`.`;
  const other = lockedByOther([...tree.paths, ...(tree.above ?? []).flatMap(({ paths }) => paths)], "node");
  if (other !== undefined) return other;
  return "package.json has no package-lock.json here: run `npm install`, commit the lock and run tarlift init again.";
}

/** The directory whose package-lock.json lists the application as a workspace, relative to the application. */
function npmWorkspace(tree: Tree): string | undefined {
  const nearest = tree.above?.find(({ paths }) => paths.includes("package-lock.json"));
  if (!nearest) return undefined;
  try {
    const { packages } = npmLock.parse(JSON.parse(nearest.read("package-lock.json") ?? ""));
    return Object.hasOwn(packages, nearest.own) ? nearest.up : undefined;
  } catch {
    return undefined;
  }
}
