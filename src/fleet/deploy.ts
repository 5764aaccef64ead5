// A deploy: one release on all hosts of a fleet, or every host as it was.

import { rollOut } from "./commit-or-revert.ts";
import { preflightServers, stillDrained } from "./drain.ts";
import { afterFailure, hookScope, runHooks } from "./hooks.ts";
import type { Participant } from "./member.ts";
import { hasMigrator, mayGoOn, migrate, migrates, schemaLeftBehind } from "./migrate.ts";
import { plan } from "./plan.ts";
import { preflight, type Wanted } from "./preflight.ts";
import { prepare } from "./prepare.ts";
import { recover } from "./recover.ts";
import { foreseeRecovery } from "./recovery-plan.ts";
import type { Outcome, Report } from "./report.ts";
import type { DeployRequest } from "./request.ts";
import { rollbackAfter } from "./rollback-target.ts";
import { type Incoming, type IncomingPlan, type Rollout, releaseOnLeader } from "./rollout.ts";
import { wavePlan } from "./serving.ts";
import { Transaction } from "./transaction.ts";
import { unhealthyHosts } from "./unhealthy.ts";

/**
 * Deploys an artifact to every member of a fleet.
 *
 * @returns the report, with whatever failed on a host
 * @throws only for a defect of Tarlift
 */
export async function deploy(request: DeployRequest): Promise<Report> {
  const tx = new Transaction("deploy", request);
  const { artifact, version } = request;
  const release = { version, commit: artifact.release.commit.id, digest: artifact.releaseDigest };
  try {
    const { outcome, name } = await deployTo(tx, request);
    if (!request.dryRun) await afterFailure(tx, outcome, request);
    return tx.report(outcome, { ...release, release: name });
  } finally {
    await tx.close();
  }
}

/** The outcome, and the name of the release on the leader. */
export type Ended = { outcome: Outcome; name?: string | undefined };

async function deployTo(tx: Transaction, request: DeployRequest): Promise<Ended> {
  const { dryRun } = request;
  const wanted = wantedOf(request);
  const found = await tx.part("preflight", () => preflight(tx, tx.members, wanted, { lock: !dryRun }));
  const fleet = found && (dryRun ? foreseeRecovery(tx, found) : await recover(tx, found, wanted));
  if (!fleet) return { outcome: "refused" };
  tx.participants = fleet;

  const [planned, servers] = await Promise.all([plan(request, fleet), preflightServers(fleet)]);
  const name = tx.leader?.facts.incoming;
  for (const warning of planned.warnings) tx.warn(warning);
  if (planned.decision === "refused") {
    for (const error of planned.errors) tx.error(error);
    tx.recordFailures(servers);
    return { outcome: "refused" };
  }
  if (planned.decision === "superseded") return superseded(tx, planned.by, { dryRun });
  // Hosts that have the release already and would not be changed.
  const standing = fleet.filter(({ facts }) => facts.unchanged && request.restart === "changed" && !dryRun);
  const unhealthy = await unhealthyHosts(tx, standing);
  const unchanged = planned.decision === "unchanged";
  if (unchanged && !dryRun && unhealthy.length === 0)
    return { outcome: tx.recordFailures(stillDrained(fleet)) ? "refused" : "unchanged", name };
  if (tx.recordFailures(servers)) return { outcome: "refused" };
  const rollout = deployPlan(request, fleet);
  if (dryRun) return dryRunOf(tx, rollout, name);
  return prepareAndActivate(
    tx,
    unchanged
      ? { ...rollout, restart: "always" }
      : { ...rollout, restartOn: new Set(unhealthy.map(({ host }) => host)) },
  );
}

const deployPlan = (request: DeployRequest, fleet: readonly Participant[]): IncomingPlan => ({
  hosts: fleet,
  total: fleet.length,
  waves: request.waves,
  restart: request.restart,
  recordAs: { rollback: false },
  lastHook: "after-deploy",
  incoming: request,
});

/** What every host is asked about the incoming release. */
export function wantedOf({ artifact, version }: Incoming): Wanted {
  return ({ configuration }) => ({ artifact, version, configuration });
}

async function dryRunOf(tx: Transaction, rollout: IncomingPlan, name: string | undefined): Promise<Ended> {
  tx.planned(await wavePlan(tx, rollout));
  const { migrations } = rollout.incoming;
  if (migrations && migrations.policy !== "ignore")
    tx.warn(
      "which migrations are pending is not part of this plan: they are listed by the release, once it is prepared on a host",
    );
  return { outcome: "planned", name };
}

/** From a plan to a release that is live and healthy on all hosts, or to nothing changed. */
export async function prepareAndActivate(tx: Transaction, rollout: IncomingPlan): Promise<Ended> {
  if (!hasMigrator(tx, rollout)) return { outcome: "refused" };
  const names = await tx.part("prepare", () => prepare(tx, rollout));
  if (!names || !mayGoOn(tx, rollout)) return { outcome: "refused" };
  if (tx.stopped()) return { outcome: "refused" };

  // The barrier: every host is prepared, and nothing has changed on any.
  return activatePrepared(tx, { ...rollout, names });
}

async function activatePrepared(tx: Transaction, rollout: Rollout & IncomingPlan): Promise<Ended> {
  const name = releaseOnLeader(rollout);
  const scope = hookScope(rollout);
  if (!(await runHooks(tx, "before-deploy", scope))) return { outcome: "refused", name };
  if (migrates(tx, rollout)) {
    if (!(await runHooks(tx, "before-migrate", scope))) return { outcome: "refused", name };
    // The last moment at which nothing has changed.
    if (tx.stopped()) return { outcome: "refused", name };
    if (!(await tx.part("migrate", () => migrate(tx, rollout)))) return { outcome: "reverted", name };
    if (!(await runHooks(tx, "after-migrate", scope))) return { outcome: "reverted", name };
  }

  // Hosts that a converge brings to the others' release cross no migrations, and a rollback would include the other
  // hosts.
  const whole = tx.kind === "deploy";
  const crossed = whole && (await schemaLeftBehind(tx, rollout));
  const { end, kept } = await rollOut(tx, rollout);
  if (end !== "kept") return { outcome: end, name };
  if (whole) {
    tx.schema.kept({ crossed });
    tx.leadsBack(rollbackAfter(kept, rollout.names, { rollback: false }));
  }
  return { outcome: "deployed", name };
}

/** Not used while a host is out of use: that is not a success. */
function superseded(tx: Transaction, by: string, { dryRun }: { dryRun: boolean }): Ended {
  tx.warn(`superseded: the live commit ${by.slice(0, 12)} descends from this one (--allow-older deploys it)`);
  const out = !dryRun && tx.recordFailures(stillDrained(tx.participants));
  return { outcome: out ? "refused" : "superseded", name: tx.leader?.facts.live?.id };
}
