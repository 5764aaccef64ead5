// A rollback that finds a deploy cut off half-way: once that is taken back, the target runs what it last ran in good health, and going
// further back is not what was asked for.
import type { OpenTransaction, ReleaseOnHost } from "../host/host.ts";
import { forEachHost } from "./for-each-host.ts";
import type { Ledger } from "./ledger.ts";
import { isRollback, recoveriesOf } from "./recover.ts";
import type { Participant } from "./request.ts";

/** What a host took back by itself, or a rollback that was refused, as long as it still runs what it went back to. */
export const returnedOf = ({ facts: { returned, live } }: Participant): OpenTransaction | undefined =>
  returned && returned.previous === live?.id ? returned : undefined;

/** Says which hosts went back before this run came: it finds nothing half-way there. */
export function warnReturned(fleet: readonly Participant[], ledger: Ledger): void {
  for (const member of fleet) {
    const returned = returnedOf(member);
    if (returned)
      ledger.warnings.push(
        `${member.host.name}: a run was lost after it had switched to ${returned.release}, and the host has gone back to ${returned.previous ?? "no release"} since`,
      );
  }
}

/** It was told, and changed what this run did: the next rollback goes further back. */
export async function forgetReturned(fleet: readonly Participant[], ledger: Ledger): Promise<void> {
  const settled = await forEachHost(
    fleet.filter(({ facts }) => facts.returned),
    ({ host }) => host.noteHeard(),
  );
  ledger.warnings.push(...settled.failed.map(({ trouble }) => `${trouble.host}: ${trouble.what}`));
}

/**
 * @param found the fleet before the repair, and after it
 * @returns the good release that every host was taken back to; undefined when nothing was taken back, or when what was taken back was
 * itself on the way to a release of good health: a rollback, which then goes on
 */
export function takenBackTo(found: readonly Participant[], fleet: readonly Participant[]): ReleaseOnHost | undefined {
  const taken = found.flatMap((member) => {
    const one = member.facts.open ?? returnedOf(member);
    return one ? [{ one, releases: member.facts.releases }] : [];
  });
  if (taken.length === 0 || [...recoveriesOf(found).values()].includes("finish")) return undefined;
  if (taken.some(({ one, releases }) => isRollback(one, releases))) return undefined;
  const live = fleet.map(({ facts }) => facts.live);
  const [first] = live;
  const same = live.every((each) => each?.state === "good" && each.digest === first?.digest);
  return same ? first : undefined;
}
