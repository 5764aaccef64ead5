// Whether the application is built as a package, which puts the content of `src/` on Python's path.

import { namesItself } from "../installers/virtualenv/listed-lines.ts";
import type { Tree } from "./project.ts";
import { readPyproject } from "./pyproject.ts";

/**
 * @returns `described`: Tarlift recognises it from pyproject.toml. `asked`: only a requirement file (`-e .`) or uv's
 *   `package = true` shows it, so `package: true` is needed. Undefined: it is not a package
 */
export function packaging(tree: Tree): "described" | "asked" | undefined {
  const pyproject = readPyproject(tree);
  if (pyproject?.packaged) return "described";
  if (pyproject?.uvPackage) return "asked";
  // pip builds packages from either.
  const built = tree.paths.includes("setup.py") || tree.paths.includes("pyproject.toml");
  return built && namesItself(tree) ? "asked" : undefined;
}
