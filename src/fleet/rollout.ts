// From the first switch to the end, be it a deploy's, a rollback's or of hosts that are brought along.
import { activate } from "./activate.ts";
import { cancelled } from "./cancelled.ts";
import { commitOrRevert } from "./commit-or-revert.ts";
import { afterCommit, runHooks } from "./hooks.ts";
import type { Ledger } from "./ledger.ts";
import type { FleetRequest, Names, Participant } from "./request.ts";

/**
 * Switches hosts, wave by wave, and keeps what they have come to, or takes all of them back.
 *
 * @param names the release on each of the hosts, which have it
 * @param as.after the hooks that may still take it back
 * @returns how it ended, as {@link commitOrRevert} says, and the hosts that did not stay behind
 */
export async function rollOut(
  request: FleetRequest,
  fleet: readonly Participant[],
  names: Names,
  ledger: Ledger,
  { after, ...as }: { after: "after-deploy" | "after-rollback"; rollback: boolean; converge?: boolean },
): Promise<{ end: Awaited<ReturnType<typeof commitOrRevert>>; kept: Participant[] }> {
  const releaseOf = ({ host }: Participant) => names.get(host);
  const activation = await ledger.timed("activate", () => activate({ ...request, ...as }, fleet, names, ledger));
  const kept = fleet.filter((member) => !activation.behind.includes(member));
  // A run that was cancelled meanwhile goes back at once: hooks of a release that does not stay have nothing to say.
  let ok = activation.ok && !cancelled(request, ledger);
  if (ok) ok = await runHooks(request, ledger, after, kept, releaseOf);
  const end = await commitOrRevert(request, fleet, { ...activation, ok }, names, ledger, as);
  if (end === "kept") await afterCommit(request, ledger, kept, releaseOf);
  return { end, kept };
}
