// Requirement files as pip reads them (https://pip.pypa.io/en/stable/reference/requirements-file-format/), with all that they include.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "../failure.ts";

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
  /** A directory or archive of the repository. */
  | { kind: "local"; path: string; extras: string }
  /** An option of a file of its own, such as --index-url. */
  | { kind: "option"; text: string }
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
    const text = readFileSync(path, "utf8")
      .replace(/^\ufeff/, "")
      .replaceAll("\r\n", "\n");
    const name = relative(source, path);
    const file: RequirementFile = {
      name,
      path,
      text,
      lines: logicalLines(text).map((line) => parseLine(line, name, dirname(path))),
    };
    files.set(path, file);
    for (const line of file.lines) if (line.kind === "include") visit(line.path, name);
  };
  for (const name of names) visit(join(source, name));
  return [...files.values()];
}

/** Continuations joined, comments and blank lines left out. */
function logicalLines(text: string): string[] {
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter(Boolean);
}

function parseLine(line: string, file: string, directory: string): RequirementLine {
  const include = /^(?:-r|-c|--requirement|--constraint)(?:\s+|=|(?<=-[rc]))(.+)$/.exec(line);
  if (include) {
    const path = include[1]!.trim();
    if (/^[a-z]+:\/\//i.test(path)) {
      throw new Failure({
        what: `${file} includes ${path.replace(/\/\/[^/@]*@/, "//")}, which can change without a commit`,
        remedy: "Put the included file into the repository.",
        outcome: "refused",
      });
    }
    return { kind: "include", path: resolve(directory, path), constraint: /^(-c|--constraint)/.test(line) };
  }
  if (/^(-e|--editable)\b/.test(line)) {
    throw new Failure({
      what: `${file} installs in editable mode: ${line}`,
      remedy:
        "On a host it would lead into a checkout that is not there. Remove `-e`: a local package becomes a wheel. Leave the project itself out: Tarlift adds it to each release.",
      outcome: "refused",
    });
  }
  if (line.startsWith("-")) return { kind: "option", text: absoluteOption(line, directory) };
  const local = localPath(line, directory);
  if (local) return { kind: "local", ...local };
  return {
    kind: "requirement",
    text: line,
    pinned: /(===?\s*[^\s,;*]+(?=\s*(;|--|$|\s))|@\s*\S+)/.test(line) && !/==\s*[^\s;]*\*/.test(line),
  };
}

/** --find-links is relative to the file that holds it; the copy that pip is given stands elsewhere. */
function absoluteOption(line: string, directory: string): string {
  const match = /^(-f|--find-links)(?:\s+|=)(.+)$/.exec(line);
  if (!match || /^[a-z]+:\/\//i.test(match[2]!)) return line;
  return `--find-links ${resolve(directory, match[2]!)}`;
}

function localPath(line: string, directory: string): { path: string; extras: string } | undefined {
  const reference =
    /^(?:[A-Za-z0-9._-]+(\[[^\]]*\])?\s*@\s*)?(file:\S+|\.{0,2}\/\S*|[^\s;@=<>!~]+\/[^\s;@=<>!~]*)/.exec(line);
  if (!reference) return undefined;
  const target = reference[2]!;
  if (/^(git|hg|svn|bzr)\+|^https?:/.test(target)) return undefined;
  const [, bare = target, extras = reference[1] ?? ""] = /^(.*?)(\[[^\]]*\])?$/.exec(target) ?? [];
  const path = bare.startsWith("file:") ? fileUrl(bare, directory) : resolve(directory, bare);
  return existsSync(path) ? { path, extras } : undefined;
}

function fileUrl(url: string, directory: string): string {
  return url.startsWith("file:///") ? fileURLToPath(url) : resolve(directory, url.replace(/^file:(\/\/)?/, ""));
}

/**
 * One requirement file and one constraint file that say the same as many, for a pip that reads them elsewhere.
 *
 * @param wheels for each local path the wheel that was built of it
 */
export function flattenRequirements(
  files: readonly RequirementFile[],
  roots: readonly string[],
  wheels: ReadonlyMap<string, string>,
) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const requirements: string[] = [];
  const constraints: string[] = [];
  const seen = new Set<string>();
  const visit = (path: string, out: string[]) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const line of byPath.get(path)?.lines ?? []) {
      if (line.kind === "include") visit(line.path, line.constraint ? constraints : out);
      else if (line.kind === "local") out.push(`${wheels.get(line.path)}${line.extras}`);
      else out.push(line.text);
    }
  };
  for (const root of roots) visit(root, requirements);
  return { requirements: `${requirements.join("\n")}\n`, constraints: `${constraints.join("\n")}\n` };
}
