// Whether a commit is older than the live one.
import { isAncestorIn } from "./ancestry.ts";
import { refusal, type VerifyRequest } from "./request.ts";

/** @throws Failure (refused) for an ancestor of the live commit */
export async function verifyAge(request: VerifyRequest, commit: string): Promise<void> {
  const { remote, live, progress } = request;
  if (live === undefined || request.allowOlder) return;
  const liveCommit = "commit" in live ? live.commit : await remote.deployedCommit(live.environment);
  if (liveCommit === undefined || liveCommit === "") {
    const where = "environment" in live ? `the GitHub environment ${live.environment}` : "the target";
    progress.notice(
      `what is live on ${where} is not known: whether ${commit.slice(0, 12)} is older is left to the deploy`,
    );
    return;
  }
  if (liveCommit === commit) return;
  const isAncestor = isAncestorIn({ remote, repository: request.checkout?.repository, progress });
  // The live commit may be given as a tag or by a few digits: then the same commit has another name.
  if ((await isAncestor(commit, liveCommit)) && !(await isAncestor(liveCommit, commit)))
    throw refusal(
      `the commit is older than what is live`,
      { commit, live: liveCommit },
      "Deploy a newer commit; to return to an older one use `rollback`, or allow it with `allow-older`.",
    );
}
