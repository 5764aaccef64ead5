// uv.lock as the origin of an environment (https://docs.astral.sh/uv/concepts/projects/sync/).
import { hash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { quoteName } from "../../artifact/shippable-names.ts";
import { usualFiles } from "../../cache-key/content-hash.ts";
import { withoutCredentials } from "../../cache-key/key.ts";
import { Failure } from "../../failure.ts";
import { untrackedReads } from "../../source/committed.ts";
import type { BuildContext } from "../installer.ts";
import { copyPackages, localParts, localReads, trackedFiles } from "../local-packages.ts";
import { describesPackage, packageDirectory } from "../virtualenv/package-project.ts";
import { refuseLacking } from "../virtualenv/requirements-origin.ts";
import { configurationFiles, configurationParts, fileParts } from "./configuration-files.ts";
import type { UvConfig } from "./index.ts";
import { directDependencies, lockRequirers } from "./lock-file.ts";
import type { Origin } from "./origin.ts";
import { findUvProject } from "./project.ts";

/** @param application its directory, absolute: the environment may have a directory of its own */
export async function fromLock(config: UvConfig, context: BuildContext, application: string): Promise<Origin> {
  const project = findUvProject(context, config.options ?? []);
  const { lock } = project;
  await refuseUntracked(context.repository, [project.file, join(context.source, "pyproject.toml")]);
  const describedBy = await tracked(project.describedBy);
  const groups = (config.groups ?? []).flatMap((group) => ["--group", group]);
  const extras = (config.extras ?? []).flatMap((extra) => ["--extra", extra]);
  const { installedPaths, dynamicPaths } = project;
  // A build backend's answer about a package depends on any of its files, like a build of it.
  const packages = [...installedPaths, ...dynamicPaths];
  const local = await localReads(packages, context.repository);
  const members = packages.map((path) => join(path, "pyproject.toml")).filter((file) => existsSync(file));
  return {
    step: "uv sync --locked",
    reads: { ...local, whole: [project.file, ...describedBy, ...local.whole] },
    builtHere: packages,
    configuration: [...configurationFiles(context), ...describedBy, ...members].filter((file) => /\.toml$/.test(file)),
    parts: [
      { name: "file uv.lock", value: hash("sha256", withoutCredentials(project.text), "hex") },
      ...configurationParts(context),
      { name: "groups and extras", value: JSON.stringify([groups, extras]) },
      // The lock contains only the paths of local packages: their content decides like a version.
      ...(await localParts(packages, context)),
      ...fileParts(
        describedBy.filter((file) => !configurationFiles(context).includes(file)),
        context,
      ),
    ],
    warnings: [
      ...dynamicWarnings(dynamicPaths, context),
      ...holdingWarnings(installedPaths, context),
      ...(project.directory === undefined ? [] : leftOutWarnings(config, project.directory, application, context)),
    ],
    refuseMissing(resolved) {
      // Packages are left out on purpose.
      if ((config.options ?? []).some((option) => /^--(no-install-|only-(group|dev))/.test(option))) return;
      refuseLacking(directDependencies(lock, project.name), resolved, "uv");
    },
    requirers: (installed) =>
      lockRequirers(lock, installed, {
        project: project.name,
        groups: config.groups ?? [],
        extras: config.extras ?? [],
        open: (config.options ?? []).length > 0,
      }),
    async prepare(scratch, named) {
      const inCopy = await copyPackages(packages, {
        repository: context.repository,
        to: join(scratch, "checkout"),
        files: [project.file, ...configurationFiles(context), ...describedBy, ...named.flatMap(filesOf)],
      });
      // With `--all-packages` no package is treated as the project.
      const without = project.name === undefined ? [] : ["--no-install-package", project.name];
      const settings = [
        "--no-install-project",
        ...without,
        "--no-editable",
        "--no-default-groups",
        "--no-compile-bytecode",
      ];
      return { arguments: ["sync", "--locked", ...settings, ...groups, ...extras], directory: inCopy(context.source) };
    },
  };
}

/** A file, or the files of a directory that count in a key. */
const filesOf = (path: string): string[] =>
  statSync(path).isDirectory() ? usualFiles(path).map((name) => join(path, name)) : [path];

/** A lock lets many commits share one environment: with these packages, each change of their code makes a new one. */
function dynamicWarnings(paths: readonly string[], { repository }: BuildContext): string[] {
  if (paths.length === 0) return [];
  const named = paths.map((path) => {
    const file = ["pyproject.toml", "setup.py"].find((name) => existsSync(join(path, name))) ?? "";
    return quoteName(join(relative(repository, path), file));
  });
  return [
    `${named.join(", ")} leaves requirements to the build backend, which may read any tracked file beside it: the environment is built again when one of those changes. Write \`dependencies\` into [project] and take them out of \`dynamic\`, and a change of code alone builds none.`,
  ];
}

/**
 * The same applies to a package at the root of a workspace that another member needs: the application is one of its
 * files.
 */
function holdingWarnings(paths: readonly string[], { source, repository }: BuildContext): string[] {
  const holding = paths.filter((path) => `${source}/`.startsWith(`${path}/`));
  return holding.map((path) => {
    const file = quoteName(join(relative(repository, path), "pyproject.toml"));
    return `${file} describes a package that is installed into the environment, and the application is in its directory: the environment is built again when any tracked file there changes. Move that package into a directory of its own, such as libs/core, and a change of the application alone builds none.`;
  });
}

/**
 * Warnings for a project that is left to the release, although that contains another one or none.
 *
 * @param directory the project's, absolute
 */
function leftOutWarnings(
  { directory: own, use }: UvConfig,
  directory: string,
  application: string,
  context: BuildContext,
): string[] {
  const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : undefined);
  const built = (wanted: boolean | undefined) => {
    const found = packageDirectory(wanted, own, (path) => read(join(application, path)));
    return found === undefined ? undefined : join(application, found);
  };
  const file = join(directory, "pyproject.toml");
  if (use !== "runtime" || context.package === false || built(context.package) === directory) return [];
  if (!describesPackage(read(file) ?? "")) return [];
  const remedy =
    built(true) === directory
      ? "`package: true` in tarlift.yml builds it into each release; `package: false` says that its code runs as it lies there."
      : `Let \`source:\` in tarlift.yml be ${relative(context.repository, directory) || "the repository (leave it out)"}. Where its code runs as it lies there, say \`package = false\` in [tool.uv] of that file, and run \`uv lock\`.`;
  return [
    `${quoteName(relative(context.repository, file))} describes a package that is neither in the environment nor built into the release. ${remedy}`,
  ];
}

async function tracked(files: readonly string[]): Promise<string[]> {
  const directories = [...new Set(files.map((file) => dirname(file)))];
  const all = await Promise.all(
    directories.map(async (directory) => (await trackedFiles(directory)).map((name) => join(directory, name))),
  );
  const known = new Set(all.flat());
  return files.filter((file) => known.has(file));
}

/** uv works in a copy of the tracked files. */
async function refuseUntracked(repository: string, files: string[]): Promise<void> {
  const [first, ...others] = await untrackedReads(repository, { whole: files, tracked: [] });
  if (first === undefined) return;
  throw new Failure({
    code: "file-missing",
    what: `git does not track ${[first, ...others].join(" and ")}`,
    remedy: `An environment is built from what is committed: git add ${[first, ...others].join(" ")}, and commit.`,
    outcome: "refused",
  });
}
