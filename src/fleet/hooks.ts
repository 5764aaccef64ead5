// Commands of the user's at the boundaries of phases: on hosts, on the leader, or on the machine that deploys.
import { formatEnd, tryRun } from "../command/run.ts";
import type { Hook } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { hasRole } from "./roles.ts";
import { describeEnd, succeeded } from "./task-end.ts";
import { together } from "./together.ts";
import type { FleetRequest, HookPoint, Member, Trouble } from "./types.ts";

export interface HookRun<M extends Member> {
  failed: { member: M | undefined; trouble: Trouble }[];
  warnings: string[];
}

/**
 * Runs the hooks of one point, one after the other, each on all of its hosts at once.
 *
 * @param releaseOf the release in whose directory a hook runs on a host; undefined: the host has none, and the hook is left out there
 */
export async function runHooks<M extends Member>(
  request: FleetRequest,
  point: HookPoint,
  members: readonly M[],
  releaseOf: (member: M) => string | undefined,
): Promise<HookRun<M>> {
  const run: HookRun<M> = { failed: [], warnings: [] };
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

async function runOne<M extends Member>(
  request: FleetRequest,
  point: HookPoint,
  hook: FullHook,
  members: readonly M[],
  releaseOf: (member: M) => string | undefined,
): Promise<HookRun<M>["failed"]> {
  const variables = { TARLIFT_HOOK: point, TARLIFT_TARGET: request.target, TARLIFT_DEPLOY: request.deployId };
  if (hook.on === "runner") {
    const trouble = await onRunner(request, point, hook, variables);
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
        variables: { ...variables, TARLIFT_HOST: member.host.name },
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
    });
  });
  return settled.failed;
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
  };
}

const limit = (hook: FullHook): { timeout?: number } => (hook.timeout ? { timeout: hook.timeout * 1000 } : {});
const title = (run: string): string => run.trim().split("\n")[0]!.slice(0, 60);
const describe = (trouble: Trouble): string =>
  [
    trouble.host ? `${trouble.host}: ` : "",
    trouble.what,
    trouble.output ? `: ${trouble.output.trim().split("\n").at(-1)}` : "",
  ].join("");
