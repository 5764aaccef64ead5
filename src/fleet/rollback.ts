// Back to the release that the whole target last ran in good health: one rename and one restart a host.
import { Failure } from "../failure.ts";
import type { Host, ReleaseOnHost } from "../host/host.ts";
import { formatCount } from "../text/quantity.ts";
import { preflightServers, stillDrained } from "./drain.ts";
import { errorOf, forEachHost } from "./for-each-host.ts";
import { afterFailure, runHooks } from "./hooks.ts";
import { Ledger } from "./ledger.ts";
import { schemaCrossed } from "./migrate.ts";
import { phase } from "./phase.ts";
import { findingsOf, warningsOf } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { recover } from "./recover.ts";
import { addedSentence } from "./release-drift.ts";
import type { Names, Outcome, Participant, Report, RollbackRequest } from "./request.ts";
import { forgetReturned, takenBackTo, warnReturned } from "./returned-hosts.ts";
import { rollbackAfter, rollbackTarget } from "./rollback-target.ts";
import { rollOut } from "./rollout.ts";
import { reasonsAgainst, unhealthyHosts } from "./unhealthy.ts";

/** Rolls a whole target back. @returns what came of it, as {@link deploy} does */
export async function rollback(request: RollbackRequest): Promise<Report> {
  const ledger = new Ledger(request);
  try {
    const { outcome, release } = await transaction(request, ledger);
    await afterFailure(request, ledger, outcome);
    return ledger.report(outcome, {
      release: release?.id,
      version: release?.version,
      commit: release?.commit,
      digest: release?.digest,
    });
  } finally {
    await forEachHost(request.members, ({ host }) => host.close());
  }
}

async function transaction(
  asked: RollbackRequest,
  ledger: Ledger,
): Promise<{ outcome: Outcome; release?: ReleaseOnHost | undefined }> {
  const found = await ledger.timed("survey", () => preflight(asked, ledger, () => ({}), { lock: true }));
  const fleet = found && (await recover(asked, found, ledger, () => ({})));
  if (!fleet) return { outcome: "refused" };
  ledger.fleet = fleet;
  // Without those that are away, as far as they may be.
  const request: RollbackRequest = { ...asked, members: fleet };
  ledger.warnings.push(...fleet.flatMap(warningsOf));
  ledger.troubles.push(...fleet.flatMap(findingsOf));
  ledger.failed(await preflightServers(fleet));
  if (ledger.troubles.length > 0) return { outcome: "refused" };

  warnReturned(found, ledger);
  const back = request.to === undefined ? takenBackTo(found, fleet) : undefined;
  if (back && (await reasonsAgainst(request, fleet, ledger)).size === 0) {
    // It is begun again then, and comes to the same release.
    if (ledger.failed(stillDrained(fleet))) return { outcome: "refused", release: back };
    await forgetReturned(fleet, ledger);
    return { outcome: "rolled-back", release: back };
  }

  const chosen = choose(request, fleet, ledger);
  if (!chosen) return { outcome: "refused" };
  const names = new Map([...chosen].map(([host, { id }]) => [host, id]));
  const release = chosen.get(fleet[0]!.host);
  if (!(await ledger.timed("verify", () => intact(request, fleet, names, ledger)))) return { outcome: "refused" };

  const crossed = await schemaCrossed(request, fleet, names, ledger);
  if (!crossed) return { outcome: "refused" };

  // One that stayed behind may run it already, and would be left as it is.
  const standing = fleet.filter(
    ({ host, facts }) => facts.live?.id === names.get(host) && request.restart === "changed",
  );
  const restartOn = new Set((await unhealthyHosts(request, standing, ledger)).map(({ host }) => host));

  const releaseOf = ({ host: on }: Participant) => names.get(on);
  if (!(await runHooks(request, ledger, "before-rollback", fleet, releaseOf))) return { outcome: "refused", release };
  const as = { after: "after-rollback", rollback: true } as const;
  const { end, kept } = await rollOut({ ...request, restartOn }, fleet, names, ledger, as);
  if (end !== "kept") return { outcome: end, release };
  ledger.crossed = crossed.length > 0;
  ledger.back = rollbackAfter(kept, names, { rollback: true });
  return { outcome: "rolled-back", release };
}

function choose(request: RollbackRequest, fleet: Participant[], ledger: Ledger): Map<Host, ReleaseOnHost> | undefined {
  try {
    return rollbackTarget(fleet, request.to);
  } catch (error) {
    ledger.failed([{ trouble: errorOf(error) }]);
    return undefined;
  }
}

/** Verified before the switch: by size, mtime and mode, hashing what differs. */
async function intact(request: RollbackRequest, fleet: Participant[], names: Names, ledger: Ledger): Promise<boolean> {
  const verify = async ({ host }: Participant) => {
    const release = names.get(host)!;
    const { changed, count, added } = await host.drift({ release, full: request.verifyFull });
    if (count === 0) {
      const said = addedSentence(host.name, release, { added });
      if (said) ledger.warnings.push(said);
      return added;
    }
    throw new Failure({
      what: `${formatCount(count, "file")} of ${release} changed since it was good`,
      where: { host: host.name, release },
      output: changed.slice(0, 20).join("\n"),
      remedy: "Deploy that commit again instead: its files are then verified and sent where they differ.",
      outcome: "refused",
    });
  };
  const settled = await forEachHost(fleet, (member) =>
    phase(
      request,
      ledger,
      member,
      "verify",
      () => verify(member),
      (added) =>
        added
          ? `as it was when it became good, and ${formatCount(added.count, "file")} more`
          : "as it was when it became good",
    ),
  );
  return !ledger.failed(settled.failed);
}
