// Whether a commit descends from another. A checkout's answer is exact and costs no request, where it has the history; GitHub has all of it.

import type { Progress } from "../progress.ts";
import { askGit, tryGit } from "../source/git.ts";
import type { RemoteRepository } from "./remote-repository.ts";

export interface AncestrySources {
  /** Asked where the checkout does not know; left out where there is no token. */
  remote?: Pick<RemoteRepository, "compare"> | undefined;
  /** A local clone, asked first; left out where there is none. */
  repository?: string | undefined;
  progress: Progress;
}

/** @returns a question: whether the first commit is an ancestor of the second (or the same); undefined, told in a notice: nobody knows */
export function isAncestorIn(
  sources: AncestrySources,
): (ancestor: string, descendant: string) => Promise<boolean | undefined> {
  return async (ancestor, descendant) => {
    const known =
      (await askCheckout(sources, ancestor, descendant)) ?? (await askGitHub(sources, ancestor, descendant));
    if (known === undefined)
      sources.progress.notice(
        `nobody knows whether ${ancestor.slice(0, 12)} is older than ${descendant.slice(0, 12)}: it is taken as not older (fetch-depth: 0 of actions/checkout, or \`permissions: contents: read\`, would tell)`,
      );
    return known;
  };
}

async function askGitHub({ remote, progress }: AncestrySources, ancestor: string, descendant: string) {
  try {
    const relation = await remote?.compare(ancestor, descendant);
    return relation && (relation === "ahead" || relation === "identical");
  } catch (error) {
    // A deploy does not fail for a question that local git may answer as well.
    progress.notice(
      `GitHub did not compare the commits: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
    );
    return undefined;
  }
}

/** A shallow clone may know both commits and not the way between them: then it only says yes, never no. */
async function askCheckout({ repository }: AncestrySources, ancestor: string, descendant: string) {
  if (repository === undefined) return undefined;
  const [{ code }, shallow] = await Promise.all([
    askGit(repository, ["merge-base", "--is-ancestor", `${ancestor}^{commit}`, `${descendant}^{commit}`]),
    tryGit(repository, ["rev-parse", "--is-shallow-repository"]),
  ]);
  // 0 and 1 are answers; anything else: one of the commits is not here.
  if (code === 0) return true;
  return code === 1 && shallow?.trim() === "false" ? false : undefined;
}
