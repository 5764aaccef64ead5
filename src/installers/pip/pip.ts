// pip: requirement files with all that they include, into a virtualenv.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "../../failure.ts";
import { builtVariables } from "../../subprocess/built-variables.ts";
import type { CommandOptions } from "../../subprocess/command.ts";
import { tryRun } from "../../subprocess/run.ts";
import type { BuildContext, InstallPlan } from "../installer.ts";
import { BUILT_ALONE, copyPackages } from "../local-packages.ts";
import { namedFiles, refusePackages, refuseUnseen } from "../passed-variables.ts";
import { choosePythons, type Into, type Listening, virtualenvInstallPlan } from "../virtualenv/install.ts";
import { packageSources, projectSources, sourceArguments } from "../virtualenv/package-sources.ts";
import { pipVariables } from "../virtualenv/pip-settings.ts";
import { pipVersion } from "../virtualenv/pip-version.ts";
import { flattenRequirements, type RequirementFile, readRequirements } from "../virtualenv/requirement-files.ts";
import {
  fileRequirers,
  LACKS_COMPILER,
  localDirectories,
  refuseMissing,
  requirementParts,
  requirementReads,
  unpinnedWarnings,
} from "../virtualenv/requirements-origin.ts";
import { listInstalled, runInstaller } from "../virtualenv/run-installer.ts";
import type { PipConfig } from "./index.ts";

/** See `Installer.inspect`. */
export async function inspect(config: PipConfig, context: BuildContext): Promise<InstallPlan> {
  const { source } = context;
  const names = config.requirements ?? ["requirements.txt"];
  const passed = config["pass-env"] ?? [];
  const files = readRequirements(source, names, builtVariables(process.env, passed));
  const origin: Origin = { files, roots: names.map((name) => join(source, name)), options: config.options ?? [] };
  refuseUnseen(files, process.env, passed);
  const pythons = await choosePythons(config, { project: source, application: source, wanted: context.python });
  const version = config["installer-version"] ?? pipVersion(pythons.python);
  const { options } = origin;
  refusePackages(options, passed, source);
  return virtualenvInstallPlan({
    ...pythons,
    tool: { name: "pip", version },
    task: "pip install",
    options,
    passed,
    context,
    reads: await requirementReads(files, context, namedFiles({ options, env: process.env, passed }, source)),
    parts: await requirementParts(files, names, context),
    warnings: unpinnedWarnings(files),
    install: (into) => install(origin, into, { context, passed }),
    refuseMissing: (resolved) =>
      refuseMissing(flattenRequirements(files, origin.roots, new Map()).requirements, resolved, "pip"),
    requirers: (installed) => [...fileRequirers(files, origin.roots), ...installed],
    package: { pip: version, packageSources: () => projectSources(source, names, { passed, words: options }) },
  });
}

/** The requirement files that were read, and additional inputs of pip. */
interface Origin {
  files: readonly RequirementFile[];
  /** The files that the environment names, absolute. */
  roots: readonly string[];
  options: readonly string[];
}

async function install(
  { files, roots, options }: Origin,
  { directory, tool, scratch, listening: heard }: Into,
  { context, passed }: { context: BuildContext; passed: readonly string[] },
): Promise<string> {
  // -I: nothing in the application's directory, where it starts, can replace a module of pip.
  const pip = [join(tool, "bin/python"), "-I", "-m", "pip", "--no-input", "--disable-pip-version-check"] as const;
  const into = [...pip, "--python", join(directory, "bin/python")] as const;
  const listening: PipListening = { ...heard, env: await pipVariables(pip, passed), cwd: context.source };
  const wheel = [
    ...into,
    "wheel",
    "--no-deps",
    ...sourceArguments(packageSources(files, roots, options), scratch),
  ] as const;
  const wheels = await buildWheels(wheel, files, { context, scratch }, listening);
  const flat = flattenRequirements(files, roots, wheels);
  const written = (name: string, text: string) => {
    writeFileSync(join(scratch, name), text, { mode: 0o600 });
    return join(scratch, name);
  };
  const given = [
    ...["-r", written("requirements.txt", flat.requirements)],
    ...["-c", written("constraints.txt", flat.constraints)],
  ];
  await runPip([...into, "install", "--no-compile", "--no-warn-script-location", ...options, ...given], listening);
  const { env, redact } = listening;
  const check = await tryRun([...into, "check"], { env, redact });
  if (check.code !== 0) context.progress.warning(`pip check: ${check.lastLines}`);
  return listInstalled("pip", [...into, "list", "--format=json"], { env, redact });
}

type PipCommand = readonly [string, ...string[]];
type PipListening = Listening & Required<Pick<CommandOptions, "env" | "cwd">>;

/**
 * Builds wheels of local directories: pip would leave their paths in the environment. Archives are installed as they
 * are.
 *
 * @param wheel the command that builds one
 */
async function buildWheels(
  wheel: PipCommand,
  files: readonly RequirementFile[],
  { context, scratch }: { context: BuildContext; scratch: string },
  listening: PipListening,
): Promise<Map<string, string>> {
  const wheels = new Map<string, string>();
  const directories = localDirectories(files);
  if (directories.length === 0) return wheels;
  const inCopy = await copyPackages(directories, { repository: context.repository, to: join(scratch, "checkout") });
  for (const [n, path] of directories.entries()) {
    const out = join(scratch, "wheels", String(n));
    mkdirSync(out, { recursive: true });
    await runPip([...wheel, "--wheel-dir", out, inCopy(path)], listening, {
      step: "pip wheel",
      "local package": relative(context.source, path),
    });
    const made = readdirSync(out).find((name) => name.endsWith(".whl"));
    if (!made)
      throw new Failure({ code: "installer-failed", what: "a local requirement gave no wheel", where: { path } });
    wheels.set(path, join(out, made));
  }
  return wheels;
}

function runPip(
  command: PipCommand,
  listening: PipListening,
  where: { step: string; "local package"?: string } = { step: "pip install" },
): Promise<void> {
  return runInstaller(command, listening, {
    what: "pip could not install the requirements",
    where,
    remedy: (output) => pipRemedy(output, where["local package"] !== undefined),
  });
}

/** The remedy for the usual causes, by pip's messages. */
function pipRemedy(output: string, ofLocal: boolean): string {
  if (/No matching distribution|Could not find a version/.test(output))
    return ofLocal
      ? "What builds a local package comes from the places of all others: those of `--index-url`, `--extra-index-url`, `--find-links` and `--no-index` in requirement files and `options:`. Offer it there, or correct its name or version in `requires` of [build-system]."
      : "Check the name and version, and that this Python is one that the package supports.";
  if (/Hashes are required in --require-hashes mode|In --require-hashes mode, all requirements must have/.test(output))
    return "Where one requirement has hashes, every package needs them, and those that a local package depends on, too: write the file with `pip-compile --generate-hashes` or `uv export`. A wheel that Tarlift builds of a local directory gets its hash by itself.";
  if (/hash|HASH/.test(output) && /mismatch|DO NOT MATCH|do not match/.test(output))
    return "The index serves other bytes than the file promises: update the hashes only if you know why.";
  if (/ResolutionImpossible|conflicting dependencies/.test(output))
    return "Two requirements exclude each other: loosen one of the versions that pip names.";
  if (/error: command|gcc|Python\.h|pg_config|subprocess-exited-with-error/.test(output))
    return ofLocal ? `${LACKS_COMPILER} ${BUILT_ALONE}` : LACKS_COMPILER;
  if (/401|403|credentials/i.test(output))
    return "The index wants credentials: set PIP_INDEX_URL (a secret of the workflow) and name it in `pass-env:` of this environment, or use a netrc file.";
  return "The same command can be tried in a terminal: pip install -r with these files.";
}
