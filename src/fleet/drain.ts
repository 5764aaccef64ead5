// Drains a host from its load balancers before its activation and restores it afterwards. The previous states of its
// servers are recorded on the host first: if the run is killed in between, the next run restores them.
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
 * Asks every balancer whether its servers can be drained and restored, before anything changes.
 *
 * @returns the obstacles, each once, with the hosts that it concerns
 */
export async function preflightServers(fleet: readonly Participant[]): Promise<{ error: ReportedError }[]> {
  const found = new Map<string, { error: ReportedError; hosts: string[] }>();
  const ask = async ({ host }: Participant, server: BackendServer) => {
    try {
      await server.preflight();
    } catch (thrown) {
      const error = errorOf(thrown);
      const same = found.get(JSON.stringify(error));
      if (!same) found.set(JSON.stringify(error), { error, hosts: [host.name] });
      else if (!same.hosts.includes(host.name)) same.hosts.push(host.name);
    }
  };
  await Promise.all(fleet.flatMap((member) => (member.backendServers ?? []).map((server) => ask(member, server))));
  return [...found.values()].map(({ error, hosts }) => ({
    error: { ...error, where: { ...error.where, hosts: hosts.join(", ") } },
  }));
}

/** @throws Failure when a balancer refuses to drain it; servers drained until then are recorded, to be restored */
export async function drain(tx: Transaction, member: Participant): Promise<void> {
  const { backendServers = [], host } = member;
  if (backendServers.length === 0) return;
  const leaving = async () => {
    // The state that a killed run recorded is the real previous state: the balancer now has only the state that this
    // run set.
    const recorded = new Map(member.facts.drained?.map(({ server, previous }) => [server, previous]));
    const taken = await Promise.all(
      backendServers.map(async (server) => ({ server, previous: recorded.get(server.name) ?? (await server.state()) })),
    );
    tx.setDrained(member, taken);
    await host.noteDrained([...recordOf(taken), ...foreign(member)]);
    // Waits for all servers, even if one fails: a server that is still being drained could not be restored for good.
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
  const said = (cutOff: number) => (cutOff === 0 ? "no sessions are left" : `${cutOff} sessions were cut off`);
  await tx.phase("drain", member, leaving, said);
}

/**
 * Checks that a host that was idle since it was drained is still locked by this run: if another run has locked it
 * meanwhile, its servers belong to that run. @throws Failure when its connection, and the lock with it, is gone
 */
export async function proveLock(tx: Transaction, member: Participant): Promise<void> {
  const taken = tx.drained(member);
  if (taken) await member.host.noteDrained([...recordOf(taken), ...foreign(member)]);
}

const recordOf = (taken: readonly { server: BackendServer; previous: string }[]) =>
  taken.map(({ server, previous }) => ({ server: server.name, previous }));

/** Restores what {@link drain} drained, if anything. @throws Failure when a balancer refuses */
export async function restore(tx: Transaction, member: Participant): Promise<void> {
  const taken = tx.drained(member);
  if (!taken) return;
  const returning = async () => {
    const results = await Promise.allSettled(taken.map(({ server, previous }) => server.restore(previous)));
    const left = taken.filter((_, n) => results[n]?.status === "rejected");
    tx.setDrained(member, left);
    if (left.length < taken.length) await member.host.noteDrained([...recordOf(left), ...foreign(member)]);
    for (const one of results) if (one.status === "rejected") throw one.reason;
  };
  await tx.phase("restore", member, returning, () => "in use again");
}

/** Servers that a killed run drained and that tarlift.yml no longer names: {@link restoreLeft} reports them. */
const foreign = ({ facts, backendServers = [] }: Participant) =>
  (facts.drained ?? []).filter(({ server }) => !backendServers.some(({ name }) => name === server));

/**
 * Does work on hosts that are to be reverted and may be in use: each is drained first, if its balancers allow it, and
 * restored afterwards. Hosts that serve nothing go first, so that they can take over from the others.
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

/** A revert does not wait for a balancer that refuses to drain. */
async function drainIfPossible(tx: Transaction, member: Participant): Promise<void> {
  try {
    await drain(tx, member);
  } catch (error) {
    const { what } = errorOf(error);
    tx.warn(`${member.host.name} is reverted while it is in use: ${what}`);
  }
}

/**
 * Disarms the auto-restores that a killed run left for a host's servers: none may fire while the host is recovered.
 * Servers that were restored already are no longer drained. A balancer that cannot be asked is reported when its server
 * is restored.
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

/** Restores the servers of a host that a killed run drained. A server that tarlift.yml no longer names is reported. */
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
        // The others are still attempted: each may be the one that sends the host requests.
        reasons.push(`${name}: ${errorOf(error).what}`);
        continue;
      }
      tx.warn(
        server
          ? `a run that was cut off had taken it out of ${name}; it is ${previous} again`
          : `a run that was cut off had taken it out of ${name}, which tarlift.yml does not name any more; it had been ${previous}: look there`,
        member,
      );
      // One after the other: this run may end before the next server is restored.
      const taken = member.facts.drained?.filter(({ server: one }) => one !== name) ?? [];
      await host.noteDrained(taken);
      member.facts = { ...member.facts, drained: taken };
    }
    if (reasons.length > 0)
      throw new Failure({ code: "balancer-failed", what: reasons.join("; "), where: { host: host.name } });
  };
  try {
    await tx.phase("restore", member, giving);
  } catch (error) {
    const { what } = errorOf(error);
    tx.warn(`servers that an interrupted run drained could not be restored: ${what}`, member);
  }
}

/** Hosts that {@link restoreLeft} could not restore: unless something else is done with them, they stay out of use. */
export const stillDrained = (fleet: readonly Participant[]): { member: Participant; error: ReportedError }[] =>
  fleet
    .filter(({ facts }) => (facts.drained ?? []).length > 0)
    .map((member) => ({
      member,
      error: {
        host: member.host.name,
        code: "balancer-failed",
        what: `it is not back in its balancer: ${member.facts.drained!.map(({ server }) => server).join(", ")}`,
        remedy:
          "The warnings say why: repair the balancer, or the service that does not run. Then run the same command again, which restores the host's servers.",
      },
    }));
