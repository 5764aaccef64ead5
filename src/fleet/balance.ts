// A host leaves its load balancers before it is switched and returns afterwards. What they had of it is recorded on the host first: a run
// that is killed in between leaves that to the next one.
import type { Task } from "../report/progress.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import { troubleOf } from "./together.ts";
import type { FleetRequest, Surveyed } from "./types.ts";

/** @throws Failure when a balancer does not let it go: what was taken until then has been given back */
export async function leaveBalancers(request: FleetRequest, member: Surveyed, ledger: Ledger): Promise<void> {
  const { seats = [] } = member;
  if (seats.length === 0) return;
  const leaving = async () => {
    const had = await Promise.all(seats.map((seat) => seat.look()));
    ledger.taken.set(
      member.host,
      seats.map((seat, n) => ({ seat, had: had[n]! })),
    );
    await member.host.noteTaken(seats.map(({ name: seat }, n) => ({ seat, had: had[n]! })));
    const left = await Promise.all(seats.map((seat) => seat.takeOut({ signal: request.signal })));
    const cutOff = left.reduce((sum, one) => sum + one.cutOff, 0);
    if (cutOff > 0)
      ledger.warnings.push(`${member.host.name}: ${cutOff} sessions had not ended when the time for draining was over`);
    return cutOff;
  };
  const said = (cutOff: number) => (cutOff === 0 ? "nobody uses it" : `${cutOff} sessions were cut off`);
  await phase(request, ledger, member, "drain", leaving, said);
}

/** Gives back what {@link leaveBalancers} took; nothing when it took nothing. @throws Failure when a balancer does not take it back */
export async function returnToBalancers(request: FleetRequest, member: Surveyed, ledger: Ledger): Promise<void> {
  const taken = ledger.taken.get(member.host);
  if (!taken) return;
  const returning = async () => {
    const settled = await Promise.allSettled(taken.map(({ seat, had }) => seat.giveBack(had)));
    for (const one of settled) if (one.status === "rejected") throw one.reason;
    ledger.taken.delete(member.host);
    await member.host.noteTaken([]);
  };
  await phase(request, ledger, member, "undrain", returning, () => "in use again");
}

/** What a killed run took of a host's places in balancers is given back. A place that is not in tarlift.yml any more is told. */
export async function giveBackLeft(request: FleetRequest, member: Surveyed, ledger: Ledger): Promise<void> {
  const { host, seats = [] } = member;
  const left = member.facts.taken ?? [];
  if (left.length === 0) return;
  const giving = async (task: Task) => {
    for (const { seat: name, had } of left) {
      const seat = seats.find((one) => one.name === name);
      if (seat) await seat.giveBack(had);
      else task.line(`${name} is no place of this host any more: it had been ${had}`);
      ledger.warnings.push(
        seat
          ? `${host.name}: a run that was cut off had taken it out of ${name}; it is ${had} again`
          : `${host.name}: a run that was cut off had taken it out of ${name}, which tarlift.yml does not name any more; it had been ${had}: look there`,
      );
    }
    await host.noteTaken([]);
  };
  try {
    await phase(request, ledger, member, "undrain", giving);
  } catch (error) {
    const { what } = troubleOf(error);
    ledger.warnings.push(
      `${host.name}: what a run that was cut off took of balancers could not be given back: ${what}`,
    );
  }
}
