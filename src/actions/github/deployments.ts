// Deployments in GitHub's API.
import { z } from "zod";
import type { RemoteRepository } from "../../verify/remote-repository.ts";
import { type Api, commit } from "./api.ts";

/** The used part of GitHub's deployments: https://docs.github.com/rest/deployments */
export interface Deployments {
  /** The newest deployments of a commit, with the logs in their statuses. */
  deploymentsOf(commit: string): Promise<{ environment: string; logs: string[] }[]>;
  /** @returns its id */
  createDeployment(deployment: { commit: string; environment: string; description: string }): Promise<number>;
  addStatus(id: number, status: DeploymentStatus): Promise<void>;
}

export interface DeploymentStatus {
  state: "in_progress" | "success" | "failure" | "error" | "inactive";
  /** At most 140 characters. */
  description: string;
  /** The run's page. */
  log: string;
  /** The application's page. */
  url?: string | undefined;
}

/** Maximum number of an environment's deployments that are examined, the newest first, before none counts as live. */
const DEPLOYMENTS = 10;

const deployed = z.object({ id: z.number(), sha: z.string(), environment: z.string() });
const status = z.object({ log_url: z.string().nullish(), target_url: z.string().nullish() });
const deployments = z.array(z.object({ environment: z.string(), logs: z.array(z.string()) }));

/**
 * The first entries of a list, because each may need another request. A server may ignore `per_page`, or send no list.
 */
const few = <T>(one: z.ZodType<T>, data: unknown): T[] => z.array(one).parse(data).slice(0, DEPLOYMENTS);

export function deploymentsOf({ rest, here, ask }: Api): Deployments & Pick<RemoteRepository, "deployedCommit"> {
  return {
    deployedCommit: (environment) =>
      ask(`the deployments to ${environment} could not be read`, "deployments: read", commit.optional(), async () => {
        const { data } = await rest.repos.listDeployments({ ...here, environment, per_page: DEPLOYMENTS });
        for (const { id, sha } of few(deployed, data)) {
          const statuses = await rest.repos.listDeploymentStatuses({ ...here, deployment_id: id, per_page: 1 });
          if (statuses.data[0]?.state === "success") return sha;
        }
        return undefined;
      }),

    deploymentsOf: (commit) =>
      ask("the commit's deployments could not be read", "deployments: write", deployments, async () => {
        const { data } = await rest.repos.listDeployments({ ...here, sha: commit, per_page: DEPLOYMENTS });
        return Promise.all(
          few(deployed, data).map(async ({ id, environment }) => {
            const request = { ...here, deployment_id: id, per_page: DEPLOYMENTS };
            const statuses = await rest.repos.listDeploymentStatuses(request);
            return {
              environment,
              logs: few(status, statuses.data).map(({ log_url, target_url }) => log_url || target_url || ""),
            };
          }),
        );
      }),

    createDeployment: ({ commit, environment, description }) =>
      ask("a deployment could not be created", "deployments: write", z.number(), async () => {
        // verify checks the commit; GitHub would refuse because this run itself is one of the checks.
        const rules = { auto_merge: false, required_contexts: [] };
        const { data } = await rest.repos.createDeployment({
          ...here,
          ref: commit,
          environment,
          description,
          ...rules,
        });
        if (!("id" in data)) throw new Error(data.message ?? "GitHub created none");
        return data.id;
      }),

    addStatus: (id, { state, description, log, url }) =>
      ask("the deployment's status could not be set", "deployments: write", z.void(), async () => {
        const links = { log_url: log, ...(url ? { environment_url: url } : {}) };
        await rest.repos.createDeploymentStatus({ ...here, deployment_id: id, state, description, ...links });
      }),
  };
}
