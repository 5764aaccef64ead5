// Every file that a commit has, in the repository and in its submodules, with what .gitattributes say of it.
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { quoteName } from "../bundle/names.ts";
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
  /** A git directory of that commit alone (src/source/commit-view.ts), absolute. */
  view: string;
}

/** A file of the commit, before its content is looked at. */
export interface ListedFile extends Omit<TrackedFile, "repository"> {
  /** Relative to the outermost repository's root; `path` is relative to the application, and starts with `../` outside of it. */
  place: string;
  attributes: Attributes;
  /** Where its blob is. */
  repository: CommitRepository;
}

export interface ListOptions {
  /** The repository's root, absolute. */
  repository: string;
  commit: string;
  /** The application's directory relative to it; `""` for the root. */
  directory: string;
  /** Also lists what stands outside of the application's directory. */
  whole: boolean;
  /** A directory for views, absolute. */
  scratch: string;
}

/** Lists files; submodules that are not checked out as recorded become findings. */
export async function listFiles(options: ListOptions, findings: Findings): Promise<ListedFile[]> {
  const { repository, commit, directory, whole, scratch } = options;
  let views = 0;
  const list = async (root: string, id: string, prefix: string, below: string): Promise<ListedFile[]> => {
    const view = join(scratch, `view-${views++}`);
    const [{ files, submodules }] = await Promise.all([listTree(root, id, below), makeCommitView(root, id, view)]);
    const attributesOf = await readAttributes(
      view,
      files.map(({ tracked }) => tracked),
    );
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
        if (!(await isAt(at, recorded, posix.relative(directory, place), findings))) return [];
        return list(at, recorded, `${place}/`, "");
      }),
    );
    return [...own, ...inner.flat()];
  };
  return list(repository, commit, "", whole ? "" : directory);
}

async function isAt(directory: string, commit: string, path: string, findings: Findings): Promise<boolean> {
  const top = existsSync(join(directory, ".git")) ? await tryGit(directory, ["rev-parse", "HEAD"]) : undefined;
  if (top?.trim() === commit) return true;
  findings.add(
    "submodule",
    `${quoteName(path)} ${top ? `is at ${top.trim().slice(0, 12)} instead of ${commit.slice(0, 12)}` : "is empty"}`,
  );
  return false;
}
