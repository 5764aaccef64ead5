// The fleet transaction: all hosts new, or all hosts as they were.

import { cancelled } from "./cancelled.ts";
import { preflightServers, stillDrained } from "./drain.ts";
import { forEachHost } from "./for-each-host.ts";
import { foreseeRecovery } from "./foresee-recovery.ts";
import { actionOf, afterFailure, runHooks } from "./hooks.ts";
import { Ledger } from "./ledger.ts";
import { hasMigrator, mayGoOn, migrate, migrates, schemaLeftBehind } from "./migrate.ts";
import { plan } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { prepare } from "./prepare.ts";
import { recover } from "./recover.ts";
import type { DeployRequest, Names, Outcome, Participant, Report } from "./request.ts";
import { rollbackAfter } from "./rollback-target.ts";
import { rollOut } from "./rollout.ts";
import { wavePlan } from "./serving.ts";
import { unhealthyHosts } from "./unhealthy.ts";

/**
 * Deploys an artifact to every member of a fleet.
 *
 * @returns what came of it; whatever goes wrong on a host is in the report
 * @throws only what is a defect of Tarlift
 */
export async function deploy(request: DeployRequest): Promise<Report> {
  const ledger = new Ledger(request);
  const release = {
    version: request.version,
    commit: request.artifact.release.commit.id,
    digest: request.artifact.releaseDigest,
  };
  try {
    const { outcome, name } = await transaction(request, ledger);
    if (!request.dryRun) await afterFailure(request, ledger, outcome);
    return ledger.report(outcome, { ...release, release: name });
  } finally {
    await forEachHost(request.members, ({ host }) => host.close());
  }
}

export type Ended = { outcome: Outcome; name?: string | undefined };

async function transaction(asked: DeployRequest, ledger: Ledger): Promise<Ended> {
  const wanted = wantedOf(asked);
  const found = await ledger.timed("survey", () => preflight(asked, ledger, wanted, { lock: !asked.dryRun }));
  const fleet = found && (asked.dryRun ? foreseeRecovery(found, ledger) : await recover(asked, found, ledger, wanted));
  if (!fleet) return { outcome: "refused" };
  ledger.fleet = fleet;
  // Without those that are away, as far as they may be.
  const request: DeployRequest = { ...asked, members: fleet };

  const [planned, seats] = await Promise.all([plan(request, fleet), preflightServers(fleet)]);
  const name = fleet[0]?.facts.coming;
  ledger.warnings.push(...planned.warnings);
  if (planned.decision === "refused") {
    ledger.troubles.push(...planned.troubles);
    ledger.failed(seats);
    return { outcome: "refused" };
  }
  if (planned.decision === "superseded") return superseded(request, fleet, planned.by, ledger);
  // Those that have the release already, and would be left as they are.
  const standing = fleet.filter(({ facts }) => facts.unchanged && request.restart === "changed" && !request.dryRun);
  const bad = await unhealthyHosts(request, standing, ledger);
  if (planned.decision === "unchanged" && !request.dryRun && bad.length === 0)
    return { outcome: ledger.failed(stillDrained(fleet)) ? "refused" : "unchanged", name };
  if (ledger.failed(seats)) return { outcome: "refused" };
  if (request.dryRun) {
    ledger.order = await wavePlan(request, fleet);
    if (request.migrations && request.migrations.policy !== "ignore")
      ledger.warnings.push(
        "which migrations are pending is not part of this plan: they are listed by the release, once it is prepared on a host",
      );
    return { outcome: "planned", name };
  }
  if (planned.decision === "unchanged") return bring({ ...request, restart: "always" }, fleet, ledger);
  return bring({ ...request, restartOn: new Set(bad.map(({ host }) => host)) }, fleet, ledger);
}

/** What every host is asked about the release to come. */
export function wantedOf({ artifact, version }: Pick<DeployRequest, "artifact" | "version">) {
  return ({ configuration }: { configuration: Record<string, string> }) => ({ artifact, version, configuration });
}

/** From facts to a release that is live and good everywhere, or to nothing changed. */
export async function bring(request: DeployRequest, fleet: Participant[], ledger: Ledger): Promise<Ended> {
  if (!hasMigrator(request, ledger)) return { outcome: "refused" };
  const names = await ledger.timed("prepare", () => prepare(request, fleet, ledger));
  if (!names || !mayGoOn(request, ledger)) return { outcome: "refused" };
  if (cancelled(request, ledger)) return { outcome: "refused" };

  // The barrier: every host is prepared, and nothing has changed anywhere.
  return change(request, fleet, names, ledger);
}

async function change(request: DeployRequest, fleet: Participant[], names: Names, ledger: Ledger): Promise<Ended> {
  const name = names.get(fleet[0]!.host)!;
  const releaseOf = ({ host }: Participant) => names.get(host);
  if (!(await runHooks(request, ledger, "before-deploy", fleet, releaseOf))) return { outcome: "refused", name };
  if (migrates(request, ledger)) {
    if (!(await runHooks(request, ledger, "before-migrate", fleet, releaseOf))) return { outcome: "refused", name };
    // The last moment at which nothing has changed.
    if (cancelled(request, ledger)) return { outcome: "refused", name };
    if (!(await ledger.timed("migrate", () => migrate(request, names, ledger)))) return { outcome: "reverted", name };
    if (!(await runHooks(request, ledger, "after-migrate", fleet, releaseOf))) return { outcome: "reverted", name };
  }

  // Hosts that are brought along to what the others run cross nothing, and a rollback would take the others with them.
  const whole = actionOf(request) === "deploy";
  const crossed = whole && (await schemaLeftBehind(request, fleet, names, ledger));
  const { end, kept } = await rollOut(request, fleet, names, ledger, { after: "after-deploy", rollback: false });
  if (end !== "kept") return { outcome: end, name };
  if (whole) {
    ledger.deployed({ crossed });
    ledger.back = rollbackAfter(kept, names, { rollback: false });
  }
  return { outcome: "deployed", name };
}

/** Not said while a host is out of use: then it is no good end. */
function superseded({ dryRun }: DeployRequest, fleet: Participant[], by: string, ledger: Ledger): Ended {
  ledger.warnings.push(
    `superseded: the live commit ${by.slice(0, 12)} descends from this one (--allow-older deploys it)`,
  );
  const out = !dryRun && ledger.failed(stillDrained(fleet));
  return { outcome: out ? "refused" : "superseded", name: fleet[0]?.facts.live?.id };
}
