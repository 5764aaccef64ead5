// How a Python file of the application is imported by a command that runs in the application's directory.
import { packaging } from "./packaging.ts";
import { moduleOf, type Tree } from "./project.ts";
import { pythonCode } from "./source-text.ts";

export interface Imported {
  module: string;
  /** What stands before the command: `PYTHONPATH=src ` where nothing puts `src/` on Python's path. */
  prefix: string;
}

/** A package is on the path by its own name. Without one, code below `src/` that imports its neighbours plainly runs with `src/` there. */
export function imported(tree: Tree, path: string): Imported {
  const module = moduleOf(path);
  if (!path.startsWith("src/") || packaging(tree)) return { module, prefix: "" };
  return plainImports(tree) ? { module, prefix: "PYTHONPATH=src " } : { module: `src.${module}`, prefix: "" };
}

/**
 * The module of a server's command (`gunicorn shop.wsgi:app`).
 *
 * @returns undefined where no file of the application is that module
 */
export function importedAs(tree: Tree, module: string): (Imported & { path: string }) | undefined {
  const stem = module.replaceAll(".", "/");
  const standing = (base: string) =>
    [`${base}.py`, `${base}/__init__.py`].find((candidate) => tree.paths.includes(candidate));
  const plain = standing(stem);
  if (plain !== undefined) return { path: plain, module, prefix: "" };
  const below = standing(`src/${stem}`);
  return below === undefined ? undefined : { path: below, module, prefix: packaging(tree) ? "" : "PYTHONPATH=src " };
}

const IMPORT = /^[ \t]*(?:from[ \t]+(\.*)(\w[\w.]*)?[ \t]+import[ \t]+(\([^()]*\)|[^\n]*)|import[ \t]+([^\n]+))/gm;

/** A file, and the files of the application that it imports, and those that they import: each once. */
export function importedFiles(tree: Tree, path: string): string[] {
  const standing = new Set(tree.paths);
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file) || !standing.has(file)) return;
    found.add(file);
    for (const [, dots, from, names, plain] of pythonCode(tree.read(file) ?? "").matchAll(IMPORT)) {
      const modules =
        plain === undefined
          ? [from, ...(names?.match(/\w+/g) ?? []).map((name) => (from ? `${from}.${name}` : name))]
          : plain.split(",").map((one) => one.trim().split(/\s/)[0]);
      const roots = dots ? [[...file.split("/").slice(0, -dots.length), ""].join("/")] : ["", "src/"];
      for (const stem of modules
        .filter((one) => one !== undefined && one !== "")
        .map((one) => one!.replaceAll(".", "/")))
        for (const root of roots) {
          visit(`${root}${stem}.py`);
          // A module's package runs before it.
          const parts = stem.split("/");
          for (const [index] of parts.entries()) visit(`${root}${parts.slice(0, index + 1).join("/")}/__init__.py`);
        }
      if (dots && !from) visit(`${roots[0]}__init__.py`);
    }
  };
  visit(path);
  return [...found];
}

function plainImports(tree: Tree): boolean {
  const below = tree.paths.filter((path) => path.startsWith("src/") && path.endsWith(".py"));
  const tops = new Set(below.map((path) => path.split("/")[1]!.replace(/\.py$/, "")));
  return below.some((path) =>
    [...pythonCode(tree.read(path) ?? "").matchAll(/^[ \t]*(?:from|import)[ \t]+(\w+)/gm)].some(([, name]) =>
      tops.has(name!),
    ),
  );
}
