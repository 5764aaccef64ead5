// The fleet transaction: all hosts new, or all hosts as they were.
import { activate } from "./activate.ts";
import { commit, precommit } from "./commit.ts";
import { healthOf } from "./health.ts";
import { runHooks } from "./hooks.ts";
import { Ledger } from "./ledger.ts";
import { mayGoOn, migrate, noteLeftMigrations } from "./migrate.ts";
import { phase } from "./phase.ts";
import { plan } from "./plan.ts";
import { cancelled, prepare } from "./prepare.ts";
import { repair } from "./repair.ts";
import { revert } from "./revert.ts";
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
  noteLeftMigrations(fleet, ledger);
  // Without those that are away, as far as they may be.
  const request: DeployRequest = { ...asked, members: fleet };

  const planned = await plan(request, fleet);
  const name = fleet[0]?.facts.coming;
  ledger.warnings.push(...planned.warnings);
  if (planned.decision === "refused") {
    ledger.troubles.push(...planned.troubles);
    return { outcome: "refused" };
  }
  if (planned.decision === "superseded") return superseded(fleet, planned.by, ledger);
  if (request.dryRun) return { outcome: "planned", name };
  if (planned.decision === "deploy") return bring(request, fleet, ledger);
  if (await runsWell(request, fleet, ledger)) return { outcome: "unchanged", name };
  return bring({ ...request, restart: "always" }, fleet, ledger);
}

/** What every host is asked about the release to come. */
export function wantedOf({ artifact, version }: Pick<DeployRequest, "artifact" | "version">) {
  return ({ configuration }: { configuration: Record<string, string> }) => ({ artifact, version, configuration });
}

/** From facts to a release that is live and good everywhere, or to nothing changed. */
export async function bring(request: DeployRequest, fleet: Surveyed[], ledger: Ledger): Promise<Ended> {
  const names = await ledger.timed("prepare", () => prepare(request, fleet, ledger));
  if (!names || !mayGoOn(request, ledger)) return { outcome: "refused" };
  if (ledger.failed(cancelled(request).map((trouble) => ({ trouble })))) return { outcome: "refused" };

  // The barrier: every host is prepared, and nothing has changed anywhere.
  return change(request, fleet, names, ledger);
}

async function change(request: DeployRequest, fleet: Surveyed[], names: Names, ledger: Ledger): Promise<Ended> {
  const name = names.get(fleet[0]!.host)!;
  const releaseOf = ({ host }: Surveyed) => names.get(host);
  const opening = await runHooks(request, "before-deploy", fleet, releaseOf);
  ledger.warnings.push(...opening.warnings);
  if (ledger.failed(opening.failed)) return { outcome: "refused", name };
  if (!(await ledger.timed("migrate", () => migrate(request, name, ledger)))) return { outcome: "reverted", name };

  const activation = await ledger.timed("activate", () => activate(request, fleet, names, ledger));
  const kept = fleet.filter((member) => !activation.behind.includes(member));
  // A run that was cancelled meanwhile goes back at once: hooks of a release that does not stay have nothing to say.
  let ok = activation.ok && !ledger.failed(cancelled(request).map((trouble) => ({ trouble })));
  if (ok) {
    const closing = await runHooks(request, "after-deploy", kept, releaseOf);
    ledger.warnings.push(...closing.warnings);
    ok = !ledger.failed([...closing.failed, ...cancelled(request).map((trouble) => ({ trouble }))]);
  }
  // A hook before the first switch, or a cancelled run: no host was touched, no schema either.
  if (activation.touched.length + activation.behind.length === 0 && !ledger.schemaAhead)
    return { outcome: "refused", name };
  if (!ok || !(await precommit(kept, ledger))) {
    return { outcome: await ledger.timed("revert", () => revert(request, activation.touched, names, ledger)), name };
  }
  await ledger.timed("commit", () => commit(request, kept, names, ledger, { rollback: false }));
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
