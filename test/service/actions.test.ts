// Every action as a runner starts it: Node 24, its environment contract, GitHub's cache and artifact services, and a host.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { wheel } from "../support/bundles.ts";
import { PYTHON } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { API_TOKEN, bareRemote, githubApi, serveApi } from "../support/github-api.ts";
import { type GithubService, READ_TOKEN, startGithubService } from "../support/github-service/service.ts";
import { type Job, startJob } from "../support/job.ts";
import { needs, sh } from "../support/needs.ts";
import { commit, git, repository } from "../support/repository.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const SECRET = 'first "line"\nsecond-line';

describe.runIf(needs("sshd", "ssh-agent", "python3.11"))("steps, started as a runner starts them,", () => {
  let github: GithubService;
  let sshd: Sshd;
  let checkout: string;
  let place: string;
  let key: string;
  /** Installers are fetched once for all jobs. */
  let tools: string;
  /** The first commit, and its artifact. */
  let first: string;
  let artifactId: string;

  const root = (target: string) => join(place, target);
  const live = (target: string) => readlinkSync(join(root(target), "current")).replace("releases/", "");

  beforeAll(async () => {
    github = await startGithubService();
    atEnd(() => github.close());
    sshd = await startSshd();
    place = temporary("actions");
    tools = temporary("tools");
    key = readFileSync(sshd.key, "utf8");
    const wheels = join(place, "wheels");
    wheel(wheels, "shipped", { "shipped.py": "NAME = 'shipped'\n" });
    for (const target of ["here", "there"]) mkdirSync(root(target));
    checkout = repository(
      {
        "tarlift.yml": `app: t-actions
environments-root: ${place}/envs
environments:
  python: { installer: pip, interpreter: ${PYTHON}, options: ["--no-index", "--find-links", ${wheels}] }
check: [python -c 'import shipped']
targets:
  here: { hosts: [local], root: ${root("here")}, secrets: [TOKEN] }
  there: { hosts: [{ address: ${sshd.address}, port: ${sshd.port}, ssh-user: ${sshd.user} }], root: ${root("there")}, secrets: [TOKEN] }
`,
        "requirements.txt": "shipped==1.0\n",
        "app.py": "import shipped\nprint(shipped.NAME)\n",
        ".gitignore": ".tarlift/\n",
      },
      join(place, "checkout"),
    );
    first = git(checkout, "rev-parse", "HEAD");
  });

  const job = (run: { ref?: string; id?: string; readOnly?: boolean } = {}, env: NodeJS.ProcessEnv = {}): Job => {
    const started = startJob({
      workspace: checkout,
      env: { GITHUB_SHA: git(checkout, "rev-parse", "HEAD"), ...github.env(run), ...env },
      event: { repository: { default_branch: "main" } },
      token: READ_TOKEN,
    });
    mkdirSync(join(started.temp, "temp/tarlift"));
    sh("ln", ["-s", tools, join(started.temp, "temp/tarlift/tools")]);
    return started;
  };
  const reach = () => ({ "ssh-key": key, "ssh-known-hosts": sshd.knownHosts });
  const secrets = `TOKEN<<END\n${SECRET}\nEND`;

  full("actions").it("build environments: on a tag that finds none, saying why, for later steps", async () => {
    const tag = job({ ref: "refs/tags/v0" });
    const built = await tag.run("build-env");
    expect(built.code, built.log).toBe(0);
    expect(built.outputs["cache-hit"]).toBe("false");
    const notices = built.annotations.filter(({ type }) => type === "notice").map(({ message }) => message);
    expect(notices.join("\n")).toMatch(
      /This is a run of a tag, which sees its own entries and those of the default branch/,
    );
    expect(notices.join("\n")).toMatch(/not saved .*refs\/tags\/v0 saves is visible to that ref alone/);
    expect(github.entries).toEqual([]);

    const path = built.outputs["environment-path"]!;
    expect(sh(join(path, "bin/python"), [join(checkout, "app.py")])).toBe("shipped\n");
    expect(sh("python", [join(checkout, "app.py")], { env: tag.env })).toBe("shipped\n");
    expect(JSON.parse(built.outputs.environments!)).toMatchObject({
      python: { id: built.outputs["environment-id"], key: built.outputs["environment-key"], path, hit: false },
    });
    rmSync(path, { recursive: true });
  });

  full("actions").it("build environments: once on the default branch, and find them on tags", async () => {
    const built = await job().run("build-env", { unpack: "no" });
    expect(built.outputs["cache-hit"], built.log).toBe("false");
    expect(github.entries).toHaveLength(1);
    rmSync(built.outputs["environment-path"]!, { recursive: true });

    const tag = job({ ref: "refs/tags/v1" });
    const restored = await tag.run("build-env");
    expect(restored.outputs["cache-hit"]).toBe("true");
    expect(restored.outputs["environment-id"]).toBe(built.outputs["environment-id"]);
    expect(restored.log).not.toMatch(/pip install/);
    expect(sh("python", [join(checkout, "app.py")], { env: tag.env })).toBe("shipped\n");
    expect(restored.summary).toContain("python");
  });

  it("bundle, and deploy in the same job what was bundled, over SSH, without a trace of key and secrets", async () => {
    const one = job();
    const bundled = await one.run("bundle");
    expect(bundled.code, bundled.log).toBe(0);
    const { outputs } = bundled;
    expect(existsSync(outputs["artifact-file"]!)).toBe(true);
    expect(outputs).toMatchObject({ version: first.slice(0, 12), "artifact-name": `t-actions-${first.slice(0, 12)}` });
    expect(outputs["artifact-digest"]).toBe(sh("sha256sum", [outputs["artifact-file"]!]).split(" ")[0]);
    artifactId = outputs["artifact-id"]!;
    expect(github.artifacts.map(({ id }) => String(id))).toEqual([artifactId]);

    const step = one.start("deploy", { target: "there", ...reach(), secrets });
    const deployed = await step.ended;
    expect(deployed.code, deployed.log).toBe(0);
    expect(deployed.outputs).toMatchObject({ outcome: "deployed", release: live("there"), "schema-ahead": "false" });
    expect(deployed.summary).toMatch(/deployed/);
    expect(readFileSync(join(root("there"), "current/.tarlift/env"), "utf8")).toContain(
      'TOKEN="first \\"line\\"\nsecond-line"',
    );

    const log = deployed.log.replaceAll(/^::add-mask::.*$/gm, "") + deployed.summary;
    for (const hidden of [...SECRET.split("\n"), ...key.trim().split("\n")]) {
      expect(deployed.masks).toContain(hidden);
      expect(log).not.toContain(hidden);
    }
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`tarlift-ssh-${step.child.pid}-`))).toEqual([]);
  });

  it("deploy an artifact of another job, and of another run, by id and by name", async () => {
    const name = `t-actions-${first.slice(0, 12)}`;
    const calls = github.calls.length;
    const sameRun = await job().run("deploy", { target: "there", ...reach(), secrets, "artifact-id": artifactId });
    expect(sameRun.outputs.outcome, sameRun.log).toBe("unchanged");
    expect(github.calls.slice(calls)).toContain("blob GET");
    const byName = { "artifact-name": name, "run-id": "1" };
    const otherRun = await job({ id: "2" }).run("deploy", { target: "here", secrets, ...byName });
    expect(otherRun.outputs.outcome, otherRun.log).toBe("deployed");
    expect(live("here")).toBe(live("there"));
  });

  it("deploy nothing whose bytes are not those that were uploaded", async () => {
    github.faults.push({ on: "blob", how: "corrupt" });
    const ended = await job().run("deploy", { target: "here", secrets, "artifact-id": artifactId });
    expect(ended.code, ended.log).not.toBe(0);
    expect(ended.annotations[0]?.message).toMatch(/could not be downloaded\nnext: It was damaged on its way/);
    expect(ended.summary).toMatch(/damaged on its way/);
  });

  full("actions").it("bundle in two jobs of one run under two names, because a name is taken once", async () => {
    const taken = await job().run("bundle", { check: "no" });
    expect([taken.code, taken.annotations[0]?.message], taken.log).toEqual([
      1,
      expect.stringMatching(/exists in this run: give another `artifact-name`/),
    ]);
    const other = await job().run("bundle", { check: "no", "artifact-name": "other leg" });
    expect(other.outputs, other.log).toMatchObject({
      "artifact-name": "other leg",
      "release-digest": expect.any(String),
    });
    const again = await job({}, { GITHUB_RUN_ATTEMPT: "2" }).run("bundle", { check: "no" });
    expect(again.outputs["artifact-name"], again.log).toMatch(/-attempt-2$/);
  });

  it("run the whole pipeline in one step, and roll back", async () => {
    const before = live("there");
    const second = commit(checkout, { "app.py": "print('second')\n" });
    const one = job({ ref: "refs/tags/v2" });
    const step = one.start("pipeline", { target: "there", ...reach(), verify: "off", secrets, "dry-run": "yes" });
    expect((await step.ended).outputs.outcome).toBe("planned");
    expect(live("there")).toBe(before);

    const ended = await one.run("pipeline", { target: "there", ...reach(), verify: "off", secrets });
    expect(ended.code, ended.log).toBe(0);
    expect(ended.outputs).toMatchObject({
      "cache-hit": "true",
      version: "v2",
      outcome: "deployed",
      release: live("there"),
      "previous-release": before,
    });
    // Kept when the hosts had it, under a name by which a later run finds it.
    expect(ended.outputs["artifact-name"]).toBe(`t-actions-${live("there")}`);
    expect(github.artifacts.at(-1)).toMatchObject({ name: `t-actions-${live("there")}`, run: "run-1" });
    expect(ended.summary).toContain(second.slice(0, 7));
    // Another job of the run has the same release: it is kept already.
    const again = await one.run("pipeline", { target: "here", verify: "off", secrets });
    expect(again.outputs, again.log).toMatchObject({ outcome: "deployed", release: live("there") });
    expect(again.annotations.filter(({ type }) => type === "warning")).toEqual([]);

    const back = await one.run("rollback", { target: "there", ...reach() });
    expect(back.outputs, back.log).toMatchObject({ outcome: "rolled-back", release: before });
    expect(live("there")).toBe(before);
  });

  it("run the whole pipeline only for a commit whose checks have passed, and show it on GitHub's page", async () => {
    const api = githubApi(bareRemote(checkout, join(place, "remote.git")));
    const served = await serveApi(api);
    atEnd(() => served.close());
    const third = commit(checkout, { "app.py": "print('third')\n" });
    git(checkout, "tag", "v3");
    git(checkout, "push", "--quiet", "origin", "main", "v3");
    const suite = api.workflowRun({ commit: third, id: 12, workflow: 5 });
    const tests = api.checkRun({ name: "tests", suite, conclusion: "failure" });
    const inputs = { target: "here", secrets, "github-environment": "production", "github-token": API_TOKEN };
    const run = () => job({ ref: "refs/tags/v3" }, { GITHUB_SHA: third, ...served.env }).run("pipeline", inputs);

    const before = live("here");
    const refused = await run();
    expect([refused.code, refused.annotations[0]?.message], refused.log).toEqual([2, expect.stringMatching(/tests/)]);
    expect([live("here"), api.deployments]).toEqual([before, []]);

    api.change(tests.id, { conclusion: "success" });
    const deployed = await run();
    expect(deployed.outputs, deployed.log).toMatchObject({ outcome: "deployed", ref: "refs/tags/v3", commit: third });
    expect(live("here")).toMatch(/^v3-/);
    expect(api.deployments).toMatchObject([{ sha: third, environment: "production" }]);
    expect(api.deployments[0]?.statuses.map(({ state }) => state)).toEqual(["success", "in_progress"]);
  });

  it("tell what runs, and run a command there", async () => {
    const one = job();
    const healthy = await one.run("status", { target: "there", ...reach() });
    expect(healthy.code, healthy.log).toBe(0);
    expect(healthy.outputs).toMatchObject({ healthy: "true", uniform: "true", release: live("there") });
    expect(JSON.parse(healthy.outputs.status!).hosts).toHaveLength(1);

    // Without a key, by an agent that an earlier step has started.
    const SSH_AUTH_SOCK = join(place, "agent");
    const [, agent] = /SSH_AGENT_PID=(\d+)/.exec(sh("ssh-agent", ["-s", "-a", SSH_AUTH_SOCK])) ?? [];
    atEnd(() => process.kill(Number(agent)));
    sh("ssh-add", ["-q", sshd.key], { env: { ...process.env, SSH_AUTH_SOCK } });
    const byAgent = { target: "there", "ssh-known-hosts": sshd.knownHosts };
    expect((await one.run("status", byAgent, { SSH_AUTH_SOCK })).outputs.healthy).toBe("true");

    const ran = await one.run("run", {
      target: "there",
      ...reach(),
      command: 'echo "$TARLIFT_VERSION"; python app.py',
    });
    expect(ran.outputs.output, ran.log).toBe(`${first.slice(0, 12)}\nshipped`);
    expect((await one.run("run", { target: "there", ...reach(), command: "exit 3" })).code).toBe(1);

    const file = join(root("there"), "current/app.py");
    chmodSync(file, 0o644);
    writeFileSync(file, "print('changed by hand')\n");
    const drifted = await one.run("status", { target: "there", ...reach() });
    expect([drifted.code, drifted.outputs.healthy]).toEqual([1, "false"]);
    expect(drifted.log).toContain("app.py");
  });

  it("case 13: deploy by name what an earlier run has kept, and nothing that a fork's run has", async () => {
    const name = `t-actions-${first.slice(0, 12)}`;
    const deploy = (inputs: Record<string, string>) =>
      job({ id: "9" }).run("deploy", { target: "here", secrets, "allow-older": "yes", ...inputs });
    const deployed = await deploy({ "artifact-name": name });
    expect(deployed.outputs, deployed.log).toMatchObject({ outcome: "deployed" });
    expect(live("here")).toMatch(new RegExp(`^${first.slice(0, 12)}-`));
    for (const artifact of github.artifacts.filter((one) => one.name === name)) artifact.ofFork = true;
    const refused = await deploy({ "artifact-name": name });
    expect(refused.code, refused.log).not.toBe(0);
    expect(refused.annotations[0]?.message).toMatch(/could not be downloaded/);
    for (const artifact of github.artifacts) artifact.ofFork = false;
  });

  it("lock a target, refuse what is deployed meanwhile, unlock it, and tell its history", async () => {
    const one = job();
    const held = await one.run("lock", { target: "there", ...reach(), message: "The disk is changed" });
    expect([held.code, held.outputs.hosts], held.log).toEqual([0, `["${sshd.address}"]`]);
    expect(held.summary).toMatch(/deploys are locked: The disk is changed/);
    const refused = await one.run("deploy", { target: "there", ...reach(), secrets, "artifact-id": artifactId });
    expect([refused.code, refused.outputs.outcome], refused.log).toEqual([2, "refused"]);
    expect(refused.log).toMatch(/The disk is changed/);
    const unlocked = await one.run("unlock", { target: "there", ...reach() });
    expect([unlocked.code, unlocked.summary], unlocked.log).toEqual([0, expect.stringMatching(/deploys go on/)]);
    const unnamed = await one.run("lock", { target: "there", ...reach() });
    expect([unnamed.code, unnamed.annotations[0]?.message]).toEqual([2, expect.stringMatching(/message/)]);

    const reported = await one.run("history", { target: "there", ...reach(), limit: "2" });
    expect(reported.code, reported.log).toBe(0);
    const { transactions } = JSON.parse(reported.outputs.history!);
    expect(transactions).toHaveLength(2);
    expect(reported.summary).toContain(transactions[0].release);
  });
});
