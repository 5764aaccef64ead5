// uv: `uv.lock` without the project itself, or requirement files, into a virtualenv.
import { statSync } from "node:fs";
import { join, relative } from "node:path";
import { contentHash } from "../../cache-key/content-hash.ts";
import { offeredByConfiguration } from "../../python/package-directories.ts";
import type { BuildContext, InstallPlan } from "../installer.ts";
import { BUILT_ALONE } from "../local-packages.ts";
import { namedFiles, refusePackages } from "../passed-variables.ts";
import { choosePythons, type Into, virtualenvInstallPlan } from "../virtualenv/install.ts";
import { projectSources } from "../virtualenv/package-sources.ts";
import { pipVersion } from "../virtualenv/pip-version.ts";
import { LACKS_COMPILER } from "../virtualenv/requirements-origin.ts";
import { listInstalled, runInstaller } from "../virtualenv/run-installer.ts";
import { candidateFiles } from "./configuration-files.ts";
import { fromLock } from "./from-lock.ts";
import { fromRequirements } from "./from-requirements.ts";
import type { UvConfig } from "./index.ts";
import type { Origin } from "./origin.ts";
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
  await runInstaller(
    [...command, ...prepared.arguments, ...options],
    { ...listening, cwd: prepared.directory, env },
    {
      what: "uv could not install the dependencies",
      where: { step: from.step },
      remedy: (output) => uvRemedy(output, { step: from.step, local: from.builtHere.length > 0 }),
    },
  );
  const { redact } = listening;
  return listInstalled("uv", [...command, "pip", "list", "--format", "json"], { env, redact });
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
