// Reads requirement files as pip does (https://pip.pypa.io/en/stable/reference/requirements-file-format/), with all
// that they include.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { contentHash } from "../../cache-key/content-hash.ts";
import { Failure } from "../../failure.ts";
import { parseLine, type RequirementLine, splitOptions } from "../../python/requirement-lines.ts";
import { lockedByOther } from "../unsupported.ts";

export interface RequirementFile {
  /** Relative to the application's directory, for messages and the key. */
  name: string;
  /** Absolute. */
  path: string;
  /** With Unix newlines, without a byte order mark. */
  text: string;
  lines: RequirementLine[];
}

/**
 * Reads requirement files and all that they include, each once, in the order in which pip reads them.
 *
 * @param source the directory where pip would be started, absolute
 * @param names files relative to it
 * @param variables that installers see: `${NAME}` in a path refers to one
 * @param application the application's directory, absolute, if it is another one
 * @throws Failure for missing files, and for editable requirements
 */
export function readRequirements(
  source: string,
  names: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  application = source,
): RequirementFile[] {
  const files = new Map<string, RequirementFile>();
  const visit = (path: string, from?: string) => {
    if (files.has(path)) return;
    if (!existsSync(path) || !statSync(path).isFile()) {
      throw new Failure({
        code: "lock-missing",
        what: `there is no ${relative(source, path)}`,
        where: { "included from": from },
        remedy:
          (from === undefined ? lockedByOther(readdirSync(source), "python") : undefined) ??
          "Name the requirement files in tarlift.yml: `requirements: [requirements.txt]`.",
        outcome: "refused",
      });
    }
    const text = decode(readFileSync(path)).replaceAll("\r\n", "\n");
    const name = relative(source, path);
    const file: RequirementFile = {
      name,
      path,
      text,
      lines: logicalLines(text)
        .flatMap(splitOptions)
        .map((line) => parseLine(line, { file: name, directories: [source, dirname(path)], application, variables })),
    };
    files.set(path, file);
    for (const line of file.lines) if (line.kind === "include") visit(line.path, name);
  };
  for (const name of names) visit(join(source, name));
  return [...files.values()];
}

/** By its byte order mark or its comment, like pip: `pip freeze > requirements.txt` in PowerShell writes UTF-16. */
function decode(bytes: Buffer): string {
  const mark = bytes.toString("latin1", 0, 2);
  if (mark === "\xff\xfe") return new TextDecoder("utf-16le").decode(bytes);
  if (mark === "\xfe\xff") return new TextDecoder("utf-16be").decode(bytes);
  const [first = "", second = ""] = bytes.toString("latin1", 0, 200).split("\n");
  const named = /^#.*coding[:=]\s*([-\w.]+)/m.exec(`${first}\n${second}`)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(named).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/**
 * Joins continuation lines and removes comments and blank lines. A comment is never continued, and ends a continuation.
 */
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

/**
 * The paths of files whose requirements are installed; all others are constraints.
 *
 * @param roots the files that an environment names, absolute
 */
export function installedFiles(files: readonly RequirementFile[], roots: readonly string[]): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const line of byPath.get(path)?.lines ?? []) if (line.kind === "include" && !line.constraint) visit(line.path);
  };
  for (const root of roots) visit(root);
  return found;
}

/**
 * Merges many files into one requirement file and one constraint file, for an installer that reads them in another
 * directory.
 *
 * @param wheels the built wheels by local directory; other paths stay. If other lines have hashes, wheels get theirs:
 *   installers want all or none.
 */
export function flattenRequirements(
  files: readonly RequirementFile[],
  roots: readonly string[],
  wheels: ReadonlyMap<string, string>,
) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const hashed = files.some(({ lines }) =>
    lines.some((line) => (line.kind === "requirement" || line.kind === "option") && HASHES.test(` ${line.text}`)),
  );
  const requirements: string[] = [];
  const constraints: string[] = [];
  // A file may be both installed and a constraint.
  const seen = new Map([requirements, constraints].map((out) => [out, new Set<string>()]));
  const visit = (path: string, out: string[]) => {
    if (seen.get(out)!.has(path)) return;
    seen.get(out)!.add(path);
    for (const line of byPath.get(path)?.lines ?? []) {
      if (line.kind === "include") visit(line.path, line.constraint ? constraints : out);
      else if (line.kind === "local") out.push(localLine(line, wheels.get(line.path) ?? line.path, hashed));
      else out.push(line.text);
    }
  };
  for (const root of roots) visit(root, requirements);
  return { requirements: `${requirements.join("\n")}\n`, constraints: `${constraints.join("\n")}\n` };
}

const HASHES = /\s--(hash|require-hashes)\b/;

function localLine({ extras, rest }: { extras: string; rest: string }, path: string, hashed: boolean): string {
  const needsHash = hashed && !HASHES.test(rest) && existsSync(path) && statSync(path).isFile();
  return `${path}${extras}${rest}${needsHash ? ` --hash=sha256:${contentHash(path)}` : ""}`;
}
