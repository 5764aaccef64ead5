// Taking a server out of all balancers before its host is switched, and giving it back exactly what it had.
import { Failure } from "../failure.ts";
import type { Balancer, Wanted } from "./types.ts";

export interface Seat {
  balancer: Balancer;
  /** The host's name there. */
  server: string;
}

/** What each balancer wanted of the server before: an administrator's maintenance is not ours to end. */
export interface Taken {
  seat: Seat;
  had: Wanted;
}

export interface DrainOptions {
  /** Seconds after which whoever still uses the server is cut off. */
  deadline: number;
  /** Seconds between two looks. */
  interval?: number;
  signal?: AbortSignal | undefined;
  now?: () => number;
  pause?: (seconds: number) => Promise<void>;
}

/**
 * Drains a host everywhere and waits until nobody uses it.
 *
 * @returns what to give back, and how many sessions were left when the deadline came (0: all have ended)
 * @throws Failure when a balancer does not do it; what was drained until then has been given back
 */
export async function drain(
  seats: readonly Seat[],
  options: DrainOptions,
): Promise<{ taken: Taken[]; cutOff: number }> {
  const pause = options.pause ?? ((seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)));
  const now = options.now ?? (() => performance.now() / 1000);
  const taken: Taken[] = [];
  try {
    for (const seat of seats) {
      const had = await stateOf(seat);
      if (had.wanted === "ready") await refuseLast(seat);
      taken.push({ seat, had: had.wanted });
      if (had.wanted === "ready") await seat.balancer.want(seat.server, "drain");
    }
    const until = now() + options.deadline;
    for (;;) {
      const left = await Promise.all(seats.map(async (seat) => (await stateOf(seat)).sessions));
      const sessions = left.reduce((sum, one) => sum + one, 0);
      if (sessions === 0 || now() >= until || options.signal?.aborted) return { taken, cutOff: sessions };
      await pause(options.interval ?? 0.2);
    }
  } catch (error) {
    await undrain(taken).catch(() => {});
    throw error;
  }
}

/**
 * Gives each balancer's server back what it had.
 *
 * @throws the first Failure, after all were tried
 */
export async function undrain(taken: readonly Taken[]): Promise<void> {
  const settled = await Promise.allSettled(taken.map(({ seat, had }) => seat.balancer.want(seat.server, had)));
  for (const one of settled) if (one.status === "rejected") throw one.reason;
}

async function stateOf({ balancer, server }: Seat) {
  const servers = await balancer.servers();
  const state = servers.get(server);
  if (state) return state;
  throw new Failure({
    what: `there is no server ${server}`,
    where: { balancer: balancer.name, servers: [...servers.keys()].join(", ") },
    remedy: "Say under which name the balancer knows the host.",
  });
}

/** The only server that answers stays: taking it out would be an outage, whoever asked for it. */
async function refuseLast({ balancer, server }: Seat): Promise<void> {
  const servers = await balancer.servers();
  const others = [...servers].filter(([name, { wanted, up }]) => name !== server && wanted === "ready" && up);
  if (others.length > 0 || servers.get(server)?.up === false) return;
  throw new Failure({
    what: `${server} is the last healthy server`,
    where: { balancer: balancer.name },
    remedy: "Bring another one up first.",
  });
}
