// Whether git tags decide a project's version, and whether this clone has them.
import { posix } from "node:path";
import { Failure } from "../failure.ts";
import { isShallow } from "./commit-view.ts";
import { git } from "./git.ts";
import type { Source } from "./read-source.ts";

/** Files that say how a Python project is built. */
export const PACKAGING_FILES = ["pyproject.toml", "setup.cfg", "setup.py"];
/** Packages that read a version from git, and keys that make a build backend do so. */
const READS_TAGS =
  /setuptools[-_]scm|vcs[-_]versioning|hatch-vcs|setuptools-git-versioning|\bpbr\b|versioneer|poetry-dynamic-versioning|dunamai|versioningit|source\s*=\s*["'](?:vcs|scm)["']/;

/** Whether the text of a packaging file names a tool that reads the version from tags. */
export const namesTagReader = (text: string): boolean => READS_TAGS.test(text);

/**
 * Whether the project's own files name a tool that reads its version from tags.
 *
 * @param directory of the project, relative to the application's
 */
export function readsVersionFromTags({ sources }: Source, directory: string): boolean {
  const files = PACKAGING_FILES.map((name) => posix.join(directory, name));
  return sources.some(
    (source) =>
      source.type === "file" &&
      "content" in source &&
      files.includes(source.path) &&
      namesTagReader(Buffer.from(source.content).toString("utf8")),
  );
}

/** Refuses a shallow clone if tags decide the project's own version: see {@link refuseCutHistory}. */
export async function refuseMissingTags(repository: string, source: Source, directory: string): Promise<void> {
  if (readsVersionFromTags(source, directory)) await refuseCutHistory(repository, source.commit.id);
}

/**
 * Refuses a shallow clone: it gives another version than a complete one, unless the commit itself has a tag that can be
 * a version.
 *
 * @throws Failure (refused)
 */
export async function refuseCutHistory(repository: string, commit: string): Promise<void> {
  if (!(await isShallow(repository))) return;
  const tags = await git(repository, ["tag", "--points-at", commit], "the commit's tags cannot be read");
  if (tags.split("\n").some((tag) => /\d/.test(tag))) return;
  throw new Failure({
    code: "clone-shallow",
    what: "the version comes from tags, and this clone is shallow",
    where: { repository, commit },
    remedy:
      "Check out with `fetch-depth: 0` (actions/checkout), or run `git fetch --unshallow --tags`: the version is counted from the nearest tag.",
    outcome: "refused",
  });
}
