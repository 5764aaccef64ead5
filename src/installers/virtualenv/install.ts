// The common procedure of all installers of virtualenvs: choosing the Python, its part of the key, and the install from
// an empty directory to an environment that is ready to pack.
import { rmSync } from "node:fs";
import type { KeyPart } from "../../cache-key/key.ts";
import type { Requirer } from "../../python/conditions.ts";
import { describePython, findPython, hostPython, type Python } from "../../python/interpreter.ts";
import { refuseExcludedPython } from "../../python/requires-python.ts";
import type { Reads } from "../../source/committed.ts";
import type { CommandOptions } from "../../subprocess/command.ts";
import { scratchDirectory } from "../../subprocess/scratch.ts";
import type { BuildContext, Installed, InstallPlan } from "../installer.ts";
import { optionParts, passedParts, redactor } from "../passed-variables.ts";
import { applicationHooks } from "./application.ts";
import { localizeWith } from "./localize.ts";
import type { PackageBuilder } from "./own-package.ts";
import { resolvedOf } from "./requirements-origin.ts";
import { createVirtualenv, finishVirtualenv, installTool } from "./virtualenv.ts";

/** The interpreters of an environment: the builder's and the hosts'. */
export interface Pythons {
  python: Python;
  host: { interpreter: string; version: string };
}

/**
 * @param config.project the directory with the `requires-python` that counts, absolute
 * @param config.application the application's directory, absolute
 * @throws Failure (refused) if the hosts' version is unknown, is excluded, or is not on this machine
 */
export async function choosePythons(
  config: { use: "runtime" | "build"; interpreter?: string | undefined; "version-file"?: string | undefined },
  { project, application, wanted }: { project: string; application: string; wanted: string | undefined },
): Promise<Pythons> {
  const host = hostPython(config, application);
  if (config.use !== "build") refuseExcludedPython(project, host);
  return { host, python: await findPython(host, wanted) };
}

/** Options for the commands of an installer. */
export type Listening = Required<Pick<CommandOptions, "redact" | "onLine">> & Pick<CommandOptions, "signal">;

/** What is specific to an installer. */
export interface VirtualenvPlan extends Pythons {
  tool: { name: string; version: string };
  /** The name of the install while it runs. */
  task: string;
  options: readonly string[];
  /** Names of `pass-env`. */
  passed: readonly string[];
  /** `source` is where the installer starts. */
  context: BuildContext;
  /** The files that decide what is installed, and their parts of the key. */
  reads: Reads;
  parts: readonly KeyPart[];
  warnings: string[];
  /** Fills the virtualenv. @returns the installed packages as JSON, as `pip list --format json` prints them */
  install(into: Into): Promise<string>;
  /** @throws Failure when the environment lacks a package that it has to contain */
  refuseMissing(resolved: readonly { name: string }[]): void;
  requirers(installed: Requirer[]): Requirer[];
  package: Pick<PackageBuilder, "pip" | "packageSources">;
}

export interface Into {
  /** The virtualenv, absolute. */
  directory: string;
  /** The installer's own virtualenv, absolute. */
  tool: string;
  /** An empty directory that is removed afterwards, absolute. */
  scratch: string;
  listening: Listening;
}

export function virtualenvInstallPlan(plan: VirtualenvPlan): InstallPlan {
  const { tool, python, host, options, passed, context } = plan;
  return {
    reads: plan.reads,
    parts: [
      ...plan.parts,
      { name: "installer", value: `${tool.name} ${tool.version}` },
      ...optionParts(options, context.source),
      { name: "python", value: describePython(python) },
      { name: "interpreter on hosts", value: host.interpreter },
      ...passedParts(process.env, passed, context.source),
    ],
    warnings: plan.warnings,
    tool,
    madeWith: describePython(python),
    install: (directory) => install(directory, plan),
    localize: localizeWith(python),
    readable: [python.prefix],
    application: applicationHooks({ ...plan.package, python, passed }),
  };
}

async function install(directory: string, plan: VirtualenvPlan): Promise<Installed> {
  const { python, host, passed, context } = plan;
  const tool = await installTool(plan.tool.name, plan.tool.version, python, { ...context, passed });
  const scratch = scratchDirectory(context.work);
  const task = context.progress.task(plan.task);
  try {
    await createVirtualenv(directory, python);
    const listening: Listening = {
      redact: redactor(process.env, passed),
      onLine: (line) => task.line(line),
      signal: context.signal,
    };
    const resolved = resolvedOf(await plan.install({ directory, tool, scratch, listening }));
    plan.refuseMissing(resolved);
    const finished = await finishVirtualenv(directory, python, {
      host,
      checkouts: [context.repository, scratch],
      requirers: plan.requirers,
    });
    task.end(`${resolved.length} packages`);
    return { resolved, ...finished };
  } catch (error) {
    task.fail();
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
