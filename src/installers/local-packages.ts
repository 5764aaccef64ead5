// Builds local packages from a copy of the files that git tracks: files that an earlier build left beside the source
// (setuptools' build/) would ship with the next one, and a build writes into its directory. The copy contains exactly
// what is in the key.
import { hash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { contentHash, usualFiles } from "../cache-key/content-hash.ts";
import type { KeyPart } from "../cache-key/key.ts";
import { Failure } from "../failure.ts";
import { historyIdentity, makeCommitView } from "../source/commit-view.ts";
import type { Reads } from "../source/committed.ts";
import { records, tryGit } from "../source/git.ts";
import { namesTagReader, PACKAGING_FILES, refuseCutHistory } from "../source/tag-version.ts";
import { updateIndex } from "../source/write-files.ts";
import type { BuildContext } from "./installer.ts";

/** The remedy for a failed build of a local package, since it may succeed in a checkout. */
export const BUILT_ALONE =
  "A local package is built from its own tracked files alone: what it reads beside its directory must be in that directory, by a link for example.";

/** The files of a directory that belong to the commit, relative to it, sorted. */
export async function trackedFiles(directory: string): Promise<string[]> {
  const listed = await tryGit(directory, ["ls-files", "-z", "--recurse-submodules", "--", "."]);
  // Without a repository (an exported checkout) all files count alike.
  if (listed === undefined) return usualFiles(directory);
  return records(listed)
    .filter((path) => lstatSync(join(directory, path), { throwIfNoEntry: false }) !== undefined)
    .sort();
}

type Repository = Pick<BuildContext, "source" | "repository">;

/**
 * The parts of a key for local directories and archives, and for local packages that those name: exactly what {@link
 * copyPackages} lets a build see.
 *
 * @param paths absolute
 * @throws Failure (refused) for a directory without tracked files, a link that leads out of the repository, and a
 *   version that comes from tags in a shallow clone
 */
export async function localParts(paths: readonly string[], { source, repository }: Repository): Promise<KeyPart[]> {
  const packages = await Promise.all(
    withNeighbours(paths).map(async (path): Promise<KeyPart[]> => {
      const name = `local ${relative(source, path) || "."}`;
      if (statSync(path).isFile()) return [{ name, value: contentHash(path) }];
      const files = await packageFiles(path, repository);
      if (files.length === 0)
        throw new Failure({
          code: "file-missing",
          what: `git tracks no file of ${relative(source, path) || path}`,
          where: { directory: path },
          remedy: "Local packages are built from what is committed: add and commit it, or install it from an index.",
          outcome: "refused",
        });
      const content = { name, value: contentHash(path, files.map((file) => relative(path, file)).sort()) };
      const history = await historyOf(path);
      if (!history) return [content];
      await refuseCutHistory(history.repository, history.commit);
      const identity = await historyIdentity(history.repository, history.commit);
      return [content, { name: `history of ${relative(source, path) || "."}`, value: hash("sha256", identity, "hex") }];
    }),
  );
  return packages.flat();
}

/**
 * What is read of local packages: tracked files of directories; whole archives and targets of links.
 *
 * @param paths absolute
 */
export async function localReads(paths: readonly string[], repository: string): Promise<Reads> {
  const all = withNeighbours(paths);
  const archives = all.filter((path) => statSync(path).isFile());
  const tracked = all.filter((path) => !archives.includes(path));
  const files = (await Promise.all(tracked.map((path) => packageFiles(path, repository)))).flat();
  const linked = files.filter((file) => tracked.every((path) => isOutside(relative(path, file))));
  return { whole: [...archives, ...linked], tracked };
}

/**
 * The repository whose tags give a package its version; undefined for a package with another version source, and
 * outside git.
 */
async function historyOf(path: string): Promise<{ repository: string; commit: string } | undefined> {
  const own = PACKAGING_FILES.map((name) => join(path, name)).filter((file) => existsSync(file));
  if (!own.some((file) => namesTagReader(readFileSync(file, "utf8")))) return undefined;
  // For a submodule, its own repository.
  const top = await tryGit(path, ["rev-parse", "--show-toplevel", "HEAD"]);
  const [repository, commit] = top?.split("\n") ?? [];
  return repository && commit ? { repository, commit } : undefined;
}

/** What a build of a package may read, absolute: the tracked files of its directory, and the targets of links in it. */
async function packageFiles(directory: string, repository: string): Promise<string[]> {
  const inside = realpathSync(repository);
  const found = new Set<string>();
  const add = async (path: string): Promise<void> => {
    if (found.has(path)) return;
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status?.isDirectory()) {
      for (const name of await trackedFiles(path)) await add(join(path, name));
      return;
    }
    found.add(path);
    if (!status?.isSymbolicLink() || !existsSync(path)) return;
    const place = relative(inside, realpathSync(path));
    if (isOutside(place))
      throw new Failure({
        code: "file-not-shippable",
        what: `${relative(repository, path)} is a link that leads out of the repository`,
        where: { target: readlinkSync(path) },
        remedy:
          "A local package is built from what is committed: put what it leads to into the repository, or remove it.",
        outcome: "refused",
      });
    const target = join(repository, place);
    // A link to one of its own parent directories would have no end.
    if (!`${path}/`.startsWith(`${target}/`)) await add(target);
  };
  await add(directory);
  return [...found];
}

const isOutside = (place: string) => place === ".." || place.startsWith("../");

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

/**
 * Directories, and those that their pyproject.toml refers to: `[tool.uv.sources]`, poetry's dependencies with a path.
 */
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
    // The build reports what is wrong with it.
    return {};
  }
}

/**
 * Copies local packages, and the local packages that those name, to their paths below the copy of the repository. The
 * copy contains nothing else of the repository, so that a build reads only what is in a key.
 *
 * @param paths directories and archives, absolute
 * @param to a directory that does not exist yet, absolute
 * @param files further files, absolute
 * @returns a function that converts a path of the checkout to its path in the copy; other paths stay as they are
 */
export async function copyPackages(
  paths: readonly string[],
  { repository, to, files = [] }: { repository: string; to: string; files?: readonly string[] },
): Promise<(path: string) => string> {
  const inCopy = (path: string) => {
    const place = relative(repository, path);
    return isOutside(place) ? path : join(to, place);
  };
  const packages = withNeighbours(paths).filter((path) => inCopy(path) !== path);
  const all = new Set(files);
  for (const path of packages) for (const file of await packageFiles(path, repository)) all.add(file);
  mkdirSync(to, { recursive: true });
  for (const file of all) if (inCopy(file) !== file) copyFile(file, repository, inCopy);
  const histories = await Promise.all(packages.map(historyOf));
  const tops = new Map(
    histories.flatMap((history) => (history ? [[history.repository, history.commit] as const] : [])),
  );
  for (const [top, commit] of tops) {
    // A submodule's files are below its own directory.
    const root = inCopy(join(repository, relative(realpathSync(repository), realpathSync(top))));
    await makeCommitView(top, commit, root);
    const written = [...all].map((file) => ({ file, place: relative(root, inCopy(file)) }));
    await updateIndex(
      root,
      // copyFile writes links.
      written.map(({ file, place }) => ({ place, blob: "", identity: lstatSync(file).isSymbolicLink() ? "link" : "" })),
    );
  }
  return inCopy;
}

/** A link leads to the copy of its final target. */
function copyFile(file: string, repository: string, inCopy: (path: string) => string): void {
  const target = inCopy(file);
  mkdirSync(dirname(target), { recursive: true });
  if (lstatSync(file).isFile()) {
    copyFileSync(file, target);
    chmodSync(target, (statSync(file).mode & 0o111) !== 0 ? 0o755 : 0o644);
    return;
  }
  if (!lstatSync(file).isSymbolicLink()) return;
  const end = existsSync(file) ? inCopy(join(repository, relative(realpathSync(repository), realpathSync(file)))) : "";
  symlinkSync(end === "" ? readlinkSync(file) : relative(dirname(target), end) || ".", target);
}
