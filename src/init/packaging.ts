// Whether the application is built as a package, which puts what stands below `src/` on Python's path.

import { namesItself } from "../installers/virtualenv/listed-lines.ts";
import type { Tree } from "./project.ts";
import { readPyproject } from "./pyproject.ts";

/**
 * @returns `described`: its pyproject.toml says so to Tarlift too. `asked`: only a requirement file (`-e .`) or uv's `package = true` says
 *   so, and `package: true` has to. Undefined: it is none
 */
export function packaging(tree: Tree): "described" | "asked" | undefined {
  const pyproject = readPyproject(tree);
  if (pyproject?.packaged) return "described";
  if (pyproject?.uvPackage) return "asked";
  // What pip builds of any of the two.
  const built = tree.paths.includes("setup.py") || tree.paths.includes("pyproject.toml");
  return built && namesItself(tree) ? "asked" : undefined;
}
