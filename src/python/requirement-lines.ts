// One line of a requirement file as pip reads it (https://pip.pypa.io/en/stable/reference/requirements-file-format/).
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { withoutCredentials } from "../cache-key/key.ts";
import { Failure } from "../failure.ts";
import { parseRequirement } from "./conditions.ts";
import { offeredPlace } from "./package-directories.ts";

export type RequirementLine =
  | { kind: "include"; path: string; constraint: boolean }
  /** A directory or archive of the repository; `rest` follows it: a marker, hashes. */
  | { kind: "local"; path: string; extras: string; rest: string }
  /** An option such as --index-url; `path` is the local directory of packages that it names. */
  | { kind: "option"; text: string; path?: string }
  | { kind: "requirement"; text: string; pinned: boolean };

export interface LineContext {
  /** The file's name, for messages. */
  file: string;
  /** Directories for relative paths, absolute: the one where pip would be started, then the one of the file. */
  directories: readonly [string, string];
  /** The application's directory, absolute: packages in it can be built into each release. */
  application: string;
  /** The variables that installers see: `${NAME}` in a path refers to one. */
  variables: Readonly<Record<string, string>>;
}

/** @throws Failure (refused) for includes from the network, editable requirements, and paths that do not exist */
export function parseLine(line: string, context: LineContext): RequirementLine {
  // Installers replace variables themselves, but a path has to be known here.
  const expanded = line.replace(/\$\{([A-Z0-9_]+)\}/g, (text, name) => context.variables[name] || text);
  if (!line.startsWith("-"))
    return parseLocal(expanded, context) ?? { kind: "requirement", text: line, pinned: isPinned(line) };
  const [, name = line, written = ""] = OPTION.exec(expanded) ?? [];
  const value = unquoted(written);
  if (isOption(name, ["-r", "--requirement"])) return parseInclude(value, false, context);
  if (isOption(name, ["-c", "--constraint"])) return parseInclude(value, true, context);
  if (isOption(name, ["-e", "--editable"])) throw editable(line, value, context);
  return parseOption(line, { name, value }, context);
}

function editable(line: string, value: string, { file, directories: [started], application }: LineContext): Failure {
  const path = value.replace(/^file:(\/\/(localhost)?(?=\/))?/i, "").replace(/\s*[[;#].*$/s, "");
  return new Failure({
    code: "requirement-invalid",
    what: `${file} installs in editable mode: ${withoutCredentials(line)}`,
    remedy: `On a host it would lead into a checkout that is not there. ${resolve(started, path) === application ? APPLICATION_ITSELF : "Remove `-e`: a local package becomes a wheel."}`,
    outcome: "refused",
  });
}

/**
 * With `package: true` pip builds what it would have installed: from a setup.py, or from a pyproject.toml without a
 * build system.
 */
const APPLICATION_ITSELF =
  "Remove the line, and write `package: true` into tarlift.yml (a [build-system] in pyproject.toml says the same): Tarlift builds the application into each release, without what it requires, which has to stand in the requirement file then. Or write `.` without `-e`: the application becomes a part of the environment, which is installed again whenever a tracked file has changed.";

/** Splits a line of options into one line each: the value of each one counts, and uv accepts only one a line. */
export function splitOptions(line: string): string[] {
  if (!line.startsWith("-")) return [line];
  const words = line.match(WORD) ?? [];
  const options: string[][] = [];
  for (const word of words)
    if (word.startsWith("-")) options.push([word]);
    else options.at(-1)?.push(word);
  return options.map((option) => option.join(" "));
}

/** A word between white space. Quotes keep words together; an unpaired quote stands for itself. */
const WORD = /(?:[^\s"']+|"[^"]*"|'[^']*'|["'])+/g;

/** `--name value`, `--name=value`, `-n value`, `-nvalue`. */
const OPTION = /^(--[\w-]+|-[a-zA-Z])(?:\s+|=|(?<=^-[a-zA-Z]))(.+)$/s;

/** The name of an option, alone or followed by its value. */
export const optionName = (text: string): string => OPTION.exec(text)?.[1] ?? text;

/** Whether a word is one of these options. pip accepts the beginning of a long name. */
export const isOption = (word: string, names: readonly string[]): boolean =>
  names.some((name) => word === name || (/^--\w./.test(word) && name.startsWith(word)));

function parseInclude(
  path: string,
  constraint: boolean,
  { file, directories: [, beside] }: LineContext,
): RequirementLine {
  if (/^[a-z]+:\/\//i.test(path)) {
    throw new Failure({
      code: "requirement-invalid",
      what: `${file} includes ${withoutCredentials(path)}, which can change without a commit`,
      remedy: "Put the included file into the repository.",
      outcome: "refused",
    });
  }
  return { kind: "include", path: resolve(beside, path), constraint };
}

/** Options are split as in a shell. */
const unquoted = (text: string) => /^(["'])(.*)\1$/.exec(text.trim())?.[2] ?? text.trim();

/** Whether a requirement installs the same code every time. */
function isPinned(line: string): boolean {
  const address =
    /^(?:git|hg|svn|bzr)\+\S+/.exec(line)?.[0] ??
    /^[a-z][a-z0-9+.-]*:\/\/\S+/i.exec(line)?.[0] ??
    /^[^\s@;=<>!~]+\s*@\s*(\S+)/.exec(line)?.[1];
  // Only the part before a marker: the marker compares versions, too.
  if (address === undefined) return /===?[^,*]+(?=,|$)/.test(parseRequirement(line).specifier ?? "");
  // A branch or a tag may change; a commit, and a file at its address, do not.
  if (/^(git|hg)\+/.test(address)) return /@[0-9a-f]{40}([0-9a-f]{24})?(?=[#&]|$)/.test(address);
  return !/^(svn|bzr)\+/.test(address) || /@\d+(?=[#&]|$)/.test(address);
}

/** --find-links may name a directory of the repository; the installer gets a copy of the file that is elsewhere. */
function parseOption(
  line: string,
  { name, value }: { name: string; value: string },
  { directories: [started, beside] }: LineContext,
): RequirementLine {
  const index = isOption(name, INDEX_OPTIONS) ? offeredPlace(value, started) : undefined;
  if (index !== undefined) return { kind: "option", text: line, path: index };
  if (!isOption(name, LINKS_OPTIONS)) return { kind: "option", text: line };
  // For this option pip looks in the file's directory first.
  const path = [beside, started].map((directory) => offeredPlace(value, directory)).find((one) => one !== undefined);
  if (path === undefined) return { kind: "option", text: line };
  // An address may contain spaces.
  return { kind: "option", text: `--find-links ${/\s/.test(path) ? pathToFileURL(path).href : path}`, path };
}

/** Options whose values are indexes, and options whose values are directories of packages. */
export const INDEX_OPTIONS = ["-i", "--index-url", "--pypi-url", "--extra-index-url"];
export const LINKS_OPTIONS = ["-f", "--find-links"];

/** Names of files that installers accept as packages. */
export const ARCHIVE = /\.(whl|zip|tar|tar\.(gz|bz2|xz|Z|lzma)|tgz|tbz|txz)$/i;

function parseLocal(line: string, { file, directories, variables }: LineContext): RequirementLine | undefined {
  const [, before = line, options = ""] = /^(.*?)(?:\s+(-.*))?$/s.exec(line) ?? [];
  const [, , ahead = "", named] = /^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*@\s*(.+)$/s.exec(before) ?? [];
  const text = named ?? before;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "file") return undefined;
  // An address may contain semicolons: the one before a marker has a space beside it.
  const separator = (named === undefined && scheme === undefined ? /;/ : /\s;|;\s/).exec(text);
  const body = (separator ? text.slice(0, separator.index) : text).trim();
  const marker = separator ? text.slice(separator.index + separator[0].length).trim() : "";
  const [, target = body, after = ahead] = /^(.*?)\s*(\[[^\]]*\])$/s.exec(body) ?? [];
  const isPath = scheme !== undefined || named !== undefined || target.includes("/") || target.startsWith(".");
  const candidates = localPaths(target, directories);
  const path = candidates.find((candidate) => existsSync(candidate));
  if (!isPath && !(ARCHIVE.test(target) && path !== undefined && statSync(path).isFile())) return undefined;
  const rest = `${marker === "" ? "" : ` ; ${marker}`}${options === "" ? "" : ` ${options}`}`;
  if (path !== undefined) return { kind: "local", path, extras: after, rest };
  const unset = [...target.matchAll(/\$\{([A-Z0-9_]+)\}/g)]
    .map((match) => match[1]!)
    .filter((name) => !variables[name]);
  throw new Failure({
    code: "requirement-invalid",
    what: `there is no ${target.replace(/^file:(\/\/)?/, "")}`,
    where: { "named in": file },
    remedy:
      unset.length > 0
        ? `Installers see no variable ${unset.join(", ")}. Write the path relative to the application (./libs/core), which needs none; or set the variable, and name it in \`pass-env:\` of this environment.`
        : "Commit it, or correct the path: it is looked for in the application's directory, then beside the file.",
    outcome: "refused",
  });
}

/** The candidates for a path or a file: address, in the order in which they are tried. */
function localPaths(target: string, directories: readonly string[]): string[] {
  if (!/^file:/i.test(target)) return directories.map((directory) => resolve(directory, target));
  const [address = "", fragment = ""] = target.split("#", 2);
  const inner = new URLSearchParams(fragment).get("subdirectory") ?? "";
  if (/^file:\/\/(localhost)?\//i.test(address))
    return [join(fileURLToPath(address.replace(/^file:\/\/localhost/i, "file://")), inner)];
  const path = decodeURIComponent(address.replace(/^file:(\/\/)?/i, ""));
  return directories.map((directory) => join(resolve(directory, path), inner));
}
