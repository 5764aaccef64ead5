// Cleans up after a run that was killed: does at once what the next deploy would begin with.
import { isDeepStrictEqual } from "node:util";
import { stillDrained } from "./drain.ts";
import type { Participant } from "./member.ts";
import { preflight } from "./preflight.ts";
import { recover } from "./recover.ts";
import { recoveriesOf } from "./recovery-plan.ts";
import type { Report } from "./report.ts";
import type { FleetRequest } from "./request.ts";
import { forgetReturned, returnedOf, warnReturned } from "./returned-hosts.ts";
import { leftBatches } from "./schema-position.ts";
import { Transaction } from "./transaction.ts";

/**
 * Finishes or reverts what a killed run left on a fleet, and frees its locks.
 *
 * @param request its `deployId` is that of the killed run; `waitForLock` covers what hosts still do for that run
 * @returns `deployed` when the run's release stays (hosts that do not run it are `behind`), `reverted` when it was
 * reverted or has applied migrations, `refused` when it was live on no host; `failed` when a host could not be
 * recovered: the errors say why, and the next deploy repeats the attempt
 */
export async function endKilledRun(request: FleetRequest): Promise<Report> {
  const tx = new Transaction("end-killed-run", request);
  try {
    const found = await tx.part("preflight", () => preflight(tx, tx.members, () => ({}), { lock: true }));
    if (!found) return tx.report("failed");
    const recoveries = [...recoveriesOf(found).values()];
    // Some hosts were quicker, and reverted by themselves.
    const returned = found.filter((member) => returnedOf(member)?.transaction === tx.id);
    const fleet = await recover(tx, found, () => ({}));
    if (!fleet) return tx.report("failed");
    tx.participants = fleet;
    const ours = fleet.filter((member) => isOurs(tx, member));
    const others = fleet.filter((member) => !ours.includes(member));
    // A host records the release only after all were notified to keep it, except those that the rules allow to stay
    // behind.
    const kept = recoveries.includes("finish") || others.length < fleet.length;
    const behind = kept ? others.filter((member) => !ours.some((one) => runsSame(member, one))) : [];
    for (const member of behind) tx.note(member, { behind: true });
    warnReturned(tx, returned);
    for (const member of returned) tx.note(member, { returned: true });
    await forgetReturned(tx, returned);
    const drained = stillDrained(fleet);
    tx.recordFailures(drained);
    for (const { member } of drained) tx.note(member, { drained: true });
    const live = tx.leader?.facts.live;
    const migrated = leftBatches(fleet).some(({ transaction }) => transaction === tx.id);
    const changed = recoveries.length + returned.length + drained.length > 0 || migrated;
    return tx.report(kept ? "deployed" : changed ? "reverted" : "refused", {
      release: live?.id,
      version: live?.version,
      commit: live?.commit,
      digest: live?.digest,
    });
  } finally {
    await tx.close();
  }
}

/**
 * Whether a host that took no part in the end runs what the run brought to another host: a converge leaves hosts alone
 * that run it already. Their configurations can be compared if tarlift.yml gives both hosts the same.
 */
function runsSame({ configuration, facts: { live } }: Participant, other: Participant): boolean {
  const same = live?.digest !== undefined && live.digest === other.facts.live?.digest;
  if (!same || !isDeepStrictEqual(configuration, other.configuration)) return same;
  return live.configuration === other.facts.live?.configuration;
}

/**
 * A release that was good before keeps the transaction that brought it: after a rollback or a converge, only `agreed`
 * names the run's.
 */
const isOurs = ({ id }: Transaction, { facts: { live, agreed } }: Participant) =>
  live?.state === "good" && (live.transaction === id || agreed === id);
