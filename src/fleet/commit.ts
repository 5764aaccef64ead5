// The end of a transaction that went well: all hosts are told that the release stays, then each records it, prunes and unlocks.
import type { CommitRequest, MigrationEvent } from "../host/host.ts";
import { forEachHost } from "./for-each-host.ts";
import { asksHosts } from "./hooks.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import type { FleetRequest, Names, Participant } from "./request.ts";
import { reconnect } from "./revert-host.ts";
import { missingFrom } from "./schema-position.ts";

/**
 * Tells every host that from here on a killed run is to be finished, not reverted. One host needs no such agreement.
 *
 * @returns false when a host did not hear it: then all go back
 */
export async function precommit(fleet: readonly Participant[], ledger: Ledger): Promise<boolean> {
  if (fleet.length === 1) return true;
  const settled = await forEachHost(fleet, (member) => ledger.phase(member, "commit", () => member.host.precommit()));
  return !ledger.failed(settled.failed);
}

/**
 * Records and prunes. All hosts of several know that the release stays, so whatever fails here warns: the next run finishes it. A single
 * one learns it by this very call.
 *
 * @returns false when a single host has not recorded the release: the next run would take it back, so this one does
 */
export async function commit(
  request: FleetRequest,
  fleet: readonly Participant[],
  names: Names,
  ledger: Ledger,
  options: { rollback: boolean; converge?: boolean },
): Promise<boolean> {
  const leader = ledger.appliedOn;
  const applied = eventsOf(ledger.applied, request.deployId, (leader && names.get(leader)) ?? "");
  const settled = await forEachHost(fleet, (member) => {
    const order = {
      release: names.get(member.host)!,
      keep: request.keep,
      transaction: request.deployId,
      ...options,
      last: isLast(request, fleet, member),
      migrations: missingFrom(member.host, fleet, request.deployId, { leader, events: applied }),
    };
    const committing = () => member.host.commit(order);
    return phase(request, ledger, member, "commit", () =>
      fleet.length > 1 ? committing() : committing().catch((error) => commitAgain(request, member, order, error)),
    );
  });
  for (const { member, value } of settled.done) {
    ledger.warnings.push(...value.warnings.map((warning) => `${member.host.name}: ${warning}`));
  }
  if (fleet.length === 1 && ledger.failed(settled.failed)) return false;
  for (const { member, trouble } of settled.failed) {
    ledger.warnings.push(
      `${member.host.name} runs the release but has not recorded it as good (${trouble.what}); the next deploy does that`,
    );
  }
  return true;
}

/**
 * Whether nothing is asked of a host after its commit. A single one that cannot record the release goes back: over another connection,
 * but not without the balancers that this one may lead to.
 */
const isLast = (request: FleetRequest, fleet: readonly Participant[], { seats = [] }: Participant): boolean =>
  !asksHosts(request, "after-commit") && (fleet.length > 1 || seats.length === 0);

/** The connection broke meanwhile: has the host heard it? @throws the error when it has not, and does not now */
async function commitAgain(request: FleetRequest, member: Participant, order: CommitRequest, error: unknown) {
  if (!member.host.lost) throw error;
  const { live, open } = await reconnect(request, member, error);
  if (open?.transaction === order.transaction) return member.host.commit(order);
  if (!open && live?.id === order.release && live.state === "good") return { warnings: [] };
  throw error;
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
