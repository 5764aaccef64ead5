// Asks GitHub which run of this repository has an artifact: artifacts belong to runs, and a recovery belongs to none of
// them.
import { Failure } from "../failure.ts";
import type { RunOf } from "../pipeline/artifact.ts";
import type { Progress } from "../progress.ts";

/** @returns undefined without a token. The client is large, and is loaded when it is first needed */
export function artifactRuns({
  inputs,
  progress,
  signal,
}: {
  inputs: { "github-token"?: string | undefined };
  progress: Progress;
  signal: AbortSignal;
}): RunOf | undefined {
  const { env } = process;
  const token = inputs["github-token"]?.trim();
  const repository = env.GITHUB_REPOSITORY;
  if (!token || !repository) return undefined;
  return async (name) => {
    try {
      const { openGithub } = await import("./github/open.ts");
      const id = await openGithub({ token, env, progress, signal }).artifactRun(name);
      return id === undefined ? undefined : { id, repository, token };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      progress.notice(`artifacts of other runs are not looked at: ${error.what}. ${error.remedy ?? ""}`.trim());
      return undefined;
    }
  };
}
