// What runs on which host, and what is not as expected. Nothing changes, and no lock is taken.

import { forEachHost } from "../fleet/for-each-host.ts";
import { checkHealth, notAsDeployed, provesNothing, Unhealthy } from "../fleet/health.ts";
import type { Member, Participant } from "../fleet/member.ts";
import { checkOf } from "../fleet/recorded-services.ts";
import { asVerified } from "../fleet/release-drift.ts";
import type { ReportedError } from "../fleet/report.ts";
import type { FleetRequest } from "../fleet/request.ts";
import type { Drift, ReleaseOnHost, ServiceEvidence } from "../host/host.ts";

export interface ServiceStatus extends ServiceEvidence {
  ok: boolean;
  /** The result of its health check, if it has one. */
  health?: string;
}

export interface HostStatus {
  name: string;
  /** The host could not be asked: what it runs is not known. */
  unknown?: boolean;
  release: ReleaseOnHost | undefined;
  previous: string | undefined;
  services: ServiceStatus[];
  drift: Drift;
  /** The message of `tarlift lock`, while deploys are locked. */
  deployLock?: string | undefined;
  /** The run that holds the lock now, which explains `open` and `taken`. */
  running?: string | undefined;
  /** This release is unfinished: its run is in progress, or was interrupted. */
  open?: string | undefined;
  /** Backend servers that a run has drained, and not restored. */
  taken?: string[] | undefined;
  error?: ReportedError | undefined;
}

export interface FleetStatus {
  app: string;
  target: string;
  hosts: HostStatus[];
  /** The same release is live on every host. False if nothing was ever deployed. */
  uniform: boolean;
  /**
   * Every host has a release, and no interrupted run left anything; everything that could be checked (services, health
   * checks, files) is as expected.
   */
  healthy: boolean;
}

const NO_DRIFT: Drift = { changed: [], count: 0 };

/** @param options.verifyFull hash every file of the live releases */
export async function status(
  request: Pick<FleetRequest, "app" | "target" | "members">,
  options: { verifyFull: boolean },
): Promise<FleetStatus> {
  const results = await forEachHost(request.members, (member) => statusOf(member, options));
  const hosts = request.members.map((member): HostStatus => {
    const done = results.done.find((one) => one.member === member);
    if (done) return done.value;
    const error = results.failed.find((one) => one.member === member)?.error;
    const { name } = member.host;
    return { name, unknown: true, release: undefined, previous: undefined, services: [], drift: NO_DRIFT, error };
  });
  return {
    app: request.app,
    target: request.target,
    hosts,
    uniform:
      new Set(hosts.map(({ release }) => release && (release.digest ?? release.id))).size === 1 &&
      hosts.every(({ release, error }) => release && !error),
    healthy: hosts.every(
      ({ release, error, services, drift, ...host }) =>
        release !== undefined && !error && !isLeft(host) && asVerified(drift) && services.every(({ ok }) => ok),
    ),
  };
}

/** An interrupted run left it unfinished, or drained. */
const isLeft = ({ running, open, taken }: Pick<HostStatus, "running" | "open" | "taken">): boolean =>
  running === undefined && (open !== undefined || taken !== undefined);

async function statusOf(member: Member, options: { verifyFull: boolean }): Promise<HostStatus> {
  const { host, layout, services: wanted, shared } = member;
  const facts = await host.facts({ layout, services: wanted, shared });
  const release = facts.live;
  const known = {
    name: host.name,
    release,
    previous: facts.previous?.id,
    deployLock: facts.deployLock,
    running: facts.running,
    open: facts.open?.release,
    ...(facts.drained?.length ? { taken: facts.drained.map(({ server }) => server) } : {}),
  };
  if (!release) {
    // What prevents deploys to the host explains more than that it has no release.
    const [found] = facts.findings;
    return { ...known, services: [], drift: NO_DRIFT, ...(found ? { error: { host: host.name, ...found } } : {}) };
  }
  const services = await Promise.all(
    (await host.observe({ services: wanted, settle: false })).map((service) =>
      withHealth({ ...member, facts }, service, release),
    ),
  );
  return { ...known, services, drift: await host.drift({ release: release.id, full: options.verifyFull }) };
}

/** One request, no retries: status reports the current state. */
async function withHealth(member: Participant, seen: ServiceEvidence, release: ReleaseOnHost): Promise<ServiceStatus> {
  const service = { ...seen, ok: seen.evidence !== "none" };
  const health = member.health[service.service];
  if (!health || service.evidence === "absent") return service;
  try {
    const { status: answered, proven } = await checkHealth(
      member.host,
      service.service,
      { ...health, retries: 0 },
      { release: release.id, adopted: release.digest === undefined },
    );
    return { ...service, health: `${answered}${proven ? ", names this release" : ""}` };
  } catch (error) {
    if (error instanceof Unhealthy && provesNothing(checkOf(member, release.id, service.service, health), error))
      return { ...service, detail: `${service.detail}; ${notAsDeployed(release.id, error)}` };
    return { ...service, ok: false, health: error instanceof Error ? error.message.split("\n")[0]! : String(error) };
  }
}
