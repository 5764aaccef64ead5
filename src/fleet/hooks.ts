// The user's commands at the boundaries of phases: on hosts, on the leader, or on the machine that deploys.

import type { Hook } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { hasRole, leaderOf } from "../host/roles.ts";
import { describeEnd, succeeded } from "../host/task-end.ts";
import { formatEnd } from "../subprocess/command.ts";
import { tryRun } from "../subprocess/run.ts";
import { cutEnd } from "../text/cut.ts";
import { errorOf, forEachHost } from "./for-each-host.ts";
import type { Names, Participant } from "./member.ts";
import { OUTCOME_EXIT, type Outcome, type ReportedError } from "./report.ts";
import type { HookPoint } from "./request.ts";
import type { Incoming, Rollout } from "./rollout.ts";
import type { Transaction } from "./transaction.ts";

/** Where the hooks of a point run, and the releases that they concern. */
export interface HookScope {
  /** The hosts that this point concerns: one wave, or all. */
  hosts: readonly Participant[];
  /**
   * The release in whose directory a hook runs on a host; undefined: the host has none, and the hook is skipped there.
   */
  release(member: Participant): string | undefined;
  /** The release that this transaction brings; left out: hosts have recorded theirs. */
  incoming?: Incoming | undefined;
  /** The hosts of which the first is the leader, if those are not `hosts`. */
  among?: readonly Participant[] | undefined;
  /** Variables of this point, in addition to {@link hookData}. */
  data?: Record<string, string> | undefined;
}

/** The scope of hooks that run in the release of a rollout. @param hosts left out: all hosts of the rollout */
export const hookScope = (
  { hosts: all, names, incoming }: Pick<Rollout, "hosts" | "incoming"> & { names: Names },
  hosts: readonly Participant[] = all,
): HookScope => ({ hosts, incoming, release: ({ host }) => names.get(host) });

/**
 * Runs the hooks of one point, one after the other, each on all of its hosts at once; after a failure no further hook
 * starts. Their variables: hookData below.
 *
 * @returns false when one failed (the transaction has the error); failures of hooks with `on-failure: warn` are
 * warnings
 */
export async function runHooks(tx: Transaction, point: HookPoint, scope: HookScope): Promise<boolean> {
  for (const hook of hooksOf(tx, point)) {
    const failed = await runOne(tx, point, hook, scope);
    if (hook["on-failure"] === "warn") warnOf(tx, failed);
    else if (tx.recordFailures(failed)) return false;
  }
  return true;
}

/** Runs the hooks of a release that stays, whatever they do: all of them run, and failures are warnings. */
export async function afterCommit(tx: Transaction, scope: HookScope): Promise<void> {
  for (const hook of hooksOf(tx, "after-commit")) warnOf(tx, await runOne(tx, "after-commit", hook, scope));
}

/**
 * Runs the hooks of a failed transaction, on every host that is still reachable and runs a release; also when the run
 * was cancelled. They do not change its outcome.
 */
export async function afterFailure(tx: Transaction, outcome: Outcome, incoming?: Incoming): Promise<void> {
  if (OUTCOME_EXIT[outcome] === 0) return;
  const hosts = tx.participants.filter((member) => !member.host.lost && !tx.of(member).unknown);
  const release = (member: Participant) => tx.of(member).live;
  const scope = { hosts, release, incoming, data: { TARLIFT_OUTCOME: outcome } };
  for (const hook of hooksOf(tx, "after-failure")) {
    const failed = await runOne(tx.uncancellable(), "after-failure", hook, scope);
    if (hook["on-failure"] === "warn") warnOf(tx, failed);
    else tx.recordFailures(failed);
  }
}

/** Whether hooks of a point run on hosts, so that connections are needed until then. */
export const asksHosts = (tx: Transaction, point: HookPoint): boolean =>
  hooksOf(tx, point).some(({ on }) => on !== "runner");

const hooksOf = ({ rules }: Transaction, point: HookPoint): Hook[] => rules.hooks[point] ?? [];

function warnOf(tx: Transaction, failed: readonly { error: ReportedError }[]): void {
  for (const { error } of failed) tx.warn(describe(error));
}

async function runOne(
  tx: Transaction,
  point: HookPoint,
  hook: Hook,
  scope: HookScope,
): Promise<{ error: ReportedError }[]> {
  const { hosts, release, among = hosts, data } = scope;
  const variables = { ...hookData(tx, point), ...data };
  if (hook.on === "runner") {
    const allData = { ...variables, ...runnerData(scope) };
    // A hook that cannot be started has failed as well: hosts may have to be reverted.
    const error = await onRunner(tx, point, hook, allData).catch((error) => errorOf(error));
    return error ? [{ error }] : [];
  }
  const leader = leaderOf(among, hook.roles);
  const chosen = hosts.filter(
    (member) =>
      (hook.on === "leader" ? member.host === leader?.host : hasRole(member.roles, hook.roles)) &&
      release(member) !== undefined,
  );
  const results = await forEachHost(chosen, async (member) => {
    const task = tx.progress.task(`${point}: ${title(hook.run)}`, { host: member.host.name });
    const result = await member.host.task(
      {
        run: hook.run,
        release: release(member),
        variables: { ...variables, TARLIFT_HOST: member.host.name, TARLIFT_PREVIOUS: member.facts.live?.id ?? "" },
        runAs: member.layout.runAs,
        timeout: hook.timeout,
        lock: "closed",
      },
      task,
    );
    if (succeeded(result)) return task.end();
    const ended = describeEnd(result, hook.timeout);
    task.fail(ended);
    throw new Failure({
      code: "hook-failed",
      what: `the hook ${point} failed`,
      where: { host: member.host.name, command: hook.run, ended },
      output: result.lastLines,
      remedy: REMEDY,
    });
  });
  return results.failed;
}

/**
 * Variables of every hook. On hosts, a hook also has the configuration of the release that it runs in
 * (`TARLIFT_RELEASE`, `TARLIFT_VERSION` and `TARLIFT_COMMIT` among it), its `TARLIFT_HOST`, and `TARLIFT_PREVIOUS`: the
 * release that was live there before, empty if there was none.
 */
function hookData({ kind, app, target, id }: Transaction, point: HookPoint): Record<string, string> {
  return {
    TARLIFT_HOOK: point,
    TARLIFT_ACTION: kind,
    TARLIFT_APP: app,
    TARLIFT_TARGET: target,
    TARLIFT_DEPLOY: id,
  };
}

/**
 * The same for a hook on the machine that deploys: the releases as the first of these hosts has them, and the names of
 * all hosts.
 */
function runnerData({ hosts, release, incoming }: HookScope): Record<string, string> {
  const [first] = hosts;
  const id = first && release(first);
  const recorded = first?.facts.releases.find((one) => one.id === id);
  return {
    TARLIFT_HOSTS: hosts.map(({ host }) => host.name).join(" "),
    TARLIFT_RELEASE: id ?? "",
    TARLIFT_PREVIOUS: first?.facts.live?.id ?? "",
    TARLIFT_VERSION: incoming?.version ?? recorded?.version ?? "",
    TARLIFT_COMMIT: incoming?.artifact.release.commit.id ?? recorded?.commit ?? "",
  };
}

async function onRunner(
  tx: Transaction,
  point: HookPoint,
  hook: Hook,
  variables: Record<string, string>,
): Promise<ReportedError | undefined> {
  const task = tx.progress.task(`${point}: ${title(hook.run)}`);
  const result = await tryRun(["sh", "-ec", hook.run], {
    cwd: tx.rules.directory,
    env: { ...process.env, ...variables },
    onLine: (line) => task.line(line),
    signal: tx.signal,
    ...limit(hook),
  });
  if (result.code === 0 && !result.timedOut) {
    task.end();
    return undefined;
  }
  task.fail();
  return {
    code: "hook-failed",
    what: `the hook ${point} failed on this machine`,
    where: { command: hook.run, ended: formatEnd(result, limit(hook)) },
    output: result.lastLines,
    remedy: REMEDY,
  };
}

const REMEDY = "Its output says why; with `on-failure: warn` a deploy goes on without it.";
const limit = (hook: Hook): { timeout?: number } => (hook.timeout ? { timeout: hook.timeout * 1000 } : {});
const title = (run: string): string => cutEnd(run.trim().split("\n")[0]!, 60);
const describe = (error: ReportedError): string =>
  [
    error.host ? `${error.host}: ` : "",
    error.what,
    error.where?.ended ? ` (${error.where.ended})` : "",
    error.output ? `: ${error.output.trim().split("\n").at(-1)}` : "",
  ].join("");
