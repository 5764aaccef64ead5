// Artifacts of a repository's runs.
import { z } from "zod";
import type { Api } from "./api.ts";

export interface Artifacts {
  /** @returns the newest run that has an artifact of this name; undefined if there is none */
  artifactRun(name: string): Promise<string | undefined>;
}

/** https://docs.github.com/rest/actions/artifacts */
export function artifactsOf({ rest, here, ask }: Api): Artifacts {
  return {
    artifactRun: (name) =>
      ask(`the artifacts called ${name} could not be listed`, "actions: read", z.string().optional(), async () => {
        const { data } = await rest.actions.listArtifactsForRepo({ ...here, name, per_page: 100 });
        // A run for a fork's pull request executes foreign code, which could store an artifact under any name.
        const ours = data.artifacts.filter(
          ({ expired, workflow_run: run }) =>
            !expired && run?.id !== undefined && run.head_repository_id === run.repository_id,
        );
        const newest = ours.sort((a, b) => ((a.created_at ?? "") < (b.created_at ?? "") ? 1 : -1))[0];
        return newest && String(newest.workflow_run!.id);
      }),
  };
}
