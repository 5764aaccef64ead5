// uv: `uv.lock` without the project itself, or requirement files, into a virtualenv (https://docs.astral.sh/uv/concepts/projects/sync/).
import { hash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, formatEnd, run, tryRun } from "../command/run.ts";
import type { EnvironmentConfig } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import type { Requirer } from "./conditions.ts";
import { contentHash } from "./content-hash.ts";
import { withoutCredentials } from "./key.ts";
import { passedParts, redactor, refuseUnseen } from "./passed.ts";
import { fileRequirers, refuseLacking, refuseMissing, requirementParts, resolvedOf, unpinnedWarnings } from "./pip.ts";
import { describePython, findPython, hostPython } from "./python-interpreter.ts";
import { flattenRequirements, readRequirements } from "./requirement-files.ts";
import { scratchDirectory } from "./scratch.ts";
import type { BuildPlace, Installer, KeyPart } from "./types.ts";
import { directDependencies, localPath, lockRequirers, parseUvLock } from "./uv-lock.ts";
import { uvVariables } from "./uv-settings.ts";
import { createVirtualenv, finishVirtualenv, installTool } from "./virtualenv.ts";

/** The uv that Tarlift chooses. */
export const UV_VERSION = "0.9.7";

export const uv: Installer = {
  name: "uv",
  kind: "path",
  async inspect(config, place) {
    const passed = config["pass-env"] ?? [];
    const host = hostPython(config, place.source);
    const python = await findPython(host, place.python);
    const version = config["installer-version"] ?? UV_VERSION;
    const options = config.options ?? [];
    const from = config.requirements ? fromRequirements(config.requirements, passed, place) : fromLock(config, place);
    return {
      parts: [
        ...from.parts,
        { name: "installer", value: `uv ${version}` },
        { name: "options", value: JSON.stringify(options.map(withoutCredentials)) },
        { name: "python", value: describePython(python) },
        { name: "interpreter on hosts", value: host.interpreter },
        ...passedParts(process.env, passed, place.source),
      ],
      warnings: from.warnings,
      installer: { name: "uv", version },
      async install(directory) {
        const tool = await installTool("uv", version, python, { ...place, passed });
        const command = [join(tool, "bin/uv"), "--no-progress", "--color", "never"] as const;
        const scratch = scratchDirectory(place.work);
        const task = place.progress.task("uv");
        const redacted = redactor(process.env, passed);
        const env = {
          ...uvVariables(passed, join(scratch, "configuration")),
          UV_PROJECT_ENVIRONMENT: directory,
          VIRTUAL_ENV: directory,
          UV_PYTHON: join(directory, "bin/python"),
          UV_PYTHON_DOWNLOADS: "never",
          // Links into uv's cache would be packed as what they are; copies are the environment's own.
          UV_LINK_MODE: "copy",
        };
        try {
          await createVirtualenv(directory, python);
          await runUv([...command, ...from.arguments(scratch), ...options], {
            step: config.requirements ? "uv pip install" : "uv sync --locked",
            cwd: place.source,
            env,
            signal: place.signal,
            redacted,
            onLine: (line) => task.line(redacted(line)),
          });
          const { stdout } = await run([...command, "pip", "list", "--format", "json"], {
            what: "uv could not list what it installed",
            env,
          });
          const finished = await finishVirtualenv(directory, python, {
            host,
            checkout: place.repository,
            requirers: from.requirers,
          });
          const resolved = resolvedOf(stdout);
          from.refuseMissing(resolved);
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

/** uv with its output redacted: an index address may hold credentials. */
async function runUv(
  command: readonly [string, ...string[]],
  { step, redacted, ...options }: CommandOptions & { step: string; redacted(text: string): string },
): Promise<void> {
  const result = await tryRun(command, options);
  if (result.code === 0) return;
  const output = redacted(result.lastLines);
  throw new Failure({
    what: "uv could not install the dependencies",
    where: { step, ended: formatEnd(result) },
    output,
    remedy: uvRemedy(output, step),
  });
}

/** The usual causes, by what uv says. */
function uvRemedy(output: string, step: string): string {
  if (/lockfile.*needs to be updated/i.test(output))
    return "pyproject.toml and uv.lock differ: run `uv lock` and commit uv.lock.";
  if (/401|403|credentials/i.test(output))
    return "The index wants credentials: set UV_INDEX, or UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD (secrets of the workflow), and name them in `pass-env:` of this environment; or use a netrc file.";
  if (/Failed to build|build backend/i.test(output))
    return "A package is compiled here and lacks a compiler, headers or libraries: install them on the builder before this step, or pin a version that has a wheel.";
  if (/No solution found/.test(output))
    return "Two requirements exclude each other, or a version does not exist: change the one that uv names.";
  return `The same can be tried in a terminal: ${step}.`;
}

interface Origin {
  parts: KeyPart[];
  warnings: string[];
  requirers(installed: Requirer[]): Requirer[];
  arguments(scratch: string): string[];
  /** @throws Failure when the environment lacks what has to be in it */
  refuseMissing(resolved: readonly { name: string }[]): void;
}

function fromLock(config: EnvironmentConfig, place: BuildPlace): Origin {
  const read = (name: string) => {
    const path = join(place.source, name);
    if (!existsSync(path)) {
      throw new Failure({
        what: `there is no ${name}`,
        where: { path },
        remedy: "Run `uv lock` and commit uv.lock, or name requirement files: `requirements: [requirements.txt]`.",
        outcome: "refused",
      });
    }
    return readFileSync(path, "utf8");
  };
  const lock = read("uv.lock");
  const groups = (config.groups ?? []).flatMap((group) => ["--group", group]);
  const extras = (config.extras ?? []).flatMap((extra) => ["--extra", extra]);
  // Local packages stand in the lock by their path alone: what is in them decides as much as a version does.
  const parsed = parseUvLock(lock);
  const locals = parsed.package.flatMap((one) => localPath(one) ?? []).filter((path) => path !== ".");
  return {
    parts: [
      { name: "file uv.lock", value: hash("sha256", withoutCredentials(lock), "hex") },
      { name: "file pyproject.toml", value: hash("sha256", read("pyproject.toml"), "hex") },
      { name: "groups and extras", value: JSON.stringify([groups, extras]) },
      ...[...new Set(locals)].map((path) => ({ name: `local ${path}`, value: contentHash(join(place.source, path)) })),
    ],
    warnings: [],
    refuseMissing: (resolved) => refuseLacking(directDependencies(parsed), resolved, "uv"),
    requirers: (installed) =>
      lockRequirers(parsed, installed, {
        groups: config.groups ?? [],
        extras: config.extras ?? [],
        open: (config.options ?? []).length > 0,
      }),
    arguments: () => [
      "sync",
      "--locked",
      "--no-install-project",
      "--no-editable",
      "--no-default-groups",
      "--no-compile-bytecode",
      ...groups,
      ...extras,
    ],
  };
}

function fromRequirements(names: readonly string[], passed: readonly string[], place: BuildPlace): Origin {
  const files = readRequirements(place.source, names);
  refuseUnseen(files, process.env, passed);
  const roots = names.map((name) => join(place.source, name));
  // uv builds local directories itself: they stand for themselves.
  const flat = flattenRequirements(files, roots, new Map());
  return {
    refuseMissing: (resolved) => refuseMissing(flat.requirements, resolved, "uv"),
    parts: requirementParts(files, place.source),
    warnings: unpinnedWarnings(files),
    requirers: (installed) => [...fileRequirers(files), ...installed],
    arguments(scratch) {
      const file = (name: string, content: string) => {
        const path = join(scratch, name);
        writeFileSync(path, content, { mode: 0o600 });
        return path;
      };
      const constraints = flat.constraints.trim() === "" ? [] : ["-c", file("constraints.txt", flat.constraints)];
      return ["pip", "install", "-r", file("requirements.txt", flat.requirements), ...constraints];
    },
  };
}
