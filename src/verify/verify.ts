// Whether a commit may be deployed: it is what its tag says, on an allowed branch, not older than what is live, and its checks have passed.
import { Failure } from "../failure.ts";
import type { Progress } from "../report/progress.ts";
import { formatCount } from "../report/quantity.ts";
import { isAncestorIn } from "./ancestry.ts";
import { type Check, escaped, type Judgement, judgeChecks } from "./checks.ts";
import type { RemoteRepository } from "./remote-repository.ts";

export interface VerifyRequest {
  remote: RemoteRepository;
  /** As the event or the user has it: `refs/tags/v1`, `refs/heads/main`, or a name alone, which is a tag if there is one. */
  ref: string;
  /** The checkout's commit and its repository; undefined: nothing is checked out. */
  checkout?: { commit: string; repository: string } | undefined;
  /** The commit that the event is about (GITHUB_SHA). */
  eventCommit?: string | undefined;
  /** Names of branches, `*` for any part of a name without `/`, `**` with it. A tag's commit must be on one of them; empty: on any. */
  branches: string[];
  /** `all`, `none`, or names in which `*` stands for anything. */
  checks: "all" | "none" | string[];
  /** Seconds to wait for checks that have not ended. */
  wait: number;
  /** The id of the workflow run that asks. */
  run: string;
  /** What is live: a commit, or the GitHub environment whose newest deployment tells it. */
  live?: { commit: string } | { environment: string } | undefined;
  allowOlder: boolean;
  /** Instead of the tag's name. */
  version?: string | undefined;
  progress: Progress;
  signal?: AbortSignal | undefined;
  clock: Clock;
}

/** Time, as far as waiting needs it. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<unknown>;
}

export interface Verified {
  /** `refs/tags/…` or `refs/heads/…` */
  ref: string;
  /** 40 hex digits. */
  commit: string;
  version: string;
  /** Names of the checks that passed. */
  checks: string[];
}

/** Seconds between two looks at checks that have not ended: a token has 1000 requests an hour, and a look is three. */
const LOOK = 15;
/** Seconds until "no check at all" is believed: those of an event that has just happened appear one after the other. */
const APPEAR = 60;

/** @throws Failure (refused) that names the condition which is not met */
export async function verify(request: VerifyRequest): Promise<Verified> {
  const { ref, commit } = await verifyRef(request);
  await verifyBranch(request, ref, commit);
  await verifyAge(request, commit);
  const checks = request.checks === "none" ? [] : await verifyChecks(request, commit);
  const version = request.version || (ref.startsWith(TAGS) ? ref.slice(TAGS.length) : commit.slice(0, 12));
  return { ref, commit, version, checks };
}

const TAGS = "refs/tags/";
const HEADS = "refs/heads/";

async function verifyRef(request: VerifyRequest): Promise<{ ref: string; commit: string }> {
  const { ref, commit } = await resolveRef(request);
  const { checkout, eventCommit, progress } = request;
  const here = checkout?.commit ?? eventCommit;
  if (!checkout)
    progress.notice(
      `nothing is checked out: ${short(ref)} is compared with the event's commit (actions/checkout before this step makes it certain)`,
    );
  if (here !== undefined && here !== commit)
    throw refusal(
      `${short(ref)} is not what is ${checkout ? "checked out" : "meant by the event"}`,
      { "on GitHub": commit, [checkout ? "checked out" : "event"]: here },
      ref.startsWith(TAGS)
        ? `The tag was moved, or another ref is checked out. Check ${short(ref)} out (\`ref: ${short(ref)}\` of actions/checkout), or push a new tag.`
        : `The branch has moved on since. Run the workflow again for its newest commit, or deploy a tag.`,
    );
  return { ref, commit };
}

async function resolveRef({ remote, ref, branches, checkout, eventCommit }: VerifyRequest) {
  const tag = ref.startsWith(TAGS) ? ref.slice(TAGS.length) : ref.startsWith("refs/") ? undefined : ref;
  const tagged = tag === undefined ? undefined : await remote.tag(tag);
  if (tagged !== undefined) return { ref: `${TAGS}${tag}`, commit: tagged };
  if (ref.startsWith(TAGS))
    throw refusal(
      `there is no tag ${tag} on GitHub`,
      { ref },
      "Push it (`git push origin TAG`); if it is there, give the job `permissions: contents: read`.",
    );
  if (ref.startsWith("refs/") && !ref.startsWith(HEADS))
    throw refusal(
      `${ref} is neither a tag nor a branch`,
      { ref },
      "Deploy from a pushed tag or from an allowed branch: pull requests are built and checked, and not deployed.",
    );
  const name = ref.startsWith(HEADS) ? ref.slice(HEADS.length) : ref;
  const branch = (await remote.branches(name)).find((one) => one.name === name);
  if (!branch)
    throw refusal(
      ref.startsWith(HEADS)
        ? `there is no branch ${name} on GitHub`
        : `there is neither a tag nor a branch ${name} on GitHub`,
      { ref },
      "Push it first; if it is there, give the job `permissions: contents: read`.",
    );
  if (!branches.some((pattern) => branchPattern(pattern).test(name)))
    throw refusal(
      `${name} is a branch, and ${branches.length === 0 ? "only tags are allowed" : `only ${branches.join(", ")} may be deployed`}`,
      { ref: `${HEADS}${name}` },
      "Deploy a pushed tag, or name the branch in `branches`.",
    );
  // A branch moves on while a run waits for its turn: what the event meant is still on it, and that is what counts.
  const here = checkout?.commit ?? eventCommit;
  if (here !== undefined && here !== branch.commit) {
    const relation = await remote.compare(here, branch.commit);
    if (relation === "ahead" || relation === "identical") return { ref: `${HEADS}${name}`, commit: here };
  }
  return { ref: `${HEADS}${name}`, commit: branch.commit };
}

async function verifyBranch({ remote, branches }: VerifyRequest, ref: string, commit: string): Promise<void> {
  if (branches.length === 0 || ref.startsWith(HEADS)) return;
  const looked: string[] = [];
  for (const pattern of branches) {
    const candidates = await remote.branches(pattern.split("*")[0] ?? "");
    for (const { name, commit: head } of candidates.filter((branch) => branchPattern(pattern).test(branch.name))) {
      looked.push(name);
      const relation = head === commit ? "identical" : await remote.compare(commit, head);
      if (relation === "ahead" || relation === "identical") return;
    }
  }
  throw refusal(
    `the commit of ${short(ref)} is on no allowed branch`,
    { commit, "allowed branches": branches.join(", "), "looked at": looked.join(", ") || "there is none" },
    "Merge it into one of them first, and tag the merged commit.",
  );
}

async function verifyAge(request: VerifyRequest, commit: string): Promise<void> {
  const { remote, live, progress } = request;
  if (live === undefined || request.allowOlder) return;
  const liveCommit = "commit" in live ? live.commit : await remote.deployedCommit(live.environment);
  if (liveCommit === undefined || liveCommit === "") {
    const where = "environment" in live ? `the GitHub environment ${live.environment}` : "the target";
    progress.notice(
      `nothing tells what is live on ${where}: whether ${commit.slice(0, 12)} is older is left to the deploy`,
    );
    return;
  }
  if (liveCommit === commit) return;
  const isAncestor = isAncestorIn({ remote, repository: request.checkout?.repository, progress });
  if (await isAncestor(commit, liveCommit))
    throw refusal(
      `the commit is older than what is live`,
      { commit, live: liveCommit },
      "Deploy a newer commit; to go back use `rollback`, or allow it with `allow-older`.",
    );
}

async function verifyChecks(request: VerifyRequest, commit: string): Promise<string[]> {
  const { remote, clock, progress, signal } = request;
  const wanted = request.checks === "all" ? undefined : (request.checks as string[]);
  const task = progress.task("checks of the commit");
  const begun = clock.now();
  try {
    for (let told = ""; ; ) {
      const judgement = await look(remote, commit, wanted, request.run);
      const waited = (clock.now() - begun) / 1000;
      if (judgement.failed.length > 0) throw failedChecks(judgement, commit);
      if (isComplete(judgement, wanted)) {
        task.end(formatCount(judgement.passed.length, "check"));
        return judgement.passed.map(({ name }) => name);
      }
      const patience = nothingSeen(judgement, wanted) ? Math.min(request.wait, APPEAR) : request.wait;
      if (waited >= patience) throw unfinishedChecks(judgement, commit, patience);
      const line = waitingLine(judgement);
      if (line !== told) task.line(line);
      told = line;
      // An aborted pause is told as every other end: by what was not met.
      await clock.sleep(Math.min(LOOK, patience - waited) * 1000, signal).catch(() => {});
      if (signal?.aborted) throw unfinishedChecks(judgement, commit, waited);
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
  const judgement = judgeChecks(evidence, wanted, run);
  if (!judgement.needsWorkflows) return judgement;
  const workflowRuns = (await remote.workflowRuns(commit)) ?? null;
  return { ...judgeChecks({ ...evidence, workflowRuns }, wanted, run), workflowsUnknown: workflowRuns === null };
}

type Seen = Judgement & { workflowsUnknown?: boolean };

const isComplete = ({ passed, pending, missing }: Seen, wanted: string[] | undefined) =>
  pending.length === 0 && (wanted ? missing.length === 0 : passed.length > 0);

const nothingSeen = ({ passed, pending }: Seen, wanted: string[] | undefined) =>
  wanted === undefined && passed.length + pending.length === 0;

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
    what: `${failed.length === 1 ? "a check" : `${failed.length} checks`} of the commit did not pass: ${failed.map(({ name }) => name).join(", ")}`,
    where: { commit },
    output: failed.map(checkLine).join("\n"),
    remedy: workflowsUnknown
      ? `${hint}\nIf it is a job of an earlier deploy, or a newer run of its workflow passed: \`permissions: actions: read\` lets verify tell them apart.`
      : hint,
    outcome: "refused",
  });
}

function unfinishedChecks(judgement: Seen, commit: string, waited: number): Failure {
  const { pending, missing, passed } = judgement;
  if (pending.length === 0 && missing.length === 0)
    return refusal(
      passed.length === 0 ? "the commit has no checks" : "the commit's checks are not complete",
      { commit, waited: `${waited} s` },
      "Let a workflow test it. A repository without checks says so with `checks: none`.",
    );
  return new Failure({
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

const checkLine = ({ name, state, url }: Check) => `${name}: ${state}${url ? `  ${url}` : ""}`;

const short = (ref: string) => ref.replace(/^refs\/(tags|heads)\//, "");

/** As GitHub's own branch filters have it: https://docs.github.com/actions/reference/workflow-syntax#filter-pattern-cheat-sheet */
function branchPattern(pattern: string): RegExp {
  const parts = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : escaped(part)));
  return new RegExp(`^${parts.join("")}$`);
}

function refusal(what: string, where: Record<string, string>, remedy: string): Failure {
  return new Failure({ what, where, remedy, outcome: "refused" });
}
