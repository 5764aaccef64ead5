// Which of two commits is older, asked of GitHub by a deploy whose checkout does not have the history.
import type { Progress } from "../progress.ts";
import type { RemoteRepository } from "../verify/remote-repository.ts";

/** @returns undefined where there is no token to ask with; the client is large, and loaded at the first question */
export function comparing({
  inputs,
  progress,
  signal,
}: {
  inputs: { "github-token"?: string | undefined };
  progress: Progress;
  signal: AbortSignal;
}): RemoteRepository["compare"] | undefined {
  const { env } = process;
  const token = inputs["github-token"];
  if (!token || !env.GITHUB_REPOSITORY) return undefined;
  return async (base, head) => {
    const { openGithub } = await import("./github/open.ts");
    return openGithub({ token, env, progress, signal }).compare(base, head);
  };
}
