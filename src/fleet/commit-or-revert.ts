// From the first activation to the end of a deploy, a rollback or a converge: all hosts keep the release, or none does.
import { type Activation, activateFleet } from "./activate.ts";
import { commit, precommit } from "./commit.ts";
import { afterCommit, hookScope, runHooks } from "./hooks.ts";
import type { Participant } from "./member.ts";
import { isDown, isUntouched, type RevertOutcome, revert } from "./revert.ts";
import { type Rollout, releaseOn } from "./rollout.ts";
import type { Transaction } from "./transaction.ts";

/**
 * How a rollout ended: `kept` by all hosts; `refused` when nothing has changed, balancers included; else how the revert
 * ended.
 */
export type RolloutEnd = "kept" | "refused" | RevertOutcome;

/**
 * Activates hosts wave by wave, then commits the release on all of them or reverts all of them.
 *
 * @returns how it ended, and the hosts that did not stay behind
 */
export async function rollOut(tx: Transaction, rollout: Rollout): Promise<{ end: RolloutEnd; kept: Participant[] }> {
  const activation = await tx.part("activate", () => activateFleet(tx, rollout));
  const kept = rollout.hosts.filter((member) => !activation.behind.includes(member));
  const scope = hookScope(rollout, kept);
  // A run that was cancelled meanwhile reverts at once: hooks of a release that does not stay are not run.
  let ok = activation.ok && !tx.stopped();
  if (ok) ok = await runHooks(tx, rollout.lastHook, scope);
  const end = await commitOrRevert(tx, rollout, { ...activation, ok });
  if (end === "kept") await afterCommit(tx, scope);
  return { end, kept };
}

async function commitOrRevert(
  tx: Transaction,
  rollout: Rollout,
  { ok, touched, behind }: Activation,
): Promise<RolloutEnd> {
  // A hook failed before the first activation, a balancer refused to drain, or the run was cancelled: no host was
  // activated, and no schema changed.
  const switched = (member: Participant) =>
    member.facts.live?.id === releaseOn(rollout, member) || !isUntouched(tx.of(member));
  const nothing = behind.length === 0 && !touched.some(switched) && !tx.schema.ahead;
  const kept = rollout.hosts.filter((member) => !behind.includes(member));
  // Reported even if something else failed as well: that failure may be no more than an interrupted wait.
  const stopped = tx.stopped();
  const keeps =
    ok && !stopped && (await precommit(tx, kept)) && (await tx.part("commit", () => commit(tx, rollout, kept)));
  if (keeps) return "kept";
  const end = await tx.part("revert", () => revert(tx, rollout, touched));
  // A host that its balancer did not restore has changed: it is out of use.
  const changed = !nothing || touched.some((member) => isDown(tx.of(member)));
  return !changed && end === "reverted" ? "refused" : end;
}
