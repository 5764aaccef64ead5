// The end of every activation, be it a deploy's, a rollback's or of hosts that are brought along: all of them keep it, or none does.
import type { Activation } from "./activate.ts";
import { cancelled } from "./cancelled.ts";
import { commit, precommit } from "./commit.ts";
import type { Ledger } from "./ledger.ts";
import { revert } from "./revert.ts";
import type { FleetRequest, Names, Surveyed } from "./types.ts";

/**
 * @param fleet every host that was to be activated
 * @returns `kept`; or why not: `refused` when nothing was touched
 */
export async function conclude(
  request: FleetRequest,
  fleet: readonly Surveyed[],
  { ok, touched, behind }: Activation,
  names: Names,
  ledger: Ledger,
  options: { rollback: boolean },
): Promise<"kept" | "refused" | "reverted" | "split"> {
  // A hook before the first switch, or a cancelled run: no host was touched, no schema either.
  if (touched.length + behind.length === 0 && !ledger.schemaAhead) return "refused";
  const kept = fleet.filter((member) => !behind.includes(member));
  const keeps =
    ok &&
    !cancelled(request, ledger) &&
    (await precommit(kept, ledger)) &&
    (await ledger.timed("commit", () => commit(request, kept, names, ledger, options)));
  return keeps ? "kept" : ledger.timed("revert", () => revert(request, touched, names, ledger));
}
