// Reads tarlift.yml and reports all its errors at once, each with line and column.
import { readFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { crossCheck, type Finding } from "./cross-checks.ts";
import { type ConfigDocument, formatPath, type Problem, readDocument } from "./document.ts";
import { findProblems } from "./problems.ts";
import { type Config, configSchema } from "./schema.ts";

export { findPosition, type Position, type Problem } from "./document.ts";

/** The error for an invalid tarlift.yml. `problems` have positions for annotations. */
export class ConfigFailure extends Failure {
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? "an error" : `${problems.length} errors`;
    super({
      code: "config-invalid",
      what: `${file} has ${count}`,
      where: byPlace(file, problems),
      remedy: "Every key is described in docs/reference/tarlift-yml.md of Tarlift's repository.",
      outcome: "refused",
    });
    this.file = file;
    this.problems = problems;
  }
}

/**
 * Reads and validates a tarlift.yml.
 *
 * @param file its path; errors show it unchanged
 * @throws Failure (refused) when it is missing or unreadable, {@link ConfigFailure} when it is invalid
 */
export function loadConfig(file: string): Config {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new Failure({
      code: "config-missing",
      what: missing ? `there is no ${file}` : `${file} cannot be read`,
      output: missing ? undefined : (cause as Error).message,
      remedy: missing
        ? "Run `tarlift init` in the repository: it looks at the project and writes one. Or name another file with --config."
        : undefined,
      outcome: "refused",
      cause,
    });
  }
  return parseConfig(decode(bytes, file), file);
}

/**
 * Validates the text of a tarlift.yml and adds its defaults.
 *
 * @param fileName the name of the file in errors
 * @throws ConfigFailure with all problems, in the order of the file
 */
export function parseConfig(text: string, fileName = "tarlift.yml"): Config {
  const document = readDocument(text);
  if (document.problems.length > 0) throw new ConfigFailure(fileName, document.problems);
  if (document.value === null || document.value === undefined) {
    const message = "the file is empty; `tarlift init --force` writes one that suits this repository";
    throw new ConfigFailure(fileName, [{ line: 1, column: 1, path: "", message }]);
  }
  const value = withoutExtensions(document.value);
  const result = configSchema.safeParse(value);
  const findings = result.success ? crossCheck(result.data) : findProblems(value, result.error.issues);
  if (findings.length > 0) throw new ConfigFailure(fileName, inOrder(findings, document));
  return result.data as Config;
}

/** Removes keys `x-…` at the top of the file: they only define YAML anchors. */
function withoutExtensions(value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith("x-")));
}

function inOrder(findings: Finding[], document: ConfigDocument): Problem[] {
  return findings
    .map(({ path, message, atKey }) => ({
      ...document.locate(path, atKey ? "key" : "value"),
      path: formatPath(path),
      message,
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

function byPlace(file: string, problems: readonly Problem[]): Record<string, string> {
  const places: Record<string, string> = {};
  for (const { line, column, path, message } of problems) {
    const place = `${file}:${line}:${column}`;
    const text = path ? `${path}: ${message}` : message;
    places[place] = places[place] ? `${places[place]}; ${text}` : text;
  }
  return places;
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure({
      code: "config-invalid",
      what: `${file} is not UTF-8 text`,
      remedy: "Save it as UTF-8.",
      outcome: "refused",
      cause,
    });
  }
}
