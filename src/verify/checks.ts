// Whether a commit's checks have passed. Pure: what GitHub told in, a judgement out.
import type { CheckRun, CheckSuite, CommitStatus, WorkflowRun } from "./remote-repository.ts";

/** What GitHub told about one commit. */
export interface Evidence {
  runs: CheckRun[];
  suites: CheckSuite[];
  statuses: CommitStatus[];
  /** Left out until they are asked for; null: the token may not read them. */
  workflowRuns?: WorkflowRun[] | null | undefined;
}

/** A check run or a commit status. */
export interface Check {
  name: string;
  /** As GitHub calls it: `success`, `failure`, `in_progress`, … */
  state: string;
  url: string;
}

export interface Judgement {
  passed: Check[];
  pending: Check[];
  failed: Check[];
  /** Patterns of `wanted` that match nothing. */
  missing: string[];
  /** Jobs of the run that asks: they do not count. */
  own: Check[];
  /** Something besides this run's own jobs has not ended yet, whether it is wanted or not. */
  othersOpen: boolean;
  /** It would be another judgement if one knew which workflow each run belongs to: ask for `workflowRuns`, and judge again. */
  needsWorkflows: boolean;
}

const ACTIONS = "github-actions";
const NOT_COUNTED = new Set(["skipped", "neutral"]);

/**
 * Judges the checks of a commit, except those of the workflow run that asks and, unless they are named, of other runs of the same
 * workflow: those are other deploys, and whether they came through says nothing of the commit.
 *
 * Of several runs of one check the newest that was not skipped counts. Jobs of equal name in different workflows are different checks;
 * where nobody knows the workflow, each counts.
 *
 * @param wanted names, in which `*` stands for anything; a name of which everything was skipped has not passed. Undefined: every check,
 *   without those that were skipped or are neutral
 * @param ownRun the id of the workflow run that asks (GITHUB_RUN_ID)
 */
export function judgeChecks(evidence: Evidence, wanted: string[] | undefined, ownRun: string): Judgement {
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

/** `*` stands for any characters, everything else for itself. */
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

/** The suite of a workflow run, where the addresses of its jobs or the workflow runs tell it. */
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
    // Any other app has one check of a name, in whichever suite. A workflow's id and a suite's are never mistaken for one another.
    const origin = run.app !== ACTIONS ? [] : workflowOf.has(run.suite) ? [workflowOf.get(run.suite)] : [run.suite, 0];
    const key = JSON.stringify([run.app, run.name, ...origin]);
    const known = chosen.get(key);
    if (!known || newer(run, known)) chosen.set(key, run);
  }
  return [...chosen.values()];
}

/** A later run that skipped a job does not undo what the job came to before. */
function newer(run: CheckRun, known: CheckRun): boolean {
  const [skipped, wasSkipped] = [run, known].map(({ conclusion }) => conclusion === "skipped");
  return skipped === wasSkipped ? run.id > known.id : wasSkipped === true;
}

/** A workflow whose next job has no check run yet has not passed, whatever its earlier jobs say. */
function unfinishedWorkflows({ suites }: Evidence, others: CheckRun[]): Check[] {
  return suites.flatMap(({ id, app, status }) => {
    const jobs = others.filter(({ suite }) => suite === id);
    const first = jobs[0];
    // Apps that do not answer a commit leave a suite that is queued for ever: only suites with runs say something.
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

/** https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-checks: the conclusions, and the states of statuses. */
function verdict(state: string): "passed" | "pending" | "failed" {
  if (state === "success") return "passed";
  return ["queued", "in_progress", "waiting", "requested", "pending"].includes(state) ? "pending" : "failed";
}
