// Hosts that went back by themselves, since the run that switched them was lost.
import type { OpenTransaction } from "../host/host.ts";
import { forEachHost } from "./for-each-host.ts";
import type { Participant } from "./member.ts";
import type { Transaction } from "./transaction.ts";

/** What a host took back by itself, or a rollback that was refused, as long as it still runs what it went back to. */
export const returnedOf = ({ facts: { returned, live } }: Participant): OpenTransaction | undefined =>
  returned && returned.previous === live?.id ? returned : undefined;

/** Warns of hosts that went back before this run came: it finds nothing half-way there. */
export function warnReturned(tx: Transaction, fleet: readonly Participant[]): void {
  for (const member of fleet) {
    const returned = returnedOf(member);
    if (returned)
      tx.warn(
        `a run was lost after it had switched to ${returned.release}, and the host has gone back to ${returned.previous ?? "no release"} since`,
        member,
      );
  }
}

/** It was told, and changed what this run did: the next rollback goes further back. */
export async function forgetReturned(tx: Transaction, fleet: readonly Participant[]): Promise<void> {
  const results = await forEachHost(
    fleet.filter(({ facts }) => facts.returned),
    ({ host }) => host.noteHeard(),
  );
  for (const { trouble } of results.failed) tx.warn(`${trouble.host}: ${trouble.what}`);
}
