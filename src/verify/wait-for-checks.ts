// Waits until a commit's checks have ended, and names those that block the deploy.
import { Failure } from "../failure.ts";
import { formatCount } from "../text/quantity.ts";
import { anything, assessChecks, type Check, type ChecksAssessment } from "./checks.ts";
import type { RemoteRepository } from "./remote-repository.ts";
import { refusal, type VerifyRequest } from "./request.ts";

/**
 * Seconds between two queries about checks that have not ended: a token has 1000 requests an hour, and a query needs
 * three.
 */
const LOOK = 15;
/** Seconds to wait before it counts that there are no checks: those of a recent event appear one after the other. */
const APPEAR = 60;

/**
 * @returns the names of the checks that passed
 * @throws Failure (refused) naming those that failed, have not ended in time, or do not exist
 */
export async function verifyChecks(request: VerifyRequest, commit: string): Promise<string[]> {
  const { remote, clock, progress, signal } = request;
  const wanted = request.checks === "all" ? undefined : (request.checks as string[]);
  const task = progress.task("checks of the commit");
  const begun = clock.now();
  try {
    for (let shown = ""; ; ) {
      const assessment = await look(remote, commit, wanted, request.run);
      const waited = (clock.now() - begun) / 1000;
      if (assessment.failed.length > 0) throw failedChecks(assessment, commit);
      if (isComplete(assessment, wanted)) {
        task.end(formatCount(assessment.passed.length, "check"));
        return assessment.passed.map(({ name }) => name);
      }
      if (waitsForItself(assessment, wanted)) throw unfinishedChecks(assessment, commit, waited);
      const patience = nothingSeen(assessment, wanted) ? Math.min(request.wait, APPEAR) : request.wait;
      if (waited >= patience) throw unfinishedChecks(assessment, commit, patience);
      const line = waitingLine(assessment);
      if (line !== shown) task.line(line);
      shown = line;
      // An aborted pause is reported like any other end: by the condition that is not met.
      await clock.sleep(Math.min(LOOK, patience - waited) * 1000, signal).catch(() => {});
      if (signal?.aborted) throw unfinishedChecks(assessment, commit, waited);
    }
  } catch (error) {
    task.fail();
    throw error;
  }
}

async function look(remote: RemoteRepository, commit: string, wanted: string[] | undefined, run: string) {
  const [runs, suites, statuses] = await Promise.all([
    remote.checkRuns(commit),
    wanted ? [] : remote.checkSuites(commit),
    remote.statuses(commit),
  ]);
  const evidence = { runs, suites, statuses };
  const assessment = assessChecks(evidence, wanted, run);
  if (!assessment.needsWorkflows) return assessment;
  const workflowRuns = (await remote.workflowRuns(commit)) ?? null;
  return { ...assessChecks({ ...evidence, workflowRuns }, wanted, run), workflowsUnknown: workflowRuns === null };
}

type Seen = ChecksAssessment & { workflowsUnknown?: boolean };

const isComplete = ({ passed, pending, missing }: Seen, wanted: string[] | undefined) =>
  pending.length === 0 && (wanted ? missing.length === 0 : passed.length > 0);

const nothingSeen = ({ passed, pending }: Seen, wanted: string[] | undefined) =>
  wanted === undefined && passed.length + pending.length === 0;

/**
 * Whether only jobs of this run are left, so that waiting changes nothing. If every check counts, a job of this run
 * that has passed shows it: other checks of the same push would exist by then.
 */
function waitsForItself(assessment: Seen, wanted: string[] | undefined): boolean {
  if (assessment.othersOpen) return false;
  if (wanted) return assessment.missing.some((name) => ownCalled(name, assessment).length > 0);
  return nothingSeen(assessment, wanted) && assessment.own.some(({ state }) => state === "success");
}

const ownCalled = (name: string, { own }: Seen) => own.filter((check) => anything(name).test(check.name));

function waitingLine({ passed, pending, missing }: Seen): string {
  const open = [
    ...pending.map(({ name, state }) => `${name} (${state})`),
    ...missing.map((name) => `${name} (not there yet)`),
  ];
  return open.length === 0
    ? "waiting: the commit has no check yet"
    : `waiting for ${open.join(", ")}; ${passed.length} passed`;
}

function failedChecks({ failed, workflowsUnknown }: Seen, commit: string): Failure {
  const hint =
    "Fix the commit, or run the failed jobs again; if some of them do not matter to a deploy, name in `checks` those that do.";
  return new Failure({
    code: "checks-failed",
    what: `${failed.length === 1 ? "a check" : `${failed.length} checks`} of the commit did not pass: ${failed.map(({ name }) => name).join(", ")}`,
    where: { commit },
    output: failed.map(checkLine).join("\n"),
    remedy: workflowsUnknown
      ? `${hint}\nIf it is a job of an earlier deploy, or a newer run of its workflow passed: \`permissions: actions: read\` lets verify distinguish them.`
      : hint,
    outcome: "refused",
  });
}

const OWN_JOBS =
  "Verify does not count jobs of the run that it is part of: this very job is one of them. With `needs:` such a job has passed before this one begins; then give `required-checks: none`, or in `checks` names of other workflows' checks alone.";

function unfinishedChecks(assessment: Seen, commit: string, waited: number): Failure {
  const { pending, missing, passed, own } = assessment;
  const meant = missing.filter((name) => ownCalled(name, assessment).length > 0);
  if (pending.length === 0 && meant.length > 0)
    return refusal(
      `${meant.join(", ")}: the commit has no such check besides the jobs of this very run`,
      { commit, "jobs of this run": namesOf(meant.flatMap((name) => ownCalled(name, assessment))) },
      OWN_JOBS,
      "checks-missing",
    );
  // One of them is this job.
  if (pending.length + missing.length + passed.length === 0 && own.length > 1)
    return refusal(
      "the commit has no checks besides the jobs of this very run",
      { commit, "jobs of this run": namesOf(own) },
      OWN_JOBS,
      "checks-missing",
    );
  if (pending.length === 0 && missing.length === 0)
    return refusal(
      passed.length === 0 ? "the commit has no checks" : "the commit's checks are not complete",
      { commit, waited: `${waited} s` },
      passed.length === 0
        ? "Checks are those of workflows that run for the commit: push its branch (`git push origin HEAD`), as a tag alone starts no workflow for branches, let them pass, and run this job again. A repository without checks says so with `required-checks: none`."
        : "Run this job again when they are.",
      passed.length === 0 ? "checks-missing" : "checks-pending",
    );
  return new Failure({
    code: pending.length > 0 ? "checks-pending" : "checks-missing",
    what:
      pending.length > 0
        ? `checks of the commit have not ended: ${pending.map(({ name }) => name).join(", ")}`
        : `the commit has no check called ${missing.join(", ")}`,
    where: {
      commit,
      waited: `${waited} s`,
      "not there": pending.length > 0 ? missing.join(", ") || undefined : undefined,
    },
    output: pending.map(checkLine).join("\n"),
    remedy:
      pending.length > 0
        ? "Run this job again when they have ended, or give it more time with `wait`."
        : "Names are those that the commit's page shows, one a line, with * for any part: `test *`.",
    outcome: "refused",
  });
}

const namesOf = (checks: Check[]) => [...new Set(checks.map(({ name }) => name))].join(", ");

const checkLine = ({ name, state, url }: Check) => `${name}: ${state}${url ? `  ${url}` : ""}`;
