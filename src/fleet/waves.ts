// The order in which hosts are activated, and how many at once: a pure decision on what is known before the first
// activation.

/** A number of hosts, or a part of the whole fleet: `2`, `25%`. */
export type Share = number | string;

export interface WaveRules {
  /** One healthy host first, alone. */
  canary: boolean;
  /** Maximum number of hosts of a wave. */
  size: Share;
  /** Minimum number of hosts that stay in service at any time. */
  minHealthy: Share;
  /** Maximum number of hosts that may stay behind with their old release before the whole fleet reverts. */
  maxFailures: number;
  /** Seconds for which all activated hosts are watched after each wave. */
  watch: number;
}

export type Waves<M> = { waves: M[][] } | { problem: string };

/** What decides a host's turn. */
export interface Turn<M> {
  member: M;
  /** It serves now. */
  healthy: boolean;
  /** It runs a service, or is behind a balancer. */
  takesTurns: boolean;
}

/**
 * Orders a fleet: the canary, then the hosts whose activation is not noticed, in one wave, then the hosts that serve no
 * requests now, then the others in waves. As many of the healthy hosts stay in service at any time as the rules demand,
 * and at least one if there are two.
 *
 * @param rules left out: all at once
 * @returns the waves; or why no order follows the rules
 */
export function wavesOf<M>(fleet: readonly Turn<M>[], rules: WaveRules | undefined): Waves<M> {
  if (rules === undefined) return { waves: [fleet.map(({ member }) => member)] };
  const serving = fleet.filter(({ takesTurns }) => takesTurns);
  // If no host takes turns, the rules were written for exactly these hosts.
  if (serving.length === 0) return servingWaves(fleet, rules);
  const planned = servingWaves(serving, rules);
  if ("problem" in planned) return planned;
  const idle = fleet.filter(({ takesTurns }) => !takesTurns).map(({ member }) => member);
  const canaries = rules.canary ? 1 : 0;
  return { waves: [...planned.waves.slice(0, canaries), idle, ...planned.waves.slice(canaries)].filter(hasAny) };
}

function servingWaves<M>(fleet: readonly Turn<M>[], rules: WaveRules): Waves<M> {
  const healthy = fleet.filter((one) => one.healthy).map(({ member }) => member);
  const unhealthy = fleet.filter((one) => !one.healthy).map(({ member }) => member);
  const size = sizeOf(rules, fleet.length);
  // A single host cannot stay in service; it must be activated at some point.
  const stay = stayOf(rules, fleet.length);
  // Once the others are activated, they serve as well.
  if (healthy.length > 0 && stay >= fleet.length)
    return { problem: `min-healthy keeps ${stay} of ${fleet.length} hosts in service, which leaves none to switch` };
  const atOnce = Math.min(size, Math.max(1, fleet.length - stay));
  const canary = rules.canary && healthy.length > stay ? healthy.splice(0, 1) : [];
  // These hosts serve no users: they do not wait for each other, only for a canary, which none of them can be.
  const first = rules.canary && canary.length === 0 ? unhealthy.splice(0, 1) : [];
  return { waves: [canary, first, ...batches(unhealthy, size), ...batches(healthy, atOnce)].filter(hasAny) };
}

/**
 * Orders hosts for a revert: first all hosts that serve no requests, together, then the others, as many at a time as
 * the rules allow to be out of service.
 *
 * @param hosts of the whole fleet
 */
export function turnsOf<M>(
  members: readonly M[],
  serves: (member: M) => boolean,
  rules: WaveRules | undefined,
  hosts: number,
): M[][] {
  const serving = members.filter(serves);
  const idle = members.filter((member) => !serving.includes(member));
  const atOnce = rules ? Math.min(sizeOf(rules, hosts), Math.max(1, hosts - stayOf(rules, hosts))) : hosts;
  return [idle, ...batches(serving, atOnce)].filter(hasAny);
}

/**
 * Why a wave may not begin: hosts that should be in service by now have failed, and the wave would drain those that
 * still serve.
 *
 * @param serving hosts that serve now, including those of the wave
 * @param hosts of the whole fleet
 * @returns undefined: it may
 */
export function waveProblem<M>(
  wave: readonly M[],
  serving: ReadonlySet<M>,
  rules: WaveRules | undefined,
  hosts: number,
): string | undefined {
  const out = wave.filter((member) => serving.has(member)).length;
  const left = serving.size - out;
  if (rules === undefined || out === 0 || left >= stayOf(rules, hosts)) return undefined;
  return `${left} of ${hosts} hosts would stay in service, and ${stayOf(rules, hosts)} must: others have failed before`;
}

/**
 * The rules for some hosts of a fleet whose other hosts are not changed: parts are parts of the whole fleet, and other
 * hosts that serve count as in service.
 *
 * @param hosts of the whole fleet
 * @param serving of the others
 */
export function rulesForSome(rules: WaveRules, hosts: number, serving: number): WaveRules {
  return { ...rules, size: sizeOf(rules, hosts), minHealthy: Math.max(0, stayOf(rules, hosts) - serving) };
}

/** Maximum number of hosts of a wave. */
const sizeOf = (rules: WaveRules, hosts: number) => Math.max(1, hostsOf(rules.size, hosts));

/** Number of hosts that stay in service at any time. */
const stayOf = (rules: WaveRules, hosts: number) => (hosts === 1 ? 0 : Math.max(1, hostsOf(rules.minHealthy, hosts)));

/** @returns whole hosts: a part is rounded up */
export function hostsOf(share: Share, hosts: number): number {
  return typeof share === "number" ? share : Math.ceil((Number.parseInt(share, 10) * hosts) / 100);
}

const hasAny = (wave: readonly unknown[]) => wave.length > 0;

function batches<M>(members: readonly M[], size: number): M[][] {
  return Array.from({ length: Math.ceil(members.length / size) }, (_, n) => members.slice(n * size, (n + 1) * size));
}
