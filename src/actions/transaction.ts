// A step that changes hosts: the state for its `post` entry is saved before, and the result is reported after.
import { openArtifact } from "../artifact/open-artifact.ts";
import { Failure } from "../failure.ts";
import { OUTCOME_EXIT, type Report } from "../fleet/report.ts";
import type { DeployOptions } from "../pipeline/deploy.ts";
import type { FleetOptions } from "../pipeline/fleet-request.ts";
import { groupErrors } from "../report/group-errors.ts";
import { completeCommands, withCommands } from "../report/invocation.ts";
import { nextOnGithub } from "../report/outcome-text.ts";
import { transactionLines } from "../report/transaction.ts";
import { commitsBetween } from "../source/commit-subjects.ts";
import type { FLEET } from "./declared.ts";
import { beginDeployment, endDeployment, type GithubDeployment } from "./github-deployment.ts";
import { fleetOptions } from "./hosts.ts";
import { callOfStep } from "./invocation.ts";
import { saveBegun, saveDeployment, saveEnded } from "./state.ts";
import type { ApplicationStep } from "./step.ts";

type FleetStep = ApplicationStep<typeof FLEET> & {
  inputs: {
    "dry-run"?: boolean | undefined;
    "github-environment"?: string | undefined;
    url?: string | undefined;
    "github-token"?: string | undefined;
  };
};

/**
 * @param artifact the artifact's file, for the `post` entry; missing if there is none
 * @param run the transaction itself
 * @param options how hosts are accessed; default: from the step
 * @returns the exit code
 * @throws Failure for errors before any host is contacted
 */
export async function transaction(
  step: FleetStep,
  artifact: string | undefined,
  run: (options: FleetOptions & Required<Pick<DeployOptions, "begins">>) => Promise<Report>,
  options: FleetOptions = fleetOptions(step),
): Promise<number> {
  let shown: GithubDeployment | undefined;
  try {
    if (artifact !== undefined) shown = await showDeployment(step, (await openArtifact(artifact)).release.commit.id);
    const report = await run({ ...options, begins: (request) => saveBegun(request, artifact) });
    saveEnded();
    // The commit of a rollback is only known afterwards.
    if (artifact === undefined && report.commit) shown = await showDeployment(step, report.commit);
    await endDeployment(shown, report, step.progress);
    await publishReport(step, report);
    return OUTCOME_EXIT[report.outcome];
  } catch (error) {
    // Any other error may have left hosts half-way: the `post` entry handles them.
    if (error instanceof Failure) {
      saveEnded();
      await endDeployment(shown, { outcome: error.outcome, target: step.inputs.target }, step.progress);
    }
    throw error;
  }
}

/** Outputs of a step that fails before its transaction has an outcome. */
export const failedTransaction = (failure: Failure): Record<string, string> => ({ outcome: failure.outcome });

/** A deployment on GitHub's page, if the step requests one. */
async function showDeployment({ inputs, progress }: FleetStep, commit: string): Promise<GithubDeployment | undefined> {
  const { "github-environment": environment, "github-token": token = "", url } = inputs;
  if (environment === undefined || inputs["dry-run"]) return undefined;
  const shown = await beginDeployment({ env: process.env, token, environment, commit, url, progress });
  if (shown) saveDeployment(shown.id);
  return shown;
}

/** Writes outputs, log, annotations and summary of a transaction. */
export async function publishReport(
  { context, output, progress, summarise }: ApplicationStep<typeof FLEET>,
  given: Report,
): Promise<void> {
  const call = callOfStep(process.env);
  const report = withCommands(given, call);
  const next = completeCommands(nextOnGithub(report), call);
  output("outcome", report.outcome);
  output("release", report.release);
  output("previous-release", report.previousRelease);
  output("schema-ahead", report.schemaAhead);
  progress.lines(transactionLines(report, undefined, next));
  for (const error of groupErrors(report.errors)) progress.failure(error);
  for (const warning of report.warnings) progress.warning(warning);
  const { previousCommit, commit } = report;
  const between =
    previousCommit && commit ? await commitsBetween(context.repository, previousCommit, commit) : undefined;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
  const commits = between?.commits.map((one) => ({ ...one, url: `${server}/${repository}/commit/${one.id}` }));
  summarise({ report, next, ...(between ? { commits, commitsLeftOut: between.more } : {}) });
}
