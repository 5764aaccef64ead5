// In which order this fleet is switched: the hosts are asked which of them serve now, and waves.ts decides.

import { forEachHost } from "./for-each-host.ts";
import { healthOf } from "./health.ts";
import type { FleetRequest, Member, Participant, WavePlan } from "./request.ts";
import { rulesForSome, type Turn, wavesOf } from "./waves.ts";

/** Whether a switch of this host can be noticed: it runs services, or a balancer sends it requests. */
export const takesTurns = ({ services, seats = [] }: Member): boolean => services.length > 0 || seats.length > 0;

/** What decides each host's turn. A host that does not answer does not serve. */
export async function turnsOfFleet(request: FleetRequest, fleet: readonly Participant[]): Promise<Turn<Participant>[]> {
  // Which host serves now matters only where there is an order.
  if (request.waves === undefined || fleet.length === 1)
    return fleet.map((member) => ({ member, healthy: true, takesTurns: takesTurns(member) }));
  const serving = await servingHosts(request, fleet);
  return fleet.map((member) => ({ member, healthy: serving.has(member), takesTurns: takesTurns(member) }));
}

/** The request for hosts that are behind, while the others stay as they are. */
export async function rolloutForSome<R extends FleetRequest>(
  request: R,
  fleet: readonly Participant[],
  some: Participant[],
): Promise<R & { members: Participant[] }> {
  // As for a whole fleet: hosts without services count only where there are no others.
  const inTurn = fleet.some(takesTurns) ? fleet.filter(takesTurns) : fleet;
  const others = inTurn.filter((member) => !some.includes(member));
  if (request.waves === undefined || others.length === 0) return { ...request, members: some };
  const serving = await servingHosts(request, others);
  return { ...request, members: some, waves: rulesForSome(request.waves, inTurn.length, serving.size) };
}

/** Those that serve now: something is live there, its services run, and their health checks, asked once, say so. */
async function servingHosts(request: FleetRequest, fleet: readonly Participant[]): Promise<Set<Participant>> {
  const unproven = new Set<Participant>();
  const settled = await forEachHost(fleet, async (member) => {
    if (!member.facts.live) return false;
    const seen = await member.host.observe({ services: member.services, settle: false });
    if (seen.some(({ rung }) => rung === "none")) return false;
    const once = { ...member, health: onlyOnce(member.health) };
    await healthOf(request, once, member.facts.live.id, seen, () => unproven.add(member));
    return true;
  });
  const serving = settled.done.filter(({ value }) => value).map(({ member }) => member);
  // A check that is new says nothing of hosts that fail it, unless others pass it.
  const passed = new Set(serving.filter((one) => !unproven.has(one)).flatMap(({ health }) => Object.keys(health)));
  const fails = (member: Participant) =>
    unproven.has(member) && Object.keys(member.health).some((one) => passed.has(one));
  return new Set(serving.filter((member) => !fails(member)));
}

const onlyOnce = (health: Participant["health"]): Participant["health"] =>
  Object.fromEntries(Object.entries(health).map(([service, check]) => [service, { ...check, retries: 0 }]));

/**
 * The waves as a plan tells them.
 *
 * @returns undefined where the rules leave no order: a deploy says so itself
 */
export async function wavePlan(request: FleetRequest, fleet: readonly Participant[]): Promise<WavePlan | undefined> {
  const planned = wavesOf(await turnsOfFleet(request, fleet), request.waves);
  if ("problem" in planned) return undefined;
  const watch = request.waves?.watch ?? 0;
  const settling = planned.waves.map((wave) => Math.max(0, ...wave.flatMap(settlingOf)) + watch);
  return {
    waves: planned.waves.map((wave) => wave.map(({ host }) => host.name)),
    atLeast: settling.reduce((sum, seconds) => sum + seconds, 0),
  };
}

const settlingOf = ({ services }: Participant): number[] => services.map(({ settle }) => settle);
