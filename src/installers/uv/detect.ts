// Detects the uv.lock of a repository, and what uv would install beside the dependencies.
import { parse } from "smol-toml";
import { z } from "zod";
import type { Tree } from "../../source/tree.ts";
import type { DetectedBy, DetectedEnvironment } from "../installer.ts";

const text = z.string().optional().catch(undefined);
const keys = z.record(z.string(), z.unknown()).default({}).catch({});
const uvLock = z.looseObject({
  package: z.array(
    z.looseObject({
      source: z.looseObject({ editable: text, virtual: text, directory: text }).optional().catch(undefined),
    }),
  ),
});
const pyproject = z.looseObject({
  project: z.looseObject({ "optional-dependencies": keys }).optional().catch(undefined),
  "dependency-groups": keys,
  tool: z
    .looseObject({
      uv: z
        .looseObject({
          "default-groups": z
            .union([z.literal("all"), z.array(z.string())])
            .optional()
            .catch(undefined),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** See `Detect`: the application's own lock, or that of its workspace. */
export function detect(tree: Tree): DetectedEnvironment | undefined {
  if (tree.paths.includes("uv.lock")) return fromLock(tree, "uv.lock", "lock");
  const above = memberLock(tree);
  return above === undefined ? undefined : fromLock(tree, above, "lock above");
}

/** Only named groups and extras are installed: not even those that uv installs by default. */
function fromLock(tree: Tree, lock: string, by: DetectedBy): DetectedEnvironment {
  const { groups, extras, defaults } = choices(tree);
  const left = [
    ...(groups.length > 0 ? [`groups ${groups.join(", ")} (\`groups: […]\`)`] : []),
    ...(extras.length > 0 ? [`extras ${extras.join(", ")} (\`extras: […]\`)`] : []),
  ];
  return {
    by,
    keys: {},
    notes: [`from ${lock}, which is never rewritten`, ...(left.length > 0 ? [`left out: ${left.join("; ")}`] : [])],
    questions:
      defaults.length > 0
        ? [
            `\`uv sync\` also installs ${defaults.join(", ")} (default-groups), and Tarlift no group that is not named. Do hosts need it? Then give python: groups: [${defaults.join(", ")}]`,
          ]
        : [],
  };
}

/**
 * What uv can install beside the dependencies: dependency groups except `dev`, extras, and the groups that `uv sync`
 * installs by default (https://docs.astral.sh/uv/concepts/projects/dependencies/#default-groups).
 */
function choices(tree: Tree): { groups: string[]; extras: string[]; defaults: string[] } {
  const found = parsed(tree.read("pyproject.toml"));
  const groups = Object.keys(found?.["dependency-groups"] ?? {}).filter((name) => name !== "dev");
  const named = found?.tool?.uv?.["default-groups"];
  return {
    groups,
    extras: Object.keys(found?.project?.["optional-dependencies"] ?? {}),
    defaults: named === "all" ? groups : (named ?? []).filter((name) => name !== "dev"),
  };
}

function parsed(written: string | undefined): z.infer<typeof pyproject> | undefined {
  try {
    return written === undefined ? undefined : pyproject.safeParse(parse(written)).data;
  } catch {
    return undefined;
  }
}

/**
 * The uv.lock of the workspace to which the application belongs.
 *
 * @returns relative to the application (`../../uv.lock`); undefined if the nearest one does not list the application
 */
function memberLock(tree: Tree): string | undefined {
  const nearest = tree.above?.find(({ paths }) => paths.includes("uv.lock"));
  if (!nearest || !tree.paths.includes("pyproject.toml")) return undefined;
  try {
    const { package: packages } = uvLock.parse(parse(nearest.read("uv.lock") ?? ""));
    const places = packages.map(({ source }) => source?.editable ?? source?.virtual ?? source?.directory);
    return places.includes(nearest.own) ? `${nearest.up}/uv.lock` : undefined;
  } catch {
    return undefined;
  }
}
