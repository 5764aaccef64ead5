// The end of a run that could not come to its own: what the next deploy would begin with is done at once.
import { stillTaken } from "./balance.ts";
import { Ledger } from "./ledger.ts";
import { repair, repairsOf } from "./repair.ts";
import { survey } from "./survey.ts";
import { together } from "./together.ts";
import type { FleetRequest, Report, Surveyed } from "./types.ts";

/**
 * Finishes or takes back what a killed run left on a fleet, and frees its locks.
 *
 * @param request its `deployId` is that of the run that was killed; `waitForLock` covers what hosts still do for it
 * @returns `deployed` when the run's release stays (hosts that do not run it are `behind`), `reverted` when it was taken back, `refused`
 *   when nothing of it was live anywhere; `failed` when a host could not be put in order: the troubles say why, and the next deploy tries again
 */
export async function settle(request: FleetRequest): Promise<Report> {
  const ledger = new Ledger(request);
  try {
    const found = await ledger.timed("survey", () => survey(request, ledger, () => ({}), { lock: true }));
    if (!found) return ledger.report("failed");
    const repairs = [...repairsOf(found).values()];
    const fleet = await repair(request, found, ledger, () => ({}));
    if (!fleet) return ledger.report("failed");
    const others = fleet.filter((member) => !isOurs(request, member));
    // A host records it only when all were told to keep it, but those that the rules let stay behind.
    const kept = repairs.includes("finish") || others.length < fleet.length;
    if (kept) for (const member of others) ledger.host(member).behind = true;
    const taken = stillTaken(fleet);
    ledger.failed(taken);
    for (const { member } of taken) ledger.host(member).drained = true;
    const live = fleet[0]?.facts.live;
    return ledger.report(kept ? "deployed" : repairs.length + taken.length > 0 ? "reverted" : "refused", {
      release: live?.id,
      version: live?.version,
      commit: live?.commit,
      digest: live?.digest,
    });
  } finally {
    await together(request.members, ({ host }) => host.close());
  }
}

/** A release that was good before keeps the transaction that brought it: after a rollback or a converge, `agreed` alone has the run's. */
const isOurs = ({ deployId }: FleetRequest, { facts: { live, agreed } }: Surveyed) =>
  live?.state === "good" && (live.transaction === deployId || agreed === deployId);
