// Sources for the build requirements of a local package: those of its environment. `pip install -r` passes them to its
// builds by itself. Without them a private name would be looked up in the public index, and what is there would be
// executed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { INDEX_OPTIONS, isOption, LINKS_OPTIONS, optionName } from "../../python/requirement-lines.ts";
import { builtVariables } from "../../subprocess/built-variables.ts";
import { flattenRequirements, type RequirementFile, readRequirements } from "./requirement-files.ts";

/** The options that name sources: option lines of requirement files, and words of an installer's options. */
export interface PackageSources {
  lines: string[];
  words: string[];
}

const WITH_VALUE = [...INDEX_OPTIONS, ...LINKS_OPTIONS, "--trusted-host"];
const NO_INDEX = ["--no-index"];

/**
 * The sources that pip gets for an environment.
 *
 * @param roots the files that it names, absolute
 */
export function packageSources(
  files: readonly RequirementFile[],
  roots: readonly string[],
  options: readonly string[],
): PackageSources {
  const { constraints, requirements } = flattenRequirements(files, roots, new Map());
  // In the order in which pip reads them: of several indexes the last one counts.
  const lines = `${constraints}${requirements}`
    .split("\n")
    .filter((line) => isOption(optionName(line), [...WITH_VALUE, ...NO_INDEX]));
  const words = options.flatMap((option, n) => {
    if (isOption(option, NO_INDEX)) return [option];
    const name = optionName(option);
    if (!isOption(name, WITH_VALUE)) return [];
    return name === option ? options.slice(n, n + 2) : [option];
  });
  return { lines, words };
}

/**
 * The same for a project that is built beside its environment. `--no-index` is left out: it says that directories
 * contain the whole environment, but they need not contain what builds the project.
 *
 * @param names requirement files, relative to the directory
 * @param options.passed names of `pass-env`
 * @param options.words options of the environment, in pip's spelling
 */
export function projectSources(
  directory: string,
  names: readonly string[],
  { passed, words: options }: { passed: readonly string[]; words: readonly string[] },
): PackageSources {
  const files = readRequirements(directory, names, builtVariables(process.env, passed));
  const roots = names.map((name) => join(directory, name));
  const { lines, words } = packageSources(files, roots, options);
  const isOpen = (text: string) => !isOption(text, NO_INDEX);
  return { lines: lines.filter(isOpen), words: words.filter(isOpen) };
}

/**
 * Arguments of pip. Lines of files are passed in a file: an address may contain a password.
 *
 * @param scratch directory of that file, absolute
 */
export function sourceArguments({ lines, words }: PackageSources, scratch: string): string[] {
  if (lines.length === 0) return words;
  const file = join(scratch, "sources.txt");
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  return [...words, "-r", file];
}
