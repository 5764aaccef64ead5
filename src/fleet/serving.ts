// The order in which the hosts of a fleet are activated: this file asks which hosts serve now, and waves.ts decides.

import { forEachHost } from "./for-each-host.ts";
import { healthOf } from "./health.ts";
import { type Member, type Participant, servicesOf } from "./member.ts";
import type { WavePlan } from "./report.ts";
import type { RolloutPlan } from "./rollout.ts";
import type { Transaction } from "./transaction.ts";
import { rulesForSome, type Turn, wavesOf } from "./waves.ts";

/** Whether users can notice an activation of this host: it runs services, or a balancer sends it requests. */
export const takesTurns = ({ services, backendServers = [] }: Member): boolean =>
  services.length > 0 || backendServers.length > 0;

/** What decides each host's turn. A host that does not answer does not serve. */
export async function turnsOfFleet(
  tx: Transaction,
  { hosts, waves }: Pick<RolloutPlan, "hosts" | "waves">,
): Promise<Turn<Participant>[]> {
  // Which hosts serve now matters only if there is an order.
  if (waves === undefined || hosts.length === 1)
    return hosts.map((member) => ({ member, healthy: true, takesTurns: takesTurns(member) }));
  const serving = await servingHosts(tx, hosts);
  return hosts.map((member) => ({ member, healthy: serving.has(member), takesTurns: takesTurns(member) }));
}

/** The plan for those hosts that are behind, while the others are not changed. */
export async function rolloutForSome(
  tx: Transaction,
  plan: RolloutPlan,
  some: readonly Participant[],
): Promise<RolloutPlan> {
  const { hosts, waves } = plan;
  // As for a whole fleet: hosts without services count only if there are no others.
  const inTurn = hosts.some(takesTurns) ? hosts.filter(takesTurns) : hosts;
  const others = inTurn.filter((member) => !some.includes(member));
  const narrowed = { ...plan, hosts: some, total: some.length };
  if (waves === undefined || others.length === 0) return narrowed;
  const serving = await servingHosts(tx, others);
  return { ...narrowed, waves: rulesForSome(waves, inTurn.length, serving.size) };
}

/** Hosts that serve now: a release is live, its services run, and their health checks, asked once, pass. */
async function servingHosts({ signal }: Transaction, hosts: readonly Participant[]): Promise<Set<Participant>> {
  const unproven = new Set<Participant>();
  const results = await forEachHost(hosts, async (member) => {
    if (!member.facts.live) return false;
    const seen = await member.host.observe({ services: servicesOf(member, member.facts.live.id), settle: false });
    if (seen.some(({ evidence }) => evidence === "none")) return false;
    const once = { ...member, health: onlyOnce(member.health) };
    await healthOf(once, member.facts.live.id, seen, { signal, warn: () => unproven.add(member) });
    return true;
  });
  const serving = results.done.filter(({ value }) => value).map(({ member }) => member);
  // A new check proves nothing about hosts that fail it, unless others pass it.
  const passed = new Set(serving.filter((one) => !unproven.has(one)).flatMap(({ health }) => Object.keys(health)));
  const fails = (member: Participant) =>
    unproven.has(member) && Object.keys(member.health).some((one) => passed.has(one));
  return new Set(serving.filter((member) => !fails(member)));
}

const onlyOnce = (health: Participant["health"]): Participant["health"] =>
  Object.fromEntries(Object.entries(health).map(([service, check]) => [service, { ...check, retries: 0 }]));

/**
 * The waves that a plan shows.
 *
 * @returns undefined if the rules leave no order: a deploy reports that itself
 */
export async function wavePlan(tx: Transaction, plan: RolloutPlan): Promise<WavePlan | undefined> {
  const planned = wavesOf(await turnsOfFleet(tx, plan), plan.waves);
  if ("problem" in planned) return undefined;
  const watch = plan.waves?.watch ?? 0;
  const settling = planned.waves.map((wave) => Math.max(0, ...wave.flatMap(settlingOf)) + watch);
  return {
    waves: planned.waves.map((wave) => wave.map(({ host }) => host.name)),
    atLeast: settling.reduce((sum, seconds) => sum + seconds, 0),
  };
}

const settlingOf = (member: Participant): number[] =>
  servicesOf(member, member.facts.incoming).map(({ settle }) => settle);
