// Deployments as GitHub shows them, made with its own client at a local service.
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { beginDeployment, endDeployment, type GithubDeployment } from "../../src/actions/github-deployment.ts";
import type { Outcome } from "../../src/fleet/report.ts";
import { silent } from "../../src/progress.ts";
import { API_TOKEN, type GithubApi, githubApi, type ServedApi, serveApi } from "../support/github-api.ts";
import { startJob } from "../support/job.ts";
import { git, repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

const RUN = "https://github.com/acme/shop/actions/runs/77";
let bare: string;
let head: string;
let api: GithubApi;
let served: ServedApi | undefined;
let warnings: string[];

beforeAll(() => {
  const shop = repository({ "app.py": "1" });
  head = git(shop, "rev-parse", "HEAD");
  bare = `${temporary("remote")}/shop.git`;
  git(shop, "clone", "--quiet", "--bare", shop, bare);
});
afterAll(() => served?.close());
beforeEach(async () => {
  await served?.close();
  api = githubApi(bare);
  served = await serveApi(api);
  warnings = [];
});

const progress = { ...silent, warning: (message: string) => void warnings.push(message) };

const begin = (environment = "production", url?: string): Promise<GithubDeployment | undefined> =>
  beginDeployment({ env: { ...served?.env }, token: API_TOKEN, environment, commit: head, url, progress });

const end = (deployment: GithubDeployment | undefined, outcome: Outcome) =>
  endDeployment(deployment, { outcome, target: "production", release: "v1-12345678" }, progress);

describe("a deployment on GitHub's page", () => {
  test("is in progress, then a success, with the run's log and the application's address", async () => {
    const deployment = await begin("production", "https://shop.example.org");
    expect(api.deployments).toMatchObject([
      { sha: head, environment: "production", description: "Tarlift, run 7", statuses: [{ state: "in_progress" }] },
    ]);
    await end(deployment, "deployed");
    expect(api.deployments[0]?.statuses).toMatchObject([
      {
        state: "success",
        description: "deployed: v1-12345678",
        log_url: RUN,
        environment_url: "https://shop.example.org",
      },
      { state: "in_progress", log_url: RUN },
    ]);
    expect(warnings).toEqual([]);
  });

  test.each([
    ["unchanged", "success"],
    ["rolled-back", "success"],
    ["superseded", "inactive"],
    ["refused", "failure"],
    ["reverted", "failure"],
    ["split", "error"],
    ["failed", "error"],
  ] as const)("%s is shown as %s", async (outcome, state) => {
    await end(await begin(), outcome);
    expect(api.deployments[0]?.statuses[0]).toMatchObject({ state });
  });

  test("is left to the job that has one of its own", async () => {
    const statuses = [{ state: "in_progress", log_url: `${RUN}/job/5` }];
    api.deployments.push({ id: 1, sha: head, environment: "production", description: null, statuses });
    expect(await begin()).toBe(undefined);
    expect(api.deployments).toHaveLength(1);
    await end(undefined, "deployed");
    expect(api.deployments[0]?.statuses).toHaveLength(1);
  });

  test("is made beside those of other runs, of other environments, and of an earlier step", async () => {
    const of = (log_url: string) => [{ state: "success", log_url }];
    const old = { sha: head, description: null };
    api.deployments.push(
      { ...old, id: 1, environment: "production", statuses: of(`${RUN}8/job/5`) },
      { ...old, id: 2, environment: "staging", statuses: of(`${RUN}/job/5`) },
    );
    expect(await begin()).toBeDefined();
    expect(await begin()).toBeDefined();
  });

  test("that cannot be made is a warning which names the permission, and nothing else", async () => {
    api.permissions.delete("deployments");
    const deployment = await begin();
    expect(deployment).toBe(undefined);
    await end(deployment, "deployed");
    expect(warnings).toEqual([expect.stringContaining("permissions: deployments: write")]);
  });

  test("is not asked for twice when GitHub answers with an error: it may be there", async () => {
    api.faults.push({ on: "POST deployments", status: 502 });
    expect(await begin()).toBe(undefined);
    expect(api.calls.filter((call) => call === "POST deployments")).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("GitHub shows no deployment for this run")]);
  });

  test("whose end cannot be sent is a warning", async () => {
    const deployment = await begin();
    api.faults.push({ on: "statuses", status: 500 });
    await end(deployment, "split");
    expect(warnings).toEqual([expect.stringContaining("GitHub does not know how the deployment ended")]);
  });
});

describe("a step that shows its deployment", () => {
  const inputs = { target: "here", verify: "no", "github-environment": "production" };

  /** The root action's job on a commit that a host on this machine gets; `hook` runs on it after the switch. */
  function job(hook = "true") {
    const root = join(temporary("host"), "shop");
    const config = `app: shop\ntargets: { here: { hosts: [local], root: ${root} } }\nhooks: { after-activate: ["${hook}"] }\n`;
    const workspace = repository({ "tarlift.yml": config, "index.html": "hello" });
    git(workspace, "push", "--quiet", bare, "HEAD:refs/heads/here", "--force");
    const env = { ...served?.env, XDG_CACHE_HOME: temporary("cache") };
    return { job: startJob({ workspace, env, token: API_TOKEN }), commit: git(workspace, "rev-parse", "HEAD") };
  }

  test("tells its beginning and its end", async () => {
    const { job: step, commit } = job();
    const end = await step.run("pipeline", inputs);
    expect(end.code, end.log).toBe(0);
    expect(api.deployments).toMatchObject([
      { sha: commit, environment: "production", statuses: [{ state: "success" }, { state: "in_progress" }] },
    ]);
    expect((await step.run("pipeline", { ...inputs, "dry-run": "yes" })).code).toBe(0);
    expect(api.deployments).toHaveLength(1);
  });

  test("that is killed is ended by its post entry", async () => {
    const { job: step } = job("sleep 3");
    const running = step.start("pipeline", inputs);
    await running.said(/activate local/);
    running.child.kill("SIGKILL");
    await running.ended;
    expect(api.deployments[0]?.statuses).toMatchObject([{ state: "in_progress" }]);
    const post = await running.post();
    expect(api.deployments[0]?.statuses[0], post.log).toMatchObject({
      state: expect.stringMatching(/success|failure/),
    });
  });
});
