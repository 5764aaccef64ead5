// Checks out another commit of the repository temporarily, in a directory beside it.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { git, tryGit } from "./git.ts";

/**
 * @param name a commit, tag or branch
 * @returns its full hash. A commit that a shallow clone lacks is fetched if its full hash is given
 * @throws Failure (refused) when git does not know it
 */
export async function resolveCommit(repository: string, name: string): Promise<string> {
  const known = async () =>
    (await tryGit(repository, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]))?.trim();
  const id = await known();
  if (id) return id;
  if (/^[0-9a-f]{40,64}$/.test(name)) {
    await tryGit(repository, ["fetch", "--quiet", "--depth=1", "origin", name], { timeout: 120_000 });
    const fetched = await known();
    if (fetched) return fetched;
  }
  throw new Failure({
    code: "commit-unknown",
    what: `this repository has no commit ${name}`,
    where: { repository },
    remedy: "Fetch it; in a workflow: `fetch-depth: 0` of actions/checkout.",
    outcome: "refused",
  });
}

/**
 * Runs `work` in a directory with a checked-out commit, and removes the directory.
 *
 * @param options.work this job's directory
 * @throws Failure when it cannot be checked out; what `work` throws
 */
export async function inWorktree<T>(
  repository: string,
  options: { commit: string; work: string },
  work: (directory: string) => Promise<T>,
): Promise<T> {
  mkdirSync(options.work, { recursive: true });
  const scratch = mkdtempSync(join(options.work, "worktree-"));
  const directory = join(scratch, "checkout");
  const what = `commit ${options.commit.slice(0, 12)} could not be checked out`;
  try {
    // The repository's hooks are made for people, and must not run.
    const add = ["-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach", directory, options.commit];
    await git(repository, add, what);
    return await work(directory);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    await tryGit(repository, ["worktree", "prune"]);
  }
}
