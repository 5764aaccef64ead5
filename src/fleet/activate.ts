// A host is switched to a release: swap, restart, verify, health. Every host that this has begun to touch is one that a failure must
// take back.
import { Failure } from "../failure.ts";
import type { ServiceEvidence } from "../host/types.ts";
import type { Task } from "../report/progress.ts";
import { checkHealth } from "./health.ts";
import { runHooks } from "./hooks.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import { cancelled } from "./prepare.ts";
import { together } from "./together.ts";
import type { FleetRequest, Names, Surveyed } from "./types.ts";

export interface Activation {
  /** Hosts that may have changed, whether or not their activation succeeded. */
  touched: Surveyed[];
  ok: boolean;
}

/** Activates all hosts at once, or one by one, stopping at the first that fails. `names`: the release's name on each host. */
export async function activate(
  request: FleetRequest,
  fleet: readonly Surveyed[],
  names: Names,
  ledger: Ledger,
): Promise<Activation> {
  const touched: Surveyed[] = [];
  const waves = request.activate === "one-by-one" ? fleet.map((member) => [member]) : [fleet];
  for (const wave of waves) {
    if (ledger.failed(cancelled(request).map((trouble) => ({ trouble })))) return { touched, ok: false };
    if (!(await activateWave(request, wave, names, ledger, touched))) return { touched, ok: false };
  }
  return { touched, ok: true };
}

async function activateWave(
  request: FleetRequest,
  wave: readonly Surveyed[],
  names: Names,
  ledger: Ledger,
  touched: Surveyed[],
): Promise<boolean> {
  const releaseOf = ({ host }: Surveyed) => names.get(host);
  const before = await runHooks(request, "before-activate", wave, releaseOf);
  ledger.warnings.push(...before.warnings);
  if (ledger.failed(before.failed)) return false;
  touched.push(...wave);
  const settled = await together(wave, (member) => switchTo(request, member, names.get(member.host)!, ledger));
  if (ledger.failed(settled.failed)) return false;
  const after = await runHooks(request, "after-activate", wave, releaseOf);
  ledger.warnings.push(...after.warnings);
  return !ledger.failed(after.failed);
}

/** @throws Failure when the host does not run the release, or does not run it well */
async function switchTo(request: FleetRequest, member: Surveyed, release: string, ledger: Ledger): Promise<void> {
  ledger.swapped(member, undefined, undefined);
  const activating = async (task: Task) => {
    const activated = await member.host.activate(
      {
        release,
        expected: member.facts.live?.id,
        services: member.services,
        transaction: request.deployId,
        restart: request.restart,
      },
      task,
    );
    ledger.swapped(member, release, activated);
    ledger.warnings.push(...activated.warnings.map((warning) => `${member.host.name}: ${warning}`));
    const bad = activated.services.filter(({ rung }) => rung === "none");
    if (bad.length > 0) throw notRunning(member, release, bad);
    return activated.services;
  };
  const started = await phase(request, ledger, member, "activate", activating, summary);
  if (Object.keys(member.health).length === 0) return;
  const verifying = () => healthOf(request, member, release, started);
  ledger.services(member, await phase(request, ledger, member, "verify", verifying, summary));
}

/**
 * Health of all services that have a check, all at once.
 *
 * @returns the services' reports, with what health has proven beside them
 * @throws Failure of the first service that is not healthy
 */
export async function healthOf(
  request: Pick<FleetRequest, "signal">,
  member: Surveyed,
  release: string,
  services: ServiceEvidence[],
): Promise<ServiceEvidence[]> {
  const checked = await Promise.allSettled(
    Object.entries(member.health).map(async ([service, health]) => {
      const healthy = await checkHealth(member.host, service, health, release, { signal: request.signal });
      return { service, healthy };
    }),
  );
  for (const result of checked) if (result.status === "rejected") throw result.reason;
  return services.map((report) => {
    const found = checked.find((result) => result.status === "fulfilled" && result.value.service === report.service);
    if (found?.status !== "fulfilled") return report;
    const { proven, status } = found.value.healthy;
    return {
      ...report,
      rung: proven ? "release-header" : report.rung,
      detail: `${report.detail}, answers ${status}${proven ? " as this release" : ""}`,
    };
  });
}

function notRunning(member: Surveyed, release: string, bad: ServiceEvidence[]): Failure {
  return new Failure({
    what: `${bad.map(({ service }) => service).join(", ")} does not run the release`,
    where: { host: member.host.name, release },
    output: bad.map(({ service, detail }) => `${service}: ${detail}`).join("\n"),
    remedy: "The service's own log says why it does not stay up.",
  });
}

const summary = (services: readonly ServiceEvidence[]): string =>
  services.map(({ service, rung, detail }) => `${service}: ${detail || rung}`).join("; ");
