// A host is switched to a release: swap, restart, verify, health. Every host that this has begun to touch is one that a failure must
// take back.

import { Failure } from "../failure.ts";
import type { ServiceEvidence } from "../host/host.ts";
import type { Task } from "../progress.ts";
import { cancelledWords } from "../stop-reason.ts";
import { cancelled } from "./cancelled.ts";
import { drain, restore } from "./drain.ts";
import { errorOf, forEachHost } from "./for-each-host.ts";
import { explained, healthOf, Unhealthy } from "./health.ts";
import { runHooks } from "./hooks.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import type { FleetRequest, Names, Participant, Trouble } from "./request.ts";
import { isDown, revert } from "./revert.ts";
import { takesTurns, turnsOfFleet } from "./serving.ts";
import { watch } from "./watch.ts";
import { waveProblem, wavesOf } from "./waves.ts";

export interface Activation {
  /** Hosts that may have changed, whether or not their activation succeeded; those that stay behind are not among them. */
  touched: Participant[];
  /** Hosts that failed, went back by themselves and keep their old release: no more than the rules allow. */
  behind: Participant[];
  ok: boolean;
}

/**
 * Activates a fleet wave by wave, stopping at the first that fails. `names`: the release's name on each host.
 *
 * @returns how far it came; never rejects: what was touched must go back, whatever was thrown
 */
export async function activate(
  request: ActivationRequest,
  fleet: readonly Participant[],
  names: Names,
  ledger: Ledger,
): Promise<Activation> {
  const activation: Activation = { touched: [], behind: [], ok: false };
  try {
    activation.ok = await activateAll(request, fleet, names, ledger, activation);
  } catch (error) {
    ledger.failed([{ trouble: errorOf(error) }]);
  }
  return activation;
}

/** @returns whether all of it went well; `activation` has how far it came */
async function activateAll(
  request: ActivationRequest,
  fleet: readonly Participant[],
  names: Names,
  ledger: Ledger,
  activation: Activation,
): Promise<boolean> {
  const turns = await turnsOfFleet(request, fleet);
  // Where no host takes turns, the rules are about all of them.
  const inTurn = fleet.some(takesTurns) ? fleet.filter(takesTurns) : fleet;
  const healthy = new Set(turns.filter((one) => one.healthy).map(({ member }) => member));
  const planned = wavesOf(turns, request.waves);
  if ("problem" in planned) {
    ledger.failed([{ trouble: { what: planned.problem, remedy: "Change `waves` of the target." } }]);
    return false;
  }
  for (const [n, wave] of planned.waves.entries()) {
    if (cancelled(request, ledger)) return false;
    // What was switched serves, and so does what has gone back and did before.
    const serving = new Set([...healthy, ...activation.touched].filter((member) => inTurn.includes(member)));
    const problem = waveProblem(wave, serving, request.waves, inTurn.length);
    if (problem) {
      ledger.failed([{ trouble: { what: problem } }]);
      return false;
    }
    // A host that serves and goes first, by itself, is there to tell what the release is like.
    const canary = n === 0 && request.waves?.canary && wave.some((member) => healthy.has(member));
    const mayFail = canary ? 0 : (request.waves?.maxFailures ?? 0);
    if (!(await activateWave({ ...request, fleet, wave, mayFail }, names, ledger, activation))) return false;
    const seconds = request.waves?.watch ?? 0;
    // The last one is watched as well: what was switched is on trial until the end.
    if (seconds > 0 && !(await watch(request, activation.touched, names, seconds, ledger))) return false;
    if (n < planned.waves.length - 1) request.progress.notice(`wave ${n + 1} of ${planned.waves.length} is through`);
  }
  if (activation.touched.length === 0) {
    ledger.failed([{ trouble: { what: "no host took the release" } }]);
    return false;
  }
  return true;
}

/** A transaction, and whether it is recorded as one that goes to a release which was good before. */
export type ActivationRequest = FleetRequest & { rollback: boolean; converge?: boolean | undefined };

/** One wave of a fleet, and how many hosts may have failed after it. */
type WaveRequest = ActivationRequest & { fleet: readonly Participant[]; wave: readonly Participant[]; mayFail: number };

async function activateWave(
  request: WaveRequest,
  names: Names,
  ledger: Ledger,
  activation: Activation,
): Promise<boolean> {
  const { fleet, wave } = request;
  const releaseOf = ({ host }: Participant) => names.get(host);
  // Who leads when one wave is looked at: the first that is still with us.
  const among = () => fleet.filter((member) => !activation.behind.includes(member));
  if (!(await runHooks(request, ledger, "before-activate", wave, releaseOf, among()))) return false;
  activation.touched.push(...wave);
  const settled = await forEachHost(wave, async (member) => {
    const release = names.get(member.host)!;
    // Where nothing is restarted, no host has to leave; one that could not be given back is out, and returns in the same way.
    const out = (member.facts.taken ?? []).length > 0;
    if (member.facts.live?.id !== release || restartFor(request, member) === "always" || out) {
      await drain(request, member, ledger);
      if (request.signal?.aborted)
        throw new Failure({ what: cancelledWords(request.signal), where: { host: member.host.name } });
    }
    await switchTo(request, member, release, ledger);
    await restore(request, member, ledger);
  });
  if (settled.failed.length > 0 && !(await leaveBehind(request, settled.failed, names, ledger, activation)))
    return false;
  if (cancelled(request, ledger)) return false;
  const done = settled.done.map(({ member }) => member);
  return runHooks(request, ledger, "after-activate", done, releaseOf, among());
}

/** As many as the rules allow go back by themselves, and the others go on. @returns false when these are too many, or one does not go back */
async function leaveBehind(
  request: WaveRequest,
  failed: readonly { member: Participant; trouble: Trouble }[],
  names: Names,
  ledger: Ledger,
  activation: Activation,
): Promise<boolean> {
  const members = failed.map(({ member }) => member);
  if (activation.behind.length + failed.length > request.mayFail || request.signal?.aborted) {
    ledger.failed([...failed]);
    return false;
  }
  const told = ledger.troubles.length;
  const end = await revert(request, members, names, ledger);
  if (end !== "reverted" || members.some((member) => isDown(ledger.host(member)))) {
    // Why they failed comes before what became of their way back.
    ledger.troubles.splice(told, 0, ...failed.map(({ trouble }) => trouble));
    return false;
  }
  activation.behind.push(...members);
  activation.touched = activation.touched.filter((member) => !members.includes(member));
  for (const { member, trouble } of failed) {
    const { host, facts } = member;
    ledger.host(member).behind = true;
    ledger.warnings.push(
      `${host.name} stays behind with ${facts.live?.id ?? "no release"}: ${trouble.what}${trouble.output ? ` (${trouble.output.split("\n")[0]})` : ""}`,
    );
  }
  return true;
}

const restartFor = ({ restart, restartOn }: FleetRequest, { host }: Participant): FleetRequest["restart"] =>
  restartOn?.has(host) ? "always" : restart;

/** @throws Failure when the host does not run the release, or does not run it well */
async function switchTo(
  request: ActivationRequest,
  member: Participant,
  release: string,
  ledger: Ledger,
): Promise<void> {
  ledger.swapped(member, undefined, undefined);
  const activating = async (task: Task) => {
    const activated = await member.host
      .activate(
        {
          release,
          expected: member.facts.live?.id,
          services: member.services,
          transaction: request.deployId,
          restart: restartFor(request, member),
          rollback: request.rollback,
          converge: request.converge,
          ...(request.switch ? { switch: request.switch.after } : {}),
        },
        task,
      )
      .catch((error) => withReadOnlyRemedy(member, error));
    ledger.swapped(member, release, activated);
    ledger.settled(member, activated.settling);
    ledger.warnings.push(...activated.warnings.map((warning) => `${member.host.name}: ${warning}`));
    const bad = activated.services.filter(({ rung }) => rung === "none");
    if (bad.length > 0) throw notRunning(member, release, bad);
    return activated.services;
  };
  const started = await phase(request, ledger, member, "activate", activating, summary);
  if (Object.keys(member.health).length === 0) return;
  const verifying = () =>
    healthOf(request, member, release, started, ledger.warnOnce).catch((error) => withLog(member, error));
  ledger.services(member, await phase(request, ledger, member, "verify", verifying, summary));
}

/** What is not healthy, with what its own log says of it where that can be read: the answer itself seldom says why. */
async function withLog(member: Participant, error: unknown): Promise<never> {
  const services = member.services.filter(({ name }) => error instanceof Unhealthy && error.service === name);
  const seen = await member.host.observe({ services, settle: false, log: true }).catch(() => []);
  if (!(error instanceof Unhealthy)) throw error;
  const log = seen[0]?.log?.trim();
  if (!log) throw error;
  const { output, remedy } = explained(error, log);
  const remedies = [remedy, readOnlyRemedy(member.facts, output ?? "")];
  throw new Failure({ ...error, output, remedy: remedies.filter(Boolean).join("\n") || undefined });
}

function notRunning(member: Participant, release: string, bad: ServiceEvidence[]): Failure {
  return new Failure({
    what: `${bad.map(({ service }) => service).join(", ")} does not run the release`,
    where: { host: member.host.name, release },
    output: bad.map(({ service, detail }) => `${service}: ${detail}`).join("\n"),
    remedy: [
      "The service's own log says why it does not stay up.",
      readOnlyRemedy(member.facts, bad.map(({ detail, log }) => `${detail}\n${log ?? ""}`).join("\n")),
    ]
      .filter(Boolean)
      .join("\n"),
  });
}

/** A service that did not come up says why in its log, which may be that it cannot write. */
function withReadOnlyRemedy(member: Participant, error: unknown): never {
  const more = error instanceof Failure ? readOnlyRemedy(member.facts, error.output ?? "") : undefined;
  if (!(error instanceof Failure) || more === undefined) throw error;
  throw new Failure({ ...error, remedy: [error.remedy, more].filter(Boolean).join("\n") });
}

const DENIED = /read-?only|permission denied|PermissionError|EACCES|EROFS|operation not permitted/i;

/** Where a service says that it may not write, and files have no write permission: what programs trip over that copy one with its mode. */
function readOnlyRemedy({ readOnlyBecause }: Participant["facts"], said: string): string | undefined {
  if (readOnlyBecause === undefined || !DENIED.test(said)) return undefined;
  return `Files of a release are read-only (0444) on this host: ${readOnlyBecause}. A program that copies one with its mode (shutil.copy, fs.copyFile, cp) gets a copy that it cannot write: give the copy a mode of its own, or let the service run as another user (\`run-as\`).`;
}

const summary = (services: readonly ServiceEvidence[]): string =>
  services.map(({ service, rung, detail }) => `${service}: ${detail || rung}`).join("; ");
