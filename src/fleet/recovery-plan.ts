// Decides by the records of the whole fleet how to recover from a killed run: a transaction that any host has
// precommitted is finished on all hosts; any other is reverted on all.
import type { Facts, Host, OpenTransaction, ReleaseOnHost } from "../host/host.ts";
import type { Participant } from "./member.ts";
import { warnLeftMigrations } from "./migrate.ts";
import type { Transaction } from "./transaction.ts";

/** What to do with a host's open transaction. */
export type Recovery = "finish" | "revert";

/** Decides by the records of the whole fleet. */
export function recoveriesOf(fleet: readonly Participant[]): Map<Host, Recovery> {
  const decided = decidedOf(fleet);
  return new Map(
    fleet.flatMap(({ host, facts }): [Host, Recovery][] =>
      facts.open ? [[host, decided.has(facts.open.transaction) ? "finish" : "revert"]] : [],
    ),
  );
}

/** Open transactions whose release stays. */
export const decidedOf = (fleet: readonly Participant[]): Set<string> =>
  new Set(fleet.flatMap(({ facts }) => (isDecided(facts) ? [facts.open!.transaction] : [])));

/**
 * The release stays: its host was notified, or has begun to record it (a rollback leaves the release's own record
 * unchanged).
 */
function isDecided({ open, releases, agreed }: Facts): boolean {
  if (open === undefined || open.phase === "reverting") return false;
  if (open.phase === "precommit" || agreed === open.transaction) return true;
  return releases.some(
    ({ id, state, transaction }) => id === open.release && state === "good" && transaction === open.transaction,
  );
}

/** How one host is recovered. */
export interface RecoveryAction {
  by: "commit" | "revert";
  /** The release that is live afterwards; undefined: none. */
  release: string | undefined;
  /** As the report words it. */
  did: string;
}

/**
 * The release that a host with an open transaction is brought to. An administrator may have changed the host meanwhile:
 * a link that was set by hand is kept, and a removed release is not returned to.
 */
export function recoveryActionOf(facts: Facts, recovery: Recovery): RecoveryAction {
  const { release, previous } = facts.open!;
  const live = facts.live?.id;
  if (recovery === "finish" && live === release) return { by: "commit", release, did: "finished" };
  const gone = previous !== undefined && !facts.releases.some(({ id }) => id === previous);
  // Nothing is live if the release was removed by hand.
  const ours = live === release || live === previous || live === undefined;
  if (recovery === "revert" && ours && !gone) return { by: "revert", release: previous, did: "reverted" };
  return { by: "revert", release: live, did: `left at ${live ?? "no release"}, which is what was found` };
}

/**
 * Whether a transaction is recorded as one to a release that was good before: a rollback, or a converge. A deploy may
 * bring such a release too. If an older Tarlift began it, only whether the release was good is known.
 */
export const isRollback = (
  { transaction, release, rollback }: OpenTransaction,
  releases: readonly ReleaseOnHost[],
): boolean =>
  rollback ?? releases.some((one) => one.id === release && one.good !== undefined && one.transaction !== transaction);

/**
 * For a plan that changes nothing: the recovery that a deploy would begin with.
 *
 * @returns the fleet as a recovery would leave it; what the recovery would do is among the warnings
 */
export function foreseeRecovery(tx: Transaction, fleet: Participant[]): Participant[] {
  const busy = fleet.find(({ facts }) => facts.running !== undefined);
  if (busy) {
    // Its state is not that of a previous run: it is not reported.
    tx.warn(`a run goes on there: ${busy.facts.running}; when it has ended, a plan may be another`, busy);
    return fleet;
  }
  warnLeftMigrations(tx, fleet, decidedOf(fleet));
  const recoveries = recoveriesOf(fleet);
  return fleet.map((member) => {
    const { host, facts } = member;
    if (facts.drained?.length)
      tx.warn(
        `a run that was cut off has taken it out of ${facts.drained.map(({ server }) => server).join(", ")}: a deploy begins by giving it back`,
        member,
      );
    const recovery = recoveries.get(host);
    if (!facts.open || !recovery) return member;
    const { release, did } = recoveryActionOf(facts, recovery);
    tx.warn(
      `a run that was cut off has left ${facts.open.release} half-way: when a deploy begins, it is ${did}; this is the plan for what is live then`,
      member,
    );
    if (release === facts.live?.id) return member;
    const live = facts.releases.find(({ id }) => id === release);
    return { ...member, facts: { ...facts, live, unchanged: false } };
  });
}
