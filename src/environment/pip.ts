// pip: requirement files with all that they include, into a virtualenv.

import { hash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { builtVariables } from "../command/built-variables.ts";
import { type CommandOptions, formatEnd, run, tryRun } from "../command/run.ts";
import { Failure } from "../failure.ts";
import { parseRequirement, type Requirer } from "./conditions.ts";
import { contentHash } from "./content-hash.ts";
import { gitRemedy } from "./git-remedy.ts";
import { withoutCredentials } from "./key.ts";
import { BUILT_ALONE, copyPackages, localParts, localReads } from "./local-packages.ts";
import { packagePlaces, placeArguments } from "./package-places.ts";
import { namedFiles, optionParts, passedParts, redactor, refusePackages, refuseUnseen } from "./passed.ts";
import { pipVariables } from "./pip-settings.ts";
import { describePython, findPython, hostPython, type Python } from "./python-interpreter.ts";
import { flattenRequirements, installedFiles, type RequirementFile, readRequirements } from "./requirement-files.ts";
import { refuseExcludedPython } from "./requires-python.ts";
import { scratchDirectory } from "./scratch.ts";
import type { BuildPlace, Installer, KeyPart, Reads } from "./types.ts";
import { createVirtualenv, finishVirtualenv, installTool } from "./virtualenv.ts";

/** The pip that Tarlift chooses: the one that a distribution's venv brings can be too old for what a lock says. */
export const PIP_VERSION = "26.0.1";

/** The same for one Python: an old one has a last pip that runs on it (`Requires-Python` of its releases). */
export const pipVersion = ({ version }: Pick<Python, "version">): string =>
  ({ "3.7": "24.0", "3.8": "25.0.1" })[version] ?? PIP_VERSION;

export const pip: Installer = {
  name: "pip",
  kind: "path",
  async inspect(config, place) {
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
  },
};

/**
 * Requirement files by content without credentials, local paths and directories of wheels by what is in them.
 *
 * @param names the files that the environment names: what others say only constrains
 */
export async function requirementParts(
  files: readonly RequirementFile[],
  names: readonly string[],
  place: Pick<BuildPlace, "source" | "repository">,
): Promise<KeyPart[]> {
  return [
    { name: "requirements", value: JSON.stringify(names) },
    ...files.map(({ name, text }) => ({
      name: `file ${name}`,
      value: hash("sha256", withoutCredentials(text), "hex"),
    })),
    ...(await localParts(localsOf(files), place)),
    // Wheels that an earlier step built are in no commit: whatever stands in such a directory counts.
    ...offeredBy(files).map((path) => ({
      name: `local ${relative(place.source, path)}`,
      value: contentHash(path),
    })),
  ];
}

/**
 * What an installer reads for requirement files: them, and what they name.
 *
 * @param named files that the installer is given besides, absolute
 */
export async function requirementReads(
  files: readonly RequirementFile[],
  { repository }: Pick<BuildPlace, "repository">,
  named: readonly string[],
): Promise<Reads> {
  const local = await localReads(localsOf(files), repository);
  return { ...local, whole: [...files.map(({ path }) => path), ...offeredBy(files), ...named, ...local.whole] };
}

/** Directories and archives that requirement files name as packages. */
function localsOf(files: readonly RequirementFile[]): string[] {
  const paths = files.flatMap(({ lines }) => lines.flatMap((line) => (line.kind === "local" ? [line.path] : [])));
  return [...new Set(paths)];
}

/** What `--find-links` names in the checkout. */
function offeredBy(files: readonly RequirementFile[]): string[] {
  const lines = files.flatMap((file) => file.lines);
  return [...new Set(lines.flatMap((line) => (line.kind === "option" && line.path !== undefined ? [line.path] : [])))];
}

/**
 * What requirement files ask for, for the conditions of an environment.
 *
 * @param roots the files that the environment names, absolute
 */
export function fileRequirers(files: readonly RequirementFile[], roots: readonly string[]): Requirer[] {
  const installed = installedFiles(files, roots);
  return files.map(({ name, path, lines }) => ({
    name: undefined,
    title: name,
    ...(installed.has(path) ? { root: true as const } : { constraint: true as const }),
    requires: lines.flatMap((line) => {
      if (line.kind === "requirement") return [parseRequirement(line.text)];
      return line.kind === "local" ? [parseRequirement(`local:${line.extras}${line.rest}`)] : [];
    }),
    python: "",
  }));
}

export function unpinnedWarnings(files: readonly RequirementFile[]): string[] {
  // A file of ranges beside a file of exact constraints is a usual pair: names that some file pins are not warned of.
  const nameOf = (text: string) => parseRequirement(text).name ?? text;
  const lines = files.flatMap(({ lines }) => lines.flatMap((line) => (line.kind === "requirement" ? [line] : [])));
  const pinned = new Set(lines.filter((line) => line.pinned).map(({ text }) => nameOf(text)));
  const loose = [
    ...new Set(
      lines
        .filter((line) => !line.pinned && !pinned.has(nameOf(line.text)))
        .map(({ text }) => withoutCredentials(text)),
    ),
  ];
  if (loose.length === 0) return [];
  return [
    `${loose.length === 1 ? "a requirement has" : `${loose.length} requirements have`} no exact version, so the same commit can get other code after the cache is lost: ${loose.slice(0, 10).join(", ")}${loose.length > 10 ? ", …" : ""}. Pin them with \`pip freeze\`, pip-compile or uv.`,
  ];
}

type Listening = Required<Pick<CommandOptions, "onLine" | "env" | "cwd" | "redact">> & Pick<CommandOptions, "signal">;

/** The directories that requirement files name as packages. */
export function localDirectories(files: readonly RequirementFile[]): string[] {
  return localsOf(files).filter((path) => statSync(path).isDirectory());
}

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
    if (!made) throw new Failure({ what: "a local requirement gave no wheel", where: { path } });
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
    what: "pip could not install the requirements",
    where: { ...where, ended: formatEnd(result) },
    output,
    remedy: gitRemedy(output) ?? pipRemedy(output, where["local package"] !== undefined),
  });
}

export const LACKS_COMPILER =
  "A package is compiled here and lacks a compiler, headers or libraries: install them on the builder before this step, or pin a version that has a wheel.";

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

/**
 * Refuses an environment that lacks a package which its requirements name without a marker: the installer went elsewhere.
 *
 * @param requirements one a line, with all that was included and without constraints
 * @throws Failure naming the packages
 */
export function refuseMissing(requirements: string, resolved: readonly { name: string }[], installer: string): void {
  const unconditional = requirements.split("\n").filter((line) => !line.startsWith("-") && !line.includes(";"));
  const wanted = unconditional.flatMap(
    (line) => /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:$|[\s@[=<>!~])/.exec(line)?.[1] ?? [],
  );
  refuseLacking([...new Set(wanted)], resolved, installer);
}

/** @param wanted names of packages that have to be there */
export function refuseLacking(
  wanted: readonly string[],
  resolved: readonly { name: string }[],
  installer: string,
): void {
  const plain = (name: string) => name.toLowerCase().replace(/[-_.]+/g, "-");
  const there = new Set(resolved.map(({ name }) => plain(name)));
  const lacking = wanted.filter((name) => !there.has(plain(name)));
  if (lacking.length === 0) return;
  throw new Failure({
    what: `${installer} ended well, and the environment lacks ${lacking.slice(0, 10).join(", ")}${lacking.length > 10 ? ", …" : ""}`,
    where: { packages: `${resolved.length} in the environment` },
    remedy: `Something leads ${installer} elsewhere: look at \`options:\` and \`pass-env:\` of this environment (PIP_TARGET, PIP_PREFIX, --dry-run).`,
  });
}

export function resolvedOf(json: string): { name: string; version: string }[] {
  const list = JSON.parse(json.slice(json.indexOf("["))) as { name: string; version: string }[];
  return list.map(({ name, version }) => ({ name, version })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
