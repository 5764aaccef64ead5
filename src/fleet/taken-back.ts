// A rollback that finds a deploy cut off half-way: once that is taken back, the target runs what it last ran in good health, and going
// further back is not what was asked for.
import type { ReleaseOnHost } from "../host/types.ts";
import { healthOf } from "./health.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import { repairsOf } from "./repair.ts";
import { together } from "./together.ts";
import type { FleetRequest, Surveyed } from "./types.ts";

/**
 * @param found the fleet before the repair, and after it
 * @returns the good release that every host was taken back to; undefined when nothing was taken back, or when what was taken back was
 * itself on the way to a release of good health: a rollback, which then goes on
 */
export function takenBackTo(found: readonly Surveyed[], fleet: readonly Surveyed[]): ReleaseOnHost | undefined {
  const repairs = [...repairsOf(found).values()];
  if (repairs.length === 0 || repairs.includes("finish")) return undefined;
  const wasGood = ({ facts: { open, releases } }: Surveyed) =>
    releases.some(({ id, state }) => id === open?.release && state === "good");
  if (found.some(wasGood)) return undefined;
  const live = fleet.map(({ facts }) => facts.live);
  const [first] = live;
  const same = live.every((each) => each?.state === "good" && each.digest === first?.digest);
  return same ? first : undefined;
}

/** Whether what is live runs and answers on every host, as it is. */
export async function runsEverywhere(
  request: FleetRequest,
  fleet: readonly Surveyed[],
  ledger: Ledger,
): Promise<boolean> {
  const settled = await together(fleet, (member) =>
    phase(request, ledger, member, "verify", async () => {
      const services = await member.host.observe({ services: member.services, settle: true });
      if (services.some(({ rung }) => rung === "none")) return false;
      ledger.services(member, await healthOf(request, member, member.facts.live!.id, services));
      return true;
    }),
  );
  return settled.failed.length === 0 && settled.done.every(({ value }) => value);
}
