// The end of a transaction that went well: all hosts are told that the release stays, then each records it, prunes and unlocks.
import type { MigrationEvent } from "../host/types.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import { missingFrom } from "./schema-position.ts";
import { together } from "./together.ts";
import type { FleetRequest, Names, Surveyed } from "./types.ts";

/**
 * Tells every host that from here on a killed run is to be finished, not reverted. One host needs no such agreement.
 *
 * @returns false when a host did not hear it: then all go back
 */
export async function precommit(fleet: readonly Surveyed[], ledger: Ledger): Promise<boolean> {
  if (fleet.length === 1) return true;
  const settled = await together(fleet, (member) => ledger.phase(member, "commit", () => member.host.precommit()));
  return !ledger.failed(settled.failed);
}

/** Records and prunes. Every host runs the release already, so whatever fails here warns: the next run finishes it. */
export async function commit(
  request: FleetRequest,
  fleet: readonly Surveyed[],
  names: Names,
  ledger: Ledger,
  options: { rollback: boolean },
): Promise<void> {
  const [leader] = request.members;
  const applied = eventsOf(ledger.applied, request.deployId, (leader && names.get(leader.host)) ?? "");
  const settled = await together(fleet, (member) =>
    phase(request, ledger, member, "commit", () =>
      member.host.commit({
        release: names.get(member.host)!,
        keep: request.keep,
        transaction: request.deployId,
        rollback: options.rollback,
        migrations: missingFrom(member.host, fleet, request.deployId, { leader: leader?.host, events: applied }),
      }),
    ),
  );
  for (const { member, value } of settled.done) {
    ledger.warnings.push(...value.warnings.map((warning) => `${member.host.name}: ${warning}`));
  }
  for (const { member, trouble } of settled.failed) {
    ledger.warnings.push(
      `${member.host.name} runs the release but has not recorded it as good (${trouble.what}); the next deploy does that`,
    );
  }
}

/** What the leader's journal got for what this run applied. */
function eventsOf(applied: readonly string[], transaction: string, release: string): MigrationEvent[] {
  if (applied.length === 0) return [];
  const of = { transaction, release };
  return [
    ...applied.map((migration): MigrationEvent => ({ ...of, event: "begun", migration })),
    { ...of, event: "ended", code: 0 },
  ];
}
