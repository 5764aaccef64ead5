// Finds the project of a uv workspace that an environment is for. Its lock may be in a parent directory
// (https://docs.astral.sh/uv/concepts/projects/workspaces/).
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { Failure } from "../../failure.ts";
import { canonicalName } from "../../python/markers.ts";
import type { BuildContext } from "../installer.ts";
import { lockedByOther } from "../unsupported.ts";
import { isVirtual, type LockedPackage, localPath, parseUvLock, type UvLock } from "./lock-file.ts";

export interface UvProject {
  lock: UvLock;
  /** The text of the lock. */
  text: string;
  /** The project whose dependencies are installed, canonical; undefined if the lock has none in this directory. */
  name: string | undefined;
  /** That project's directory, absolute. */
  directory: string | undefined;
  /** The lock's file, absolute. */
  file: string;
  /**
   * The files, absolute, by which uv compares the lock with local packages that are not installed, without the content
   * of those packages.
   */
  describedBy: string[];
  /**
   * Directories, absolute, of packages whose requirements only their build backend knows: it may read any of their
   * files.
   */
  dynamicPaths: string[];
  /**
   * The local packages that are installed with them, absolute, without the project itself: it belongs to each release.
   */
  installedPaths: string[];
}

/**
 * Finds the lock in the application's directory or in the workspace above it.
 *
 * @param options of tarlift.yml: `--package` names another project
 * @throws Failure (refused) without a lock or a pyproject.toml
 */
export function findUvProject({ source, repository }: BuildContext, options: readonly string[]): UvProject {
  const file = findUp(source, repository, "uv.lock");
  if (file === undefined || !existsSync(join(source, "pyproject.toml"))) {
    const missing = file === undefined ? "uv.lock" : "pyproject.toml";
    throw new Failure({
      code: "lock-missing",
      what: `there is no ${missing}`,
      where: { path: join(source, missing) },
      remedy:
        file === undefined
          ? (lockedByOther(readdirSync(source), "python") ??
            "Run `uv lock` and commit uv.lock, or name requirement files: `requirements: [requirements.txt]`.")
          : "Let `source:` or `directory:` name the directory of a uv project, or name requirement files: `requirements: [requirements.txt]`.",
      outcome: "refused",
    });
  }
  const text = readFileSync(file, "utf8");
  const lock = parseUvLock(text);
  const root = dirname(file);
  const named = optionValue(options, "--package");
  const own = relative(root, source) || ".";
  const project =
    named === undefined
      ? lock.package.find((one) => localPath(one) === own)
      : lock.package.find(({ name }) => canonicalName(name) === canonicalName(named));
  if (named === undefined && project === undefined && own !== ".")
    throw new Failure({
      code: "lock-invalid",
      what: `${relative(repository, file)} knows no project in ${own}`,
      where: { directory: source },
      remedy: `Make it a member of the workspace: name ${own} in \`members\` of [tool.uv.workspace] in ${join(relative(repository, root), "pyproject.toml")}, run \`uv lock\` and commit both.`,
      outcome: "refused",
    });
  const roots = options.includes("--all-packages") ? lock.package.filter((one) => localPath(one)) : [project];
  const installed = reachable(
    lock,
    roots.filter((one) => one !== undefined),
  ).filter((one) => one !== project && !isVirtual(one));
  const described = lock.package
    .filter((one) => one === project || !installed.includes(one))
    .flatMap((one) => localPath(one) ?? [])
    .map((path) => resolve(root, path))
    .filter((path) => existsSync(path));
  const dynamicPaths = described.filter((path) => statSync(path).isDirectory() && isDynamic(path));
  return {
    lock,
    text,
    file,
    describedBy: described.filter((path) => !dynamicPaths.includes(path)).flatMap(describingFiles),
    dynamicPaths,
    name: project && canonicalName(project.name),
    directory: project && resolve(root, localPath(project) ?? "."),
    installedPaths: installed.flatMap((one) => {
      const path = localPath(one);
      return path === undefined ? [] : [resolve(root, path)];
    }),
  };
}

/** Files with a package's requirements, and with uv's settings for it. */
function describingFiles(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return ["pyproject.toml", "uv.toml"].map((name) => join(path, name)).filter((file) => existsSync(file));
}

const pyprojectSchema = z.looseObject({
  project: z.looseObject({ dynamic: z.array(z.string()).optional() }).optional(),
});

/**
 * Whether uv asks a package's build backend for its requirements
 * (https://packaging.python.org/en/latest/specifications/pyproject-toml/#dynamic).
 */
function isDynamic(path: string): boolean {
  const file = join(path, "pyproject.toml");
  if (!existsSync(file)) return true;
  try {
    const { project } = pyprojectSchema.parse(parse(readFileSync(file, "utf8")));
    return project?.dynamic?.some((field) => /dependencies|requires-python/.test(field)) ?? project === undefined;
  } catch {
    // uv reports what is wrong with it.
    return false;
  }
}

function findUp(from: string, top: string, name: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return join(at, name);
    if (at === top || at === dirname(at)) return undefined;
  }
}

function optionValue(options: readonly string[], name: string): string | undefined {
  const at = options.findIndex((option) => option === name || option.startsWith(`${name}=`));
  return at < 0
    ? undefined
    : options[at]!.startsWith(`${name}=`)
      ? options[at]!.slice(name.length + 1)
      : options[at + 1];
}

/** Packages and all their possible dependencies, whatever markers, extras and groups. */
function reachable(lock: UvLock, roots: readonly LockedPackage[]): LockedPackage[] {
  const byName = Map.groupBy(lock.package, ({ name }) => canonicalName(name));
  const found = new Set<LockedPackage>();
  const visit = (one: LockedPackage) => {
    if (found.has(one)) return;
    found.add(one);
    const lists = [
      one.dependencies ?? [],
      ...Object.values(one["optional-dependencies"] ?? {}),
      ...Object.values(one["dev-dependencies"] ?? {}),
    ];
    for (const { name } of lists.flat()) for (const next of byName.get(canonicalName(name)) ?? []) visit(next);
  };
  for (const root of roots) visit(root);
  return [...found];
}
