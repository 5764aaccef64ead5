// A host leaves its load balancers before it is switched and returns afterwards. What they had of it is recorded on the host first: a run
// that is killed in between leaves that to the next one.
import type { BackendServer } from "../balancers/balancer.ts";
import { Failure } from "../failure.ts";
import type { Task } from "../progress.ts";
import { errorOf, forEachHost, type HostResults } from "./for-each-host.ts";
import type { Participant } from "./member.ts";
import type { ReportedError } from "./report.ts";
import type { RolloutPlan } from "./rollout.ts";
import type { Transaction } from "./transaction.ts";
import { turnsOf } from "./waves.ts";

/**
 * Asks every place in a balancer whether it can be taken and given back, before anything changes.
 *
 * @returns what is in the way, once each, with the hosts that it concerns
 */
export async function preflightServers(fleet: readonly Participant[]): Promise<{ trouble: ReportedError }[]> {
  const found = new Map<string, { trouble: ReportedError; hosts: string[] }>();
  const ask = async ({ host }: Participant, server: BackendServer) => {
    try {
      await server.preflight();
    } catch (error) {
      const trouble = errorOf(error);
      const same = found.get(JSON.stringify(trouble));
      if (!same) found.set(JSON.stringify(trouble), { trouble, hosts: [host.name] });
      else if (!same.hosts.includes(host.name)) same.hosts.push(host.name);
    }
  };
  await Promise.all(fleet.flatMap((member) => (member.backendServers ?? []).map((server) => ask(member, server))));
  return [...found.values()].map(({ trouble, hosts }) => ({
    trouble: { ...trouble, where: { ...trouble.where, hosts: hosts.join(", ") } },
  }));
}

/** @throws Failure when a balancer does not let it go: what was drained until then is noted, to be restored */
export async function drain(tx: Transaction, member: Participant): Promise<void> {
  const { backendServers = [], host } = member;
  if (backendServers.length === 0) return;
  const leaving = async () => {
    // What a killed run recorded is what there was before it: by now the balancer knows only what that run wanted.
    const recorded = new Map(member.facts.drained?.map(({ server, previous }) => [server, previous]));
    const taken = await Promise.all(
      backendServers.map(async (server) => ({ server, previous: recorded.get(server.name) ?? (await server.state()) })),
    );
    tx.setDrained(member, taken);
    await host.noteDrained([...recordOf(taken), ...foreign(member)]);
    // All of them, whatever happens to one: a server that is still being drained could not be restored for good.
    const failed = new AbortController();
    const signal = AbortSignal.any([failed.signal, ...(tx.signal ? [tx.signal] : [])]);
    const left = await Promise.allSettled(
      taken.map(({ server, previous }) =>
        server.drain({ previous, signal }).catch((error) => {
          failed.abort();
          throw error;
        }),
      ),
    );
    for (const one of left) if (one.status === "rejected") throw one.reason;
    const ended = left.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    for (const warning of ended.flatMap(({ warnings = [] }) => warnings)) tx.warn(warning);
    const cutOff = ended.reduce((sum, one) => sum + one.cutOff, 0);
    if (cutOff > 0) tx.warn(`${cutOff} sessions had not ended when the time for draining was over`, member);
    return cutOff;
  };
  const said = (cutOff: number) => (cutOff === 0 ? "nobody uses it" : `${cutOff} sessions were cut off`);
  await tx.phase("drain", member, leaving, said);
}

/**
 * Finds out whether a host that has taken no part since it was drained still is this run's: should another one have it meanwhile, its
 * servers are in that one's hands. @throws Failure when its connection, and the lock with it, is gone
 */
export async function proveLock(tx: Transaction, member: Participant): Promise<void> {
  const taken = tx.drained(member);
  if (taken) await member.host.noteDrained([...recordOf(taken), ...foreign(member)]);
}

const recordOf = (taken: readonly { server: BackendServer; previous: string }[]) =>
  taken.map(({ server, previous }) => ({ server: server.name, previous }));

/** Restores what {@link drain} drained; nothing when it drained nothing. @throws Failure when a balancer does not take it back */
export async function restore(tx: Transaction, member: Participant): Promise<void> {
  const taken = tx.drained(member);
  if (!taken) return;
  const returning = async () => {
    const settled = await Promise.allSettled(taken.map(({ server, previous }) => server.restore(previous)));
    const left = taken.filter((_, n) => settled[n]?.status === "rejected");
    tx.setDrained(member, left);
    if (left.length < taken.length) await member.host.noteDrained([...recordOf(left), ...foreign(member)]);
    for (const one of settled) if (one.status === "rejected") throw one.reason;
  };
  await tx.phase("undrain", member, returning, () => "in use again");
}

/** Servers that a killed run drained and that tarlift.yml does not name any more: {@link restoreLeft} tells of them. */
const foreign = ({ facts, backendServers = [] }: Participant) =>
  (facts.drained ?? []).filter(({ server }) => !backendServers.some(({ name }) => name === server));

/**
 * Does something to hosts that are to go back, and that may be in use: each is drained first, where its balancers let it go, and restored
 * afterwards. Hosts that serve nothing go first, so that they can take over from the others.
 *
 * @param of the hosts, and how many of all hosts may be out of service at once
 * @param serves whether balancers may send it requests now
 */
export async function inTurns(
  tx: Transaction,
  { hosts, waves, total }: Pick<RolloutPlan, "hosts" | "waves" | "total">,
  serves: (member: Participant) => boolean,
  work: (member: Participant) => Promise<unknown>,
): Promise<HostResults<Participant, void>> {
  const results: HostResults<Participant, void> = { done: [], failed: [] };
  const isBalanced = hosts.some(({ backendServers = [] }) => backendServers.length > 0);
  for (const turn of isBalanced ? turnsOf(hosts, serves, waves, total) : [hosts]) {
    const { done, failed } = await forEachHost(turn, async (member) => {
      if (serves(member)) await drainIfPossible(tx, member);
      await work(member);
      await restore(tx, member);
    });
    results.done.push(...done);
    results.failed.push(...failed);
  }
  return results;
}

/** Going back does not wait for a balancer that does not play along. */
async function drainIfPossible(tx: Transaction, member: Participant): Promise<void> {
  try {
    await drain(tx, member);
  } catch (error) {
    const { what } = errorOf(error);
    tx.warn(`${member.host.name} goes back while it is in use: ${what}`);
  }
}

/**
 * Ends the switches that a killed run left armed for a host's servers: none may come back while the host is put in order. Those that have
 * done so are drained no more. A balancer that cannot be asked is found out when its server is restored.
 */
export async function disarmLeft(tx: Transaction, member: Participant): Promise<void> {
  const { host, backendServers = [], facts } = member;
  const left = facts.drained ?? [];
  const back = new Set<string>();
  const disarm = async (name: string) => {
    const server = backendServers.find((one) => one.name === name);
    if (!(await server?.disarm?.().catch(() => false))) return;
    back.add(name);
    tx.warn(`a run that was cut off had taken it out of ${name}; it came back by itself`, member);
  };
  await Promise.all(left.map(({ server }) => disarm(server)));
  if (back.size === 0) return;
  const taken = left.filter(({ server }) => !back.has(server));
  await host.noteDrained(taken);
  member.facts = { ...facts, drained: taken };
}

/** What a killed run drained of a host's servers is restored. A server that is not in tarlift.yml any more is told. */
export async function restoreLeft(tx: Transaction, member: Participant): Promise<void> {
  const { host, backendServers = [] } = member;
  const left = member.facts.drained ?? [];
  if (left.length === 0) return;
  const giving = async (task: Task) => {
    const reasons: string[] = [];
    for (const { server: name, previous } of left) {
      const server = backendServers.find((one) => one.name === name);
      try {
        if (server) await server.restore(previous);
        else task.line(`${name} is no place of this host any more: it had been ${previous}`);
      } catch (error) {
        // The others are tried all the same: each may be the one that sends it requests.
        reasons.push(`${name}: ${errorOf(error).what}`);
        continue;
      }
      tx.warn(
        server
          ? `a run that was cut off had taken it out of ${name}; it is ${previous} again`
          : `a run that was cut off had taken it out of ${name}, which tarlift.yml does not name any more; it had been ${previous}: look there`,
        member,
      );
      // One after the other: this run may end before the next one is back.
      const taken = member.facts.drained?.filter(({ server: one }) => one !== name) ?? [];
      await host.noteDrained(taken);
      member.facts = { ...member.facts, drained: taken };
    }
    if (reasons.length > 0)
      throw new Failure({ code: "balancer-failed", what: reasons.join("; "), where: { host: host.name } });
  };
  try {
    await tx.phase("undrain", member, giving);
  } catch (error) {
    const { what } = errorOf(error);
    tx.warn(`what a run that was cut off took of balancers could not be given back: ${what}`, member);
  }
}

/** Hosts that {@link restoreLeft} could not give back: where nothing else is done with them, they stay out of use. */
export const stillDrained = (fleet: readonly Participant[]): { member: Participant; trouble: ReportedError }[] =>
  fleet
    .filter(({ facts }) => (facts.drained ?? []).length > 0)
    .map((member) => ({
      member,
      trouble: {
        host: member.host.name,
        code: "balancer-failed",
        what: `it is not back in its balancer: ${member.facts.drained!.map(({ server }) => server).join(", ")}`,
        remedy:
          "The warnings say why: mend the balancer, or the service that does not run. Then run the same command again, which gives the host back.",
      },
    }));
