// Which names a layer may contain. Names and link targets are part of file indexes, unescaped, which `sh` and sha256sum
// read on hosts.
import { Failure } from "../failure.ts";

// The second range (C1) moves the cursor in some terminals, like the first. U+2028 and U+2029 end a line for programs
// that split text by Unicode's rules.
const FORBIDDEN = /[\x00-\x1f\x7f-\x9f\u2028\u2029\\]/;
const FORBIDDEN_SAID = "control characters, line separators and backslashes cannot be shipped";

/**
 * Maximum lengths in bytes: of one name, by the limit of file systems, and of a path, with room for the directory into
 * which hosts receive a release.
 */
const LONGEST = { name: 255, path: 3000 } as const;

/** Compares UTF-8 bytes: JavaScript's own order differs beyond the basic plane. */
export function compareBytes(a: string, b: string): number {
  const plain = a < b ? -1 : a > b ? 1 : 0;
  return /[\ud800-\udfff]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : plain;
}

/**
 * Quotes a name so that it is safe to show: control characters and marks that change the text direction are escaped.
 */
export function quoteName(name: string): string {
  return JSON.stringify(name).replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`,
  );
}

/** Why a layer cannot contain a path, or undefined if it can. `path` is relative to the layer's base. */
export function nameProblem(path: string): string | undefined {
  if (FORBIDDEN.test(path)) return FORBIDDEN_SAID;
  if (path.includes("\ufffd")) return "its name is not UTF-8";
  if (path === "" || path.startsWith("/")) return "it is not a relative path";
  if (path.split("/").some((part) => part === "" || part === "." || part === ".."))
    return "`.`, `..` and empty parts cannot be shipped";
  if (path === "-") return "programs take a file of this name for their standard input";
  if (path.split("/").some((part) => Buffer.byteLength(part) > LONGEST.name)) return "a name has more than 255 bytes";
  if (Buffer.byteLength(path) > LONGEST.path) return "the path has more than 3000 bytes";
  return undefined;
}

/**
 * Whether a path is one of these, or below one of them. An artifact names the paths, perhaps as many as it has files:
 * so the parents of each path are looked up.
 */
export function within(paths: Iterable<string>): (path: string) => boolean {
  const roots = new Set(paths);
  return (path) => {
    if (roots.size === 0) return false;
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1))
      if (roots.has(path.slice(0, end))) return true;
    return roots.has(path);
  };
}

/** The directory in an application that is reserved for Tarlift: hosts write the files there that run the release. */
const RESERVED = ".tarlift";
/** Directories that the layer of a project's package fills. */
export const PROJECT = { site: `${RESERVED}/site`, bin: `${RESERVED}/bin` } as const;

/** Whether a path, relative to the application, is reserved for Tarlift. */
export const isReserved = (path: string): boolean => path === RESERVED || path.startsWith(`${RESERVED}/`);

/**
 * The first path of a layer that only a host may create, or undefined.
 *
 * @param entries of a layer whose base is the application
 */
export function reservedPath(entries: Iterable<{ path: string; type: string }>): string | undefined {
  const ours = Object.values(PROJECT);
  for (const { path, type } of entries) {
    if (!isReserved(path) || (path === RESERVED && type === "directory")) continue;
    if (!ours.some((place) => path === place || path.startsWith(`${place}/`))) return path;
  }
  return undefined;
}

/** Why a layer cannot contain a link with this target, or undefined if it can. */
export function targetProblem(target: string): string | undefined {
  return target === "" || FORBIDDEN.test(target) || target.includes("\ufffd") ? FORBIDDEN_SAID : undefined;
}

/** @throws Failure that names all paths and link targets that a layer cannot contain */
export function refuseNames(sources: Iterable<{ path: string; target?: string }>): void {
  const problems: string[] = [];
  for (const { path, target } of sources) {
    const problem = nameProblem(path);
    if (problem) problems.push(`${quoteName(path)}: ${problem}`);
    else if (target !== undefined && targetProblem(target))
      problems.push(`${quoteName(path)} -> ${quoteName(target)}: ${targetProblem(target)}`);
  }
  if (problems.length === 0) return;
  throw new Failure({
    code: "file-not-shippable",
    what: problems.length === 1 ? "a name cannot be shipped" : `${problems.length} names cannot be shipped`,
    output: problems.slice(0, 40).join("\n"),
    remedy: "Rename them, or leave them out with `export-ignore` in .gitattributes.",
  });
}
