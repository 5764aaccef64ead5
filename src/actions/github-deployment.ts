// A deployment on the repository's GitHub page, for a job without one of its own (`environment:`). It only informs: its
// failures are warnings, and the deploy's outcome stays.
import type { Outcome, Report } from "../fleet/report.ts";
import type { Progress } from "../progress.ts";
import type { DeploymentStatus, Deployments } from "./github/deployments.ts";

/** A deployment that was started and has to be ended. */
export interface GithubDeployment {
  id: number;
  deployments: Deployments;
  log: string;
  url?: string | undefined;
}

export interface DeploymentOptions {
  env: NodeJS.ProcessEnv;
  token: string;
  /** The application's own address, shown as a link. */
  url?: string | undefined;
  progress: Progress;
  /** Replaces GitHub in tests. */
  deployments?: Deployments | undefined;
}

export interface BeginOptions extends DeploymentOptions {
  /** GitHub's name of the environment, usually the target's. */
  environment: string;
  /** The deployed commit, 40 hex digits. */
  commit: string;
}

/**
 * Creates a deployment and sets it to `in_progress`.
 *
 * @returns undefined if this run already has one to the same environment, made by the job's `environment:`
 */
export async function beginDeployment(options: BeginOptions): Promise<GithubDeployment | undefined> {
  const { env, environment, commit, url, progress } = options;
  return quietly(progress, "GitHub shows no deployment for this run", async () => {
    const deployments = options.deployments ?? (await connect(options));
    const log = runPage(env);
    // GitHub's own statuses contain the job, `…/actions/runs/1234/job/5678`; those of another Tarlift step do not.
    const known = await deployments.deploymentsOf(commit);
    if (known.some((one) => one.environment === environment && one.logs.some((own) => own.startsWith(`${log}/job/`))))
      return undefined;
    const description = `Tarlift, run ${env.GITHUB_RUN_NUMBER ?? env.GITHUB_RUN_ID}`;
    const deployment = { id: await deployments.createDeployment({ commit, environment, description }), deployments };
    await deployments.addStatus(deployment.id, { state: "in_progress", description, log, url });
    return { ...deployment, log, url };
  });
}

/** The deployment of a step that was ended early: its `post` entry ends it. */
export function resumeDeployment(id: number, options: DeploymentOptions): Promise<GithubDeployment | undefined> {
  const { env, url, progress } = options;
  return quietly(progress, "GitHub does not know how the deployment ended", async () => ({
    id,
    deployments: options.deployments ?? (await connect(options)),
    log: runPage(env),
    url,
  }));
}

/** Sets the final state. Without a deployment it does nothing. */
export async function endDeployment(
  deployment: GithubDeployment | undefined,
  report: Pick<Report, "outcome" | "release" | "target">,
  progress: Progress,
): Promise<void> {
  if (!deployment) return;
  const { id, deployments, log, url } = deployment;
  const description = `${report.outcome}${report.release ? `: ${report.release}` : ""}`.slice(0, 140);
  await quietly(progress, "GitHub does not know how the deployment ended", () =>
    deployments.addStatus(id, { state: STATES[report.outcome], description, log, url }),
  );
}

/** `inactive` if nothing was deployed and nothing is wrong. */
const STATES: Record<Outcome, DeploymentStatus["state"]> = {
  deployed: "success",
  unchanged: "success",
  "rolled-back": "success",
  superseded: "inactive",
  planned: "inactive",
  refused: "failure",
  reverted: "failure",
  split: "error",
  failed: "error",
};

const runPage = (env: NodeJS.ProcessEnv) =>
  `${env.GITHUB_SERVER_URL || "https://github.com"}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;

/** The client is large, and is loaded only by a run that needs it. */
async function connect({ env, token, progress }: DeploymentOptions): Promise<Deployments> {
  const { openGithub } = await import("./github/open.ts");
  return openGithub({ env, token, progress });
}

async function quietly<T>(progress: Progress, what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    progress.warning(`${what}, and the deploy goes on: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}
