// Every touched host goes back to its own previous release; a host that had none goes back to none.
import { Failure } from "../failure.ts";
import type { Task } from "../report/progress.ts";
import { goingBack } from "./balance.ts";
import { healthOf } from "./health.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import { takeBack } from "./take-back.ts";
import { troubleOf } from "./together.ts";
import type { FleetRequest, HostOutcome, Names, Surveyed } from "./types.ts";

/**
 * Takes all touched hosts back, also when the run was cancelled.
 *
 * @returns `reverted` when each of them runs what it ran before; `split` when not: the ledger says where each host stands
 */
export async function revert(
  request: FleetRequest,
  touched: readonly Surveyed[],
  names: Names,
  ledger: Ledger,
): Promise<"reverted" | "split"> {
  const restarts = (member: Surveyed) =>
    member.facts.live?.id !== names.get(member.host) && !isUntouched(ledger.host(member));
  // One that failed has not returned to its balancers: nobody uses it.
  const serves = (member: Surveyed) => restarts(member) && !ledger.taken.has(member.host);
  const settled = await goingBack(request, touched, ledger, serves, async (member) => {
    const release = names.get(member.host)!;
    const before = member.facts.live?.id;
    // Its turn had not come: a restart would be all that it got.
    if (before !== release && !restarts(member)) return;
    const reverting = async (task: Task) => {
      const reverted = await takeBack(request, member, release, task).catch(async (error) => {
        await lookAgain(member, ledger);
        throw error;
      });
      ledger.swapped(member, reverted.release, reverted);
      if (reverted.release !== before) throw takenOver(member, reverted.release);
      const bad = before === undefined ? [] : reverted.services.filter(({ rung }) => rung === "none");
      if (bad.length > 0) {
        throw new Failure({
          what: `the services did not come back with ${before}`,
          where: { host: member.host.name },
          output: bad.map(({ service, detail }) => `${service}: ${detail}`).join("\n"),
          remedy: "Look at this host now: the link is back, its services are not.",
        });
      }
    };
    const back = () => (before ? `back to ${before}` : "back to no release");
    await phase(request, ledger, member, "revert", reverting, back);
    if (before !== undefined) await healthAfter(member, before, ledger);
  });
  return ledger.failed(settled.failed) ? "split" : "reverted";
}

const isUntouched = ({ live, before, unknown }: HostOutcome): boolean => live === before && !unknown;

/** It has not come back: how far it came is asked and not guessed, perhaps the link is back and a service is not. */
async function lookAgain(member: Surveyed, ledger: Ledger): Promise<void> {
  const { host, place, services, shared } = member;
  const facts = host.lost ? undefined : await host.facts({ place, services, shared }).catch(() => undefined);
  const seen = facts && (await host.observe({ services, settle: false }).catch(() => []));
  ledger.swapped(member, facts?.live?.id, seen && { services: seen });
}

/** Another run, or a person, has been there since our connection broke. */
function takenOver({ host, facts }: Surveyed, live: string | undefined): Failure {
  return new Failure({
    what: `${live ?? "nothing"} is live there meanwhile, and ${facts.live?.id ?? "nothing"} was before`,
    where: { host: host.name },
    remedy: "Somebody else has changed this host since: it is left as it is.",
  });
}

/** The old release is back and runs: that it does not answer (perhaps it did not before either) is told, and changes no outcome. */
async function healthAfter(member: Surveyed, before: string, ledger: Ledger): Promise<void> {
  try {
    const services = ledger.host(member).services;
    ledger.services(member, await healthOf({ signal: undefined }, member, before, services));
  } catch (error) {
    const trouble = troubleOf(error, member.host.name);
    ledger.failed([{ trouble: { ...trouble, what: `after the revert, ${trouble.what}` } }]);
  }
}
