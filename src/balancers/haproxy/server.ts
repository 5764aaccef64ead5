// A server in a backend of HAProxy: drained until it has no sessions, then set to maintenance, since a draining server
// still gets the clients with a sticky cookie; and restored to the state that an administrator had set.
import { Failure } from "../../failure.ts";
import type { BackendServer } from "../balancer.ts";
import { ADMIN, type Haproxy, type ServerState, type Wanted } from "./runtime-api.ts";

export interface HaproxyServerOptions {
  /** The host's name in the backend. */
  server: string;
  /** Seconds after which remaining sessions of the server are cut off. */
  deadline: number;
  /** Seconds between two readings of its state. Default 0.2. */
  interval?: number;
  /** Seconds within which HAProxy's own checks must report the server as up again. Default 30. */
  back?: number;
}

/** Milliseconds for requests that arrived while the server went from drain to maintenance. */
const AFTERWARDS = 1000;

const WANTED: readonly string[] = ["ready", "drain", "maintenance"] satisfies Wanted[];

export function haproxyServer(balancer: Haproxy, options: HaproxyServerOptions): BackendServer {
  const { server, deadline, interval = 0.2, back = 30 } = options;
  const where = { balancer: balancer.name, backend: balancer.backend };
  const pause = () => new Promise((resolve) => setTimeout(resolve, interval * 1000));
  const state = async (): Promise<ServerState> => {
    const servers = await balancer.servers();
    const own = servers.get(server);
    if (own) return own;
    throw new Failure({
      code: "balancer-failed",
      what: `the backend has no server ${server}`,
      where: { ...where, servers: [...servers.keys()].join(", ") },
      remedy: "Say under which name the balancer knows the host: `servers` of the balancer in tarlift.yml.",
    });
  };
  /** @returns how many sessions were left at the end */
  const quiet = async (until: number, signal: AbortSignal | undefined): Promise<number> => {
    for (;;) {
      const { sessions } = await state();
      if (sessions === 0 || performance.now() >= until || signal?.aborted) return sessions;
      await pause();
    }
  };
  return {
    name: `${balancer.name}, ${balancer.backend}/${server}`,
    state: async () => (await state()).wanted,
    async preflight() {
      const servers = await balancer.servers();
      const { wanted } = await state();
      const level = await balancer.level();
      if (level !== "admin")
        throw new Failure({
          code: "balancer-failed",
          what: "HAProxy's socket does not allow changes of servers",
          where: { ...where, level },
          remedy: ADMIN,
        });
      // Another server that does not answer now may do so once it has been activated.
      if (wanted !== "ready" || othersThat(servers, server, takesNew).length > 0) return;
      refuseLast(servers, server, where);
    },
    async drain({ signal }) {
      const previous = await balancer.inTurn(async () => {
        const { wanted } = await state();
        if (wanted !== "ready") return wanted;
        refuseLast(await balancer.servers(), server, where);
        await balancer.want(server, "drain");
        return wanted;
      });
      const until = performance.now() + deadline * 1000;
      const left = await quiet(until, signal);
      if (previous === "maintenance") return { cutOff: left };
      await balancer.want(server, "maintenance");
      // Sessions that a cookie has sent there until now.
      return { cutOff: await quiet(Math.max(until, performance.now() + AFTERWARDS), signal) };
    },
    async restore(previous) {
      await balancer.want(server, WANTED.includes(previous) ? (previous as Wanted) : "ready");
      if (previous !== "ready") return;
      const until = performance.now() + back * 1000;
      while (!(await state()).found) {
        if (performance.now() >= until)
          throw new Failure({
            code: "balancer-failed",
            what: `HAProxy's own check does not find ${server}`,
            where,
            remedy: "Its check asks another port or path than the release's health check does: look at haproxy.cfg.",
          });
        await pause();
      }
    },
  };
}

const takesNew = ({ wanted, weight }: ServerState): boolean => wanted === "ready" && weight > 0;

const othersThat = (servers: ReadonlyMap<string, ServerState>, server: string, are: (other: ServerState) => boolean) =>
  [...servers].filter(([name, other]) => name !== server && are(other));

/** The only server that answers is not drained: that would be an outage, whatever asked for it. */
function refuseLast(servers: ReadonlyMap<string, ServerState>, server: string, where: Record<string, string>): void {
  const own = servers.get(server);
  // A server that is down, or gets no new requests, may be drained.
  if (own && (!own.up || own.weight === 0)) return;
  if (othersThat(servers, server, (other) => takesNew(other) && other.up).length > 0) return;
  throw new Failure({
    code: "balancer-last-server",
    what: `${server} is the last healthy server of the backend`,
    where,
    remedy: "Bring another one up first, or let fewer hosts go at once (`waves`).",
  });
}
