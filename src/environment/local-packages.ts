// Local packages are built from what git tracks, in a copy of the checkout: what an earlier build left beside the source (setuptools'
// build/) would ship with the next one, and a build writes into the directory that it is given.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { Failure } from "../failure.ts";
import { records, tryGit } from "../source/git.ts";
import { contentHash, usualFiles } from "./content-hash.ts";
import type { BuildPlace, KeyPart } from "./types.ts";

/** The files of a directory that belong to the commit, relative to it, sorted. */
export async function trackedFiles(directory: string): Promise<string[]> {
  const listed = await tryGit(directory, ["ls-files", "-z", "--recurse-submodules", "--", "."]);
  // Without a repository (a checkout that was exported) there is nothing to tell apart.
  if (listed === undefined) return usualFiles(directory);
  return records(listed)
    .filter((path) => lstatSync(join(directory, path), { throwIfNoEntry: false }) !== undefined)
    .sort();
}

/**
 * The parts of a key that local directories and archives are, with the local packages that those name themselves.
 *
 * @param paths absolute
 * @throws Failure (refused) for a directory of which git tracks nothing
 */
export async function localParts(paths: readonly string[], { source }: Pick<BuildPlace, "source">): Promise<KeyPart[]> {
  const all = withNeighbours(paths);
  return Promise.all(
    all.map(async (path) => {
      const name = `local ${relative(source, path)}`;
      if (statSync(path).isFile()) return { name, value: contentHash(path) };
      const files = await trackedFiles(path);
      if (files.length > 0) return { name, value: contentHash(path, files) };
      throw new Failure({
        what: `git tracks no file of ${relative(source, path) || path}`,
        where: { directory: path },
        remedy: "Local packages are built from what is committed: add and commit it, or install it from an index.",
        outcome: "refused",
      });
    }),
  );
}

const neighbour = z.looseObject({ path: z.string() });
const neighbours = z.record(z.string(), z.unknown()).optional();
const pyprojectSchema = z.looseObject({
  tool: z
    .looseObject({
      uv: z.looseObject({ sources: neighbours }).optional(),
      poetry: z.looseObject({ dependencies: neighbours }).optional(),
    })
    .optional(),
});

/** Directories, and those that their pyproject.toml leads to: `[tool.uv.sources]`, poetry's dependencies with a path. */
function withNeighbours(paths: readonly string[]): string[] {
  const all = new Set<string>();
  const visit = (path: string) => {
    if (all.has(path) || !existsSync(path)) return;
    all.add(path);
    const file = join(path, "pyproject.toml");
    if (!existsSync(file)) return;
    const { tool } = pyprojectOf(file);
    for (const one of Object.values({ ...tool?.poetry?.dependencies, ...tool?.uv?.sources })) {
      const { data } = neighbour.safeParse(one);
      if (data) visit(resolve(path, data.path));
    }
  };
  for (const path of paths) visit(path);
  return [...all];
}

function pyprojectOf(file: string): z.infer<typeof pyprojectSchema> {
  try {
    return pyprojectSchema.parse(parse(readFileSync(file, "utf8")));
  } catch {
    // Whoever builds it says what is wrong with it.
    return {};
  }
}

/**
 * Copies what git tracks of the repository.
 *
 * @param to a directory that does not exist yet, absolute
 * @returns where a path of the checkout stands in the copy; one from elsewhere stands for itself
 */
export async function copyCheckout(repository: string, to: string): Promise<(path: string) => string> {
  copyFiles(repository, await trackedFiles(repository), to);
  // Versions that are made of tags are asked of git.
  const store = await tryGit(repository, ["rev-parse", "--absolute-git-dir"]);
  if (store !== undefined && !existsSync(join(to, ".git")))
    writeFileSync(join(to, ".git"), `gitdir: ${store.trim()}\n`);
  return (path) => {
    const inside = relative(repository, path);
    return inside.startsWith("..") ? path : join(to, inside);
  };
}

/** A link that leads out of the directory becomes what it leads to. */
function copyFiles(from: string, files: readonly string[], to: string): void {
  mkdirSync(to, { recursive: true });
  const inside = realpathSync(from);
  for (const name of files) {
    const source = join(from, name);
    const target = join(to, name);
    mkdirSync(dirname(target), { recursive: true });
    if (lstatSync(source).isFile()) {
      copyFileSync(source, target);
      chmodSync(target, (statSync(source).mode & 0o111) !== 0 ? 0o755 : 0o644);
    } else if (existsSync(source) && relative(inside, realpathSync(source)).startsWith("..")) {
      cpSync(realpathSync(source), target, { recursive: true });
    } else if (lstatSync(source).isSymbolicLink()) {
      symlinkSync(readlinkSync(source), target);
    }
  }
}
