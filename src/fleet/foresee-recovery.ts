// What a deploy would begin with, for a plan that changes nothing: hosts as they are once they have been put in order.
import type { Ledger } from "./ledger.ts";
import { warnLeftMigrations } from "./migrate.ts";
import { decidedOf, recoveriesOf, recoveryActionOf } from "./recover.ts";
import type { Participant } from "./request.ts";

/** @returns the fleet as a repair would leave it; what it would do is among the ledger's warnings */
export function foreseeRecovery(fleet: Participant[], ledger: Ledger): Participant[] {
  const busy = fleet.find(({ facts }) => facts.running !== undefined);
  if (busy) {
    // What it is at is not what a run before this one left: nothing is said of it.
    ledger.warnings.push(
      `${busy.host.name}: a run goes on there: ${busy.facts.running}; when it has ended, a plan may be another`,
    );
    return fleet;
  }
  warnLeftMigrations(fleet, ledger, decidedOf(fleet));
  const repairs = recoveriesOf(fleet);
  return fleet.map((member) => {
    const { host, facts } = member;
    if (facts.taken?.length)
      ledger.warnings.push(
        `${host.name}: a run that was cut off has taken it out of ${facts.taken.map(({ seat }) => seat).join(", ")}: a deploy begins by giving it back`,
      );
    const repair = repairs.get(host);
    if (!facts.open || !repair) return member;
    const { release, did } = recoveryActionOf(facts, repair);
    ledger.warnings.push(
      `${host.name}: a run that was cut off has left ${facts.open.release} half-way: when a deploy begins, it is ${did}; this is the plan for what is live then`,
    );
    if (release === facts.live?.id) return member;
    const live = facts.releases.find(({ id }) => id === release);
    return { ...member, facts: { ...facts, live, unchanged: false } };
  });
}
