// Lines of requirement files that refer to files of the repository.
import { posix } from "node:path";
import type { Tree } from "../../source/tree.ts";

/**
 * Requirement files of development tools: beside an application in another language, they do not indicate a Python
 * application.
 */
export const TOOLS = /(^|[-_./])(dev|develop|development|local|tests?|testing|docs?|lint|ci|tools?)([-_.]|$)/;

export const REQUIREMENT_FILE = /^(requirements[^/]*|requirements\/[^/]+)\.txt$/;

export interface Own {
  /** `[server]`; empty if there are none. */
  extras: string;
}

const OWN = /^(?:-e|--editable)?[ \t=]*(["']?)(?:file:)?\.\/?(\[[^\]]*\])?\1(?:\s*[;#].*)?$/;

/** Parses a line that requires the application itself: `.`, `-e .[server]`; undefined for any other. */
export function ownLine(text: string): Own | undefined {
  const found = OWN.exec(text);
  return found ? { extras: found[2] ?? "" } : undefined;
}

/** Whether any requirement file, including those of tools, requires the application itself. */
export const namesItself = (tree: Tree): boolean =>
  tree.paths.some(
    (path) =>
      (REQUIREMENT_FILE.test(path) || path === "requirements.lock") &&
      linesOf(tree, path).some((line) => ownLine(line) !== undefined),
  );

/** The lines of a requirement file and of the files that it includes, each with its file. */
export function installedLines(tree: Tree, path: string, seen = new Set<string>()): { file: string; text: string }[] {
  if (seen.has(path)) return [];
  seen.add(path);
  return linesOf(tree, path).flatMap((text) => {
    const included = /^(?:-r|--requirement)[ \t=]*(\S+)$/.exec(text)?.[1];
    if (included === undefined) return [{ file: path, text }];
    return installedLines(tree, posix.join(posix.dirname(path), included), seen);
  });
}

const linesOf = (tree: Tree, path: string): string[] =>
  (tree.read(path) ?? "")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter(Boolean);
