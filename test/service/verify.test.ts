// Whether a commit may be deployed, asked with GitHub's own client of a local service that has the real answers of a bare repository.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openGithub } from "../../src/actions/github/open.ts";
import { Failure } from "../../src/failure.ts";
import { silent } from "../../src/progress.ts";
import { isAncestorIn } from "../../src/verify/ancestry.ts";
import type { Clock, VerifyRequest } from "../../src/verify/request.ts";
import { verify } from "../../src/verify/verify.ts";
import { API_TOKEN, type GithubApi, githubApi, type ServedApi, serveApi } from "../support/github-api.ts";
import { startJob } from "../support/job.ts";
import { commit, git, repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

let shop: string;
let bare: string;
let api: GithubApi;
let served: ServedApi;
/** Three commits of main, and one beside it. */
let first: string;
let second: string;
let third: string;
let aside: string;
let notices: string[];
let pauses: number[];

beforeAll(() => {
  shop = repository({ "app.py": "1" });
  first = git(shop, "rev-parse", "HEAD");
  git(shop, "branch", "--quiet", "aside");
  second = commit(shop, { "app.py": "2" });
  third = commit(shop, { "app.py": "3" });
  git(shop, "checkout", "--quiet", "aside");
  aside = commit(shop, { "app.py": "aside" });
  git(shop, "checkout", "--quiet", "main");
  git(shop, "tag", "v1", first);
  git(shop, "tag", "--annotate", "-m", "two", "v2", second);
  git(shop, "tag", "--annotate", "-m", "two again", "v2-signed-off", "v2");
  git(shop, "tag", "experiment", aside);
  bare = `${temporary("remote")}/shop.git`;
  git(shop, "clone", "--quiet", "--bare", shop, bare);
});
afterAll(() => served?.close());
beforeEach(async () => {
  await served?.close();
  api = githubApi(bare);
  served = await serveApi(api);
  notices = [];
  pauses = [];
});

const progress = { ...silent, notice: (message: string) => void notices.push(message) };

/** Its pauses are those of this test, also when an answer comes after the test. */
function github(token = API_TOKEN) {
  const own = pauses;
  return openGithub({ token, env: served.env, progress, sleep: async (time) => void own.push(time) });
}

/** Time that passes only while one waits for it; `then` happens at the n-th look. */
function clockThat(...then: (() => void)[]): Clock & { seconds: number } {
  const clock = {
    seconds: 0,
    now: () => clock.seconds * 1000,
    sleep: async (milliseconds: number) => {
      clock.seconds += milliseconds / 1000;
      then.shift()?.();
    },
  };
  return clock;
}

/** A step of run 77 on tag v2, checked out. */
function asked(changes: Partial<VerifyRequest> = {}): VerifyRequest {
  return {
    remote: github(),
    ref: "refs/tags/v2",
    checkout: { commit: second, repository: shop },
    branches: [],
    checks: "none",
    wait: 600,
    run: "77",
    allowOlder: false,
    progress,
    clock: clockThat(),
    ...changes,
  };
}

async function refused(request: VerifyRequest): Promise<Failure> {
  const failure = await verify(request).then(
    (verified) => expect.fail(`accepted: ${JSON.stringify(verified)}`),
    (error) => error,
  );
  expect(failure).toBeInstanceOf(Failure);
  expect(failure.outcome).toBe("refused");
  return failure;
}

/** The run that asks, with its own job in progress. */
function ownRun(of = second) {
  const suite = api.workflowRun({ commit: of, id: 77, workflow: 10, status: "in_progress" });
  api.checkRun({ name: "deploy", suite });
}

function tested(name: string, conclusion?: string, run: { id: number; workflow: number } = { id: 5, workflow: 20 }) {
  const suite = api.workflowRun({ commit: second, ...run, status: conclusion ? "completed" : "in_progress" });
  return { suite, run: api.checkRun({ name, suite, ...(conclusion ? { conclusion } : {}) }).id };
}

describe("the ref", () => {
  test.each(["refs/tags/v2", "v2", "refs/tags/v2-signed-off"])(
    "%s is an annotated tag, and leads to its commit",
    async (ref) => {
      const tag = ref.replace("refs/tags/", "");
      expect(await verify(asked({ ref }))).toEqual({
        ref: `refs/tags/${tag}`,
        commit: second,
        version: tag,
        checks: [],
      });
    },
  );

  test("a lightweight tag is its commit; a version of one's own wins", async () => {
    const request = asked({ ref: "v1", checkout: { commit: first, repository: shop }, version: "1.0" });
    expect(await verify(request)).toMatchObject({ commit: first, version: "1.0" });
  });

  test("a tag that was never pushed is refused", async () => {
    git(shop, "tag", "-f", "local-only", second);
    expect((await refused(asked({ ref: "refs/tags/local-only" }))).what).toBe("there is no tag local-only on GitHub");
    expect((await refused(asked({ ref: "local-only" }))).what).toContain("neither a tag nor a branch local-only");
  });

  test("a tag that was moved after the checkout is refused, with both commits", async () => {
    const failure = await refused(asked({ ref: "v1" }));
    expect(failure.what).toBe("v1 is not what is checked out");
    expect(failure.where).toEqual({ "on GitHub": first, "checked out": second });
  });

  test("without a checkout the event's commit is compared, and that is said", async () => {
    await verify(asked({ checkout: undefined, eventCommit: second }));
    expect(notices.join()).toContain("nothing is checked out");
    await verify(asked({ checkout: undefined }));
    expect(notices.at(-1)).toContain("whether v2 is what is deployed is not checked");
    const failure = await refused(asked({ checkout: undefined, eventCommit: third }));
    expect(failure.what).toBe("v2 is not what is meant by the event");
  });

  test("a branch is refused unless it is allowed", async () => {
    const main = { ref: "refs/heads/main", checkout: { commit: third, repository: shop } };
    expect((await refused(asked(main))).what).toBe("main is a branch, and only tags are allowed");
    expect((await refused(asked({ ...main, branches: ["release/*"] }))).what).toBe(
      "main is a branch, and only release/* may be deployed",
    );
    const verified = await verify(asked({ ...main, branches: ["main"] }));
    expect(verified).toMatchObject({ ref: "refs/heads/main", commit: third, version: third.slice(0, 12) });
  });

  test("a branch that has moved on since the event is still what the event meant; one that was rewritten is not", async () => {
    const older = { ref: "refs/heads/main", checkout: { commit: second, repository: shop }, branches: ["main"] };
    expect((await verify(asked(older))).commit).toBe(second);
    const other = { ...older, checkout: { commit: aside, repository: shop } };
    expect((await refused(asked(other))).what).toBe("main is not what is checked out");
  });

  test("a pull request is refused", async () => {
    expect((await refused(asked({ ref: "refs/pull/7/merge" }))).what).toBe(
      "refs/pull/7/merge is neither a tag nor a branch",
    );
  });
});

describe("allowed branches", () => {
  test("a tag's commit must be on one of them", async () => {
    expect((await verify(asked({ branches: ["release/**", "ma*"] }))).commit).toBe(second);
    const failure = await refused(
      asked({ ref: "experiment", checkout: { commit: aside, repository: shop }, branches: ["main"] }),
    );
    expect(failure.what).toBe("the commit of experiment is on no allowed branch");
    expect(failure.where).toMatchObject({ commit: aside, "looked at": "main" });
  });

  test("* does not go across a slash, ** does", async () => {
    git(shop, "push", "--quiet", "--force", bare, `${second}:refs/heads/release/2/x`);
    expect((await refused(asked({ branches: ["release/*"] }))).where).toMatchObject({ "looked at": "there is none" });
    expect((await verify(asked({ branches: ["release/**"] }))).commit).toBe(second);
  });
});

describe("age", () => {
  test("a commit that the live one descends from is refused, unless it is allowed", async () => {
    const live = { commit: third };
    const failure = await refused(asked({ live }));
    expect(failure.what).toBe("the commit is older than what is live");
    expect(failure.where).toEqual({ commit: second, live: third });
    await verify(asked({ live, allowOlder: true }));
  });

  test.each([
    ["an older one", () => first],
    ["the same", () => second],
    ["the same by its tag", () => "v2"],
    ["the same by a few digits", () => second.slice(0, 12)],
    ["one of another line", () => aside],
  ])("%s may be live", async (_what, live) => {
    expect((await verify(asked({ live: { commit: live() } }))).commit).toBe(second);
  });

  test("what is live is known from the newest deployment that succeeded", async () => {
    api.deployments.push(
      { id: 1, sha: third, environment: "production", description: null, statuses: [{ state: "success" }] },
      { id: 2, sha: first, environment: "production", description: null, statuses: [{ state: "failure" }] },
      { id: 3, sha: first, environment: "staging", description: null, statuses: [{ state: "success" }] },
    );
    expect((await refused(asked({ live: { environment: "production" } }))).where.live).toBe(third);
    expect((await verify(asked({ live: { environment: "staging" } }))).commit).toBe(second);
    await verify(asked({ live: { environment: "nowhere" } }));
    expect(notices.join()).toContain("what is live on the GitHub environment nowhere is not known");
  });

  test("a full clone knows it without a request, GitHub where a shallow one does not; else a notice says so", async () => {
    const shallow = `${temporary("shallow")}/clone`;
    git(shop, "clone", "--quiet", "--depth=1", `file://${bare}`, shallow);
    expect(await isAncestorIn({ remote: github(), repository: shop, progress })(second, third)).toBe(true);
    expect(await isAncestorIn({ remote: github(), repository: shop, progress })(third, second)).toBe(false);
    expect(api.calls).toEqual([]);
    expect(await isAncestorIn({ remote: github(), repository: shallow, progress })(second, third)).toBe(true);
    expect(await isAncestorIn({ remote: github(), repository: shallow, progress })(third, second)).toBe(false);
    expect(notices).toEqual([]);
    api.permissions.delete("contents");
    expect(await isAncestorIn({ remote: github(), repository: shallow, progress })(second, third)).toBe(undefined);
    expect(notices).toEqual([
      expect.stringContaining("GitHub did not compare the commits"),
      expect.stringContaining("it is not known whether"),
    ]);
  });

  test("a shallow clone that has both commits and not the way between them does not say no", async () => {
    const grafted = `${temporary("grafted")}/clone`;
    git(shop, "clone", "--quiet", "--depth=1", "--branch=v1", `file://${bare}`, grafted);
    git(grafted, "fetch", "--quiet", "--depth=1", "origin", third);
    expect(await isAncestorIn({ repository: grafted, progress })(first, third)).toBe(undefined);
  });
});

describe("checks of the commit", () => {
  test("pass while the run that asks is itself in progress", async () => {
    ownRun();
    tested("test", "success");
    tested("docs", "skipped", { id: 6, workflow: 21 });
    api.status(second, "ci/legacy", "success");
    expect((await verify(asked({ checks: "all" }))).checks).toEqual(["test", "ci/legacy"]);
  });

  test("one that failed is named, with its address", async () => {
    ownRun();
    tested("test", "failure");
    const failure = await refused(asked({ checks: "all" }));
    expect(failure.what).toBe("a check of the commit did not pass: test");
    expect(failure.output).toMatch(/^test: failure {2}https:\/\/github\.com\/acme\/shop\/actions\/runs\/5\/job\/\d+$/);
  });

  test("beyond the first hundred count too", async () => {
    ownRun();
    const { suite } = tested("job 0", "success");
    for (let n = 1; n <= 240; n++)
      api.checkRun({ name: `job ${n}`, suite, conclusion: n === 3 ? "failure" : "success" });
    expect((await refused(asked({ checks: "all" }))).what).toBe("a check of the commit did not pass: job 3");
    expect(api.calls.filter((call) => call.endsWith("/check-runs"))).toHaveLength(3);
  });

  test("a re-run that passed is what counts", async () => {
    ownRun();
    const { suite } = tested("test", "failure");
    api.checkRun({ name: "test", suite, conclusion: "success" });
    expect((await verify(asked({ checks: "all" }))).checks).toEqual(["test"]);
  });

  test("an earlier deploy of the same workflow that failed is passed over", async () => {
    tested("deploy", "failure", { id: 70, workflow: 10 });
    ownRun();
    tested("test", "success");
    expect((await verify(asked({ checks: "all" }))).checks).toEqual(["test"]);
    api.permissions.delete("actions");
    const failure = await refused(asked({ checks: "all" }));
    expect(failure.what).toBe("a check of the commit did not pass: deploy");
    expect(failure.remedy).toContain("permissions: actions: read");
  });

  test("those in progress are waited for, jobs that are yet to come as well", async () => {
    ownRun();
    const { suite, run } = tested("build");
    const clock = clockThat(
      () => {},
      () => api.change(run, { status: "completed", conclusion: "success" }),
      () => api.checkRun({ name: "test", suite, conclusion: "success" }),
      () => api.change(suite, { status: "completed" }),
    );
    expect((await verify(asked({ checks: "all", clock }))).checks.sort()).toEqual(["build", "test"]);
    expect(clock.seconds).toBe(60);
  });

  test("one that fails while it is waited for ends the wait", async () => {
    ownRun();
    const { run } = tested("test");
    const clock = clockThat(() => api.change(run, { status: "completed", conclusion: "failure" }));
    await refused(asked({ checks: "all", clock }));
    expect(clock.seconds).toBe(15);
  });

  test("the wait is bounded, and ends with the names of what is open", async () => {
    ownRun();
    tested("test");
    const clock = clockThat();
    const failure = await refused(asked({ checks: "all", wait: 100, clock }));
    expect(failure.what).toBe("checks of the commit have not ended: test");
    expect(failure.where).toMatchObject({ waited: "100 s" });
    expect(clock.seconds).toBe(100);
  });

  test("no check at all is refused, after those of an event that has just happened had time to appear", async () => {
    ownRun();
    const late = clockThat(() => tested("test", "success"));
    expect((await verify(asked({ checks: "all", clock: late }))).checks).toEqual(["test"]);
    const clock = clockThat();
    const nothing = asked({ ref: "v1", checkout: { commit: first, repository: shop }, checks: "all", clock });
    const failure = await refused(nothing);
    expect(failure.what).toBe("the commit has no checks");
    expect(failure.remedy).toContain("checks: none");
    // Case 41: the tag alone was pushed.
    expect(failure.remedy).toContain("git push origin HEAD");
    expect(clock.seconds).toBe(60);
  });

  test("those that are named are enough, and must be there", async () => {
    ownRun();
    tested("test", "success");
    tested("flaky", "failure", { id: 6, workflow: 21 });
    expect((await verify(asked({ checks: ["test"] }))).checks).toEqual(["test"]);
    const failure = await refused(asked({ checks: ["test", "integration"], wait: 30 }));
    expect(failure.what).toBe("the commit has no check called integration");
  });
});

describe("GitHub's own errors", () => {
  test.each([
    ["contents", {}, "contents: read"],
    ["checks", { checks: "all" as const }, "checks: read"],
    ["statuses", { checks: "all" as const }, "statuses: read"],
    ["deployments", { live: { environment: "production" } }, "deployments: read"],
  ])("without the permission for %s the refusal names it", async (permission, changes, remedy) => {
    api.permissions.delete(permission);
    const failure = await refused(asked(changes));
    expect(failure.what).toContain("GitHub answered 403");
    expect(failure.remedy).toContain(`permissions: ${remedy}`);
    expect(pauses).toEqual([]);
  });

  test("a token that is not valid is said to be so", async () => {
    expect((await refused(asked({ remote: github("another") }))).remedy).toContain("token is not valid");
  });

  test("answers of 500 and broken connections are asked again, a few times", async () => {
    api.faults.push({ on: "git/ref", status: 500 }, { on: "git/ref", status: 0, broken: true });
    expect((await verify(asked())).commit).toBe(second);
    expect(pauses).toEqual([1000, 2000]);
    for (let n = 0; n < 4; n++) api.faults.push({ on: "git/ref", status: 502 });
    expect((await refused(asked())).what).toBe("tag v2 could not be looked up: GitHub answered 502");
    expect(api.faults).toEqual([]);
  });

  test("a rate limit that stays is not taken for a missing permission", async () => {
    for (let n = 0; n < 4; n++) api.faults.push({ on: "git/ref", status: 403, headers: { "retry-after": "1" } });
    expect((await refused(asked())).remedy).not.toContain("permissions:");
    ownRun();
    tested("deploy", "failure", { id: 70, workflow: 10 });
    tested("test", "success");
    for (let n = 0; n < 4; n++) api.faults.push({ on: "actions/runs", status: 403, headers: { "retry-after": "1" } });
    expect((await refused(asked({ checks: "all" }))).what).toContain(
      "the workflow runs of the commit could not be read",
    );
  });

  test("GitHub Enterprise Server is asked where its API is", async () => {
    const env = { ...served.env, GITHUB_API_URL: `${served.env.GITHUB_API_URL}/api/v3` };
    expect((await verify(asked({ remote: openGithub({ token: API_TOKEN, env, progress }) }))).commit).toBe(second);
  });

  test("a rate limit is waited for as long as GitHub asks, if that is short", async () => {
    api.faults.push(
      { on: "git/ref", status: 429, headers: { "retry-after": "7" } },
      { on: "git/ref", status: 403, headers: { "retry-after": "3" } },
    );
    expect((await verify(asked())).commit).toBe(second);
    expect(pauses).toEqual([7000, 3000]);
    const reset = String(Math.ceil(Date.now() / 1000) + 1790);
    api.faults.push({
      on: "git/ref",
      status: 403,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
    });
    expect((await refused(asked())).what).toBe("GitHub's rate limit is used up for another 30 min");
  });
});

describe("actions/verify", () => {
  const checkedOut = () => {
    const workspace = `${temporary("workspace")}/shop`;
    git(shop, "clone", "--quiet", "--depth=1", "--branch=v2", `file://${bare}`, workspace);
    return workspace;
  };
  const job = (env: Record<string, string> = {}, workspace = checkedOut()) =>
    startJob({
      workspace,
      token: API_TOKEN,
      env: { ...served.env, GITHUB_REF: "refs/tags/v2", GITHUB_SHA: second, ...env },
    });

  test("sets ref, version and commit", async () => {
    ownRun();
    tested("test", "success");
    const end = await job().run("verify", { branches: "main" });
    expect(end).toMatchObject({ code: 0, outputs: { ref: "refs/tags/v2", version: "v2", commit: second } });
    expect(end.log).toContain(`verified: refs/tags/v2 is ${second}, 1 check passed: test`);
    expect(end.masks).toContain(API_TOKEN);
  });

  test("fails with the condition that is not met, and nothing as an output", async () => {
    ownRun();
    tested("test", "failure");
    const end = await job().run("verify");
    expect(end).toMatchObject({ code: 2, outputs: {} });
    expect(end.annotations).toMatchObject([
      { type: "error", message: expect.stringContaining("a check of the commit did not pass: test") },
    ]);
  });

  test("takes from tarlift.yml what the step does not give", async () => {
    const workspace = checkedOut();
    writeFileSync(
      join(workspace, "tarlift.yml"),
      "app: shop\ndefaults: { required-checks: none, branches: [release-1] }\n",
    );
    const end = await job({}, workspace).run("verify");
    expect(end.log).toContain("the commit of v2 is on no allowed branch");
    expect((await job({}, workspace).run("verify", { branches: "main" })).code).toBe(0);
  });

  // The event is the tag v2, and what the configuration's repository has checked out is another commit.
  describe.each([
    ["below a workspace that is no repository", () => `${temporary("workspace")}/job`],
    ["inside of the tag's own checkout", checkedOut],
  ])("looks at the repository of the configuration, %s", (_, make) => {
    test.each(["verify", "pipeline"])("by %s", async (action) => {
      const workspace = make();
      const app = join(workspace, "app");
      git(shop, "clone", "--quiet", "--branch=aside", `file://${bare}`, app);
      writeFileSync(join(app, "tarlift.yml"), "app: shop\ntargets: { here: { hosts: [local], root: /srv/shop } }\n");
      const target: Record<string, string> = action === "pipeline" ? { target: "here" } : {};
      const end = await job({}, workspace).run(action, {
        ...target,
        config: "app/tarlift.yml",
        "required-checks": "none",
      });
      expect(end.code, end.log).toBe(2);
      expect(end.log).toContain("v2 is not what is checked out");
      expect(end.log).toContain(`checked out: ${aside}`);
    });
  });

  test("needs no checkout", async () => {
    const end = await job({}, temporary("nothing")).run("verify", { "required-checks": "none" });
    expect(end).toMatchObject({ code: 0, outputs: { version: "v2" } });
    expect(end.annotations).toMatchObject([{ type: "notice" }]);
  });

  test.each([
    [{ wait: "soon" }, 'the input wait is "soon", and should be a time'],
    [{ tag: "v2" }, "there is no input tag"],
    [{ "github-token": "" }, "there is no token for GitHub's API"],
    [{ "github-token": "expired" }, "The token is not valid (any more)"],
    [{ ref: "refs/pull/7/merge" }, "refs/pull/7/merge is neither a tag nor a branch"],
  ])("%o is refused with a sentence", async (inputs, sentence) => {
    const end = await job().run("verify", inputs as unknown as Record<string, string>);
    expect(end.code).toBe(2);
    expect(end.annotations.map(({ message }) => message).join()).toContain(sentence);
  });
});
