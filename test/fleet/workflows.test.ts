// The example workflows in their published form: another repository uses acme/tarlift@v1, with GitHub's cache and artifact services and
// real hosts over SSH. What act is not faithful to (permissions, concurrency, GitHub environments) is not shown here.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LAB_NEEDS, type Lab, startLab } from "../lab/lab.ts";
import { type Ran, runWorkflow, type WorkflowRun } from "../support/act.ts";
import { ACT_NEEDS } from "../support/act-program.ts";
import { standIns } from "../support/act-stand-ins.ts";
import { tarlift } from "../support/command.ts";
import { fences } from "../support/documents.ts";
import { write } from "../support/environments.ts";
import { commitAll } from "../support/example.ts";
import { full } from "../support/full.ts";
import { API_TOKEN, bareRemote, type GithubApi, githubApi, type ServedApi, serveApi } from "../support/github-api.ts";
import { type GithubService, startGithubService } from "../support/github-service/service.ts";
import { needs, sh } from "../support/needs.ts";
import { published } from "../support/published.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** Its environments live below /srv on this machine too: a name that nothing else has. */
const APP = `t-workflows-${process.pid}`;
const PORT = 8000;
const DATABASE_URL = "postgres://accounting:correct-horse@db.example.org/accounting";

const server = `import hashlib, http.server, os
import packaging

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("X-Release", os.environ["TARLIFT_RELEASE"])
        self.end_headers()
        secret = hashlib.sha256(os.environ["DATABASE_URL"].encode()).hexdigest()[:12]
        self.wfile.write(f"{open('words.txt').read().strip()} {os.environ['TARLIFT_TARGET']} {secret}".encode())

if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("0.0.0.0", ${PORT}), Handler).serve_forever()
`;
const tests = `import unittest

class Imports(unittest.TestCase):
    def test_what_the_environment_holds(self):
        import packaging
`;
const configuration = (targets: Record<string, string>) => `app: ${APP}
environments:
  python: { installer: pip, requirements: [requirements.txt], interpreter: /usr/bin/python3.11 }
check:
  - python -c 'import server'
services:
  web:
    supervisord: ${APP}
    stable-for: 1
    health: { url: "http://127.0.0.1:${PORT}/", release-header: X-Release, interval: 0.5 }
targets:
${Object.entries(targets)
  .map(
    ([name, address]) =>
      `  ${name}: { ssh-user: deploy, run-as: accounting, hosts: [${address}], secrets: [DATABASE_URL] }\n`,
  )
  .join("")}`;
const program = `[program:${APP}]
command=/srv/${APP}/current/.tarlift/exec .venv/bin/python server.py
directory=/srv/${APP}/current
user=accounting
autostart=false
startsecs=1
`;

full("actions", needs(...LAB_NEEDS, ...ACT_NEEDS, "python3.11")).describe(
  "the example workflows, in another repository",
  () => {
    let lab: Lab;
    let github: GithubService;
    let api: GithubApi;
    let served: ServedApi;
    let repository: string;
    let actions: Record<string, string>;
    let run = 0;

    beforeAll(async () => {
      lab = await startLab({ hosts: 2 });
      github = await startGithubService();
      actions = { ...published(), ...standIns() };
      repository = temporary("another");
      atEnd(() => rmSync(`/srv/${APP}`, { recursive: true, force: true }));
      write(repository, {
        "tarlift.yml": configuration({ production: lab.hosts[0]!.address, staging: lab.hosts[1]!.address }),
        "requirements.txt": "packaging==24.2\n",
        "server.py": server,
        "test_server.py": tests,
        "words.txt": "first\n",
        ".gitignore": ".venv\n__pycache__\n",
      });
      mkdirSync(join(repository, ".github"));
      cpSync(join(import.meta.dirname, "../../examples/workflows"), join(repository, ".github/workflows"), {
        recursive: true,
      });
      sh("git", ["init", "--quiet", "--initial-branch=main"], { cwd: repository });
      commitAll(repository, "The first commit");
      api = githubApi(bareRemote(repository, join(temporary("remote"), "shop.git")));
      served = await serveApi(api);
      for (const [n, target] of ["production", "staging"].entries()) {
        const { stdout } = await tarlift(["host", "setup", target], { cwd: repository });
        await lab.hosts[n]!.root(`cat >/etc/supervisor/conf.d/${APP}.conf; supervisorctl update`, program);
        await lab.hosts[n]!.root("sh", stdout);
      }
    });
    afterAll(async () => {
      await served?.close();
      await github?.close();
      await lab?.stop();
    });

    /** Runs one of the repository's workflows as GitHub would for an event. */
    const happen = async (
      workflow: string,
      event: WorkflowRun["event"],
      ref: string,
      inputs: Record<string, string> = {},
      secrets: Record<string, string> = { DEPLOY_KEY: readFileSync(lab.key, "utf8"), DATABASE_URL },
    ): Promise<Ran> => {
      const id = String(++run);
      const commit = sh("git", ["rev-parse", `${ref}^{commit}`], { cwd: repository }).trim();
      // The run itself is among the checks of its commit, and has not ended.
      const suite = api.workflowRun({ commit, id: run, workflow: 2, status: "in_progress" });
      const own = api.checkRun({ name: "deploy", suite });
      const ran = await runWorkflow({
        repository,
        workflow: `.github/workflows/${workflow}`,
        event,
        payload: { ref, inputs, repository: { default_branch: "main", full_name: "acme/shop" } },
        actions,
        secrets: { ...secrets, GITHUB_TOKEN: API_TOKEN },
        variables: { KNOWN_HOSTS: lab.knownHosts },
        env: {
          ...served.env,
          ...github.env({ ref, id }),
          ...apiOf(served),
          GITHUB_SHA: commit,
          STAND_IN_ORIGIN: api.remote,
        },
      });
      const conclusion = ran.code === 0 ? "success" : "failure";
      api.change(own.id, { status: "completed", conclusion });
      api.change(suite, { status: "completed" });
      expect(ran.log).not.toContain("correct-horse");
      expect(ran.log).not.toContain("PRIVATE KEY");
      return ran;
    };
    const apiOf = ({ env }: ServedApi) => ({ GITHUB_API_URL: env.GITHUB_API_URL! });

    /** A commit on the default branch whose checks have passed, with a tag, in the remote. */
    const release = (words: string, tag: string) => {
      const commit = commitAll(repository, `Says ${words}`, { "words.txt": `${words}\n` });
      sh("git", ["tag", tag], { cwd: repository });
      sh("git", ["push", "--quiet", "--tags", "origin", "main"], { cwd: repository });
      api.checkRun({
        name: "build",
        suite: api.workflowRun({ commit, id: 1000 + run, workflow: 1 }),
        conclusion: "success",
      });
    };
    const page = async (host: number) => (await fetch(`http://${lab.hosts[host]!.address}:${PORT}/`)).text();
    const secret = createHash("sha256").update(DATABASE_URL).digest("hex").slice(0, 12);

    it("build a push to the default branch: its tests run in the environment, and the environment is kept", async () => {
      const { code, log } = await happen("build.yml", "push", "refs/heads/main");
      expect(code, log).toBe(0);
      expect(log).toMatch(/Ran 1 test in/);
      expect(log).toMatch(/set-output:: cache-hit=false/);
      expect(github.entries.map(({ ref }) => ref)).toContain("refs/heads/main");
      expect(github.artifacts).toEqual([]);
    });

    it("build a pull request without any secret, from what the default branch has built, and keep nothing of it", async () => {
      const merge = "refs/pull/1/merge";
      sh("git", ["update-ref", merge, "main"], { cwd: repository });
      sh("git", ["push", "--quiet", "origin", merge], { cwd: repository });
      const { code, log } = await happen("build.yml", "pull_request", merge, {}, {});
      expect(code, log).toBe(0);
      expect(log).toMatch(/set-output:: cache-hit=true/);
      expect(github.entries.filter(({ ref }) => ref === merge)).toEqual([]);
    });

    it("deploy a tag that is pushed, warm from what the default branch has built", async () => {
      release("second", "v1.0.0");
      const { code, log } = await happen("deploy-on-tag.yml", "push", "refs/tags/v1.0.0");
      expect(code, log).toBe(0);
      expect(await page(0)).toBe(`second production ${secret}`);
      expect(log).toMatch(/set-output:: cache-hit=true/);
      expect(log).not.toMatch(/pip install/);
      // A later job has the outputs of the deploy.
      expect(log).toMatch(/\| v1\.0\.0-[0-9a-f]{8} is deployed$/m);
    });

    it("deploy the next tag: nothing is installed or packed, and what the host has is not sent", async () => {
      release("third", "v1.1.0");
      const { code, log } = await happen("deploy-on-tag.yml", "push", "refs/tags/v1.1.0");
      expect(code, log).toBe(0);
      expect(await page(0)).toBe(`third production ${secret}`);
      expect(log).toMatch(/set-output:: cache-hit=true/);
      expect(log).not.toMatch(/pip install|pack environment/);
      expect(Number(/(\d+) files? sent/.exec(log)?.[1])).toBeLessThan(10);
    });

    it("by hand, deploy nothing of a branch that is not named, and the default branch where it is meant", async () => {
      sh("git", ["branch", "idea"], { cwd: repository });
      sh("git", ["push", "--quiet", "origin", "idea"], { cwd: repository });
      const inputs = { do: "deploy", target: "staging", release: "" };
      const refused = await happen("deploy-by-hand.yml", "workflow_dispatch", "refs/heads/idea", inputs);
      expect(refused.code, refused.log).toBe(1);
      const { code, log } = await happen("deploy-by-hand.yml", "workflow_dispatch", "refs/heads/main", inputs);
      expect(code, log).toBe(0);
      expect(await page(1)).toBe(`third staging ${secret}`);
    });

    it("by hand, deploy a tag to staging and take production back", async () => {
      const deployed = await happen("deploy-by-hand.yml", "workflow_dispatch", "refs/heads/main", {
        do: "deploy",
        target: "staging",
        release: "v1.0.0",
      });
      expect(deployed.code, deployed.log).toBe(0);
      expect(await page(1)).toBe(`second staging ${secret}`);
      expect(await page(0)).toBe(`third production ${secret}`);
      const back = await happen("deploy-by-hand.yml", "workflow_dispatch", "refs/heads/main", {
        do: "rollback",
        target: "production",
        release: "",
      });
      expect(back.code, back.log).toBe(0);
      expect(await page(0)).toBe(`second production ${secret}`);
    });

    it("of an organisation: the reusable workflow verifies, builds and deploys, and returns what is live", async () => {
      release("fourth", "v2.0.0");
      const { code, log } = await happen("organisation.yml", "push", "refs/tags/v2.0.0");
      expect(code, log).toBe(0);
      expect(await page(0)).toBe(`fourth production ${secret}`);
      expect(log).toMatch(/verified: refs\/tags\/v2\.0\.0 is [0-9a-f]{40}, 1 check passed: build/);
      expect(log).toMatch(/\| v2\.0\.0-[0-9a-f]{8} is deployed$/m);
    });

    it("and that of docs/workflows.md: one artifact goes to staging, then to production", async () => {
      const text = fences("docs/workflows.md").find(({ text }) => text.includes("Staging, then production"))!.text;
      write(repository, { ".github/workflows/promote.yml": text });
      release("sixth", "v3.0.0");
      const { code, log } = await happen("promote.yml", "push", "refs/tags/v3.0.0");
      expect(code, log).toBe(0);
      expect([await page(0), await page(1)]).toEqual([`sixth production ${secret}`, `sixth staging ${secret}`]);
      const releases = [...log.matchAll(/set-output:: release=(v3\.0\.0-[0-9a-f]{8})$/gm)].map(([, name]) => name);
      expect(releases).toEqual([releases[0], releases[0]]);
      expect(log.match(/write the artifact: /g)).toHaveLength(1);
    });

    it("deploy nothing where a check has failed", async () => {
      const before = await page(0);
      release("fifth", "v2.1.0");
      const commit = sh("git", ["rev-parse", "v2.1.0"], { cwd: repository }).trim();
      api.checkRun({ name: "lint", suite: api.workflowRun({ commit, id: 2000, workflow: 3 }), conclusion: "failure" });
      const { code, log } = await happen("organisation.yml", "push", "refs/tags/v2.1.0");
      expect(code).toBe(1);
      expect(log).toMatch(/::error::a check of the commit did not pass: lint/);
      expect(await page(0)).toBe(before);
    });

    it("case 13: by hand, bring a new host to what the others run, although no run keeps the artifact any more", async () => {
      const [first, second] = lab.hosts;
      await second!.root(
        `supervisorctl stop ${APP}; cd /srv/${APP} && rm -rf current previous releases .tarlift envs/*`,
      );
      const both = `${first!.address}, ${second!.address}`;
      write(repository, { "tarlift.yml": configuration({ production: both }) });
      commitAll(repository, "A second host");
      sh("git", ["push", "--quiet", "origin", "main"], { cwd: repository });
      github.artifacts.length = 0;
      const live = await page(0);
      const inputs = { do: "converge", target: "production", release: "" };
      const { code, log } = await happen("deploy-by-hand.yml", "workflow_dispatch", "refs/heads/main", inputs);
      expect(code, log).toBe(0);
      expect(log).toMatch(/fetch the release from/);
      expect([await page(0), await page(1)]).toEqual([live, live]);
    });
  },
);
