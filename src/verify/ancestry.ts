// Whether a commit descends from another. A checkout gives an exact answer without a request if it has the history;
// GitHub has the whole history.

import type { Progress } from "../progress.ts";
import { askGit, tryGit } from "../source/git.ts";
import type { RemoteRepository } from "./remote-repository.ts";

export interface AncestrySources {
  /** Asked if the checkout does not know; missing without a token. */
  remote?: Pick<RemoteRepository, "compare"> | undefined;
  /** A local clone, asked first; missing if there is none. */
  repository?: string | undefined;
  progress: Progress;
}

/**
 * @returns a function: whether the first commit is an ancestor of the second (or the same); undefined, with a notice,
 *   if it is unknown
 */
export function isAncestorIn(
  sources: AncestrySources,
): (ancestor: string, descendant: string) => Promise<boolean | undefined> {
  return async (ancestor, descendant) => {
    const known =
      (await askCheckout(sources, ancestor, descendant)) ?? (await askGitHub(sources, ancestor, descendant));
    if (known === undefined)
      sources.progress.notice(
        `it is not known whether ${ancestor.slice(0, 12)} is older than ${descendant.slice(0, 12)}: it is taken as not older (fetch-depth: 0 of actions/checkout, or \`permissions: contents: read\`, would show it)`,
      );
    return known;
  };
}

async function askGitHub({ remote, progress }: AncestrySources, ancestor: string, descendant: string) {
  try {
    const relation = await remote?.compare(ancestor, descendant);
    return relation && (relation === "ahead" || relation === "identical");
  } catch (error) {
    // A deploy does not fail because of a question that local git may answer as well.
    progress.notice(
      `GitHub did not compare the commits: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
    );
    return undefined;
  }
}

/** A shallow clone may know both commits without the history between them: then it only says yes, never no. */
async function askCheckout({ repository }: AncestrySources, ancestor: string, descendant: string) {
  if (repository === undefined) return undefined;
  const [{ code }, shallow] = await Promise.all([
    askGit(repository, ["merge-base", "--is-ancestor", `${ancestor}^{commit}`, `${descendant}^{commit}`]),
    tryGit(repository, ["rev-parse", "--is-shallow-repository"]),
  ]);
  // 0 and 1 are answers; any other code: one of the commits is missing here.
  if (code === 0) return true;
  return code === 1 && shallow?.trim() === "false" ? false : undefined;
}
