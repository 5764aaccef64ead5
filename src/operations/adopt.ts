// A running application becomes the first good release of a target: every host is examined, and the application is
// moved only if no host has findings. Not a transaction: each host's move is complete by itself, and running it again
// finishes the others.

import { errorOf, forEachHost } from "../fleet/for-each-host.ts";
import { healthOf } from "../fleet/health.ts";
import type { Member, Participant } from "../fleet/member.ts";
import { lockedCode, lockedWords } from "../fleet/preflight.ts";
import { servicesOfMember } from "../fleet/recorded-services.ts";
import type { ReportedError } from "../fleet/report.ts";
import type { FleetRequest } from "../fleet/request.ts";
import type { Adoption, ServiceEvidence } from "../host/host.ts";
import { during } from "../progress.ts";
import type { ADOPTION_OUTCOMES } from "./outcomes.ts";

export interface AdoptionRequest
  extends Pick<FleetRequest, "app" | "target" | "members" | "deployId" | "owner" | "waitForLock" | "progress"> {
  /** The directory of the running application, the same on all hosts; left out: `current`. */
  from?: string | undefined;
  /** The file that holds its configuration, absolute or relative to that directory. */
  envFile?: string | undefined;
  /** Directories of programs in a release, relative to it, for `PATH`: `.venv/bin`. */
  programs: string[];
  /** Otherwise only a plan is made and nothing changes. */
  apply: boolean;
  /** Names a release whose commit is unknown. */
  now: Date;
}

export interface HostAdoption {
  name: string;
  adoption: Adoption;
  /** Its present or future release name. */
  release: string;
  /** The evidence about services after the move. */
  services: ServiceEvidence[];
  /** Problems that would make a first deploy fail, or a rollback to this release. */
  warnings: string[];
}

export interface AdoptionReport {
  outcome: (typeof ADOPTION_OUTCOMES)[number];
  app: string;
  target: string;
  hosts: HostAdoption[];
  errors: ReportedError[];
}

/** Plans the move on all hosts and, if requested, does it. */
export async function adopt(request: AdoptionRequest): Promise<AdoptionReport> {
  const report = (outcome: AdoptionReport["outcome"], hosts: HostAdoption[], errors: ReportedError[]) => ({
    outcome,
    app: request.app,
    target: request.target,
    hosts,
    errors,
  });
  const looked = await forEachHost(request.members, (member) => look(request, member));
  const found = looked.done.map(({ value }) => value);
  const planned = found.map((one) => one.planned);
  const errors = [...looked.failed.map(({ error }) => error), ...found.flatMap((one) => one.errors)];
  if (errors.length > 0) return report("refused", planned, errors);
  if (!request.apply) return report("planned", planned, []);
  const waiting = found.filter(({ planned: { adoption } }) => !adoption.adopted);
  const moved = await forEachHost(waiting, (member) => move(request, member, member.planned));
  const done = moved.done.map(({ value }) => value);
  return report(
    moved.failed.length > 0 ? "failed" : "adopted",
    planned.map((host) => done.find(({ name }) => name === host.name) ?? host),
    moved.failed.map(({ error }) => error),
  );
}

type Looked = Participant & { planned: HostAdoption; errors: ReportedError[] };

async function look(request: AdoptionRequest, member: Member): Promise<Looked> {
  const { host, layout, services, shared } = member;
  const lock = request.apply ? { wait: request.waitForLock, owner: request.owner } : undefined;
  const nothing = { directories: [], files: [] };
  // Shared paths are looked for in the application's present directory.
  const facts = await host.facts({ layout, services, shared: nothing, lock, adopting: true });
  const errors: ReportedError[] = [];
  if (facts.lockedBy !== undefined) {
    errors.push({ host: host.name, code: lockedCode(facts), what: lockedWords(facts) });
  } else if (facts.deployLock !== undefined) {
    const remedy = `When it is over: tarlift unlock ${request.target}`;
    errors.push({ host: host.name, code: "deploys-locked", what: `deploys are locked: ${facts.deployLock}`, remedy });
  }
  const { from, envFile } = request;
  const recorded = servicesOfMember(member);
  const adoption = await during(
    request.progress,
    `${host.name}: look`,
    () => host.adopt({ services, recorded, shared, from, envFile }),
    (found) => found.from ?? found.release ?? "nothing to adopt",
  );
  errors.push(...adoption.findings.map((finding) => ({ host: host.name, ...finding })));
  const later = facts.findings.map(
    ({ what, remedy }) => `before the first deploy: ${what}${remedy ? ` (${remedy})` : ""}`,
  );
  const planned: HostAdoption = {
    name: host.name,
    adoption,
    release: adoption.release ?? nameOf(adoption, request.now),
    services: [],
    warnings: [...later, ...facts.warnings, ...elsewhere(adoption, layout.root)],
  };
  return { ...member, facts, planned, errors };
}

/** `adopted-<commit>`: the name shows its origin as long as it is listed beside releases. */
export function nameOf({ commit }: Pick<Adoption, "commit">, now: Date): string {
  return `adopted-${commit?.slice(0, 12) ?? now.toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;
}

/** Services that work in another directory would never notice a deploy. */
function elsewhere({ from, services }: Adoption, root: string): string[] {
  return services
    .filter(({ directory }) => directory !== undefined && from !== undefined && !`${directory}/`.startsWith(`${from}/`))
    .map(
      ({ name, directory }) =>
        `before the first deploy: ${name} works in ${directory}, and not in the application's directory (let it work in ${root}/current)`,
    );
}

async function move(request: AdoptionRequest, member: Participant, planned: HostAdoption): Promise<HostAdoption> {
  const { host, services, shared } = member;
  const { release, warnings } = planned;
  const { from, envFile, programs, deployId: transaction } = request;
  const as = { release, commit: planned.adoption.commit, transaction, programs };
  const adoption = await during(
    request.progress,
    `${host.name}: adopt`,
    () => host.adopt({ services, recorded: servicesOfMember(member), shared, from, envFile, as }),
    () => release,
  );
  const seen = await host.observe({ services, settle: false });
  try {
    return { ...planned, adoption, services: await healthAsAdopted(member, release, seen) };
  } catch (error) {
    const { what } = errorOf(error);
    return { ...planned, adoption, services: seen, warnings: [...warnings, `a rollback to it would fail: ${what}`] };
  }
}

/** As a rollback to it will check, but without retries: its health must be as it was a moment ago. */
function healthAsAdopted(
  member: Participant,
  release: string,
  services: ServiceEvidence[],
): Promise<ServiceEvidence[]> {
  const health = Object.entries(member.health).map(([service, one]) => [service, { ...one, retries: 0 }] as const);
  const facts = { ...member.facts, releases: [{ id: release, version: release, state: "good" as const }] };
  return healthOf({ ...member, facts, health: Object.fromEntries(health) }, release, services, {});
}
