// Whether a commit's checks have passed. Pure: from GitHub's data to an assessment.
import type { CheckRun, CheckSuite, CommitStatus, WorkflowRun } from "./remote-repository.ts";

/** GitHub's data about one commit. */
export interface Evidence {
  runs: CheckRun[];
  suites: CheckSuite[];
  statuses: CommitStatus[];
  /** Missing until they are requested; null: the token may not read them. */
  workflowRuns?: WorkflowRun[] | null | undefined;
}

/** A check run or a commit status. */
export interface Check {
  name: string;
  /** GitHub's word: `success`, `failure`, `in_progress`, … */
  state: string;
  url: string;
}

export interface ChecksAssessment {
  passed: Check[];
  pending: Check[];
  failed: Check[];
  /** Patterns of `wanted` that match nothing. */
  missing: string[];
  /** Jobs of this workflow run: they do not count. */
  own: Check[];
  /** Whether something other than this run's own jobs has not ended yet, whether it is wanted or not. */
  othersOpen: boolean;
  /** The assessment depends on the workflow of each run: request `workflowRuns`, and assess again. */
  needsWorkflows: boolean;
}

const ACTIONS = "github-actions";
const NOT_COUNTED = new Set(["skipped", "neutral"]);

/**
 * Assesses the checks of a commit, except those of this workflow run and, unless they are named, of other runs of the
 * same workflow: those are other deploys, and their result says nothing about the commit.
 *
 * Of several runs of one check, the newest that was not skipped counts. Jobs of the same name in different workflows
 * are different checks. If the workflow is unknown, each counts.
 *
 * @param wanted names, in which `*` matches anything. A name whose runs were all skipped has not passed. Undefined: all
 *   checks, except those that were skipped or are neutral
 * @param ownRun the id of this workflow run (GITHUB_RUN_ID)
 */
export function assessChecks(evidence: Evidence, wanted: string[] | undefined, ownRun: string): ChecksAssessment {
  const ownSuites = suitesOf(evidence, ownRun);
  const others = runsOfOthers(evidence, ownRun, wanted !== undefined, ownSuites);
  const checks = [...newest(others, evidence).map(checkOfRun), ...evidence.statuses.map(checkOfStatus)];
  const matches = wanted?.map((name) => ({ name, found: checks.filter((check) => anything(name).test(check.name)) }));
  const chosen = matches ? [...new Set(matches.flatMap(({ found }) => countedOrAll(found)))] : checks.filter(isCounted);
  const of = (wish: ReturnType<typeof verdict>) => chosen.filter(({ state }) => verdict(state) === wish);
  const pending = [...of("pending"), ...(wanted ? [] : unfinishedWorkflows(evidence, others))];
  const failed = of("failed");
  return {
    passed: of("passed"),
    pending,
    failed,
    missing: (matches ?? []).filter(({ found }) => found.length === 0).map(({ name }) => name),
    own: newest(
      evidence.runs.filter(({ suite }) => ownSuites.has(suite)),
      evidence,
    ).map(checkOfRun),
    othersOpen: checks.some(({ state }) => verdict(state) === "pending"),
    needsWorkflows:
      evidence.workflowRuns === undefined &&
      others.some(({ app }) => app === ACTIONS) &&
      pending.length + failed.length > 0,
  };
}

/** `*` matches any characters; all other characters match themselves. */
export function anything(pattern: string): RegExp {
  return new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`);
}

export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

const isCounted = ({ state }: Check) => !NOT_COUNTED.has(state);

function countedOrAll(checks: Check[]): Check[] {
  const counted = checks.filter(isCounted);
  return counted.length > 0 ? counted : checks;
}

/** The suite of a workflow run, if the addresses of its jobs or the workflow runs show it. */
function suitesOf({ runs, workflowRuns }: Evidence, ownRun: string): Set<number> {
  return new Set([
    ...runs.filter(({ workflowRun }) => workflowRun === ownRun).map(({ suite }) => suite),
    ...(workflowRuns ?? []).filter(({ id }) => id === ownRun).map(({ suite }) => suite),
  ]);
}

function runsOfOthers(
  { runs, workflowRuns }: Evidence,
  ownRun: string,
  sameWorkflow: boolean,
  ownSuites: ReadonlySet<number>,
): CheckRun[] {
  const own = workflowRuns?.find(({ id }) => id === ownRun)?.workflow;
  const alike = (workflowRuns ?? []).filter(({ workflow }) => workflow === own && !sameWorkflow);
  const suites = new Set([...ownSuites, ...alike.map(({ suite }) => suite)]);
  return runs.filter(({ suite }) => !suites.has(suite));
}

function newest(runs: CheckRun[], { workflowRuns }: Evidence): CheckRun[] {
  const workflowOf = new Map((workflowRuns ?? []).map(({ suite, workflow }) => [suite, workflow]));
  const chosen = new Map<string, CheckRun>();
  for (const run of runs) {
    // Any other app has one check of a name, in any suite. Ids of workflows and of suites never collide.
    const origin = run.app !== ACTIONS ? [] : workflowOf.has(run.suite) ? [workflowOf.get(run.suite)] : [run.suite, 0];
    const key = JSON.stringify([run.app, run.name, ...origin]);
    const known = chosen.get(key);
    if (!known || newer(run, known)) chosen.set(key, run);
  }
  return [...chosen.values()];
}

/** A later run that skipped a job does not replace the job's earlier result. */
function newer(run: CheckRun, known: CheckRun): boolean {
  const [skipped, wasSkipped] = [run, known].map(({ conclusion }) => conclusion === "skipped");
  return skipped === wasSkipped ? run.id > known.id : wasSkipped === true;
}

/** A workflow whose next job has no check run yet has not passed, whatever the results of its earlier jobs. */
function unfinishedWorkflows({ suites }: Evidence, others: CheckRun[]): Check[] {
  return suites.flatMap(({ id, app, status }) => {
    const jobs = others.filter(({ suite }) => suite === id);
    const first = jobs[0];
    // Apps that ignore a commit leave a suite queued for ever: only suites with runs count.
    if (!first || app !== ACTIONS || status === "completed") return [];
    if (jobs.some((job) => job.status !== "completed")) return [];
    return [{ name: `the workflow of ${first.name}`, state: status, url: first.url }];
  });
}

function checkOfRun(run: CheckRun): Check {
  const { name, status, conclusion, url } = run;
  return { name, state: status === "completed" ? (conclusion ?? "completed") : status, url };
}

const checkOfStatus = ({ context, state, url }: CommitStatus): Check => ({ name: context, state, url });

/**
 * https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-checks: the conclusions, and the states of
 * statuses.
 */
function verdict(state: string): "passed" | "pending" | "failed" {
  if (state === "success") return "passed";
  return ["queued", "in_progress", "waiting", "requested", "pending"].includes(state) ? "pending" : "failed";
}
