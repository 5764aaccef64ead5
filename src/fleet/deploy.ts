// The fleet transaction: all hosts new, or all hosts as they were.
import { activate } from "./activate.ts";
import { rehearseSeats, stillTaken } from "./balance.ts";
import { cancelled } from "./cancelled.ts";
import { conclude } from "./conclude.ts";
import { healthOf } from "./health.ts";
import { afterCommit, afterFailure, hooksPass } from "./hooks.ts";
import { Ledger } from "./ledger.ts";
import { hasMigrator, mayGoOn, migrate, migrates, noteLeftMigrations, schemaLeftBehind } from "./migrate.ts";
import { wavePlan } from "./order.ts";
import { phase } from "./phase.ts";
import { plan } from "./plan.ts";
import { prepare } from "./prepare.ts";
import { repair } from "./repair.ts";
import { wayBackFrom } from "./rollback-target.ts";
import { survey } from "./survey.ts";
import { together } from "./together.ts";
import type { DeployRequest, FleetRequest, Names, Outcome, Report, Surveyed } from "./types.ts";

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
    await together(request.members, ({ host }) => host.close());
  }
}

export type Ended = { outcome: Outcome; name?: string | undefined };

async function transaction(asked: DeployRequest, ledger: Ledger): Promise<Ended> {
  const wanted = wantedOf(asked);
  const found = await ledger.timed("survey", () => survey(asked, ledger, wanted, { lock: !asked.dryRun }));
  const fleet = found && !asked.dryRun ? await repair(asked, found, ledger, wanted) : found;
  if (!fleet) return { outcome: "refused" };
  ledger.fleet = fleet;
  const busy = fleet.find(({ facts }) => facts.running !== undefined);
  // What it is at is not what a run before this one left: nothing is said of it.
  if (busy)
    ledger.warnings.push(
      `${busy.host.name}: a run goes on there: ${busy.facts.running}; when it has ended, a plan may be another`,
    );
  else noteLeftMigrations(fleet, ledger);
  // Without those that are away, as far as they may be.
  const request: DeployRequest = { ...asked, members: fleet };

  const [planned, seats] = await Promise.all([plan(request, fleet), rehearseSeats(fleet)]);
  const name = fleet[0]?.facts.coming;
  ledger.warnings.push(...planned.warnings);
  if (planned.decision === "refused") {
    ledger.troubles.push(...planned.troubles);
    ledger.failed(seats);
    return { outcome: "refused" };
  }
  if (planned.decision === "superseded") return superseded(fleet, planned.by, ledger);
  if (planned.decision === "unchanged" && !request.dryRun && (await runsWell(request, fleet, ledger)))
    return { outcome: ledger.failed(stillTaken(fleet)) ? "refused" : "unchanged", name };
  if (ledger.failed(seats)) return { outcome: "refused" };
  if (request.dryRun) {
    ledger.order = await wavePlan(request, fleet);
    if (request.migrations && request.migrations.policy !== "ignore")
      ledger.warnings.push(
        "which migrations are pending is not part of this plan: they are listed by the release, once it is prepared on a host",
      );
    return { outcome: "planned", name };
  }
  if (planned.decision === "deploy") return bring(request, fleet, ledger);
  return bring({ ...request, restart: "always" }, fleet, ledger);
}

/** What every host is asked about the release to come. */
export function wantedOf({ artifact, version }: Pick<DeployRequest, "artifact" | "version">) {
  return ({ configuration }: { configuration: Record<string, string> }) => ({ artifact, version, configuration });
}

/** From facts to a release that is live and good everywhere, or to nothing changed. */
export async function bring(request: DeployRequest, fleet: Surveyed[], ledger: Ledger): Promise<Ended> {
  if (!hasMigrator(request, ledger)) return { outcome: "refused" };
  const names = await ledger.timed("prepare", () => prepare(request, fleet, ledger));
  if (!names || !mayGoOn(request, ledger)) return { outcome: "refused" };
  if (cancelled(request, ledger)) return { outcome: "refused" };

  // The barrier: every host is prepared, and nothing has changed anywhere.
  return change(request, fleet, names, ledger);
}

async function change(request: DeployRequest, fleet: Surveyed[], names: Names, ledger: Ledger): Promise<Ended> {
  const name = names.get(fleet[0]!.host)!;
  const releaseOf = ({ host }: Surveyed) => names.get(host);
  if (!(await hooksPass(request, ledger, "before-deploy", fleet, releaseOf))) return { outcome: "refused", name };
  if (migrates(request, ledger)) {
    if (!(await hooksPass(request, ledger, "before-migrate", fleet, releaseOf))) return { outcome: "refused", name };
    // The last moment at which nothing has changed.
    if (cancelled(request, ledger)) return { outcome: "refused", name };
    if (!(await ledger.timed("migrate", () => migrate(request, names, ledger)))) return { outcome: "reverted", name };
    if (!(await hooksPass(request, ledger, "after-migrate", fleet, releaseOf))) return { outcome: "reverted", name };
  }

  const crossed = await schemaLeftBehind(request, fleet, names, ledger);
  const activation = await ledger.timed("activate", () => activate(request, fleet, names, ledger));
  const kept = fleet.filter((member) => !activation.behind.includes(member));
  // A run that was cancelled meanwhile goes back at once: hooks of a release that does not stay have nothing to say.
  let ok = activation.ok && !cancelled(request, ledger);
  if (ok) ok = await hooksPass(request, ledger, "after-deploy", kept, releaseOf);
  const end = await conclude(request, fleet, { ...activation, ok }, names, ledger, { rollback: false });
  if (end !== "kept") return { outcome: end, name };
  await afterCommit(request, ledger, kept, releaseOf);
  ledger.crossed = crossed;
  ledger.back = wayBackFrom(kept, names, { rollback: false });
  return { outcome: "deployed", name };
}

function superseded(fleet: Surveyed[], by: string, ledger: Ledger): Ended {
  ledger.warnings.push(
    `superseded: the live commit ${by.slice(0, 12)} descends from this one (--allow-older deploys it)`,
  );
  return { outcome: "superseded", name: fleet[0]?.facts.live?.id };
}

/** `unchanged` is said only of services that run and answer; anything else is deployed anew, which restarts them. */
export async function runsWell(request: FleetRequest, fleet: Surveyed[], ledger: Ledger): Promise<boolean> {
  const settled = await ledger.timed("verify", () =>
    together(fleet, (member) =>
      phase(request, ledger, member, "verify", async () => {
        const services = await member.host.observe({ services: member.services, settle: true });
        const bad = services.find(({ rung }) => rung === "none");
        if (bad) return `${bad.service}: ${bad.detail}`;
        ledger.services(member, await healthOf(request, member, member.facts.live!.id, services));
        return undefined;
      }),
    ),
  );
  const reasons = [
    ...settled.done.map(({ member, value }) => value && `${member.host.name}: ${value}`),
    ...settled.failed.map(({ trouble }) => `${trouble.host}: ${trouble.what}`),
  ].filter((reason) => reason !== undefined);
  for (const reason of reasons) ledger.warnings.push(`the release is live already, but ${reason}; it is started anew`);
  return reasons.length === 0;
}
