// Finds the application object with which a server is started, from files that define how it is started in production.

import { type Imported, importedAs } from "./imported.ts";
import type { Tree } from "./project.ts";

/** The most reliable first. */
const STARTING = [
  /^Procfile$/,
  /\.service$/,
  /supervisor[^/]*\/.*\.(conf|ini)$|supervisor[^/]*\.(conf|ini)$/,
  /(^|\/)(Dockerfile|Containerfile)[^/]*$/,
  /\.sh$/,
];
const SERVER = /\b(?:gunicorn|uvicorn|hypercorn|waitress-serve|daphne|granian)\b([^\n;&|]*)/g;
/** `shop.wsgi:app`, `shop:create_app()`; not `localhost:8000`. */
const OBJECT = /(?<![\w.:/-])([A-Za-z_][\w.]*):([A-Za-z_]\w*)(\(\))?(?![\w./:(-])/g;

export interface Served extends Imported {
  /** The check that creates the application as the server does. */
  check: string;
  /** The module's file. */
  path: string;
}

/** @returns undefined if no server is started with a module of this tree */
export function servedApplication(tree: Tree): Served | undefined {
  for (const pattern of STARTING) {
    for (const path of tree.paths.filter((one) => pattern.test(one))) {
      for (const [, words = ""] of (tree.read(path) ?? "").matchAll(SERVER)) {
        for (const [, module, object, called] of words.matchAll(OBJECT)) {
          const found = importedAs(tree, module!);
          if (found === undefined) continue;
          const makes = called !== undefined || /\s--factory\b/.test(words) ? `; ${object}()` : "";
          const check = `${found.prefix}python -c 'from ${module} import ${object}${makes}'`;
          return { module: found.module, prefix: found.prefix, check, path: found.path };
        }
      }
    }
  }
  return undefined;
}
