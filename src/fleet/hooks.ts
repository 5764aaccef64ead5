// Commands of the user's at the boundaries of phases: on hosts, on the leader, or on the machine that deploys.
import { formatEnd, tryRun } from "../command/run.ts";
import type { Hook } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { hasRole } from "./roles.ts";
import { describeEnd, succeeded } from "./task-end.ts";
import { together } from "./together.ts";
import type { DeployRequest, FleetRequest, HookPoint, Surveyed, Trouble } from "./types.ts";

export interface HookRun {
  failed: { member: Surveyed | undefined; trouble: Trouble }[];
  warnings: string[];
}

/**
 * Runs the hooks of one point, one after the other, each on all of its hosts at once. What they are told: hookData below.
 *
 * @param members the hosts that this point is about: one wave, or all
 * @param releaseOf the release in whose directory a hook runs on a host; undefined: the host has none, and the hook is left out there
 */
export async function runHooks(
  request: FleetRequest,
  point: HookPoint,
  members: readonly Surveyed[],
  releaseOf: (member: Surveyed) => string | undefined,
): Promise<HookRun> {
  const run: HookRun = { failed: [], warnings: [] };
  for (const raw of request.hooks[point] ?? []) {
    const hook = { on: "hosts" as const, "on-failure": "fail" as const, ...(raw as Hook & object) } as FullHook;
    const failed = await runOne(request, point, hook, members, releaseOf);
    if (hook["on-failure"] === "warn") run.warnings.push(...failed.map(({ trouble }) => describe(trouble)));
    else run.failed.push(...failed);
    if (run.failed.length > 0) break;
  }
  return run;
}

interface FullHook {
  run: string;
  roles?: string[];
  on: "hosts" | "leader" | "runner";
  "on-failure": "fail" | "warn";
  timeout?: number;
}

async function runOne(
  request: FleetRequest,
  point: HookPoint,
  hook: FullHook,
  members: readonly Surveyed[],
  releaseOf: (member: Surveyed) => string | undefined,
): Promise<HookRun["failed"]> {
  const variables = hookData(request, point);
  if (hook.on === "runner") {
    const trouble = await onRunner(request, point, hook, { ...variables, ...runnerData(request, members, releaseOf) });
    return trouble ? [{ member: undefined, trouble }] : [];
  }
  const leader = request.members[0]?.host;
  const chosen = members.filter(
    (member) =>
      hasRole(member.roles, hook.roles) &&
      (hook.on === "hosts" || member.host === leader) &&
      releaseOf(member) !== undefined,
  );
  const settled = await together(chosen, async (member) => {
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
    TARLIFT_ACTION: "artifact" in request ? "deploy" : "rollback",
    TARLIFT_APP: request.app,
    TARLIFT_TARGET: request.target,
    TARLIFT_DEPLOY: request.deployId,
  };
}

/** The same for a hook on the machine that deploys: releases as the first of these hosts has them, and all their names. */
function runnerData(
  request: FleetRequest,
  members: readonly Surveyed[],
  releaseOf: (member: Surveyed) => string | undefined,
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
  hook: FullHook,
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
const limit = (hook: FullHook): { timeout?: number } => (hook.timeout ? { timeout: hook.timeout * 1000 } : {});
const title = (run: string): string => run.trim().split("\n")[0]!.slice(0, 60);
const describe = (trouble: Trouble): string =>
  [
    trouble.host ? `${trouble.host}: ` : "",
    trouble.what,
    trouble.where?.ended ? ` (${trouble.where.ended})` : "",
    trouble.output ? `: ${trouble.output.trim().split("\n").at(-1)}` : "",
  ].join("");
