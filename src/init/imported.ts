// How a command in the application's directory imports a Python file of the application.

import { shellWord } from "../text/shell-word.ts";
import { packaging } from "./packaging.ts";
import { pathWord } from "./path-word.ts";
import { moduleOf, type Tree } from "./project.ts";
import { pythonCode } from "./source-text.ts";

export interface Imported {
  module: string;
  /** What has to precede the command: `PYTHONPATH=src ` if nothing else puts `src/` on Python's path. */
  prefix: string;
}

/**
 * A package is on the path by its own name. Without a package, code that imports its neighbours by bare names runs with
 * their directory on the path.
 */
export function imported(tree: Tree, path: string): Imported {
  if (!path.startsWith("src/")) {
    const base = packaging(tree) ? "" : baseOf(tree, path);
    return { module: moduleOf(path.slice(base === "" ? 0 : base.length + 1)), prefix: onPath(base) };
  }
  const module = moduleOf(path);
  if (packaging(tree)) return { module, prefix: "" };
  return plainImports(tree, "src").length > 0
    ? { module, prefix: onPath("src") }
    : { module: `src.${module}`, prefix: "" };
}

const onPath = (directory: string) => (directory === "" ? "" : `PYTHONPATH=${pathWord(directory)} `);

/** The directory that must be on Python's path for a file; empty if the application's own suffices. */
function baseOf(tree: Tree, path: string): string {
  const parts = path.split("/").slice(0, -1);
  // No import statement can refer to `my-app/`: code in it runs from there.
  const unnamed = parts.findLastIndex((part) => !NAME.test(part));
  if (unnamed >= 0) return parts.slice(0, unnamed + (parts[unnamed + 1] === "src" ? 2 : 1)).join("/");
  const [top] = parts;
  return top !== undefined && runsInside(tree, top) ? top : "";
}

const NAME = /^[A-Za-z_]\w*$/;

/** Whether code in a directory imports its neighbours by bare names, and no code treats the directory as a package. */
function runsInside(tree: Tree, top: string): boolean {
  const atTop = (name: string) => tree.paths.some((path) => path === `${name}.py` || path.startsWith(`${name}/`));
  if (tree.paths.includes(`${top}/__init__.py`) || plainImports(tree, top).every(atTop)) return false;
  const asPackage = new RegExp(`^[ \\t]*(from|import)[ \\t]+${top}\\b`, "m");
  const relative = /^[ \t]*from[ \t]+\./m;
  const code = (path: string) => pythonCode(tree.read(path) ?? "");
  const sources = tree.paths.filter((path) => path.endsWith(".py"));
  return !sources.some(
    (path) =>
      asPackage.test(code(path)) ||
      (path.startsWith(`${top}/`) && path.split("/").length === 2 && relative.test(code(path))),
  );
}

/**
 * The check that imports a module, and calls a function of it.
 *
 * @param called a function without arguments
 */
export function importCheck({ module, prefix }: Imported, called?: string): string {
  const plain = module.split(".").every((part) => NAME.test(part));
  const statement = plain
    ? called === undefined
      ? `import ${module}`
      : `from ${module} import ${called}; ${called}()`
    : `from importlib import import_module; import_module(${JSON.stringify(module)})${called === undefined ? "" : `.${called}()`}`;
  return `${prefix}python -c ${shellWord(statement)}`;
}

/**
 * The module of a server's command (`gunicorn shop.wsgi:app`).
 *
 * @returns undefined if no file of the application is that module
 */
export function importedAs(tree: Tree, module: string): (Imported & { path: string }) | undefined {
  const stem = module.replaceAll(".", "/");
  const standing = (base: string) =>
    [`${base}.py`, `${base}/__init__.py`].find((candidate) => tree.paths.includes(candidate));
  const plain = standing(stem);
  if (plain !== undefined) return { path: plain, module, prefix: "" };
  const below = standing(`src/${stem}`);
  return below === undefined ? undefined : { path: below, module, prefix: packaging(tree) ? "" : onPath("src") };
}

const IMPORT = /^[ \t]*(?:from[ \t]+(\.*)(\w[\w.]*)?[ \t]+import[ \t]+(\([^()]*\)|[^\n]*)|import[ \t]+([^\n]+))/gm;

/** A file, and all files of the application that it imports, directly or indirectly, each once. */
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

/** Names that code below a directory imports directly from that directory, by bare name. */
function plainImports(tree: Tree, directory: string): string[] {
  const below = tree.paths.filter((path) => path.startsWith(`${directory}/`) && path.endsWith(".py"));
  const tops = new Set(below.map((path) => path.split("/")[1]!.replace(/\.py$/, "")));
  return below.flatMap((path) =>
    [...pythonCode(tree.read(path) ?? "").matchAll(/^[ \t]*(?:from|import)[ \t]+(\w+)/gm)].flatMap(([, name]) =>
      tops.has(name!) ? [name!] : [],
    ),
  );
}
