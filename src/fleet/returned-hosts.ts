// Hosts that reverted by themselves, because the run that activated them was lost.
import type { OpenTransaction } from "../host/host.ts";
import { forEachHost } from "./for-each-host.ts";
import type { Participant } from "./member.ts";
import type { Transaction } from "./transaction.ts";

/**
 * The transaction that a host reverted by itself, or a rollback that was refused, as long as the host still runs the
 * release that it reverted to.
 */
export const returnedOf = ({ facts: { returned, live } }: Participant): OpenTransaction | undefined =>
  returned && returned.previous === live?.id ? returned : undefined;

/** Warns about hosts that reverted before this run: no open transaction is left there. */
export function warnReturned(tx: Transaction, fleet: readonly Participant[]): void {
  for (const member of fleet) {
    const returned = returnedOf(member);
    if (returned)
      tx.warn(
        `a run was lost after it had switched to ${returned.release}, and the host has reverted to ${returned.previous ?? "no release"} since`,
        member,
      );
  }
}

/** The revert was reported, and influenced this run: the next rollback returns to an older release. */
export async function forgetReturned(tx: Transaction, fleet: readonly Participant[]): Promise<void> {
  const results = await forEachHost(
    fleet.filter(({ facts }) => facts.returned),
    ({ host }) => host.acknowledgeReturned(),
  );
  for (const { error } of results.failed) tx.warn(`${error.host}: ${error.what}`);
}
