import { describe, expect, test } from "vitest";
import type { Failure } from "../../src/failure.ts";
import { silent } from "../../src/progress.ts";
import { assessChecks, type Evidence } from "../../src/verify/checks.ts";
import type { CheckRun, WorkflowRun } from "../../src/verify/remote-repository.ts";
import type { VerifyRequest } from "../../src/verify/request.ts";
import { verifyChecks } from "../../src/verify/wait-for-checks.ts";

let count = 0;

/** A job: suite 1 is that of our own run 77. */
function job(name: string, conclusion: string | undefined, suite = 2, more: Partial<CheckRun> = {}): CheckRun {
  const status = conclusion ? "completed" : "in_progress";
  const workflowRun = suite === 1 ? "77" : String(suite);
  return { id: ++count, name, app: "github-actions", suite, status, conclusion, url: "", workflowRun, ...more };
}

const evidence = (runs: CheckRun[], more: Partial<Evidence> = {}): Evidence => ({
  runs,
  suites: [],
  statuses: [],
  ...more,
});

const names = (checks: { name: string }[]) => checks.map(({ name }) => name);

const runOf = (suite: number, workflow: number): WorkflowRun => ({
  id: suite === 1 ? "77" : String(suite),
  suite,
  workflow,
});

describe("every check of a commit", () => {
  test("passes without those of the run that asks, skipped and neutral ones", () => {
    const runs = [job("deploy", undefined, 1), job("test", "success"), job("docs", "skipped"), job("lint", "neutral")];
    const judged = assessChecks(evidence(runs), undefined, "77");
    expect(names(judged.passed)).toEqual(["test"]);
    expect([...judged.pending, ...judged.failed]).toEqual([]);
  });

  test.each(["failure", "cancelled", "timed_out", "action_required", "stale", "startup_failure"])(
    "%s is no success",
    (conclusion) => {
      const judged = assessChecks(evidence([job("test", conclusion)]), undefined, "77");
      expect(judged.failed).toMatchObject([{ name: "test", state: conclusion }]);
    },
  );

  test.each(["queued", "in_progress", "waiting", "requested", "pending"])("%s is waited for", (status) => {
    const judged = assessChecks(evidence([job("test", undefined, 2, { status })]), undefined, "77");
    expect(judged.pending).toMatchObject([{ name: "test", state: status }]);
  });

  test("commit statuses count beside check runs", () => {
    const statuses = (["success", "pending", "failure", "error"] as const).map((state) => ({
      context: `ci/${state}`,
      state,
      url: "",
    }));
    const judged = assessChecks(evidence([], { statuses }), undefined, "77");
    expect(names(judged.passed)).toEqual(["ci/success"]);
    expect(names(judged.pending)).toEqual(["ci/pending"]);
    expect(names(judged.failed)).toEqual(["ci/failure", "ci/error"]);
  });

  test("a workflow with jobs to come has not passed, and a suite that an app never answers is not waited for", () => {
    const suites = [
      { id: 1, app: "github-actions", status: "in_progress" },
      { id: 2, app: "github-actions", status: "in_progress" },
      { id: 3, app: "some-bot", status: "queued" },
    ];
    const runs = [job("deploy", undefined, 1), job("build", "success")];
    const judged = assessChecks(evidence(runs, { suites }), undefined, "77");
    expect(names(judged.pending)).toEqual(["the workflow of build"]);
  });
});

describe("several runs of one check", () => {
  test("a re-run replaces what it ran again", () => {
    const judged = assessChecks(evidence([job("test", "failure"), job("test", "success")]), undefined, "77");
    expect(judged).toMatchObject({ passed: [{ name: "test" }], failed: [] });
    const back = assessChecks(evidence([job("test", "success"), job("test", "failure")]), undefined, "77");
    expect(back).toMatchObject({ passed: [], failed: [{ name: "test" }] });
  });

  test("another app's newest counts, in whichever suite", () => {
    const app = { app: "circleci", workflowRun: undefined };
    const runs = [job("test", "failure", 4, app), job("test", "success", 5, app)];
    expect(assessChecks(evidence(runs), undefined, "77")).toMatchObject({ passed: [{ name: "test" }], failed: [] });
  });

  test("jobs of equal name in two workflows are two checks", () => {
    const runs = [job("test", "failure", 2), job("test", "success", 3)];
    const workflowRuns = [runOf(2, 20), runOf(3, 30)];
    expect(assessChecks(evidence(runs, { workflowRuns }), undefined, "77").failed).toHaveLength(1);
  });

  test("a newer run of the same workflow replaces the older one", () => {
    const runs = [job("test", "failure", 2), job("test", "success", 3)];
    const workflowRuns = [runOf(2, 20), runOf(3, 20)];
    expect(assessChecks(evidence(runs, { workflowRuns }), undefined, "77")).toMatchObject({
      passed: [{ name: "test" }],
      failed: [],
    });
  });

  test("and does not hide a failure in a job that it skipped", () => {
    const runs = [job("test", "failure", 2), job("test", "skipped", 3)];
    const workflowRuns = [runOf(2, 20), runOf(3, 20)];
    expect(assessChecks(evidence(runs, { workflowRuns }), undefined, "77").failed).toHaveLength(1);
  });

  test("where the workflow is unknown, each counts; it is requested only when it decides", () => {
    const both = [job("test", "failure", 2), job("test", "success", 3)];
    expect(assessChecks(evidence(both), undefined, "77")).toMatchObject({
      failed: [{ name: "test" }],
      needsWorkflows: true,
    });
    expect(assessChecks(evidence(both, { workflowRuns: null }), undefined, "77")).toMatchObject({
      failed: [{ name: "test" }],
      needsWorkflows: false,
    });
    expect(assessChecks(evidence([job("test", "success", 3)]), undefined, "77").needsWorkflows).toBe(false);
  });

  test("an earlier deploy of the same workflow that failed does not stand in the way", () => {
    const runs = [job("deploy", undefined, 1), job("deploy", "failure", 2), job("test", "success", 3)];
    const workflowRuns = [runOf(1, 10), runOf(2, 10), runOf(3, 30)];
    const judged = assessChecks(evidence(runs, { workflowRuns }), undefined, "77");
    expect(names(judged.passed)).toEqual(["test"]);
    expect(judged.failed).toEqual([]);
  });
});

describe("checks that are named", () => {
  const runs = [job("test (3.11, ubuntu)", "success"), job("test (3.12, ubuntu)", "success"), job("slow", "failure")];

  test("are the only ones that count", () => {
    const judged = assessChecks(evidence(runs), ["test *", "ci/deploy-preview"], "77");
    expect(names(judged.passed)).toEqual(["test (3.11, ubuntu)", "test (3.12, ubuntu)"]);
    expect(judged).toMatchObject({ failed: [], missing: ["ci/deploy-preview"] });
  });

  test("match whole names, and nothing in them is special but *", () => {
    expect(assessChecks(evidence(runs), ["test"], "77").missing).toEqual(["test"]);
    expect(assessChecks(evidence(runs), ["test (3.1., ubuntu)"], "77").missing).toEqual(["test (3.1., ubuntu)"]);
  });

  test("have not passed when they were skipped, unless something else of that name passed", () => {
    expect(assessChecks(evidence([job("test", "skipped")]), ["test"], "77").failed).toMatchObject([
      { state: "skipped" },
    ]);
    const matrix = [job("test (a)", "skipped"), job("test (b)", "success")];
    expect(assessChecks(evidence(matrix), ["test *"], "77")).toMatchObject({
      passed: [{ name: "test (b)" }],
      failed: [],
    });
  });

  test("may be jobs of an earlier run of the workflow that asks, and never of the run itself", () => {
    const workflowRuns = [runOf(1, 10), runOf(2, 10)];
    const earlier = [job("test", "failure", 2), job("test", "success", 1)];
    expect(assessChecks(evidence(earlier, { workflowRuns }), ["test"], "77").failed).toHaveLength(1);
    expect(assessChecks(evidence([job("test", "success", 1)], { workflowRuns }), ["test"], "77").missing).toEqual([
      "test",
    ]);
  });
});

describe("jobs of the run that asks", () => {
  /** @returns the refusal, and how many seconds passed until it came */
  async function refused(runs: CheckRun[], checks: "all" | string[]) {
    let now = 0;
    const remote = { checkRuns: async () => runs, checkSuites: async () => [], statuses: async () => [] };
    const clock = {
      now: () => now,
      sleep: async (milliseconds: number) => {
        now += milliseconds;
      },
    };
    const request = { remote, checks, wait: 900, run: "77", progress: silent, clock } as unknown as VerifyRequest;
    const failure = await verifyChecks(request, "c".repeat(40)).then(
      () => undefined,
      (error) => error as Failure,
    );
    return { failure, seconds: now / 1000 };
  }

  const deploy = job("deploy", undefined, 1);
  const test1 = job("test", "success", 1);

  test("are said to be no checks at once, where one of them has passed and nothing else is there", async () => {
    const { failure, seconds } = await refused([test1, deploy], "all");
    expect(failure).toMatchObject({
      what: "the commit has no checks besides the jobs of this very run",
      where: { "jobs of this run": "test, deploy" },
      remedy: expect.stringMatching(/`needs:`.*`required-checks: none`/),
      outcome: "refused",
    });
    expect(seconds).toBe(0);
  });

  test("are said to be none at once where they are named", async () => {
    for (const runs of [
      [test1, deploy],
      [job("test", undefined, 1), deploy, job("lint", "success")],
    ]) {
      const { failure, seconds } = await refused(runs, ["te*", "lint"]);
      expect(failure?.what).toBe("te*: the commit has no such check besides the jobs of this very run");
      expect(failure?.where).toMatchObject({ "jobs of this run": "test" });
      expect(failure?.remedy).toMatch(/`needs:`.*`required-checks: none`/);
      expect(seconds).toBe(0);
    }
  });

  test("that run beside the deploy are reported when nothing else has appeared", async () => {
    const { failure, seconds } = await refused([job("test", undefined, 1), deploy], "all");
    expect(failure?.what).toBe("the commit has no checks besides the jobs of this very run");
    expect(seconds).toBe(60);
  });

  test("do not shorten the wait for what other workflows may still begin", async () => {
    expect(await refused([test1, deploy, job("build", undefined)], ["test"])).toMatchObject({ seconds: 900 });
    const { failure, seconds } = await refused([deploy], "all");
    expect(failure?.what).toBe("the commit has no checks");
    expect(seconds).toBe(60);
  });
});
