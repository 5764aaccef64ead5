// Requirement files as pip reads them (https://pip.pypa.io/en/stable/reference/requirements-file-format/), with all that they include.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "../failure.ts";
import { withoutCredentials } from "./key.ts";

export interface RequirementFile {
  /** Relative to the application's directory, for messages and the key. */
  name: string;
  /** Absolute. */
  path: string;
  /** With Unix newlines, without a byte order mark. */
  text: string;
  lines: RequirementLine[];
}

export type RequirementLine =
  | { kind: "include"; path: string; constraint: boolean }
  /** A directory or archive of the repository; `rest` is what follows it: a marker, hashes. */
  | { kind: "local"; path: string; extras: string; rest: string }
  /** An option such as --index-url; `path` is what --find-links names in the repository. */
  | { kind: "option"; text: string; path?: string }
  | { kind: "requirement"; text: string; pinned: boolean };

/**
 * Reads requirement files and all that they include, each once, in the order in which pip meets them.
 *
 * @param source the application's directory, absolute
 * @param names files relative to it
 * @throws Failure for files that are missing, and for editable requirements
 */
export function readRequirements(source: string, names: readonly string[]): RequirementFile[] {
  const files = new Map<string, RequirementFile>();
  const visit = (path: string, from?: string) => {
    if (files.has(path)) return;
    if (!existsSync(path) || !statSync(path).isFile()) {
      throw new Failure({
        what: `there is no ${relative(source, path)}`,
        where: { "included from": from },
        remedy: "Name the requirement files in tarlift.yml: `requirements: [requirements.txt]`.",
        outcome: "refused",
      });
    }
    const text = decode(readFileSync(path)).replaceAll("\r\n", "\n");
    const name = relative(source, path);
    const file: RequirementFile = {
      name,
      path,
      text,
      lines: logicalLines(text).map((line) => parseLine(line, name, [source, dirname(path)])),
    };
    files.set(path, file);
    for (const line of file.lines) if (line.kind === "include") visit(line.path, name);
  };
  for (const name of names) visit(join(source, name));
  return [...files.values()];
}

/** By its byte order mark, as pip does: `pip freeze > requirements.txt` in PowerShell writes UTF-16. */
function decode(bytes: Buffer): string {
  const mark = bytes.toString("latin1", 0, 2);
  const encoding = mark === "\xff\xfe" ? "utf-16le" : mark === "\xfe\xff" ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

/** Continuations joined, comments and blank lines left out. A comment is never continued, and ends what was. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let begun = "";
  for (const line of text.split("\n")) {
    const isComment = /^\s*#/.test(line);
    if (line.endsWith("\\") && !isComment) {
      begun += `${line.slice(0, -1).trim()} `;
      continue;
    }
    lines.push(isComment ? begun : begun + line.trim());
    begun = "";
  }
  return [...lines, begun].map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter(Boolean);
}

/** @param directories where relative paths are looked for: where pip would be started, then beside the file */
function parseLine(line: string, file: string, directories: readonly [string, string]): RequirementLine {
  const beside = directories[1];
  const include = /^(?:-r|-c|--requirement|--constraint)(?:\s+|=|(?<=-[rc]))(.+)$/.exec(line);
  if (include) {
    const path = include[1]!.trim();
    if (/^[a-z]+:\/\//i.test(path)) {
      throw new Failure({
        what: `${file} includes ${withoutCredentials(path)}, which can change without a commit`,
        remedy: "Put the included file into the repository.",
        outcome: "refused",
      });
    }
    return { kind: "include", path: resolve(beside, path), constraint: /^(-c|--constraint)/.test(line) };
  }
  if (/^(-e|--editable)/.test(line)) {
    throw new Failure({
      what: `${file} installs in editable mode: ${withoutCredentials(line)}`,
      remedy:
        "On a host it would lead into a checkout that is not there. Remove `-e`: a local package becomes a wheel. Leave the project itself out: Tarlift adds it to each release.",
      outcome: "refused",
    });
  }
  if (line.startsWith("-")) return parseOption(line, directories);
  const local = parseLocal(line, file, directories);
  if (local) return local;
  return { kind: "requirement", text: line, pinned: isPinned(line) };
}

function isPinned(line: string): boolean {
  const address = /^[^\s@;]+\s*@\s*(\S+)/.exec(line)?.[1] ?? /^(?:git|hg|svn|bzr)\+\S+/.exec(line)?.[0];
  // A branch or a tag is whatever its repository says today.
  if (address) return !/^(git|hg|svn|bzr)\+/.test(address) || /@[0-9a-f]{40}(#|$)/.test(address);
  return /===?\s*[^\s,;*]+(?=\s|;|$)/.test(line);
}

/** --find-links may name a directory of the repository; the copy that pip is given stands elsewhere. */
function parseOption(line: string, [started, beside]: readonly [string, string]): RequirementLine {
  const target = /^(?:-f|--find-links)(?:\s+|=)(.+)$/.exec(line)?.[1]?.trim();
  if (target === undefined || /^[a-z]+:\/\//i.test(target)) return { kind: "option", text: line };
  // Here pip looks beside the file first.
  const path = [beside, started].map((directory) => resolve(directory, target)).find((path) => existsSync(path));
  return path ? { kind: "option", text: `--find-links ${path}`, path } : { kind: "option", text: line };
}

const LOCAL =
  /^(?<name>[A-Za-z0-9._-]+\s*(?<before>\[[^\]]*\])?\s*@\s*)?(?<target>file:[^\s[]+|\.{0,2}\/[^\s[]*|\.{1,2}(?=[\s[]|$)|[^\s;@=<>!~[]+\/[^\s;@=<>!~[]*)(?<after>\[[^\]]*\])?(?<rest>\s.*)?$/;

function parseLocal(line: string, file: string, directories: readonly [string, string]): RequirementLine | undefined {
  const { target, before = "", after = before, rest = "" } = LOCAL.exec(line)?.groups ?? {};
  if (target === undefined || /^((git|hg|svn|bzr)\+|https?:)/.test(target)) return undefined;
  const candidates = target.startsWith("file:///")
    ? [fileURLToPath(target)]
    : directories.map((directory) => resolve(directory, target.replace(/^file:(\/\/)?/, "")));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path) return { kind: "local", path, extras: after, rest };
  throw new Failure({
    what: `there is no ${target.replace(/^file:/, "")}`,
    where: { "named in": file },
    remedy: "Commit it, or correct the path: it is looked for in the application's directory, then beside the file.",
    outcome: "refused",
  });
}

/**
 * One requirement file and one constraint file that say the same as many, for a pip that reads them elsewhere.
 *
 * @param wheels for local directories the wheels that were built of them; other paths stand for themselves
 */
export function flattenRequirements(
  files: readonly RequirementFile[],
  roots: readonly string[],
  wheels: ReadonlyMap<string, string>,
) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const requirements: string[] = [];
  const constraints: string[] = [];
  // A file may be both installed and a constraint.
  const seen = new Map([requirements, constraints].map((out) => [out, new Set<string>()]));
  const visit = (path: string, out: string[]) => {
    if (seen.get(out)!.has(path)) return;
    seen.get(out)!.add(path);
    for (const line of byPath.get(path)?.lines ?? []) {
      if (line.kind === "include") visit(line.path, line.constraint ? constraints : out);
      else if (line.kind === "local") out.push(`${wheels.get(line.path) ?? line.path}${line.extras}${line.rest}`);
      else out.push(line.text);
    }
  };
  for (const root of roots) visit(root, requirements);
  return { requirements: `${requirements.join("\n")}\n`, constraints: `${constraints.join("\n")}\n` };
}
