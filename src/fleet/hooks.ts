// Commands of the user's at the boundaries of phases: on hosts, on the leader, or on the machine that deploys.

import type { Hook } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { hasRole, leaderOf } from "../host/roles.ts";
import { describeEnd, succeeded } from "../host/task-end.ts";
import { formatEnd } from "../subprocess/command.ts";
import { tryRun } from "../subprocess/run.ts";
import { cutEnd } from "../text/cut.ts";
import { errorOf, forEachHost } from "./for-each-host.ts";
import type { Ledger } from "./ledger.ts";
import {
  type DeployRequest,
  type FleetRequest,
  type HookPoint,
  OUTCOME_EXIT,
  type Outcome,
  type Participant,
  type Trouble,
} from "./request.ts";

/** The release in whose directory a hook runs on a host; undefined: the host has none, and the hook is left out there. */
type ReleaseOf = (member: Participant) => string | undefined;

/**
 * Runs the hooks of one point, one after the other, each on all of its hosts at once; after one that fails no further one is begun. What
 * they are told: hookData below.
 *
 * @param members the hosts that this point is about: one wave, or all
 * @param among the hosts of which the first one is the leader, where that are not the members
 * @returns false when one failed (the ledger has why); failures that are to warn alone are warnings of the ledger
 */
export async function runHooks(
  request: FleetRequest,
  ledger: Ledger,
  point: HookPoint,
  members: readonly Participant[],
  releaseOf: ReleaseOf,
  among: readonly Participant[] = members,
): Promise<boolean> {
  for (const hook of hooksOf(request, point)) {
    const failed = await runOne(request, point, hook, { members, releaseOf, among });
    if (hook["on-failure"] === "warn") ledger.warnings.push(...failed.map(({ trouble }) => describe(trouble)));
    else if (ledger.failed(failed)) return false;
  }
  return true;
}

/** The hooks of a release that stays, whatever they do: all of them run, and what fails is a warning. */
export async function afterCommit(
  request: FleetRequest,
  ledger: Ledger,
  members: readonly Participant[],
  releaseOf: ReleaseOf,
): Promise<void> {
  for (const hook of hooksOf(request, "after-commit")) {
    const failed = await runOne(request, "after-commit", hook, { members, releaseOf, among: members });
    ledger.warnings.push(...failed.map(({ trouble }) => describe(trouble)));
  }
}

/**
 * The hooks of a transaction that came to nothing good, on every host that can still be asked and runs anything; also when the run was
 * cancelled. They change nothing about its outcome.
 */
export async function afterFailure(request: FleetRequest, ledger: Ledger, outcome: Outcome): Promise<void> {
  if (OUTCOME_EXIT[outcome] === 0) return;
  const members = ledger.fleet.filter((member) => !member.host.lost && !ledger.host(member).unknown);
  const releaseOf = (member: Participant) => ledger.host(member).live;
  for (const hook of hooksOf(request, "after-failure")) {
    const further = { members, releaseOf, among: members, data: { TARLIFT_OUTCOME: outcome } };
    const failed = await runOne({ ...request, signal: undefined }, "after-failure", hook, further);
    if (hook["on-failure"] === "warn") ledger.warnings.push(...failed.map(({ trouble }) => describe(trouble)));
    else ledger.failed(failed);
  }
}

/** Whether hooks of a point run on hosts, so that connections are needed until then. */
export const asksHosts = (request: FleetRequest, point: HookPoint): boolean =>
  hooksOf(request, point).some(({ on }) => on !== "runner");

const hooksOf = (request: FleetRequest, point: HookPoint): Hook[] => request.hooks[point] ?? [];

/** Where hooks run, and what they are told besides. */
interface Around {
  members: readonly Participant[];
  releaseOf: ReleaseOf;
  among: readonly Participant[];
  data?: Record<string, string>;
}

async function runOne(
  request: FleetRequest,
  point: HookPoint,
  hook: Hook,
  { members, releaseOf, among, data }: Around,
): Promise<{ trouble: Trouble }[]> {
  const variables = { ...hookData(request, point), ...data };
  if (hook.on === "runner") {
    const told = { ...variables, ...runnerData(request, members, releaseOf) };
    // One that cannot be started at all is a hook that failed: hosts may have to go back.
    const trouble = await onRunner(request, point, hook, told).catch((error) => errorOf(error));
    return trouble ? [{ trouble }] : [];
  }
  const leader = leaderOf(among, hook.roles);
  const chosen = members.filter(
    (member) =>
      (hook.on === "leader" ? member.host === leader?.host : hasRole(member.roles, hook.roles)) &&
      releaseOf(member) !== undefined,
  );
  const settled = await forEachHost(chosen, async (member) => {
    const task = request.progress.task(`${point}: ${title(hook.run)}`, { host: member.host.name });
    const result = await member.host.task(
      {
        run: hook.run,
        release: releaseOf(member),
        variables: { ...variables, TARLIFT_HOST: member.host.name, TARLIFT_PREVIOUS: member.facts.live?.id ?? "" },
        runAs: member.place.runAs,
        timeout: hook.timeout,
        lock: "closed",
      },
      task,
    );
    if (succeeded(result)) return task.end();
    const ended = describeEnd(result, hook.timeout);
    task.fail(ended);
    throw new Failure({
      what: `the hook ${point} failed`,
      where: { host: member.host.name, command: hook.run, ended },
      output: result.lastLines,
      remedy: REMEDY,
    });
  });
  return settled.failed;
}

/**
 * Variables of every hook. On hosts it has the configuration of the release that it runs in besides (`TARLIFT_RELEASE`,
 * `TARLIFT_VERSION`, `TARLIFT_COMMIT` among it), its `TARLIFT_HOST`, and `TARLIFT_PREVIOUS`: what was live there before, empty for none.
 */
function hookData(request: FleetRequest, point: HookPoint): Record<string, string> {
  return {
    TARLIFT_HOOK: point,
    TARLIFT_ACTION: actionOf(request),
    TARLIFT_APP: request.app,
    TARLIFT_TARGET: request.target,
    TARLIFT_DEPLOY: request.deployId,
  };
}

/** A host that is brought along is no deploy, even though an artifact may be needed for it. */
export const actionOf = (request: FleetRequest): "deploy" | "rollback" | "converge" =>
  "artifactOf" in request ? "converge" : "artifact" in request ? "deploy" : "rollback";

/** The same for a hook on the machine that deploys: releases as the first of these hosts has them, and all their names. */
function runnerData(
  request: FleetRequest,
  members: readonly Participant[],
  releaseOf: ReleaseOf,
): Record<string, string> {
  const [first] = members;
  const id = first && releaseOf(first);
  const recorded = first?.facts.releases.find((release) => release.id === id);
  const { version, artifact } = request as Partial<DeployRequest>;
  return {
    TARLIFT_HOSTS: members.map(({ host }) => host.name).join(" "),
    TARLIFT_RELEASE: id ?? "",
    TARLIFT_PREVIOUS: first?.facts.live?.id ?? "",
    TARLIFT_VERSION: version ?? recorded?.version ?? "",
    TARLIFT_COMMIT: artifact?.release.commit.id ?? recorded?.commit ?? "",
  };
}

async function onRunner(
  request: FleetRequest,
  point: HookPoint,
  hook: Hook,
  variables: Record<string, string>,
): Promise<Trouble | undefined> {
  const task = request.progress.task(`${point}: ${title(hook.run)}`);
  const result = await tryRun(["sh", "-ec", hook.run], {
    cwd: request.directory,
    env: { ...process.env, ...variables },
    onLine: (line) => task.line(line),
    signal: request.signal,
    ...limit(hook),
  });
  if (result.code === 0 && !result.timedOut) {
    task.end();
    return undefined;
  }
  task.fail();
  return {
    what: `the hook ${point} failed on this machine`,
    where: { command: hook.run, ended: formatEnd(result, limit(hook)) },
    output: result.lastLines,
    remedy: REMEDY,
  };
}

const REMEDY = "Its output says why; with `on-failure: warn` a deploy goes on without it.";
const limit = (hook: Hook): { timeout?: number } => (hook.timeout ? { timeout: hook.timeout * 1000 } : {});
const title = (run: string): string => cutEnd(run.trim().split("\n")[0]!, 60);
const describe = (trouble: Trouble): string =>
  [
    trouble.host ? `${trouble.host}: ` : "",
    trouble.what,
    trouble.where?.ended ? ` (${trouble.where.ended})` : "",
    trouble.output ? `: ${trouble.output.trim().split("\n").at(-1)}` : "",
  ].join("");
