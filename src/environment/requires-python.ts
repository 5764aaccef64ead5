// The `requires-python` of the application itself (https://packaging.python.org/en/latest/specifications/pyproject-toml/#requires-python).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { Failure } from "../failure.ts";
import { allowsPython } from "./markers.ts";
import type { Python } from "./python-interpreter.ts";

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
 * @param python what builds the environment, and the interpreter that hosts have
 * @throws Failure (refused) where pyproject.toml excludes that version
 */
export function refuseExcludedPython(source: string, python: Python, { interpreter }: { interpreter: string }): void {
  const file = join(source, "pyproject.toml");
  const wanted = existsSync(file) ? requiresPython(readFileSync(file, "utf8")) : "";
  const version = python.markers.python_full_version ?? "";
  if (allowsPython(wanted, version)) return;
  throw new Failure({
    what: `pyproject.toml requires Python ${wanted}, and the environment would be built with Python ${version}`,
    where: { file, interpreter: python.executable },
    remedy: `In tarlift.yml the hosts' interpreter is ${interpreter}. Name one that hosts have and that pyproject.toml allows as \`interpreter:\` of this environment, or change \`requires-python\`.`,
    outcome: "refused",
  });
}
