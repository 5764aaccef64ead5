// What the directories above the application say of it: a workspace has its lock and its version files at the top.
import { parse } from "smol-toml";
import { z } from "zod";
import type { Tree } from "./project.ts";

const text = z.string().optional().catch(undefined);
const uvLock = z.looseObject({
  package: z.array(
    z.looseObject({
      source: z.looseObject({ editable: text, virtual: text, directory: text }).optional().catch(undefined),
    }),
  ),
});

/**
 * The uv.lock of the workspace that the application is a member of.
 *
 * @returns relative to the application (`../../uv.lock`); undefined where the nearest one does not know the application
 */
export function memberLock(tree: Tree): string | undefined {
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

const npmLock = z.looseObject({ packages: z.record(z.string(), z.unknown()) });

/** The directory whose package-lock.json has the application as a workspace, relative to the application. */
export function npmWorkspace(tree: Tree): string | undefined {
  const nearest = tree.above?.find(({ paths }) => paths.includes("package-lock.json"));
  if (!nearest) return undefined;
  try {
    const { packages } = npmLock.parse(JSON.parse(nearest.read("package-lock.json") ?? ""));
    return Object.hasOwn(packages, nearest.own) ? nearest.up : undefined;
  } catch {
    return undefined;
  }
}
