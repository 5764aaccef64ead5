// GitHub's REST API behind the interfaces of the domain: its only client besides those of the stores.
import { setTimeout as pause } from "node:timers/promises";
import { getOctokit } from "@actions/github";
import { z } from "zod";
import { Failure } from "../failure.ts";
import type { Progress } from "../progress.ts";
import type { RemoteRepository } from "../verify/remote-repository.ts";
import type { Deployments } from "./github-deployment.ts";
import { isPermissionRefused, retrying } from "./github-requests.ts";

export interface GithubOptions {
  token: string;
  /** GITHUB_REPOSITORY and GITHUB_API_URL are read from it, so that GitHub Enterprise Server works too. */
  env: NodeJS.ProcessEnv;
  progress: Progress;
  signal?: AbortSignal | undefined;
  /** Waits; for tests. */
  sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Artifacts of a repository's runs. */
export interface Artifacts {
  /** @returns the newest run that keeps an artifact of this name; undefined when there is none */
  artifactRun(name: string): Promise<string | undefined>;
}

/** Pages of a list that are read: 100 entries each. */
const PAGES = 50;
/** How many deployments of an environment are looked at, the newest first, before none counts as live. */
const DEPLOYMENTS = 10;
/** How often an annotated tag may lead to another one. */
const TAGS_OF_TAGS = 5;

/** @throws Failure (refused) when there is no token or no repository */
export function openGithub(options: GithubOptions): RemoteRepository & Deployments & Artifacts {
  const { token, env, progress, signal, sleep = (time) => pause(time, undefined, { signal }) } = options;
  const [owner = "", repo = ""] = (env.GITHUB_REPOSITORY ?? "").split("/");
  if (!token || !owner || !repo)
    throw new Failure({
      what: token ? "GITHUB_REPOSITORY names no repository" : "there is no token for GitHub's API",
      remedy: token
        ? "This runs as a step of a workflow only."
        : "Leave the input `github-token` out: its default is the job's own token.",
      outcome: "refused",
    });
  const baseUrl = env.GITHUB_API_URL || "https://api.github.com";
  const client = getOctokit(token, { baseUrl });
  client.hook.wrap("request", retrying({ progress, signal, sleep }));
  const { rest } = client;
  const here = { owner, repo };

  /**
   * @param permission what the job's token needs for it: `checks: read`
   * @param schema of the answer: what is between here and GitHub may answer something else
   */
  async function ask<T>(
    what: string,
    permission: string,
    schema: z.ZodType<T>,
    question: () => Promise<unknown>,
  ): Promise<T> {
    try {
      return schema.parse(await question());
    } catch (error) {
      throw told(error, what, permission, { repository: `${owner}/${repo}`, api: baseUrl });
    }
  }

  return {
    tag: (name) =>
      ask(`tag ${name} could not be looked up`, "contents: read", commit.optional(), async () => {
        const ref = await unlessMissing(() => rest.git.getRef({ ...here, ref: `tags/${name}` }));
        let object: { type: string; sha: string } | undefined = ref?.data.object;
        for (let depth = 0; object?.type === "tag" && depth < TAGS_OF_TAGS; depth++)
          object = (await rest.git.getTag({ ...here, tag_sha: object.sha })).data.object;
        return object?.type === "commit" ? object.sha : undefined;
      }),

    branches: (prefix) =>
      ask("the branches could not be listed", "contents: read", branches, async () => {
        const { data } = await rest.git.listMatchingRefs({ ...here, ref: `heads/${prefix}` });
        return data.map(({ ref, object }) => ({ name: ref.slice("refs/heads/".length), commit: object.sha }));
      }),

    compare: (base, head) =>
      ask("two commits could not be compared", "contents: read", relation.optional(), async () => {
        const basehead = `${base}...${head}`;
        const answer = await unlessMissing(() =>
          rest.repos.compareCommitsWithBasehead({ ...here, basehead, per_page: 1 }),
        );
        return answer?.data.status;
      }),

    checkRuns: (commit) =>
      ask("the commit's check runs could not be read", "checks: read", checkRuns, async () => {
        const request = { ...here, ref: commit, per_page: 100 };
        const runs = await client.paginate(rest.checks.listForRef, request, somePages());
        return runs.map(({ id, name, app, check_suite, status, conclusion, details_url, html_url }) => ({
          id,
          name,
          app: app?.slug ?? "",
          suite: check_suite?.id ?? 0,
          status,
          conclusion: conclusion ?? undefined,
          url: html_url ?? details_url ?? "",
          workflowRun: /\/actions\/runs\/(\d+)\//.exec(`${details_url} ${html_url}`)?.[1],
        }));
      }),

    checkSuites: (commit) =>
      ask("the commit's check suites could not be read", "checks: read", checkSuites, async () => {
        const request = { ...here, ref: commit, per_page: 100 };
        const suites = await client.paginate(rest.checks.listSuitesForRef, request, somePages());
        return suites.map(({ id, app, status }) => ({ id, app: app?.slug ?? "", status: status ?? "queued" }));
      }),

    statuses: (commit) =>
      ask("the commit's statuses could not be read", "statuses: read", statuses, async () => {
        const request = { ...here, ref: commit, per_page: 100 };
        const inPages = somePages();
        const all = await client.paginate(
          rest.repos.getCombinedStatusForRef,
          request,
          // octokit knows no list in this page, and hands the whole of it over.
          ({ data }) => inPages({ data: (data as unknown as { statuses: Status[] }).statuses }),
        );
        return all.map(({ context, state, target_url }) => ({ context, state, url: target_url ?? "" }));
      }),

    workflowRuns: async (commit) => {
      try {
        return await ask(
          "the workflow runs of the commit could not be read",
          "actions: read",
          workflowRuns,
          async () => {
            const request = { ...here, head_sha: commit, per_page: 100 };
            const runs = await client.paginate(rest.actions.listWorkflowRunsForRepo, request, somePages());
            return runs.map(({ id, check_suite_id, workflow_id }) => ({
              id: String(id),
              suite: check_suite_id ?? 0,
              workflow: workflow_id,
            }));
          },
        );
      } catch (error) {
        if (error instanceof Failure && isPermissionRefused(error.cause)) return undefined;
        throw error;
      }
    },

    artifactRun: (name) =>
      ask(`the artifacts called ${name} could not be listed`, "actions: read", z.string().optional(), async () => {
        const { data } = await rest.actions.listArtifactsForRepo({ ...here, name, per_page: 100 });
        // A run for a fork's pull request is code of a stranger, who could keep an artifact under any name.
        const ours = data.artifacts.filter(
          ({ expired, workflow_run: run }) =>
            !expired && run?.id !== undefined && run.head_repository_id === run.repository_id,
        );
        const newest = ours.sort((a, b) => ((a.created_at ?? "") < (b.created_at ?? "") ? 1 : -1))[0];
        return newest && String(newest.workflow_run!.id);
      }),

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
        // verify looks at the commit's checks; GitHub would refuse while this very run is one of them.
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

const commit = z.string().regex(/^[0-9a-f]{40,64}$/);
const relation = z.enum(["identical", "ahead", "behind", "diverged"]);
const branches = z.array(z.object({ name: z.string(), commit }));
const checkRuns = z.array(
  z.object({
    id: z.number(),
    name: z.string(),
    app: z.string(),
    suite: z.number(),
    status: z.string(),
    conclusion: z.string().or(z.undefined()),
    url: z.string(),
    workflowRun: z.string().or(z.undefined()),
  }),
);
const checkSuites = z.array(z.object({ id: z.number(), app: z.string(), status: z.string() }));
const statuses = z.array(
  z.object({ context: z.string(), state: z.enum(["success", "pending", "failure", "error"]), url: z.string() }),
);
const workflowRuns = z.array(z.object({ id: z.string(), suite: z.number(), workflow: z.number() }));
const deployed = z.object({ id: z.number(), sha: z.string(), environment: z.string() });
const status = z.object({ log_url: z.string().nullish(), target_url: z.string().nullish() });

/** The first of a list, for each of which another request may follow: what answers may pay no heed to `per_page`, or send no list. */
const few = <T>(one: z.ZodType<T>, data: unknown): T[] => z.array(one).parse(data).slice(0, DEPLOYMENTS);
const deployments = z.array(z.object({ environment: z.string(), logs: z.array(z.string()) }));

/** Takes pages as they are. A list of more than {@link PAGES} is refused: what was cut must not count as all. */
function somePages() {
  let pages = 0;
  return <T>({ data }: { data: T }): T => {
    pages += 1;
    if (pages <= PAGES) return data;
    throw new Failure({
      what: `GitHub's list has more than ${PAGES * 100} entries`,
      remedy: "Only so many are read. Where they are checks of a commit, `checks: none` deploys without them.",
      outcome: "refused",
    });
  };
}

interface Status {
  context: string;
  state: "success" | "pending" | "failure" | "error";
  target_url: string | null;
}

/** An answer, or undefined for 404: there is no such thing, as far as the token may know. */
async function unlessMissing<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  }
}

function told(error: unknown, what: string, permission: string, where: Record<string, string>): Failure {
  if (error instanceof Failure) return error;
  const { status, message } = error as { status?: number; message?: string };
  return new Failure({
    what: status === undefined ? what : `${what}: GitHub answered ${status}`,
    where,
    output: error instanceof z.ZodError ? z.prettifyError(error).split("\n").slice(0, 6).join("\n") : message,
    // GitHub answers 404 where a token may not even know that a private repository is there.
    remedy: isPermissionRefused(error)
      ? `Give the job \`permissions: ${permission}\`. Permissions that a job does not name are taken away as soon as it names one.`
      : status === 401
        ? "The token is not valid (any more): leave the input `github-token` out, its default is the job's own."
        : "Run the job again; https://www.githubstatus.com tells whether GitHub has a problem.",
    outcome: "refused",
    cause: error,
  });
}
