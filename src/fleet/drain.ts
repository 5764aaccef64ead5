// A host leaves its load balancers before it is switched and returns afterwards. What they had of it is recorded on the host first: a run
// that is killed in between leaves that to the next one.
import type { Seat } from "../balancers/balancer.ts";
import { Failure } from "../failure.ts";
import type { Task } from "../progress.ts";
import { errorOf, forEachHost, type HostResults } from "./for-each-host.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import type { FleetRequest, Participant, Trouble } from "./request.ts";
import { turnsOf } from "./waves.ts";

/**
 * Asks every place in a balancer whether it can be taken and given back, before anything changes.
 *
 * @returns what is in the way, once each, with the hosts that it concerns
 */
export async function preflightServers(fleet: readonly Participant[]): Promise<{ trouble: Trouble }[]> {
  const found = new Map<string, { trouble: Trouble; hosts: string[] }>();
  const rehearse = async ({ host }: Participant, seat: Seat) => {
    try {
      await seat.rehearse();
    } catch (error) {
      const trouble = errorOf(error);
      const same = found.get(JSON.stringify(trouble));
      if (!same) found.set(JSON.stringify(trouble), { trouble, hosts: [host.name] });
      else if (!same.hosts.includes(host.name)) same.hosts.push(host.name);
    }
  };
  await Promise.all(fleet.flatMap((member) => (member.seats ?? []).map((seat) => rehearse(member, seat))));
  return [...found.values()].map(({ trouble, hosts }) => ({
    trouble: { ...trouble, where: { ...trouble.where, hosts: hosts.join(", ") } },
  }));
}

/** @throws Failure when a balancer does not let it go: what was taken until then is in the ledger, to be given back */
export async function drain(request: FleetRequest, member: Participant, ledger: Ledger): Promise<void> {
  const { seats = [], host } = member;
  if (seats.length === 0) return;
  const leaving = async () => {
    // What a killed run recorded is what there was before it: by now the balancer knows only what that run wanted.
    const recorded = new Map(member.facts.taken?.map(({ seat, had }) => [seat, had]));
    const taken = await Promise.all(
      seats.map(async (seat) => ({ seat, had: recorded.get(seat.name) ?? (await seat.look()) })),
    );
    ledger.taken.set(host, taken);
    await host.noteTaken([...recordOf(taken), ...foreign(member)]);
    // All of them, whatever happens to one: a place that is still being taken could not be given back for good.
    const failed = new AbortController();
    const signal = AbortSignal.any([failed.signal, ...(request.signal ? [request.signal] : [])]);
    const left = await Promise.allSettled(
      taken.map(({ seat, had }) =>
        seat.takeOut({ had, signal }).catch((error) => {
          failed.abort();
          throw error;
        }),
      ),
    );
    for (const one of left) if (one.status === "rejected") throw one.reason;
    for (const warning of left.flatMap((one) => (one.status === "fulfilled" && one.value.warnings) || []))
      if (!ledger.warnings.includes(warning)) ledger.warnings.push(warning);
    const cutOff = left.reduce((sum, one) => sum + (one.status === "fulfilled" ? one.value.cutOff : 0), 0);
    if (cutOff > 0)
      ledger.warnings.push(`${host.name}: ${cutOff} sessions had not ended when the time for draining was over`);
    return cutOff;
  };
  const said = (cutOff: number) => (cutOff === 0 ? "nobody uses it" : `${cutOff} sessions were cut off`);
  await phase(request, ledger, member, "drain", leaving, said);
}

/**
 * Finds out whether a host that has taken no part since it left its balancers still is this run's: should another one have it meanwhile,
 * its places are in that one's hands. @throws Failure when its connection, and the lock with it, is gone
 */
export async function proveLock(member: Participant, ledger: Ledger): Promise<void> {
  const taken = ledger.taken.get(member.host);
  if (taken) await member.host.noteTaken([...recordOf(taken), ...foreign(member)]);
}

const recordOf = (taken: readonly { seat: Seat; had: string }[]) =>
  taken.map(({ seat, had }) => ({ seat: seat.name, had }));

/** Gives back what {@link drain} took; nothing when it took nothing. @throws Failure when a balancer does not take it back */
export async function restore(request: FleetRequest, member: Participant, ledger: Ledger): Promise<void> {
  const taken = ledger.taken.get(member.host);
  if (!taken) return;
  const returning = async () => {
    const settled = await Promise.allSettled(taken.map(({ seat, had }) => seat.giveBack(had)));
    const left = taken.filter((_, n) => settled[n]?.status === "rejected");
    if (left.length === 0) ledger.taken.delete(member.host);
    else ledger.taken.set(member.host, left);
    if (left.length < taken.length) await member.host.noteTaken([...recordOf(left), ...foreign(member)]);
    for (const one of settled) if (one.status === "rejected") throw one.reason;
  };
  await phase(request, ledger, member, "undrain", returning, () => "in use again");
}

/** Places that a killed run took and that tarlift.yml does not name any more: {@link restoreLeft} tells of them. */
const foreign = ({ facts, seats = [] }: Participant) =>
  (facts.taken ?? []).filter(({ seat }) => !seats.some(({ name }) => name === seat));

/**
 * Does something to hosts that are to go back, and that people may be using: each leaves its balancers first, where they let it go, and
 * returns afterwards. Those whom nobody uses go first, so that there is somebody to take over from the others.
 *
 * @param serves whether balancers may send it requests now
 */
export async function inTurns(
  request: FleetRequest,
  members: readonly Participant[],
  ledger: Ledger,
  serves: (member: Participant) => boolean,
  work: (member: Participant) => Promise<unknown>,
): Promise<HostResults<Participant, void>> {
  const settled: HostResults<Participant, void> = { done: [], failed: [] };
  const hasSeats = members.some(({ seats = [] }) => seats.length > 0);
  for (const turn of hasSeats ? turnsOf(members, serves, request.waves, request.members.length) : [members]) {
    const { done, failed } = await forEachHost(turn, async (member) => {
      if (serves(member)) await leaveIfPossible(request, member, ledger);
      await work(member);
      await restore(request, member, ledger);
    });
    settled.done.push(...done);
    settled.failed.push(...failed);
  }
  return settled;
}

/** Going back does not wait for a balancer that does not play along. */
async function leaveIfPossible(request: FleetRequest, member: Participant, ledger: Ledger): Promise<void> {
  try {
    await drain(request, member, ledger);
  } catch (error) {
    const { what } = errorOf(error);
    ledger.warnings.push(`${member.host.name} goes back while it is in use: ${what}`);
  }
}

/**
 * Ends the switches that a killed run left armed for a host's places in balancers: none may come back while the host is put in order.
 * Those that have done so are taken no more. A balancer that cannot be asked is found out when its place is given back.
 */
export async function disarmLeft(member: Participant, ledger: Ledger): Promise<void> {
  const { host, seats = [], facts } = member;
  const left = facts.taken ?? [];
  const back = new Set<string>();
  const disarm = async (name: string) => {
    const seat = seats.find((one) => one.name === name);
    if (!(await seat?.disarm?.().catch(() => false))) return;
    back.add(name);
    ledger.warnings.push(`${host.name}: a run that was cut off had taken it out of ${name}; it came back by itself`);
  };
  await Promise.all(left.map(({ seat }) => disarm(seat)));
  if (back.size === 0) return;
  const taken = left.filter(({ seat }) => !back.has(seat));
  await host.noteTaken(taken);
  member.facts = { ...facts, taken };
}

/** What a killed run took of a host's places in balancers is given back. A place that is not in tarlift.yml any more is told. */
export async function restoreLeft(request: FleetRequest, member: Participant, ledger: Ledger): Promise<void> {
  const { host, seats = [] } = member;
  const left = member.facts.taken ?? [];
  if (left.length === 0) return;
  const giving = async (task: Task) => {
    const reasons: string[] = [];
    for (const { seat: name, had } of left) {
      const seat = seats.find((one) => one.name === name);
      try {
        if (seat) await seat.giveBack(had);
        else task.line(`${name} is no place of this host any more: it had been ${had}`);
      } catch (error) {
        // The others are tried all the same: each may be the one that sends it requests.
        reasons.push(`${name}: ${errorOf(error).what}`);
        continue;
      }
      ledger.warnings.push(
        seat
          ? `${host.name}: a run that was cut off had taken it out of ${name}; it is ${had} again`
          : `${host.name}: a run that was cut off had taken it out of ${name}, which tarlift.yml does not name any more; it had been ${had}: look there`,
      );
      // One after the other: this run may end before the next one is back.
      const taken = member.facts.taken?.filter(({ seat: one }) => one !== name) ?? [];
      await host.noteTaken(taken);
      member.facts = { ...member.facts, taken };
    }
    if (reasons.length > 0) throw new Failure({ what: reasons.join("; "), where: { host: host.name } });
  };
  try {
    await phase(request, ledger, member, "undrain", giving);
  } catch (error) {
    const { what } = errorOf(error);
    ledger.warnings.push(
      `${host.name}: what a run that was cut off took of balancers could not be given back: ${what}`,
    );
  }
}

/** Hosts that {@link restoreLeft} could not give back: where nothing else is done with them, they stay out of use. */
export const stillDrained = (fleet: readonly Participant[]): { member: Participant; trouble: Trouble }[] =>
  fleet
    .filter(({ facts }) => (facts.taken ?? []).length > 0)
    .map((member) => ({
      member,
      trouble: {
        host: member.host.name,
        what: `it is not back in its balancer: ${member.facts.taken!.map(({ seat }) => seat).join(", ")}`,
        remedy:
          "The warnings say why: mend the balancer, or the service that does not run. Then run the same command again, which gives the host back.",
      },
    }));
