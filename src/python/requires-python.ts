// The `requires-python` of the application itself
// (https://packaging.python.org/en/latest/specifications/pyproject-toml/#requires-python).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { Failure } from "../failure.ts";
import { allowsPython, patchVersions } from "./markers.ts";

const pythonSchema = z.looseObject({ project: z.looseObject({ "requires-python": z.string().optional() }).optional() });

/** @param text a pyproject.toml @returns empty if it is missing, or not valid for any installer */
export function requiresPython(text: string): string {
  try {
    return pythonSchema.parse(parse(text)).project?.["requires-python"] ?? "";
  } catch {
    return "";
  }
}

/**
 * Checks the Python of an environment before anything is fetched for it.
 *
 * @param source the application's directory, absolute
 * @param host.interpreter the interpreter of the hosts
 * @param host.version its minor version; the patch version of each host is checked in a deploy
 * @throws Failure (refused) if pyproject.toml excludes every Python that hosts could have
 */
export function refuseExcludedPython(source: string, host: { interpreter: string; version: string }): void {
  const file = join(source, "pyproject.toml");
  const wanted = existsSync(file) ? requiresPython(readFileSync(file, "utf8")) : "";
  if (patchVersions(host.version).some((version) => allowsPython(wanted, version))) return;
  throw new Failure({
    code: "interpreter-mismatch",
    what: `pyproject.toml requires Python ${wanted}, and the environment is for Python ${host.version}`,
    where: { file, interpreter: host.interpreter },
    remedy:
      "Name an interpreter that hosts have and that pyproject.toml allows as `interpreter:` of this environment, or change `requires-python`.",
    outcome: "refused",
  });
}
