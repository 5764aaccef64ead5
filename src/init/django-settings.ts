// Finds the settings module that a Django project uses in production, and the modules that it imports.

import { moduleOf, type Tree } from "./project.ts";
import type { Module } from "./python-paths.ts";
import { pythonCode } from "./source-text.ts";

/** Names of modules for development or for tests. */
const DEVELOPMENT =
  /(^|[._])(dev|develop|development|local|test|tests|testing|debug|ci)$|(^|[._])(dev|develop|development|local|tests?|testing|debug|ci)_settings$/;
const PRODUCTION = /(^|[._])(production|prod|live)$|(^|\.)(production|prod|live)_settings$/;
/** Content of a settings module, whatever its name: `shop.live` may be about streams. */
const SETTINGS = /^from[ \t]+\S+[ \t]+import[ \t]+\*|^(DEBUG|ALLOWED_HOSTS|DATABASES|INSTALLED_APPS|SECRET_KEY)\b/m;
/** Files that define how the application is started in production. */
const DEPLOYING = /(^|\/)((wsgi|asgi)\.py|(Dockerfile|Containerfile)[^/]*|Procfile|[^/]+\.service)$/;
/** In Python only a string: a computed value or the name of a variable does not name a module. */
const NAMED_IN_PYTHON =
  /DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*(["'])([A-Za-z_]\w*(?:\.\w+)*)\1[ \t]*(?=[,;)\r\n]|$)/g;
const NAMED_ELSEWHERE = /\bDJANGO_SETTINGS_MODULE(?:=|[ \t]+)(["']?)([A-Za-z_]\w*(?:\.\w+)*)(?![\w.${/-])/g;
const STRING = /(["'])([A-Za-z_]\w*(?:\.\w+)+)\1/g;

export interface SettingsChoice {
  /** Undefined: the user has to choose. */
  module: string | undefined;
  /** The default of manage.py. */
  standard: string | undefined;
  /** Modules that manage.py names and the repository lacks. */
  absent: string[];
  /** The possible modules. */
  candidates: string[];
}

/**
 * The module whose name indicates production; otherwise the one that deployment files name; otherwise that of
 * manage.py. Never one for development.
 */
export function settingsModule(tree: Tree): SettingsChoice {
  const own = named(tree, "manage.py");
  const standard = own.length === 1 ? own[0] : undefined;
  const standing = (module: string) => moduleFile(tree, module) !== undefined;
  const deploying = tree.paths.filter((path) => DEPLOYING.test(path));
  const deployed = deploying.flatMap((path) => named(tree, path)).filter(standing);
  const mentioned = ["manage.py", ...deploying].flatMap((path) => strings(tree, path)).filter(standing);
  const all = [...new Set([...deployed, ...own, ...mentioned])];
  const beside = all.flatMap((module) => neighbours(tree, module)).filter((module) => likeSettings(tree, module));
  const candidates = [...new Set([...all, ...beside])].filter(standing);
  const choice = { standard, absent: own.filter((module) => !standing(module)), candidates };
  const ranks = [
    candidates.filter((module) => PRODUCTION.test(module)),
    deployed,
    standard && standing(standard) ? [standard] : [],
  ];
  for (const rank of ranks) {
    const fit = [...new Set(rank)].filter((module) => !DEVELOPMENT.test(module));
    if (fit.length > 0) return { module: fit.length === 1 ? fit[0] : undefined, ...choice };
  }
  return { module: undefined, ...choice };
}

/** The modules that a file sets as the settings. */
function named(tree: Tree, path: string): string[] {
  const text = tree.read(path) ?? "";
  const found = path.endsWith(".py")
    ? pythonCode(text).matchAll(NAMED_IN_PYTHON)
    : text.replace(/^[ \t]*[#;].*/gm, "").matchAll(NAMED_ELSEWHERE);
  return [...new Set([...found].map(([, , module]) => module as string))];
}

/**
 * All strings that could be a module's name, in a Python file that sets the settings:
 * `"a.production" if … else "a.development"`.
 */
function strings(tree: Tree, path: string): string[] {
  const code = path.endsWith(".py") ? pythonCode(tree.read(path) ?? "") : "";
  return code.includes("DJANGO_SETTINGS_MODULE") ? [...code.matchAll(STRING)].map(([, , text]) => text as string) : [];
}

/** Whether a module looks like settings: by its name, or by production in its name and its content. */
function likeSettings(tree: Tree, module: string): boolean {
  if (/settings/.test(module.slice(module.lastIndexOf(".") + 1))) return true;
  if (!PRODUCTION.test(module)) return false;
  return /settings/.test(module) || SETTINGS.test(tree.read(moduleFile(tree, module) ?? "") ?? "");
}

/** Modules in the same directory, and inside a package. */
function neighbours(tree: Tree, module: string): string[] {
  const parent = module.slice(0, module.lastIndexOf(".") + 1);
  return tree.paths
    .filter((path) => path.endsWith(".py") && !path.endsWith("/__init__.py"))
    .map(moduleOf)
    .filter((other) =>
      [parent, `${module}.`].some((prefix) => other.startsWith(prefix) && !other.slice(prefix.length).includes(".")),
    );
}

/** The module and those that it imports from (`from .base import *`), nearest first. */
export function settingsSources(tree: Tree, module: string): Module[] {
  const sources = new Map<string, Module>();
  const visit = (name: string) => {
    const path = moduleFile(tree, name);
    const text = path === undefined ? undefined : pythonCode(tree.read(path) ?? "");
    if (path === undefined || text === undefined || sources.has(path)) return;
    sources.set(path, { path, text });
    const inside = path.endsWith("/__init__.py") ? name.split(".") : name.split(".").slice(0, -1);
    // The last import wins, so it is read first.
    for (const [, dots, from] of [...text.matchAll(/^from[ \t]+(\.*)(\w[\w.]*)?[ \t]+import\b/gm)].reverse()) {
      const base = dots ? inside.slice(0, inside.length + 1 - dots.length) : [];
      visit([...base, ...(from ? [from] : [])].join("."));
    }
  };
  visit(module);
  return [...sources.values()];
}

function moduleFile(tree: Tree, module: string): string | undefined {
  const path = module.replaceAll(".", "/");
  return [`${path}.py`, `${path}/__init__.py`]
    .flatMap((candidate) => [candidate, `src/${candidate}`])
    .find((candidate) => tree.paths.includes(candidate));
}
