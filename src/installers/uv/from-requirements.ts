// Requirement files as the origin of an environment that uv installs.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtVariables } from "../../subprocess/built-variables.ts";
import type { BuildContext } from "../installer.ts";
import { copyPackages } from "../local-packages.ts";
import { refuseUnseen } from "../passed-variables.ts";
import { flattenRequirements, readRequirements } from "../virtualenv/requirement-files.ts";
import {
  fileRequirers,
  localDirectories,
  refuseMissing,
  requirementParts,
  requirementReads,
  unpinnedWarnings,
} from "../virtualenv/requirements-origin.ts";
import { configurationFiles, configurationParts } from "./configuration-files.ts";
import type { Origin } from "./origin.ts";

/**
 * @param names of the files, relative to the environment's directory
 * @param passed names of `pass-env`
 * @param application its directory, absolute
 */
export async function fromRequirements(
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
