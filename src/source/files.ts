// Lists all files of a commit, in the repository and in its submodules, with their attributes from .gitattributes.
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { quoteName } from "../artifact/shippable-names.ts";
import { type Attributes, readAttributes } from "./attributes.ts";
import { makeCommitView } from "./commit-view.ts";
import type { Findings } from "./findings.ts";
import { tryGit } from "./git.ts";
import { listTree, type TrackedFile } from "./tracked.ts";

/** A repository whose files ship: the application's own, or a submodule. */
export interface CommitRepository {
  /** Absolute. */
  directory: string;
  commit: string;
  /** A git directory of only that commit (src/source/commit-view.ts), absolute. */
  view: string;
}

/** A file of the commit, before its content is read. */
export interface ListedFile extends Omit<TrackedFile, "repository"> {
  /**
   * Relative to the outermost repository's root; `path` is relative to the application, and starts with `../` outside
   * of it.
   */
  place: string;
  attributes: Attributes;
  /** The repository that contains its blob. */
  repository: CommitRepository;
}

export interface ListOptions {
  /** The repository's root, absolute. */
  repository: string;
  commit: string;
  /** The application's directory relative to it; `""` for the root. */
  directory: string;
  /** Also list files outside the application's directory. */
  whole: boolean;
  /** Whether a submodule must be checked out, by its path relative to the outermost repository and its attributes. */
  needed(place: string, attributes: Attributes): boolean;
  /** A directory for views, absolute. */
  scratch: string;
}

/**
 * Lists files. Submodules that are needed and not checked out as recorded become findings. `export-ignore` of a
 * submodule applies to everything in it, like that of a directory.
 */
export async function listFiles(options: ListOptions, findings: Findings): Promise<ListedFile[]> {
  const { repository, commit, directory, whole, needed, scratch } = options;
  let views = 0;
  const list = async (
    { root, id, prefix, ignored }: { root: string; id: string; prefix: string; ignored: boolean },
    below: string,
  ): Promise<ListedFile[]> => {
    const view = join(scratch, `view-${views++}`);
    const [{ files, submodules }] = await Promise.all([listTree(root, id, below), makeCommitView(root, id, view)]);
    const read = await readAttributes(view, [
      ...files.map(({ tracked }) => tracked),
      ...submodules.map(({ tracked }) => `${tracked}/`),
    ]);
    const attributesOf = (path: string): Attributes =>
      ignored ? { ...read(path), "export-ignore": "set" } : read(path);
    const own = files.map((file): ListedFile => {
      const place = `${prefix}${file.tracked}`;
      const path = posix.relative(directory, place);
      return {
        ...file,
        place,
        path,
        attributes: attributesOf(file.tracked),
        repository: { directory: root, commit: id, view },
      };
    });
    const inner = await Promise.all(
      submodules.map(async ({ tracked, commit: recorded }) => {
        const at = join(root, tracked);
        const place = `${prefix}${tracked}`;
        const attributes = attributesOf(`${tracked}/`);
        const problem = await submoduleProblem(at, recorded);
        if (problem !== undefined) {
          if (needed(place, attributes))
            findings.add("submodule", `${quoteName(posix.relative(directory, place))} ${problem}`);
          return [];
        }
        return list(
          { root: at, id: recorded, prefix: `${place}/`, ignored: attributes["export-ignore"] === "set" },
          "",
        );
      }),
    );
    return [...own, ...inner.flat()];
  };
  return list({ root: repository, id: commit, prefix: "", ignored: false }, whole ? "" : directory);
}

/** Why a submodule is not the recorded one, as the end of a sentence. */
async function submoduleProblem(directory: string, commit: string): Promise<string | undefined> {
  const top = existsSync(join(directory, ".git")) ? await tryGit(directory, ["rev-parse", "HEAD"]) : undefined;
  if (top?.trim() === commit) return undefined;
  return top ? `is at ${top.trim().slice(0, 12)} instead of ${commit.slice(0, 12)}` : "is empty";
}
