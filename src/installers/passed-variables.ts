// Variables that `pass-env` passes to installers and asset steps: their part of the key, and how they are kept out of
// logs.
import { hash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { contentHash } from "../cache-key/content-hash.ts";
import type { KeyPart } from "../cache-key/key.ts";
import { withoutCredentials } from "../cache-key/key.ts";
import { Failure } from "../failure.ts";
import { offeredPlace } from "../python/package-directories.ts";
import { ARCHIVE, INDEX_OPTIONS, isOption, LINKS_OPTIONS } from "../python/requirement-lines.ts";
import { isCredential, isMasked, isOfTheMachine, passedVariables } from "../subprocess/built-variables.ts";
import { maskSecrets } from "../text/mask.ts";

/**
 * The parts of a key for passed variables: one each. Of credentials only the name counts, so that a new token causes no
 * build. Local files that a value names count by content (PIP_CONSTRAINT, UV_CONFIG_FILE), and so do directories that
 * offer packages (UV_FIND_LINKS).
 *
 * @param directory where the command starts, absolute
 */
export function passedParts(env: NodeJS.ProcessEnv, passed: readonly string[], directory: string): KeyPart[] {
  const credentials = passed.filter(isCredential);
  return [
    ...[...new Set(credentials)].map((name) => ({
      name: `variable ${name}`,
      value: "not counted: by its name a credential",
    })),
    ...Object.entries(passedVariables(env, passed))
      .filter(([name]) => !isCredential(name))
      .map(([name, value]) => ({
        name: `variable ${name}`,
        value: hash(
          "sha256",
          wordsIn(name, value)
            .map((word) => keyed(word, directory, OFFERING_VARIABLE.test(name)))
            .join(" "),
          "hex",
        ),
      })),
  ];
}

/**
 * The parts of a key for an installer's options: their text, and the content of files and directories that they name
 * (`--constraint FILE`, `--find-links=DIRECTORY`, `-cFILE`).
 *
 * @param directory where the installer starts, absolute
 */
export function optionParts(options: readonly string[], directory: string): KeyPart[] {
  const named = wordsOf(options, directory).map(({ word, path, isFile }) => ({
    name: `option ${word}`,
    value: isFile ? keyed(word, directory) : contentHash(path),
  }));
  const parts = new Map(named.map((part) => [part.name, part]));
  return [{ name: "options", value: JSON.stringify(options.map(withoutCredentials)) }, ...parts.values()];
}

/** The files and directories, absolute, that options and passed variables name, with the files that those include. */
export function namedFiles(
  { options, env, passed }: { options: readonly string[]; env: NodeJS.ProcessEnv; passed: readonly string[] },
  directory: string,
): string[] {
  const ofOptions = wordsOf(options, directory).map(({ path }) => path);
  const ofVariables = Object.entries(passedVariables(env, passed))
    .filter(([name]) => !isCredential(name))
    .flatMap(([name, value]) =>
      wordsIn(name, value).flatMap((word) => {
        const path = resolve(directory, word);
        if (word !== "" && isFileAt(path)) return [path];
        return (OFFERING_VARIABLE.test(name) && offeredPlace(word, directory)) || [];
      }),
    );
  return [...ofOptions, ...ofVariables].flatMap((path) => (isFileAt(path) ? includedFiles(path) : [path]));
}

/**
 * Refuses packages and requirement files in options and passed variables of pip and uv: their local packages would be
 * in no key, and conditions for hosts follow from `requirements:`.
 *
 * @param directory where the installer starts, absolute
 * @throws Failure (refused) naming the first one
 */
export function refusePackages(options: readonly string[], passed: readonly string[], directory: string): void {
  const variable = passed.find((name) => REQUIRING_VARIABLE.test(name));
  if (variable)
    throw new Failure({
      code: "config-invalid",
      what: `\`pass-env:\` of an environment lets ${variable} name what is to be installed`,
      remedy: "Name requirement files in `requirements:` of this environment instead.",
      outcome: "refused",
    });
  const found = options.findIndex((option, n) => isRequiring(option) || isPackageWord(options, n, directory));
  if (found < 0) return;
  const option = options[found]!;
  const named = TAKES_NEXT.test(option) ? `${option} ${options[found + 1] ?? ""}` : option;
  throw new Failure({
    code: "config-invalid",
    what: `\`options:\` of an environment name what is to be installed: ${withoutCredentials(named.trim())}`,
    remedy: isOption(option.split("=")[0]!, ["--group"])
      ? "Name requirement files in `requirements:` of this environment; dependency groups are for `installer: uv` with a uv.lock, as `groups: [NAME]`."
      : "Name requirement files in `requirements:` of this environment, and write packages into such a file: what those lead to counts in the environment's key.",
    outcome: "refused",
  });
}

/** `-r FILE`, `-e DIRECTORY`, `--group NAME`, in the spellings of pip and uv. */
const REQUIRING_OPTIONS = ["--requirements", "--requirements-from-script", "--editable", "--group"];
const isRequiring = (option: string) =>
  /^-[UIqv]*[re]/.test(option) || isOption(option.split("=")[0]!, REQUIRING_OPTIONS);

/** pip reads every option from a variable of its name as well. */
const REQUIRING_VARIABLE = /^PIP_(REQUIREMENTS?(_FROM_SCRIPT)?|EDITABLE|GROUP)$/i;

/**
 * Whether a word among options is a package, and not an option's value. Only installers know which of their options
 * have a value: after an unknown option, a word without a version or an address counts as its value.
 */
function isPackageWord(options: readonly string[], n: number, directory: string): boolean {
  const [word = "", before = ""] = [options[n], options[n - 1]];
  if (word.startsWith("-")) return false;
  if (!TAKES_NEXT.test(before) || WITHOUT_VALUE.test(before)) return true;
  if (isOption(before, OFFERING_OPTIONS)) return false;
  return (!NAMING_OPTION.test(before) && IS_REQUIREMENT.test(word)) || isLocalPackage(word, directory);
}

/** Options that may have the next word as their value; pip accepts several short options as one word. */
const TAKES_NEXT = /^(-[UIqv]*[A-Za-z]|--[\w-]+)$/;

/** The usual options without a value. */
const WITHOUT_VALUE =
  /^(-[UIqv]+|--(no-(deps|index|cache(-dir)?|clean|compile|build|build-isolation|color|verify-hashes)|pre|upgrade|prefer-binary|require-hashes|(force-)?reinstall|ignore-installed|offline|refresh|strict|exact|compile(-bytecode)?|quiet|verbose))$/;

/** Options of uv that name packages and do not install them. */
const NAMING_OPTION = /^(-P|--(upgrade|reinstall|refresh)-package)$/;

/** `django==5.0`, `core @ https://…`, `git+https://…`, `https://…/core-1.0.tar.gz`. */
const IS_REQUIREMENT =
  /^[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*([=!~<>]=|[<>]|@\s*\w+[+:])|^(git|hg|svn|bzr)\+|^https?:\/\/.*\.(whl|zip|tar\.\w+|tgz)(#|$)/;

/**
 * Whether installers treat a word as a local package: `./libs/core[web]`, `core @ file:libs/core`, `dep-1.0.tar.gz`.
 */
function isLocalPackage(word: string, directory: string): boolean {
  const target = word
    .replace(/^[\w.-]+\s*(\[[^\]]*\])?\s*@\s*/, "")
    .replace(/^file:(\/\/)?/i, "")
    .replace(/\[[^\]]*\]$/, "");
  const path = resolve(directory, target);
  if (isFileAt(path)) return ARCHIVE.test(target);
  // A bare word is the name of a package in an index, or the value of an option.
  return /^\.|\//.test(target) && ["pyproject.toml", "setup.py"].some((name) => isFileAt(join(path, name)));
}

/** A word of an installer's options, and the file or directory that it names. */
interface Named {
  word: string;
  path: string;
  isFile: boolean;
}

/** Options and variables of pip and uv whose values are sources of packages; uv separates some by commas. */
const OFFERING_OPTIONS = [...INDEX_OPTIONS, ...LINKS_OPTIONS, "--index", "--default-index"];
const OFFERING_VARIABLE = /^(PIP|UV)_(FIND_LINKS|INDEX|DEFAULT_INDEX|INDEX_URL|EXTRA_INDEX_URL)$/;

const wordsIn = (variable: string, value: string) => value.split(OFFERING_VARIABLE.test(variable) ? /[\s,]+/ : /\s+/);

/** Files that options name, and directories that offer packages. */
function wordsOf(options: readonly string[], directory: string): Named[] {
  return options.flatMap((option, n): Named[] => {
    const [, name = "", value] = /^(--[\w-]+)=(.+)$/s.exec(option) ?? /^(-\w)(.+)$/s.exec(option) ?? [];
    const word = value ?? option;
    const path = resolve(directory, word);
    if (isFileAt(path)) return [{ word, path, isFile: true }];
    const offers = isOption(value === undefined ? (options[n - 1] ?? "") : name, OFFERING_OPTIONS);
    const offered = offers ? offeredPlace(word, directory) : undefined;
    return offered === undefined ? [] : [{ word, path: offered, isFile: false }];
  });
}

const isFileAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** A word, or the content of the file or offering directory that it names. */
function keyed(word: string, directory: string, offers = false): string {
  const path = resolve(directory, word);
  if (word === "" || !isFileAt(path)) {
    const offered = offers ? offeredPlace(word, directory) : undefined;
    return offered === undefined ? withoutCredentials(word) : contentHash(offered);
  }
  const texts = includedFiles(path).map((file) => withoutCredentials(readFileSync(file, "latin1")));
  return hash("sha256", texts.join("\0"), "hex");
}

const INCLUDE = /^\s*(?:-[rc]|--requirement|--constraint)(?:\s+|=|(?=[^\s-]))(\S+)/gm;

/** A file, and the files that it includes if it is a requirement file, each once, absolute. */
function includedFiles(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path) || !isFileAt(path)) return [];
  seen.add(path);
  const included = [...readFileSync(path, "latin1").matchAll(INCLUDE)];
  return [path, ...included.flatMap(([, name = ""]) => includedFiles(resolve(dirname(path), name), seen))];
}

/**
 * @returns a function that removes credentials from an installer's output: those in addresses, and the values of passed
 *   ones
 */
export function redactor(env: NodeJS.ProcessEnv, passed: readonly string[]): (text: string) => string {
  const credentials = Object.entries(passedVariables(env, passed)).filter(([name]) => isMasked(name));
  const mask = maskSecrets(credentials.map(([, value]) => value));
  return (text) => mask(withoutCredentials(text));
}

/**
 * Refuses a file of the repository that uses a variable which the job has and the installer does not get. If an index
 * refuses access, pip continues with another one, so a missing token can result in another package of the same name.
 *
 * @param files by name, for the message
 * @param given variables that the installer gets
 * @throws Failure (refused) naming file and variables
 */
export function refuseUnseen(
  files: readonly { name: string; text: string }[],
  env: NodeJS.ProcessEnv,
  passed: readonly string[],
): void {
  const unseen = files.flatMap(({ name, text }) =>
    variablesIn(text)
      .filter((variable) => env[variable] && !passed.includes(variable) && !isOfTheMachine(variable))
      .map((variable) => ({ name, variable })),
  );
  const [first] = unseen;
  if (!first) return;
  const names = [...new Set(unseen.map(({ variable }) => variable))];
  throw new Failure({
    code: "variable-not-passed",
    what: `${first.name} takes ${names.join(", ")} from the environment, which installers do not see`,
    remedy: `If that is meant, name it in the environment's entry in tarlift.yml: \`pass-env: [${names.join(", ")}]\`.`,
    outcome: "refused",
  });
}

/** `${NAME}` and npm's `${NAME?}`, except in comments. */
function variablesIn(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*[#;]/.test(line));
  return [...new Set([...lines.join("\n").matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\??\}/g)].map((match) => match[1]!))];
}
