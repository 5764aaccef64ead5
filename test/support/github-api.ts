// The part of GitHub's REST API that verify and deployments ask, as the real client sees it: pages with Link headers, permissions, faults.
// Tags, branches and ancestry are those of a bare git repository, so that nothing about them is made up.
// https://docs.github.com/rest: checks, commits, git, actions, deployments
import { spawnSync } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { git } from "./repository.ts";

export const API_TOKEN = "token-of-the-job";

/** An answer instead of the true one, once for each time that it is listed. `on` is a part of method and path: `POST deployments`. */
export interface ApiFault {
  on: string;
  status: number;
  headers?: Record<string, string>;
  message?: string;
  /** The connection breaks instead. */
  broken?: true;
}

interface CheckRunGiven {
  name: string;
  suite: number;
  status?: "queued" | "in_progress" | "completed" | "waiting";
  conclusion?: string;
}

export interface GithubApi {
  /** Handles a request; what stands before `/repos/` in its address belongs to the caller. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** The bare repository, for tests to push to. */
  remote: string;
  /** What the job's token may do: those that are not here are refused with 403. */
  permissions: Set<string>;
  faults: ApiFault[];
  /** Method and path of what was asked, in order. */
  calls: string[];
  /** A run of a workflow, which is a check suite: gives the suite's id. */
  workflowRun(run: { commit: string; id: number; workflow: number; status?: string }): number;
  /** A check suite of another app. */
  suite(suite: { commit: string; app: string; status?: string }): number;
  checkRun(run: CheckRunGiven): { id: number };
  /** Changes a check run or a suite that is there already. */
  change(id: number, changes: Record<string, unknown>): void;
  status(commit: string, context: string, state: string): void;
  deployments: Deployment[];
}

export interface Deployment {
  id: number;
  sha: string;
  environment: string;
  description: string | null;
  /** The newest first. */
  statuses: Record<string, unknown>[];
}

interface Suite {
  id: number;
  head_sha: string;
  app: { slug: string };
  status: string;
  /** Of GitHub Actions alone. */
  run?: number;
  workflow?: number;
}

type Answer = { status: number; body: unknown; headers?: Record<string, string> };

const REPOSITORY = "acme/shop";
const missing: Answer = {
  status: 404,
  body: { message: "Not Found", documentation_url: "https://docs.github.com/rest" },
};

/** @param remote a bare git repository */
export function githubApi(remote: string): GithubApi {
  const suites: Suite[] = [];
  const runs: Record<string, unknown>[] = [];
  const statuses: { commit: string; id: number; context: string; state: string }[] = [];
  const deployments: Deployment[] = [];
  const permissions = new Set(["contents", "checks", "statuses", "actions", "deployments"]);
  const faults: ApiFault[] = [];
  const calls: string[] = [];
  let count = 1000;

  const page = (url: URL, all: unknown[], key?: string): Answer => {
    const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), 100);
    const at = Number(url.searchParams.get("page") ?? 1);
    const part = all.slice((at - 1) * size, at * size);
    const next = new URL(url);
    next.searchParams.set("page", String(at + 1));
    const headers = at * size < all.length ? { link: `<${next}>; rel="next"` } : {};
    return { status: 200, body: key ? { total_count: all.length, [key]: part } : part, headers };
  };
  const asked = (commit: string) => tryGit("rev-parse", "--verify", "--quiet", `${commit}^{commit}`);
  const tryGit = (...args: string[]) => {
    const result = spawnSync("git", ["-C", remote, ...args], { encoding: "utf8" });
    return result.status === 0 ? result.stdout.trim() : undefined;
  };

  /** What is asked, the permission that it needs, and the answer. */
  const routes: [string, RegExp, string, (url: URL, parts: string[], body: Record<string, never>) => Answer][] = [
    ["GET", /^git\/ref\/(.+)$/, "contents", (_url, [ref = ""]) => reference(ref)],
    ["GET", /^git\/tags\/(\w+)$/, "contents", (_url, [sha = ""]) => tagObject(sha)],
    ["GET", /^git\/matching-refs\/(.*)$/, "contents", (_url, [ref = ""]) => ({ status: 200, body: references(ref) })],
    ["GET", /^compare\/(.+)\.\.\.(.+)$/, "contents", (_url, [base = "", head = ""]) => compare(base, head)],
    [
      "GET",
      /^commits\/([^/]+)\/check-runs$/,
      "checks",
      (url, [commit = ""]) => page(url, runsOf(url, commit), "check_runs"),
    ],
    [
      "GET",
      /^commits\/([^/]+)\/check-suites$/,
      "checks",
      (url, [commit = ""]) => page(url, suitesOf(commit), "check_suites"),
    ],
    ["GET", /^commits\/([^/]+)\/status$/, "statuses", (url, [commit = ""]) => combined(url, commit)],
    ["GET", /^actions\/runs$/, "actions", (url) => page(url, workflowRuns(url), "workflow_runs")],
    // Artifacts are another service's here: none is kept.
    ["GET", /^actions\/artifacts$/, "actions", (url) => page(url, [], "artifacts")],
    ["GET", /^deployments$/, "deployments", (url) => page(url, deploymentsOf(url))],
    ["POST", /^deployments$/, "deployments", (_url, _parts, body) => create(body)],
    ["GET", /^deployments\/(\d+)\/statuses$/, "deployments", (url, [id]) => page(url, deployment(id)?.statuses ?? [])],
    ["POST", /^deployments\/(\d+)\/statuses$/, "deployments", (_url, [id], body) => addStatus(id, body)],
  ];

  const shown = (ref: string) => {
    const [sha = "", type = ""] = (tryGit("for-each-ref", "--format=%(objectname) %(objecttype)", ref) ?? "").split(
      " ",
    );
    return { ref, node_id: "x", url: `x/${ref}`, object: { sha, type, url: "x" } };
  };
  const reference = (ref: string): Answer => {
    const full = `refs/${ref}`;
    return tryGit("show-ref", "--verify", full) === undefined ? missing : { status: 200, body: shown(full) };
  };
  const references = (prefix: string) =>
    (tryGit("for-each-ref", "--format=%(refname)") ?? "")
      .split("\n")
      .filter((ref) => ref.startsWith(`refs/${prefix}`))
      .map(shown);
  const tagObject = (sha: string): Answer => {
    const [, object, type] = /^object (\w+)\ntype (\w+)$/m.exec(tryGit("cat-file", "tag", sha) ?? "") ?? [];
    return object ? { status: 200, body: { sha, tag: "x", object: { sha: object, type, url: "x" } } } : missing;
  };
  const compare = (base: string, head: string): Answer => {
    const [from, to] = [asked(base), asked(head)];
    if (!from || !to || tryGit("merge-base", from, to) === undefined) return missing;
    const descends = (one: string, other: string) => tryGit("merge-base", "--is-ancestor", one, other) !== undefined;
    const status =
      from === to ? "identical" : descends(from, to) ? "ahead" : descends(to, from) ? "behind" : "diverged";
    return { status: 200, body: { status, ahead_by: 0, behind_by: 0, total_commits: 0, commits: [], files: [] } };
  };

  const suitesOf = (commit: string) =>
    suites
      .filter(({ head_sha }) => head_sha === commit)
      .map((suite) => ({ ...suite, latest_check_runs_count: runs.filter((run) => suiteOf(run) === suite.id).length }));
  const suiteOf = (run: Record<string, unknown>) => (run.check_suite as { id: number }).id;
  /** `filter=latest`, the default, leaves out what was run again within a suite. */
  const runsOf = (url: URL, commit: string) => {
    const all = runs.filter((run) => run.head_sha === commit).toReversed();
    if (url.searchParams.get("filter") === "all") return all;
    const key = (run: Record<string, unknown>) => `${suiteOf(run)} ${run.name}`;
    return all.filter((run, at) => all.findIndex((other) => key(other) === key(run)) === at);
  };
  const combined = (url: URL, commit: string): Answer => {
    const own = statuses.filter((status) => status.commit === commit).toReversed();
    const newest = own.filter((one, at) => own.findIndex(({ context }) => context === one.context) === at);
    const described = newest.map(({ id, context, state }) => ({
      id,
      context,
      state,
      description: null,
      target_url: null,
    }));
    const { body, ...rest } = page(url, described, "statuses");
    return { ...rest, body: { state: "pending", sha: commit, ...(body as object), url: "x", commit_url: "x" } };
  };
  const workflowRuns = (url: URL) =>
    suites
      .filter(({ run, head_sha }) => run !== undefined && head_sha === url.searchParams.get("head_sha"))
      .map(({ id, run, workflow, status, head_sha }) => ({
        id: run,
        workflow_id: workflow,
        check_suite_id: id,
        status,
        head_sha,
      }));

  const deploymentsOf = (url: URL) => {
    const [environment, sha] = [url.searchParams.get("environment"), url.searchParams.get("sha")];
    return deployments
      .filter((one) => (environment === null || one.environment === environment) && (sha === null || one.sha === sha))
      .toReversed();
  };
  const deployment = (id: string | undefined) => deployments.find((one) => String(one.id) === id);
  const create = (body: {
    ref?: string;
    environment?: string;
    description?: string;
    required_contexts?: string[];
  }): Answer => {
    const sha = asked(body.ref ?? "");
    if (!sha) return { status: 422, body: { message: `No ref found for: ${body.ref}` } };
    // Without a list of its own GitHub insists on every status and check, those of this run among them.
    if (!body.required_contexts) return { status: 409, body: { message: "Conflict: Commit status checks failed" } };
    const { environment = "production", description = null } = body;
    const made = { id: ++count, sha, environment, description, statuses: [] };
    deployments.push(made);
    return { status: 201, body: made };
  };
  const addStatus = (id: string | undefined, body: Record<string, unknown>): Answer => {
    const found = deployment(id);
    if (!found) return missing;
    found.statuses.unshift({ id: ++count, ...body });
    return { status: 201, body: found.statuses[0] };
  };

  const pathOf = (url: URL) => decodeURIComponent(url.pathname).split(`/repos/${REPOSITORY}/`)[1] ?? "";

  function answer(method: string, url: URL, authorization: string | undefined, body: string): Answer {
    if (!authorization?.endsWith(` ${API_TOKEN}`)) return { status: 401, body: { message: "Bad credentials" } };
    const path = pathOf(url);
    for (const [verb, pattern, permission, respond] of routes) {
      const match = verb === method ? pattern.exec(path) : null;
      if (!match) continue;
      if (!permissions.has(permission))
        return { status: 403, body: { message: "Resource not accessible by integration", status: "403" } };
      return respond(url, match.slice(1), body ? JSON.parse(body) : {});
    }
    return missing;
  }

  return {
    remote,
    permissions,
    faults,
    calls,
    deployments,
    async handle(request, response) {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
      const call = `${request.method} ${pathOf(url)}`;
      calls.push(call);
      const at = faults.findIndex(({ on }) => call.includes(on));
      const [fault] = at < 0 ? [] : faults.splice(at, 1);
      if (fault?.broken) {
        request.socket.destroy();
        return;
      }
      const given = fault
        ? { status: fault.status, body: { message: fault.message ?? "fault" }, headers: fault.headers }
        : answer(request.method ?? "GET", url, request.headers.authorization, Buffer.concat(chunks).toString());
      response.writeHead(given.status, { "content-type": "application/json; charset=utf-8", ...given.headers });
      response.end(JSON.stringify(given.body));
    },
    workflowRun({ commit, id, workflow, status = "completed" }) {
      suites.push({ id: ++count, head_sha: commit, app: { slug: "github-actions" }, status, run: id, workflow });
      return count;
    },
    suite({ commit, app, status = "completed" }) {
      suites.push({ id: ++count, head_sha: commit, app: { slug: app }, status });
      return count;
    },
    checkRun({ name, suite, conclusion, status = conclusion ? "completed" : "in_progress" }) {
      const of = suites.find(({ id }) => id === suite);
      if (!of) throw new Error(`there is no suite ${suite}`);
      const id = ++count;
      const job = of.run === undefined ? `https://ci.example.org/${id}` : runUrl(of.run, id);
      const [details_url, html_url] = [job, of.run === undefined ? `https://github.com/${REPOSITORY}/runs/${id}` : job];
      const times = { started_at: "2026-01-02T03:04:05Z", completed_at: conclusion ? "2026-01-02T03:05:05Z" : null };
      const app = { id: 1, slug: of.app.slug, name: of.app.slug };
      const rest = { details_url, html_url, check_suite: { id: suite }, app, ...times };
      runs.push({ id, name, head_sha: of.head_sha, status, conclusion: conclusion ?? null, ...rest });
      return { id };
    },
    change(id, changes) {
      const found = [...runs, ...suites].find((one) => one.id === id);
      if (!found) throw new Error(`there is neither a check run nor a suite ${id}`);
      Object.assign(found, changes);
    },
    status(commit, context, state) {
      statuses.push({ commit, id: ++count, context, state });
    },
  };
}

const runUrl = (run: number, job: number) => `https://github.com/${REPOSITORY}/actions/runs/${run}/job/${job}`;

export interface ServedApi {
  /** The variables of a step of run 77, as the runner gives them. */
  env: Record<string, string>;
  close(): Promise<void>;
}

/** Serves it on loopback. */
export async function serveApi(api: GithubApi): Promise<ServedApi> {
  const server = createServer((request, response) => {
    api.handle(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ message: String(error) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    env: {
      GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_RUN_ID: "77",
      GITHUB_RUN_NUMBER: "7",
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A bare repository beside a checkout of a test's own, with the checkout's `main` in it. */
export function bareRemote(checkout: string, directory: string): string {
  git(checkout, "clone", "--quiet", "--bare", checkout, directory);
  git(checkout, "remote", "add", "origin", directory);
  return directory;
}
