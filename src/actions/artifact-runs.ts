// Which run of this repository keeps an artifact, asked of GitHub: artifacts belong to runs, and a repair belongs to none of them.
import { Failure } from "../failure.ts";
import type { RunOf } from "../pipeline/artifact.ts";
import type { Progress } from "../progress.ts";

/** @returns undefined where there is no token to ask with; the client is large, and loaded at the first question */
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
