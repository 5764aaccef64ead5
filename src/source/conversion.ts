// Files whose form in a checkout differs from the repository: because of a filter (git-crypt, transcrypt), an encoding,
// line ends or an $Id$ from their attributes. They ship as `git archive` writes them on a machine without configuration
// of line ends: `core.autocrlf` and `core.eol` of one machine change nothing.
import { mkdirSync } from "node:fs";
import { quoteName } from "../artifact/shippable-names.ts";
import { Failure } from "../failure.ts";
import type { Attributes } from "./attributes.ts";
import { askGit, git, gitEnvironment, tryGit } from "./git.ts";

/** The filter of a file; undefined for none, and for Git LFS, whose content is verified by its pointer. */
export function filterOf({ filter }: Attributes): string | undefined {
  return filter === undefined || filter === "set" || filter === "unset" || filter === "lfs" ? undefined : filter;
}

/** Whether attributes other than filters can change the file on checkout. */
export function isConverted(attributes: Attributes): boolean {
  const { "working-tree-encoding": encoding, ident, eol, text } = attributes;
  return (
    (encoding !== undefined && encoding !== "set" && encoding !== "unset") ||
    ident === "set" ||
    (eol === "crlf" && text !== "unset")
  );
}

/** How a clone is configured for a filter: it changes files on checkout, leaves them unchanged, or is unknown. */
export type FilterState = "smudges" | "passes" | "unknown";

/** @param name as in .gitattributes */
export async function filterState(repository: string, name: string): Promise<FilterState> {
  const value = async (key: string) => (await tryGit(repository, ["config", "--get", `filter.${name}.${key}`]))?.trim();
  const [smudge, process, clean, required] = await Promise.all(
    ["smudge", "process", "clean", "required"].map((key) => value(key)),
  );
  if (smudge || process) return "smudges";
  // Git treats a missing command as a filter that changes nothing, unless the filter is required.
  return clean && !/^(true|yes|on|[1-9]\d*)$/i.test(required ?? "") ? "passes" : "unknown";
}

/**
 * Lets git write files as a checkout contains them.
 *
 * @param options.paths relative to the repository's root
 * @param options.filters those that smudge. If one fails, this fails, even where git would continue with the unfiltered
 *   file
 * @param options.directory absolute and empty; the files are written to their paths below it
 * @throws Failure (refused) when a filter fails
 */
export async function writeConverted(
  repository: string,
  options: { commit: string; paths: readonly string[]; filters: readonly string[]; directory: string },
): Promise<void> {
  const { commit, paths, filters, directory } = options;
  mkdirSync(directory, { recursive: true });
  const env = { ...gitEnvironment(), GIT_INDEX_FILE: `${directory}.index`, GIT_ATTR_NOSYSTEM: "1" };
  const settings = [
    "core.autocrlf=false",
    "core.eol=lf",
    "core.attributesFile=/dev/null",
    ...filters.map((name) => `filter.${name}.required=true`),
  ].flatMap((setting) => ["-c", setting]);
  await git(repository, ["read-tree", commit], "the commit's files cannot be listed", { env });
  const written = await askGit(
    repository,
    [...settings, "checkout-index", "--quiet", "-z", "--stdin", `--prefix=${directory}/`],
    { env, input: paths.map((path) => `${path}\0`).join("") },
  );
  if (written.code === 0) return;
  throw new Failure({
    code: "file-missing",
    what: "files that a filter of git keeps in another form cannot be read",
    where: { repository, filters: filters.map(quoteName).join(", ") || undefined },
    output: written.lastLines,
    remedy:
      "`git checkout` of these files fails in the same way: unlock the repository (git-crypt unlock, transcrypt), or install what the filter runs. In a workflow, do so in a step before this one.",
    outcome: "refused",
  });
}
