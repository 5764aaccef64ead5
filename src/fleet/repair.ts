// What a killed run left: every deploy and rollback begins with bringing such hosts to where the fleet's record says. A transaction
// that any host has precommitted is finished on all; any other is taken back on all.
import type { Host } from "../host/types.ts";
import type { Task } from "../report/progress.ts";
import { healthOf } from "./activate.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import { survey } from "./survey.ts";
import { together } from "./together.ts";
import type { FleetRequest, Surveyed } from "./types.ts";

/** What to do with a host's open transaction. */
export type Repair = "finish" | "take back";

/** Decides by the whole fleet's records. */
export function repairsOf(fleet: readonly Surveyed[]): Map<Host, Repair> {
  const decided = new Set(
    fleet.flatMap(({ facts }) => (facts.open?.phase === "precommit" ? [facts.open.transaction] : [])),
  );
  return new Map(
    fleet.flatMap(({ host, facts }): [Host, Repair][] =>
      facts.open ? [[host, decided.has(facts.open.transaction) ? "finish" : "take back"]] : [],
    ),
  );
}

/**
 * Finishes or takes back what is open, then asks all hosts anew.
 *
 * @returns the fleet, its facts fresh where anything was repaired; undefined when a repair failed (the ledger has why)
 */
export async function repair(
  request: FleetRequest,
  fleet: Surveyed[],
  ledger: Ledger,
  wanted: Parameters<typeof survey>[2],
): Promise<Surveyed[] | undefined> {
  const repairs = repairsOf(fleet);
  if (repairs.size === 0) return fleet;
  const open = fleet.filter(({ host }) => repairs.has(host));
  const settled = await ledger.timed("repair", () =>
    together(open, async (member) => {
      const { release, previous } = member.facts.open!;
      const did = repairs.get(member.host) === "finish" ? "finished" : "taken back";
      const repairing = async (task: Task) => {
        if (did === "finished") {
          await healthOf(
            request,
            member,
            release,
            await member.host.observe({ services: member.services, settle: true }),
          );
          await member.host.commit({ release, keep: request.keep, transaction: member.facts.open!.transaction });
        } else {
          await member.host.revert({ from: release, to: previous, services: member.services }, task);
        }
      };
      await phase(request, ledger, member, "repair", repairing, () => did);
      ledger.warnings.push(`${member.host.name}: a run that was cut off had left ${release} half-way; it was ${did}`);
    }),
  );
  if (ledger.failed(settled.failed)) return undefined;
  return survey(request, ledger, wanted, { lock: true });
}
