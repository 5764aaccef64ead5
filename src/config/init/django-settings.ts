// Which settings module of a Django project production uses, and the modules that it is made of.

import { moduleOf, type Tree } from "./project.ts";
import type { Module } from "./python-paths.ts";

/** Names of modules that are for a developer's machine or for tests. */
const DEVELOPMENT = /(^|[._])(dev|develop|development|local|test|tests|testing|debug|ci)$/;
const PRODUCTION = /(^|[._])(production|prod|live)$|(^|\.)(production|prod|live)_settings$/;
/** Files that say how the application is started where it is deployed. */
const DEPLOYING = /(^|\/)((wsgi|asgi)\.py|(Dockerfile|Containerfile)[^/]*|Procfile|[^/]+\.service)$/;
const NAMED = /DJANGO_SETTINGS_MODULE["']?\s*(?:,|\]\s*=|=|:|\s)\s*["']?([A-Za-z_]\w*(?:\.\w+)*)/g;

export interface SettingsChoice {
  /** Undefined: a person has to say which. */
  module: string | undefined;
  /** What manage.py uses where nothing else is said. */
  standard: string | undefined;
  /** The modules that it can be. */
  candidates: string[];
}

/** The one whose name says production; else the one that deploying files name; else manage.py's. Never one for development. */
export function settingsModule(tree: Tree): SettingsChoice {
  const standard = named(tree.read("manage.py"))[0];
  const deployed = tree.paths
    .filter((path) => DEPLOYING.test(path))
    .flatMap((path) => named(tree.read(path)))
    .filter((module) => moduleFile(tree, module) !== undefined);
  const all = [...new Set([...deployed, ...(standard === undefined ? [] : [standard])])];
  const beside = all.flatMap((module) => neighbours(tree, module)).filter((module) => PRODUCTION.test(module));
  const candidates = [...new Set([...all, ...beside])];
  const ranks = [candidates.filter((module) => PRODUCTION.test(module)), deployed, standard ? [standard] : []];
  for (const rank of ranks) {
    const fit = [...new Set(rank)].filter((module) => !DEVELOPMENT.test(module));
    if (fit.length > 0) return { module: fit.length === 1 ? fit[0] : undefined, standard, candidates };
  }
  return { module: undefined, standard, candidates };
}

function named(text: string | undefined): string[] {
  return [...(text ?? "").matchAll(NAMED)].map(([, module]) => module as string);
}

/** Modules in the same directory, and inside of a package. */
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
    const text = path === undefined ? undefined : tree.read(path);
    if (path === undefined || text === undefined || sources.has(path)) return;
    sources.set(path, { path, text });
    const inside = path.endsWith("/__init__.py") ? name.split(".") : name.split(".").slice(0, -1);
    // The last import counts, so it is asked first.
    for (const [, dots, from] of [...text.matchAll(/^from[ \t]+(\.*)([\w.]*)[ \t]+import\b/gm)].reverse()) {
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
