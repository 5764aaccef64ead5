// Rolls back to the release that the whole target last ran in good health: one rename and one restart per host.
import { Failure } from "../failure.ts";
import type { Host, ReleaseOnHost } from "../host/host.ts";
import { formatCount } from "../text/quantity.ts";
import { rollOut } from "./commit-or-revert.ts";
import { preflightServers, stillDrained } from "./drain.ts";
import { errorOf } from "./for-each-host.ts";
import { afterFailure, hookScope, runHooks } from "./hooks.ts";
import type { Names, Participant } from "./member.ts";
import { schemaCrossed } from "./migrate.ts";
import { findingsOf, warningsOf } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { recover } from "./recover.ts";
import { isRollback, recoveriesOf } from "./recovery-plan.ts";
import { addedSentence } from "./release-drift.ts";
import type { Outcome, Report } from "./report.ts";
import type { RollbackRequest } from "./request.ts";
import { forgetReturned, returnedOf, warnReturned } from "./returned-hosts.ts";
import { rollbackAfter, rollbackTarget } from "./rollback-target.ts";
import type { Rollout } from "./rollout.ts";
import { Transaction } from "./transaction.ts";
import { reasonsAgainst, unhealthyHosts } from "./unhealthy.ts";

/** Rolls a whole target back. @returns the report, as {@link deploy} does */
export async function rollback(request: RollbackRequest): Promise<Report> {
  const tx = new Transaction("rollback", request);
  try {
    const { outcome, release } = await rollBack(tx, request);
    await afterFailure(tx, outcome);
    return tx.report(outcome, {
      release: release?.id,
      version: release?.version,
      commit: release?.commit,
      digest: release?.digest,
    });
  } finally {
    await tx.close();
  }
}

async function rollBack(
  tx: Transaction,
  request: RollbackRequest,
): Promise<{ outcome: Outcome; release?: ReleaseOnHost | undefined }> {
  const found = await tx.part("preflight", () => preflight(tx, tx.members, () => ({}), { lock: true }));
  const fleet = found && (await recover(tx, found, () => ({})));
  if (!fleet) return { outcome: "refused" };
  tx.participants = fleet;
  for (const warning of fleet.flatMap(warningsOf)) tx.warn(warning);
  for (const finding of fleet.flatMap(findingsOf)) tx.error(finding);
  tx.recordFailures(await preflightServers(fleet));
  if (tx.hasErrors) return { outcome: "refused" };

  warnReturned(tx, found);
  const back = request.to === undefined ? revertedTo(found, fleet) : undefined;
  if (back && (await reasonsAgainst(tx, fleet)).size === 0) {
    // The rollback is then run again, and chooses the same release.
    if (tx.recordFailures(stillDrained(fleet))) return { outcome: "refused", release: back };
    await forgetReturned(tx, fleet);
    return { outcome: "rolled-back", release: back };
  }

  const chosen = choose(tx, fleet, request.to);
  if (!chosen) return { outcome: "refused" };
  const names = new Map([...chosen].map(([host, { id }]) => [host, id]));
  const release = tx.leader && chosen.get(tx.leader.host);
  if (!(await tx.part("verify", () => verifyIntact(tx, fleet, names, { full: request.verifyFull }))))
    return { outcome: "refused" };

  const crossed = await schemaCrossed(tx, request, fleet, names);
  if (!crossed) return { outcome: "refused" };

  // A host that stayed behind may run it already, and would not be changed.
  const standing = fleet.filter(
    ({ host, facts }) => facts.live?.id === names.get(host) && request.restart === "changed",
  );
  const rollout: Rollout = {
    hosts: fleet,
    names,
    total: fleet.length,
    waves: request.waves,
    restart: request.restart,
    restartOn: new Set((await unhealthyHosts(tx, standing)).map(({ host }) => host)),
    recordAs: { rollback: true },
    lastHook: "after-rollback",
  };
  if (!(await runHooks(tx, "before-rollback", hookScope(rollout)))) return { outcome: "refused", release };
  const { end, kept } = await rollOut(tx, rollout);
  if (end !== "kept") return { outcome: end, release };
  tx.schema.crossed = crossed.length > 0;
  tx.leadsBack(rollbackAfter(kept, names, { rollback: true }));
  return { outcome: "rolled-back", release };
}

/**
 * For a rollback that finds an interrupted deploy: once that is reverted, the target runs what it last ran in good
 * health, and the user did not ask to go further back.
 *
 * @param found the fleet before the recovery, and after it
 * @returns the good release that every host was reverted to; undefined when nothing was reverted, or when the reverted
 * transaction was itself a rollback: this rollback then continues
 */
function revertedTo(found: readonly Participant[], fleet: readonly Participant[]): ReleaseOnHost | undefined {
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

function choose(
  tx: Transaction,
  fleet: readonly Participant[],
  to: string | undefined,
): Map<Host, ReleaseOnHost> | undefined {
  try {
    return rollbackTarget(fleet, to);
  } catch (error) {
    tx.error(errorOf(error));
    return undefined;
  }
}

/**
 * Verifies each host's release before activation: by size, mtime and mode, hashing what differs.
 *
 * @param options.full hash every file
 */
async function verifyIntact(
  tx: Transaction,
  fleet: readonly Participant[],
  names: Names,
  { full }: { full: boolean },
): Promise<boolean> {
  const verify = async ({ host }: Participant) => {
    const release = names.get(host)!;
    const { changed, count, added } = await host.drift({ release, full });
    if (count === 0) {
      const said = addedSentence(host.name, release, { added });
      if (said) tx.warn(said);
      return added;
    }
    throw new Failure({
      code: "release-damaged",
      what: `${formatCount(count, "file")} of ${release} changed since it was good`,
      where: { host: host.name, release },
      output: changed.slice(0, 20).join("\n"),
      remedy: "Deploy that commit again instead: its files are then verified and sent where they differ.",
      outcome: "refused",
    });
  };
  const results = await tx.step("verify", fleet, verify, (added) =>
    added
      ? `as it was when it became good, and ${formatCount(added.count, "file")} more`
      : "as it was when it became good",
  );
  return !tx.recordFailures(results.failed);
}
