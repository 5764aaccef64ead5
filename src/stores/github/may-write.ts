// Decides which runs save to GitHub's cache. An entry is visible to the branch or tag that saved it, and to all if that
// is the default branch: what a tag or a pull request saves fills the cache and serves no other run
// (https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching#restrictions-for-accessing-a-cache).
// Runs of many events have the default branch as their ref, whatever code they check out (pull_request_target,
// issue_comment, workflow_run, workflow_dispatch): what untrusted code has built must not become what all later runs
// restore.
import { existsSync, readFileSync } from "node:fs";

/** The store's `mayWrite`: the run's event, its ref and the checked-out commit decide. */
export async function mayWrite(env: NodeJS.ProcessEnv, commit: () => Promise<string>): Promise<string | undefined> {
  return whyNot(env, { defaultBranch: defaultBranchOf(env.GITHUB_EVENT_PATH), head: await commit() });
}

/**
 * @param env of the run: event, ref and commit
 * @param is.defaultBranch of the repository; undefined if the event does not contain it
 * @param is.head the checked-out commit, a full hash
 * @returns why this run does not save, in words; undefined if it does
 */
export function whyNot(
  env: NodeJS.ProcessEnv,
  { defaultBranch, head }: { defaultBranch: string | undefined; head: string },
): string | undefined {
  const ref = env.GITHUB_REF ?? "";
  const isDefault = defaultBranch === undefined ? ref.startsWith("refs/heads/") : ref === `refs/heads/${defaultBranch}`;
  if (!isDefault) {
    const branch = defaultBranch === undefined ? "the default branch" : `the default branch, ${defaultBranch},`;
    return `an entry that ${ref || "this run"} saves is visible to that ref alone. Runs of ${branch} save for all; \`save: always\` saves here too`;
  }
  const event = env.GITHUB_EVENT_NAME ?? "";
  if (event.startsWith("pull_request"))
    return `an entry that this run saves is restored by all branches and tags, and its event is \`${event}\`. ${ANYWAY}`;
  if (head !== env.GITHUB_SHA)
    return `an entry that this run saves is restored by all branches and tags, and ${head.slice(0, 12)}, which is checked out, is not the commit of ${ref}. ${ANYWAY}`;
  return undefined;
}

const ANYWAY = "Where no stranger's code is built, `save: always` saves all the same";

function defaultBranchOf(eventFile: string | undefined): string | undefined {
  if (!eventFile || !existsSync(eventFile)) return undefined;
  try {
    const branch: unknown = JSON.parse(readFileSync(eventFile, "utf8")).repository?.default_branch;
    return typeof branch === "string" && branch !== "" ? branch : undefined;
  } catch {
    return undefined;
  }
}
