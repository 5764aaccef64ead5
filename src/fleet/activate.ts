// Activates a release on hosts: drain, swap and restart, check health, restore. If the rollout fails, every host that
// activation has begun to touch must be reverted.

import { Failure } from "../failure.ts";
import type { ServiceEvidence } from "../host/host.ts";
import type { Task } from "../progress.ts";
import { cancelledWords } from "../stop-reason.ts";
import { drain, restore } from "./drain.ts";
import { errorOf, forEachHost } from "./for-each-host.ts";
import { explained, healthOf, Unhealthy } from "./health.ts";
import { hookScope, runHooks } from "./hooks.ts";
import { type Participant, servicesOf } from "./member.ts";
import type { ReportedError } from "./report.ts";
import { isDown, revert } from "./revert.ts";
import { type Rollout, releaseOn, restartFor } from "./rollout.ts";
import { takesTurns, turnsOfFleet } from "./serving.ts";
import type { Transaction } from "./transaction.ts";
import { watch } from "./watch.ts";
import { waveProblem, wavesOf } from "./waves.ts";

export interface Activation {
  /**
   * Hosts that may have changed, whether or not their activation succeeded; hosts that stay behind are not included.
   */
  touched: Participant[];
  /** Hosts that failed, reverted by themselves and keep their old release; never more than the rules allow. */
  behind: Participant[];
  ok: boolean;
}

/**
 * Activates a fleet wave by wave, and stops at the first wave that fails.
 *
 * @returns how far the activation came; never rejects: whatever was thrown, the touched hosts must be reverted
 */
export async function activateFleet(tx: Transaction, rollout: Rollout): Promise<Activation> {
  const activation: Activation = { touched: [], behind: [], ok: false };
  try {
    activation.ok = await activateWaves(tx, rollout, activation);
  } catch (error) {
    tx.error(errorOf(error));
  }
  return activation;
}

/** @returns whether all waves succeeded; `activation` says how far they came */
async function activateWaves(tx: Transaction, rollout: Rollout, activation: Activation): Promise<boolean> {
  const { hosts, waves: rules } = rollout;
  const turns = await turnsOfFleet(tx, rollout);
  // If no host takes turns, the rules apply to all hosts.
  const inTurn = hosts.some(takesTurns) ? hosts.filter(takesTurns) : hosts;
  const healthy = new Set(turns.filter((one) => one.healthy).map(({ member }) => member));
  const planned = wavesOf(turns, rules);
  if ("problem" in planned) {
    tx.error({ code: "waves-impossible", what: planned.problem, remedy: "Change `waves` of the target." });
    return false;
  }
  for (const [n, wave] of planned.waves.entries()) {
    if (tx.stopped()) return false;
    // Activated hosts serve, and so do reverted hosts that served before.
    const serving = new Set([...healthy, ...activation.touched].filter((member) => inTurn.includes(member)));
    const problem = waveProblem(wave, serving, rules, inTurn.length);
    if (problem) {
      tx.error({ code: "waves-impossible", what: problem });
      return false;
    }
    // A healthy host that goes first and alone is the canary: it shows how the release behaves.
    const canary = n === 0 && rules?.canary && wave.some((member) => healthy.has(member));
    const mayFail = canary ? 0 : (rules?.maxFailures ?? 0);
    if (!(await activateWave(tx, rollout, { hosts: wave, mayFail }, activation))) return false;
    const seconds = rules?.watch ?? 0;
    // The last wave is watched as well: activated hosts are on trial until the end.
    if (seconds > 0 && !(await watch(tx, rollout, activation.touched, seconds))) return false;
    if (n < planned.waves.length - 1) tx.progress.notice(`wave ${n + 1} of ${planned.waves.length} is through`);
  }
  if (activation.touched.length === 0) {
    tx.error({ code: "service-not-running", what: "no host took the release" });
    return false;
  }
  return true;
}

/** One wave of a fleet, and how many hosts of all waves may have failed after it. */
interface Wave {
  hosts: readonly Participant[];
  mayFail: number;
}

/** Each host goes through its own chain of phases; hosts of a wave wait for each other only at its end. */
async function activateWave(tx: Transaction, rollout: Rollout, wave: Wave, activation: Activation): Promise<boolean> {
  // The leader of a wave's hooks: the first host that has not stayed behind.
  const scopeOf = (hosts: readonly Participant[]) => ({
    ...hookScope(rollout, hosts),
    among: rollout.hosts.filter((member) => !activation.behind.includes(member)),
  });
  if (!(await runHooks(tx, "before-activate", scopeOf(wave.hosts)))) return false;
  activation.touched.push(...wave.hosts);
  const { done, failed } = await forEachHost(wave.hosts, async (member) => {
    if (mustLeave(rollout, member)) {
      await drain(tx, member);
      if (tx.signal?.aborted)
        throw new Failure({ code: "cancelled", what: cancelledWords(tx.signal), where: { host: member.host.name } });
    }
    await activateHost(tx, rollout, member);
    await restore(tx, member);
  });
  if (failed.length > 0 && !(await leaveBehind(tx, rollout, { failed, mayFail: wave.mayFail }, activation)))
    return false;
  if (tx.stopped()) return false;
  return runHooks(tx, "after-activate", scopeOf(done.map(({ member }) => member)));
}

/**
 * If nothing is restarted, no host has to be drained. A host that could not be restored is out of use, and returns in
 * the same way.
 */
const mustLeave = (rollout: Rollout, member: Participant): boolean =>
  member.facts.live?.id !== releaseOn(rollout, member) ||
  restartFor(rollout, member) === "always" ||
  (member.facts.drained ?? []).length > 0;

/**
 * Reverts failed hosts, as many as the rules allow, while the others go on. @returns false when too many failed, or
 * when one could not be reverted
 */
async function leaveBehind(
  tx: Transaction,
  rollout: Rollout,
  { failed, mayFail }: { failed: readonly { member: Participant; error: ReportedError }[]; mayFail: number },
  activation: Activation,
): Promise<boolean> {
  const members = failed.map(({ member }) => member);
  if (activation.behind.length + failed.length > mayFail || tx.signal?.aborted) {
    tx.recordFailures(failed);
    return false;
  }
  const back = await tx.causedBy(failed, async () => {
    const end = await revert(tx, rollout, members);
    return end === "reverted" && !members.some((member) => isDown(tx.of(member)));
  });
  if (!back) return false;
  activation.behind.push(...members);
  activation.touched = activation.touched.filter((member) => !members.includes(member));
  for (const { member, error } of failed) {
    tx.note(member, { behind: true });
    const why = `${error.what}${error.output ? ` (${error.output.split("\n")[0]})` : ""}`;
    tx.warn(`${member.host.name} stays behind with ${member.facts.live?.id ?? "no release"}: ${why}`);
  }
  return true;
}

/** @throws Failure when the host does not run the release, or the release is not healthy there */
async function activateHost(tx: Transaction, rollout: Rollout, member: Participant): Promise<void> {
  const release = releaseOn(rollout, member);
  tx.activated(member, undefined, undefined);
  const activating = async (task: Task) => {
    const activated = await member.host
      .activate(
        {
          release,
          expected: member.facts.live?.id,
          services: servicesOf(member, release),
          transaction: tx.id,
          restart: restartFor(rollout, member),
          ...rollout.recordAs,
          ...(tx.rules.autoRevert ? { autoRevert: tx.rules.autoRevert.after } : {}),
        },
        task,
      )
      .catch((error) => withReadOnlyRemedy(member, error));
    tx.activated(member, release, activated.services);
    tx.settling(member, activated.settling);
    for (const warning of activated.warnings) tx.warn(warning, member);
    const bad = activated.services.filter(({ evidence }) => evidence === "none");
    if (bad.length > 0) throw notRunning(member, release, bad);
    return activated.services;
  };
  const started = await tx.phase("activate", member, activating, summary);
  if (Object.keys(member.health).length === 0) return;
  const verifying = () => healthOf(member, release, started, tx).catch((error) => withLog(member, release, error));
  tx.observed(member, await tx.phase("verify", member, verifying, summary));
}

/**
 * Adds the service's log to an error about an unhealthy service, if the log can be read: the response alone seldom says
 * why.
 */
async function withLog(member: Participant, release: string, error: unknown): Promise<never> {
  const services = servicesOf(member, release).filter(
    ({ name }) => error instanceof Unhealthy && error.service === name,
  );
  const seen = await member.host.observe({ services, settle: false, log: true }).catch(() => []);
  if (!(error instanceof Unhealthy)) throw error;
  const log = seen[0]?.log?.trim();
  if (!log) throw error;
  const { output, remedy } = explained(error, log);
  const remedies = [remedy, readOnlyRemedy(member.facts, output ?? "")];
  throw new Failure({ ...error, output, remedy: remedies.filter(Boolean).join("\n") || undefined });
}

function notRunning(member: Participant, release: string, bad: ServiceEvidence[]): Failure {
  return new Failure({
    code: "service-not-running",
    what: `${bad.map(({ service }) => service).join(", ")} does not run the release`,
    where: { host: member.host.name, release },
    output: bad.map(({ service, detail }) => `${service}: ${detail}`).join("\n"),
    remedy: [
      "The service's own log says why it does not stay up.",
      readOnlyRemedy(member.facts, bad.map(({ detail, log }) => `${detail}\n${log ?? ""}`).join("\n")),
    ]
      .filter(Boolean)
      .join("\n"),
  });
}

/** A service that did not start says why in its log; a possible reason is that it cannot write files. */
function withReadOnlyRemedy(member: Participant, error: unknown): never {
  const more = error instanceof Failure ? readOnlyRemedy(member.facts, error.output ?? "") : undefined;
  if (!(error instanceof Failure) || more === undefined) throw error;
  throw new Failure({ ...error, remedy: [error.remedy, more].filter(Boolean).join("\n") });
}

const DENIED = /read-?only|permission denied|PermissionError|EACCES|EROFS|operation not permitted/i;

/**
 * The remedy when a service reports that it may not write and files have no write permission: such programs copy a file
 * together with its mode.
 */
function readOnlyRemedy({ readOnlyBecause }: Participant["facts"], said: string): string | undefined {
  if (readOnlyBecause === undefined || !DENIED.test(said)) return undefined;
  return `Files of a release are read-only (0444) on this host: ${readOnlyBecause}. A program that copies one with its mode (shutil.copy, fs.copyFile, cp) gets a copy that it cannot write: give the copy a mode of its own, or let the service run as another user (\`run-as\`).`;
}

const summary = (services: readonly ServiceEvidence[]): string =>
  services.map(({ service, evidence, detail }) => `${service}: ${detail || evidence}`).join("; ");
