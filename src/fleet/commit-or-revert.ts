// The end of every activation, be it a deploy's, a rollback's or of hosts that are brought along: all of them keep it, or none does.
import type { Activation } from "./activate.ts";
import { cancelled } from "./cancelled.ts";
import { commit, precommit } from "./commit.ts";
import type { Ledger } from "./ledger.ts";
import type { FleetRequest, Names, Participant } from "./request.ts";
import { isDown, isUntouched, type RevertOutcome, revert } from "./revert.ts";

/**
 * @param fleet every host that was to be activated
 * @returns `kept`; or why not: `refused` when nothing has changed, also not in a balancer
 */
export async function commitOrRevert(
  request: FleetRequest,
  fleet: readonly Participant[],
  { ok, touched, behind }: Activation,
  names: Names,
  ledger: Ledger,
  options: { rollback: boolean; converge?: boolean },
): Promise<"kept" | "refused" | RevertOutcome> {
  // A hook before the first switch, a balancer that lets nobody go, a cancelled run: no host was switched, no schema either.
  const switched = (member: Participant) =>
    member.facts.live?.id === names.get(member.host) || !isUntouched(ledger.host(member));
  const nothing = behind.length === 0 && !touched.some(switched) && !ledger.schemaAhead;
  const kept = fleet.filter((member) => !behind.includes(member));
  // Said also where something else failed: perhaps no more than a wait that was broken off.
  const stopped = cancelled(request, ledger);
  const keeps =
    ok &&
    !stopped &&
    (await precommit(kept, ledger)) &&
    (await ledger.timed("commit", () => commit(request, kept, names, ledger, options)));
  if (keeps) return "kept";
  const end = await ledger.timed("revert", () => revert(request, touched, names, ledger));
  // One that its balancer did not take back has changed: it is out of use.
  const changed = !nothing || touched.some((member) => isDown(ledger.host(member)));
  return !changed && end === "reverted" ? "refused" : end;
}
