// The `requires-python` of the application itself (https://packaging.python.org/en/latest/specifications/pyproject-toml/#requires-python).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { Failure } from "../failure.ts";
import { allowsPython, patchVersions } from "./markers.ts";

const pythonSchema = z.looseObject({ project: z.looseObject({ "requires-python": z.string().optional() }).optional() });

/** @param text a pyproject.toml @returns empty where it says nothing, or what no installer could read either */
export function requiresPython(text: string): string {
  try {
    return pythonSchema.parse(parse(text)).project?.["requires-python"] ?? "";
  } catch {
    return "";
  }
}

/**
 * Looks at the Python of an environment before anything is fetched for it.
 *
 * @param source the application's directory, absolute
 * @param host.interpreter what hosts have
 * @param host.version its minor version; which patch version each host has is looked at when it is deployed to
 * @throws Failure (refused) where pyproject.toml excludes every Python that hosts could have
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
