// uv: `uv.lock` without the project itself, or requirement files, into a virtualenv
// (https://docs.astral.sh/uv/concepts/projects/sync/).
import { hash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { quoteName } from "../../artifact/shippable-names.ts";
import { contentHash, usualFiles } from "../../cache-key/content-hash.ts";
import type { KeyPart } from "../../cache-key/key.ts";
import { withoutCredentials } from "../../cache-key/key.ts";
import { Failure } from "../../failure.ts";
import type { Requirer } from "../../python/conditions.ts";
import { offeredByConfiguration } from "../../python/package-directories.ts";
import type { Reads } from "../../source/committed.ts";
import { untrackedReads } from "../../source/committed.ts";
import { builtVariables } from "../../subprocess/built-variables.ts";
import { type CommandOptions, formatEnd } from "../../subprocess/command.ts";
import { run, tryRun } from "../../subprocess/run.ts";
import { gitRemedy } from "../git-remedy.ts";
import type { BuildContext, InstallPlan } from "../installer.ts";
import { BUILT_ALONE, copyPackages, localParts, localReads, trackedFiles } from "../local-packages.ts";
import { namedFiles, refusePackages, refuseUnseen } from "../passed-variables.ts";
import { choosePythons, type Into, virtualenvInstallPlan } from "../virtualenv/install.ts";
import { describesPackage, packageDirectory } from "../virtualenv/package-project.ts";
import { projectSources } from "../virtualenv/package-sources.ts";
import { pipVersion } from "../virtualenv/pip-version.ts";
import { flattenRequirements, readRequirements } from "../virtualenv/requirement-files.ts";
import {
  fileRequirers,
  LACKS_COMPILER,
  localDirectories,
  refuseLacking,
  refuseMissing,
  requirementParts,
  requirementReads,
  unpinnedWarnings,
} from "../virtualenv/requirements-origin.ts";
import type { UvConfig } from "./index.ts";
import { directDependencies, lockRequirers } from "./lock-file.ts";
import { findUvProject } from "./project.ts";
import { uvVariables } from "./settings.ts";

/** The version of uv that Tarlift uses. */
export const UV_VERSION = "0.9.7";

/** See `Installer.inspect`. */
export async function inspect(config: UvConfig, { source, ...rest }: BuildContext): Promise<InstallPlan> {
  const context: BuildContext = { ...rest, source: join(source, config.directory ?? ".") };
  const passed = config["pass-env"] ?? [];
  const pythons = await choosePythons(config, { project: context.source, application: source, wanted: context.python });
  const options = config.options ?? [];
  if (config.requirements) refusePackages(options, passed, context.source);
  const named = namedFiles({ options, env: process.env, passed }, context.source);
  const from = await (config.requirements
    ? fromRequirements(config.requirements, passed, context, source)
    : fromLock(config, context, source));
  const offered = offeredByConfiguration([
    ...from.configuration,
    ...named.filter((path) => path.endsWith(".toml") && statSync(path).isFile()),
  ]);
  return virtualenvInstallPlan({
    ...pythons,
    tool: { name: "uv", version: config["installer-version"] ?? UV_VERSION },
    task: "uv",
    options,
    passed,
    context,
    reads: { ...from.reads, whole: [...from.reads.whole, ...candidateFiles(context), ...named, ...offered] },
    parts: [
      ...from.parts,
      // Wheels that an earlier step built are in no commit, so the whole content of such a directory counts.
      ...offered.map((path) => ({ name: `local ${relative(context.source, path)}`, value: contentHash(path) })),
    ],
    warnings: from.warnings,
    install: (into) => install(from, into, { options, passed, named: [...named, ...offered] }),
    refuseMissing: from.refuseMissing,
    requirers: from.requirers,
    // uv's options have other names, and its settings have sources of packages that pip cannot use like uv.
    package: {
      pip: pipVersion(pythons.python),
      packageSources: () => projectSources(context.source, config.requirements ?? [], { passed, words: [] }),
    },
  });
}

async function install(
  from: Origin,
  { directory, tool, scratch, listening }: Into,
  { options, passed, named }: { options: readonly string[]; passed: readonly string[]; named: readonly string[] },
): Promise<string> {
  const command = [join(tool, "bin/uv"), "--no-progress", "--color", "never"] as const;
  const env = {
    ...uvVariables(passed, join(scratch, "configuration")),
    UV_PROJECT_ENVIRONMENT: directory,
    VIRTUAL_ENV: directory,
    UV_PYTHON: join(directory, "bin/python"),
    UV_PYTHON_DOWNLOADS: "never",
    // Links into uv's cache would be packed as links; copies belong to the environment.
    UV_LINK_MODE: "copy",
  };
  const prepared = await from.prepare(scratch, named);
  await runUv([...command, ...prepared.arguments, ...options], {
    ...listening,
    step: from.step,
    local: from.builtHere.length > 0,
    cwd: prepared.directory,
    env,
  });
  const listed = await run([...command, "pip", "list", "--format", "json"], {
    what: "uv could not list what it installed",
    code: "installer-failed",
    env,
    redact: listening.redact,
  });
  return listed.stdout;
}

async function runUv(
  command: readonly [string, ...string[]],
  { step, local, ...options }: CommandOptions & { step: string; local: boolean },
): Promise<void> {
  const result = await tryRun(command, options);
  if (result.code === 0) return;
  const output = result.lastLines;
  throw new Failure({
    code: "installer-failed",
    what: "uv could not install the dependencies",
    where: { step, ended: formatEnd(result) },
    output,
    remedy: gitRemedy(output) ?? uvRemedy(output, { step, local }),
  });
}

/** The remedy for the usual causes, by uv's messages. */
function uvRemedy(output: string, { step, local }: { step: string; local: boolean }): string {
  if (/lockfile.*needs to be updated/i.test(output))
    return "pyproject.toml and uv.lock differ: run `uv lock` and commit uv.lock.";
  if (/incompatible with the project's Python requirement/.test(output))
    return "Build with a Python that the project allows, of the hosts' minor version: `--python`, or the input `python`. Or change `requires-python` and run `uv lock`.";
  if (/401|403|credentials/i.test(output))
    return "The index wants credentials: set UV_INDEX, or UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD (secrets of the workflow), and name them in `pass-env:` of this environment; or use a netrc file.";
  if (/Failed to build|build backend/i.test(output)) return local ? `${LACKS_COMPILER} ${BUILT_ALONE}` : LACKS_COMPILER;
  if (/No solution found/.test(output))
    return "Two requirements exclude each other, or a version does not exist: change the one that uv names.";
  return `The same can be tried in a terminal: ${step}.`;
}

interface Origin {
  /** The command that installs, for messages. */
  step: string;
  reads: Reads;
  /** Files with uv's settings, absolute. */
  configuration: string[];
  /** Local packages that uv builds, absolute. */
  builtHere: string[];
  parts: KeyPart[];
  warnings: string[];
  requirers(installed: Requirer[]): Requirer[];
  /**
   * Prepares the files that uv reads.
   *
   * @param scratch an empty directory, absolute
   * @param named files and directories that options, variables and settings name, absolute
   * @returns uv's arguments and its working directory
   */
  prepare(scratch: string, named: readonly string[]): Promise<{ arguments: string[]; directory: string }>;
  /** @throws Failure when the environment lacks a package that it has to contain */
  refuseMissing(resolved: readonly { name: string }[]): void;
}

/** @param application its directory, absolute: the environment may have a directory of its own */
async function fromLock(config: UvConfig, context: BuildContext, application: string): Promise<Origin> {
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

/**
 * Files of the project from which uv reads settings and requirements: in the application's directory and in its
 * parents.
 */
const configurationFiles = (context: BuildContext) => candidateFiles(context).filter((file) => existsSync(file));

/** The same, including missing ones: a file that the commit has and that was removed would matter as well. */
function candidateFiles({ source, repository }: BuildContext): string[] {
  const directories = [source];
  for (let at = source; at !== repository && dirname(at) !== at; ) {
    at = dirname(at);
    directories.push(at);
  }
  return directories.flatMap((directory) => ["pyproject.toml", "uv.toml"].map((name) => join(directory, name)));
}

const configurationParts = (context: BuildContext): KeyPart[] => fileParts(configurationFiles(context), context);

const fileParts = (files: readonly string[], { source }: BuildContext): KeyPart[] =>
  files.map((file) => ({
    name: `file ${relative(source, file)}`,
    value: hash("sha256", withoutCredentials(readFileSync(file, "latin1")), "hex"),
  }));

async function fromRequirements(
  names: readonly string[],
  passed: readonly string[],
  context: BuildContext,
  application: string,
): Promise<Origin> {
  const files = readRequirements(context.source, names, builtVariables(process.env, passed), application);
  refuseUnseen(files, process.env, passed);
  const roots = names.map((name) => join(context.source, name));
  const directories = localDirectories(files);
  return {
    step: "uv pip install",
    reads: await requirementReads(files, context, []),
    builtHere: directories,
    configuration: configurationFiles(context),
    refuseMissing: (resolved) =>
      refuseMissing(flattenRequirements(files, roots, new Map()).requirements, resolved, "uv"),
    parts: [...(await requirementParts(files, names, context)), ...configurationParts(context)],
    warnings: unpinnedWarnings(files),
    requirers: (installed) => [...fileRequirers(files, roots), ...installed],
    async prepare(scratch) {
      const inCopy =
        directories.length > 0
          ? await copyPackages(directories, { repository: context.repository, to: join(scratch, "checkout") })
          : (path: string) => path;
      // uv builds local directories itself.
      const flat = flattenRequirements(files, roots, new Map(directories.map((path) => [path, inCopy(path)])));
      const file = (name: string, content: string) => {
        const path = join(scratch, name);
        writeFileSync(path, content, { mode: 0o600 });
        return path;
      };
      const constraints = flat.constraints.trim() === "" ? [] : ["-c", file("constraints.txt", flat.constraints)];
      return {
        arguments: ["pip", "install", "-r", file("requirements.txt", flat.requirements), ...constraints],
        directory: context.source,
      };
    },
  };
}
