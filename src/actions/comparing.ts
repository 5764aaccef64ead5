// Asks GitHub which of two commits is older, for a deploy whose checkout lacks the history.
import type { Progress } from "../progress.ts";
import type { RemoteRepository } from "../verify/remote-repository.ts";

/** @returns undefined without a token. The client is large, and is loaded when it is first needed */
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
