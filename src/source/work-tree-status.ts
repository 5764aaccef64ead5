// How the checkout differs from HEAD (https://git-scm.com/docs/git-status#_porcelain_format_version_2).
import { copyFileSync, lstatSync, mkdtempSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { git, gitEnvironment, records } from "./git.ts";

export interface Status {
  /** Tracked paths that differ from HEAD, staged or not, with the kind of difference. */
  changed: { path: string; how: string }[];
  /** Untracked paths. For those inside a submodule, the submodule's path. */
  untracked: string[];
  /** Ignored paths; directories end with `/`. */
  ignored: string[];
}

/**
 * @param paths `.` for everything, otherwise literal names of files or directories, relative to the repository's root
 */
export async function readStatus(repository: string, paths: readonly string[]): Promise<Status> {
  const status = parseStatus(await statusOutput(repository, paths, gitEnvironment()));
  status.changed.push(...(await hiddenChanges(repository, paths)));
  return status;
}

const pathspecs = (paths: readonly string[]) =>
  paths.map((path) => (path === "." || path === "" ? ":(top)" : `:(top,literal)${path}`));

function statusOutput(
  repository: string,
  paths: readonly string[],
  env: Record<string, string | undefined>,
): Promise<string> {
  const options = ["--untracked-files=normal", "--ignored=matching", "--ignore-submodules=none", "--no-renames"];
  return git(
    repository,
    ["status", "--porcelain=v2", "-z", ...options, "--", ...pathspecs(paths)],
    "the checkout cannot be compared with HEAD",
    { env },
  );
}

function parseStatus(output: string): Status {
  const status: Status = { changed: [], untracked: [], ignored: [] };
  for (const record of records(output)) {
    const rest = record.slice(2);
    if (record.startsWith("? ")) status.untracked.push(rest);
    else if (record.startsWith("! ")) status.ignored.push(rest);
    else if (record.startsWith("u ")) status.changed.push({ path: fields(record, 10), how: "is in a merge conflict" });
    else if (record.startsWith("1 ")) {
      const path = fields(record, 8);
      const difference = how(record);
      if (difference) status.changed.push({ path, how: difference });
      else status.untracked.push(`${path}/`);
    }
  }
  return status;
}

/** The rest of a record after `count` fields that are separated by single spaces. */
function fields(record: string, count: number): string {
  let at = -1;
  for (let n = 0; n < count; n++) at = record.indexOf(" ", at + 1);
  return record.slice(at + 1);
}

/** The difference in words; undefined for a submodule that only contains untracked files. */
function how(record: string): string | undefined {
  const [, states = "", submodule = "", , inIndex, inTree] = record.split(" ");
  if (states.includes("D")) return "is deleted";
  if (states.includes("A")) return "is added and not committed";
  if (states[1] === ".") return "is staged and not committed";
  if (submodule.startsWith("S")) {
    if (submodule[1] === "C") return "is a submodule at another commit";
    return submodule[2] === "M" ? "is a submodule with changes of its own" : undefined;
  }
  return inIndex !== inTree ? "has another mode" : "is changed";
}

/**
 * Finds changes that `git update-index --assume-unchanged` and `--skip-worktree` hide from status: a copy of the index
 * without those marks is asked again. Files that a sparse checkout leaves out are skipped and absent, which is no
 * change: their content ships from the commit.
 */
async function hiddenChanges(repository: string, paths: readonly string[]): Promise<Status["changed"]> {
  const listed = await git(repository, ["ls-files", "-v", "-z", "--", ...pathspecs(paths)], "the index cannot be read");
  const hidden = records(listed)
    .filter(
      (record) =>
        /^[a-z] /.test(record) ||
        (record.startsWith("S ") && lstatSync(join(repository, record.slice(2)), { throwIfNoEntry: false })),
    )
    .map((record) => record.slice(2));
  if (hidden.length === 0) return [];
  const index = (await git(repository, ["rev-parse", "--git-path", "index"], "the index cannot be found")).trimEnd();
  const scratch = mkdtempSync(join(tmpdir(), "tarlift-index-"));
  try {
    const env = { ...gitEnvironment(), GIT_INDEX_FILE: join(scratch, "index") };
    copyIndex(resolve(repository, index), env.GIT_INDEX_FILE);
    const input = hidden.map((path) => `${path}\0`).join("");
    for (const mark of ["--no-assume-unchanged", "--no-skip-worktree"])
      await git(repository, ["update-index", mark, "-z", "--stdin"], "the index cannot be read", { env, input });
    const asked = new Set(hidden);
    return parseStatus(await statusOutput(repository, paths, env))
      .changed.filter(({ path }) => asked.has(path))
      .map(({ path, how: difference }) => ({
        path,
        how: `${difference}, hidden by assume-unchanged or skip-worktree`,
      }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Copies the index with its mtime: git considers a file unchanged if its size and mtime in seconds match the index,
 * unless the index is not younger than the file ("racy git", Documentation/technical/racy-git.txt).
 */
function copyIndex(from: string, to: string): void {
  const { atime, mtime } = statSync(from);
  copyFileSync(from, to);
  utimesSync(to, atime, mtime);
}
