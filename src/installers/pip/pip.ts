// pip: requirement files with all that they include, into a virtualenv.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "../../failure.ts";
import { describePython, findPython, hostPython } from "../../python/interpreter.ts";
import { refuseExcludedPython } from "../../python/requires-python.ts";
import { builtVariables } from "../../subprocess/built-variables.ts";
import { type CommandOptions, formatEnd } from "../../subprocess/command.ts";
import { run, tryRun } from "../../subprocess/run.ts";
import { scratchDirectory } from "../../subprocess/scratch.ts";
import { gitRemedy } from "../git-remedy.ts";
import type { BuildPlace, Inspection, Installer } from "../installer.ts";
import { BUILT_ALONE, copyPackages } from "../local-packages.ts";
import { namedFiles, optionParts, passedParts, redactor, refusePackages, refuseUnseen } from "../passed-variables.ts";
import { packagePlaces, placeArguments } from "../virtualenv/package-sources.ts";
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
  resolvedOf,
  unpinnedWarnings,
} from "../virtualenv/requirements-origin.ts";
import { createVirtualenv, finishVirtualenv, installTool } from "../virtualenv/virtualenv.ts";
import type { PipConfig } from "./index.ts";

/** As {@link Installer.inspect} says. */
export async function inspect(config: PipConfig, place: BuildPlace): Promise<Inspection> {
  const names = config.requirements ?? ["requirements.txt"];
  const passed = config["pass-env"] ?? [];
  const files = readRequirements(place.source, names, builtVariables(process.env, passed));
  const roots = names.map((name) => join(place.source, name));
  refuseUnseen(files, process.env, passed);
  const host = hostPython(config, place.source);
  if (config.use !== "build") refuseExcludedPython(place.source, host);
  const python = await findPython(host, place.python);
  const version = config["installer-version"] ?? pipVersion(python);
  const options = config.options ?? [];
  refusePackages(options, config["pass-env"] ?? [], place.source);
  return {
    reads: await requirementReads(files, place, namedFiles({ options, env: process.env, passed }, place.source)),
    parts: [
      ...(await requirementParts(files, names, place)),
      { name: "installer", value: `pip ${version}` },
      ...optionParts(options, place.source),
      { name: "python", value: describePython(python) },
      { name: "interpreter on hosts", value: host.interpreter },
      ...passedParts(process.env, passed, place.source),
    ],
    warnings: unpinnedWarnings(files),
    installer: { name: "pip", version },
    async install(directory) {
      const tool = await installTool("pip", version, python, { ...place, passed });
      const pipCommand = [
        join(tool, "bin/python"),
        // Nothing of the application's directory, where it starts, is taken for a module of pip's.
        "-I",
        "-m",
        "pip",
        "--no-input",
        "--disable-pip-version-check",
      ] as const;
      const scratch = scratchDirectory(place.work);
      const task = place.progress.task("pip install");
      try {
        const env = await pipVariables(pipCommand, passed);
        const listening: Listening = {
          env,
          cwd: place.source,
          redact: redactor(process.env, passed),
          onLine: (line) => task.line(line),
          signal: place.signal,
        };
        await createVirtualenv(directory, python);
        const into = [...pipCommand, "--python", join(directory, "bin/python")] as const;
        const places = placeArguments(packagePlaces(files, roots, options), scratch);
        const wheels = await buildWheels(
          [...into, "wheel", "--no-deps", ...places],
          files,
          { place, scratch },
          listening,
        );
        const flat = flattenRequirements(files, roots, wheels);
        writeFileSync(join(scratch, "requirements.txt"), flat.requirements, { mode: 0o600 });
        writeFileSync(join(scratch, "constraints.txt"), flat.constraints, { mode: 0o600 });
        await runPip(
          [
            ...into,
            "install",
            "--no-compile",
            "--no-warn-script-location",
            ...options,
            "-r",
            join(scratch, "requirements.txt"),
            "-c",
            join(scratch, "constraints.txt"),
          ],
          listening,
        );
        const check = await tryRun([...into, "check"], { env, redact: listening.redact });
        if (check.code !== 0) place.progress.warning(`pip check: ${check.lastLines}`);
        const { stdout } = await run([...into, "list", "--format=json"], {
          what: "pip could not list what it installed",
          code: "installer-failed",
          env,
          redact: listening.redact,
        });
        const resolved = resolvedOf(stdout);
        refuseMissing(flat.requirements, resolved, "pip");
        const finished = await finishVirtualenv(directory, python, {
          host,
          checkouts: [place.repository, scratch],
          requirers: (installed) => [...fileRequirers(files, roots), ...installed],
        });
        task.end(`${resolved.length} packages`);
        return { resolved, ...finished };
      } catch (error) {
        task.fail();
        throw error;
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
    madeWith: describePython(python),
    python: { ...python, host },
  };
}

type Listening = Required<Pick<CommandOptions, "onLine" | "env" | "cwd" | "redact">> & Pick<CommandOptions, "signal">;

/**
 * Local directories become wheels: pip would leave their paths in the environment. Archives are installed as they are.
 *
 * @param wheel the command that builds one
 */
async function buildWheels(
  wheel: readonly string[],
  files: readonly RequirementFile[],
  { place, scratch }: { place: BuildPlace; scratch: string },
  listening: Listening,
): Promise<Map<string, string>> {
  const wheels = new Map<string, string>();
  const directories = localDirectories(files);
  if (directories.length === 0) return wheels;
  const inCopy = await copyPackages(directories, { repository: place.repository, to: join(scratch, "checkout") });
  for (const [n, path] of directories.entries()) {
    const out = join(scratch, "wheels", String(n));
    mkdirSync(out, { recursive: true });
    await runPip([...wheel, "--wheel-dir", out, inCopy(path)], listening, {
      step: "pip wheel",
      "local package": relative(place.source, path),
    });
    const made = readdirSync(out).find((name) => name.endsWith(".whl"));
    if (!made)
      throw new Failure({ code: "installer-failed", what: "a local requirement gave no wheel", where: { path } });
    wheels.set(path, join(out, made));
  }
  return wheels;
}

async function runPip(
  command: readonly string[],
  listening: Listening,
  where: { step: string; "local package"?: string } = { step: "pip install" },
): Promise<void> {
  const result = await tryRun(command as [string, ...string[]], listening);
  if (result.code === 0) return;
  const output = result.lastLines;
  throw new Failure({
    code: "installer-failed",
    what: "pip could not install the requirements",
    where: { ...where, ended: formatEnd(result) },
    output,
    remedy: gitRemedy(output) ?? pipRemedy(output, where["local package"] !== undefined),
  });
}

/** The usual causes, by what pip says. */
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
