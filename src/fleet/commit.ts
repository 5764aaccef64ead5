// The end of a transaction that succeeded: all hosts are notified that the release stays, then each records it, prunes
// and unlocks.
import type { CommitRequest, MigrationEvent } from "../host/host.ts";
import { asksHosts } from "./hooks.ts";
import type { Participant } from "./member.ts";
import { reconnect } from "./revert-host.ts";
import { type Rollout, releaseOn } from "./rollout.ts";
import { missingFrom } from "./schema-position.ts";
import type { Transaction } from "./transaction.ts";

/**
 * Notifies every host that from here on a killed run is to be finished, not reverted. A single host needs no such
 * agreement.
 *
 * @returns false when a host did not receive it: then all hosts revert
 */
export async function precommit(tx: Transaction, hosts: readonly Participant[]): Promise<boolean> {
  if (hosts.length === 1) return true;
  const results = await tx.briefStep("commit", hosts, ({ host }) => host.precommit());
  return !tx.recordFailures(results.failed);
}

/**
 * Records the release and prunes. With several hosts, all know already that the release stays, so any failure here is a
 * warning: the next run finishes the commit. A single host learns it by this very call.
 *
 * @param hosts those of the rollout that keep its release
 * @returns false when a single host has not recorded the release: the next run would revert it, so this run does
 */
export async function commit(tx: Transaction, rollout: Rollout, hosts: readonly Participant[]): Promise<boolean> {
  const leader = tx.schema.appliedOn;
  const applied = eventsOf(tx.schema.applied, tx.id, (leader && rollout.names.get(leader)) ?? "");
  const results = await tx.step("commit", hosts, (member) => {
    const order = {
      release: releaseOn(rollout, member),
      keep: tx.rules.keep,
      transaction: tx.id,
      ...rollout.recordAs,
      last: isLast(tx, hosts, member),
      migrations: missingFrom(member.host, hosts, tx.id, { leader, events: applied }),
    };
    const committing = member.host.commit(order);
    return hosts.length > 1 ? committing : committing.catch((error) => commitAgain(tx, member, order, error));
  });
  for (const { member, value } of results.done) for (const warning of value.warnings) tx.warn(warning, member);
  if (hosts.length === 1 && tx.recordFailures(results.failed)) return false;
  for (const { member, error } of results.failed) {
    tx.warn(
      `${member.host.name} runs the release but has not recorded it as good (${error.what}); the next deploy does that`,
    );
  }
  return true;
}

/**
 * Whether the commit is the last call to a host. A single host that cannot record the release is reverted: over another
 * connection, but not without the balancers that this connection may lead to.
 */
const isLast = (tx: Transaction, hosts: readonly Participant[], { backendServers = [] }: Participant): boolean =>
  !asksHosts(tx, "after-commit") && (hosts.length > 1 || backendServers.length === 0);

/**
 * Repeats a commit after the connection broke, unless the host received it. @throws the error when it did not, and does
 * not now
 */
async function commitAgain(tx: Transaction, member: Participant, order: CommitRequest, error: unknown) {
  if (!member.host.lost) throw error;
  const { live, open } = await reconnect(tx, member, error);
  if (open?.transaction === order.transaction) return member.host.commit(order);
  if (!open && live?.id === order.release && live.state === "good") return { warnings: [] };
  throw error;
}

/** What the leader's journal recorded for the migrations that this run applied. */
function eventsOf(applied: readonly string[], transaction: string, release: string): MigrationEvent[] {
  if (applied.length === 0) return [];
  const of = { transaction, release };
  return [
    ...applied.map((migration): MigrationEvent => ({ ...of, event: "begun", migration })),
    { ...of, event: "ended", code: 0 },
  ];
}
