// Each balancer of the registry by the suite of all of them, and one in memory.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import { withAutoRestore } from "../../src/balancers/auto-restore.ts";
import type { BackendServer, Balancer, BalancerContext, PoolHost } from "../../src/balancers/balancer.ts";
import { BALANCERS } from "../../src/balancers/registry.ts";
import { balancerSchema } from "../../src/config/schema.ts";
import { Failure } from "../../src/failure.ts";
import { chosenOf } from "../../src/schema/adapter.ts";
import { closeTunnels, openTunnel } from "../../src/session/tunnel.ts";
import { describeBalancer } from "../contract/adapters/balancer.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { memoryHost } from "../support/fleet.ts";
import { startHaproxy } from "../support/haproxy.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** Opens an entry of `balancers:` as a run does. */
async function serversOf(entry: object, hosts: Omit<PoolHost, "services">[], more: Partial<BalancerContext> = {}) {
  const parsed = balancerSchema.parse(entry);
  const { adapter, config } = chosenOf<Balancer>(BALANCERS, parsed);
  const context: BalancerContext = { tunnel: (at, to) => openTunnel(at, {}, to), directory: "/", ssh: {}, ...more };
  const pool = await adapter.open(config, parsed, context);
  return hosts.flatMap((host) => pool.member({ ...host, services: [] })) as [BackendServer, BackendServer];
}

const HOSTS = ["one", "two"].map((server) => ({ host: memoryHost(server), address: `${server}.example.org`, server }));

describeBalancer("command on the machine that deploys", {
  refusesLast: false,
  async open() {
    const state = temporary("balancer");
    const command = {
      drain: `touch "$TARLIFT_SERVER"; while [ -e "$TARLIFT_SERVER.busy" ]; do sleep 0.05; done`,
      restore: 'rm -f "$TARLIFT_SERVER"',
    };
    const again = () => serversOf({ command, drain: 20 }, HOSTS, { directory: state });
    return {
      servers: await again(),
      again,
      inUse: (server) => !existsSync(join(state, HOSTS[server]!.server)),
      state,
    };
  },
  async busy({ state }) {
    writeFileSync(join(state, "one.busy"), "");
    return { end: () => {} };
  },
});

/** The connections of the latest run on hosts: it has their locks. */
const connected: { close(): Promise<void> }[] = [];
atEnd(() => Promise.all(connected.map((host) => host.close())));

/** Two hosts with a live release, in which commands run; the same for all tests, which leave them as they were. */
const roots = Promise.all(
  HOSTS.map(async () => {
    const host = plainHost();
    await put([host.member()], await syntheticArtifact([text("page.txt", "one")]));
    return host;
  }),
);

describeBalancer("command on hosts", {
  refusesLast: false,
  async open() {
    const state = temporary("balancer");
    const out = `${state}/"$TARLIFT_SERVER"`;
    const command = { on: "host", drain: `touch ${out}`, restore: `rm -f ${out}` };
    const again = async () => {
      await Promise.all(connected.splice(0).map((host) => host.close()));
      const hosts = (await roots).map((root, n) => ({ own: root.member(), server: HOSTS[n]!.server }));
      connected.push(...hosts.map(({ own }) => own.host));
      for (const { own } of hosts) await own.host.facts({ layout: own.layout, services: [], shared: own.shared });
      const members = hosts.map(({ own, server }) => ({ host: own.host, address: "local", server }));
      return serversOf({ command, drain: 20 }, members, { autoRevert: { after: 60, required: true } });
    };
    return { servers: await again(), again, inUse: (server) => !existsSync(join(state, HOSTS[server]!.server)) };
  },
});

if (needs("haproxy", "flock"))
  describeBalancer("haproxy", {
    refusesLast: true,
    async open() {
      const held: (() => void)[] = [];
      const ports = await Promise.all(
        HOSTS.map(async () => {
          const server = createServer((request, response) => {
            if (request.url === "/slow") held.push(() => response.end());
            else response.end("here");
          });
          await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
          atEnd(() => server.close().closeAllConnections());
          return (server.address() as AddressInfo).port;
        }),
      );
      const { socket, ask, port } = await startHaproxy({ one: ports[0]!, two: ports[1]! });
      const home = join(temporary("home"), "deploy");
      mkdirSync(home);
      const before = process.env.HOME;
      process.env.HOME = home;
      const pids: number[] = [];
      const again = () => {
        const tunnel: BalancerContext["tunnel"] = (at, to) => {
          const opened = openTunnel(at, {}, to);
          return {
            ...opened,
            async call(call) {
              const reply = await opened.call(call);
              if (opened.pid !== undefined) pids.push(opened.pid);
              return reply;
            },
          };
        };
        const entry = { haproxy: { socket, backend: "web" }, drain: 20 };
        // Services take longest of what a host needs to revert, and there are none here: 10 s are left for it.
        return serversOf(entry, HOSTS, { tunnel, autoRevert: { after: -8, required: true } });
      };
      atEnd(async () => {
        await closeTunnels();
        process.env.HOME = before;
      });
      return {
        servers: await again(),
        again,
        inUse: async (server) => {
          const lines = (await ask("show stat")).split("\n").map((line) => line.split(","));
          const status = lines.find(([backend, name]) => backend === "web" && name === HOSTS[server]!.server)?.[17];
          return status === "UP" || status === "no check";
        },
        ask,
        port,
        held,
        pids,
      };
    },
    maintain: async ({ ask }) => void (await ask("set server web/one state maint")),
    async busy({ port, held }) {
      // Round robin: one of two requests is for the first server.
      const requests = [fetch(`http://127.0.0.1:${port}/slow`), fetch(`http://127.0.0.1:${port}/slow`)];
      await expect.poll(() => held.length).toBe(2);
      return {
        end() {
          for (const answer of held.splice(0)) answer();
          void Promise.allSettled(requests);
        },
      };
    },
    lost: async ({ pids }) => void process.kill(pids.at(-1)!, "SIGKILL"),
  });

/** A balancer that knows everything, in memory: what the suite asks for is not HAProxy's alone. */
function toy() {
  const states = new Map(HOSTS.map(({ server }) => [server, "ready"]));
  const sessions = new Set<string>();
  const restored = new Set<string>();
  const balancer = {
    key: "toy",
    title: "Toy",
    docs: "",
    schema: balancerSchema,
    async open() {
      return {
        member: ({ server }: PoolHost): BackendServer[] => {
          const last = () => [...states].every(([name, state]) => name === server || state !== "ready");
          const refuse = () => {
            if (states.get(server) === "ready" && last())
              throw new Failure({ code: "balancer-last-server", what: `${server} is the last one` });
          };
          const own: BackendServer = {
            name: `toy, ${server}`,
            state: async () => states.get(server)!,
            preflight: async () => refuse(),
            async drain({ signal }) {
              refuse();
              if (states.get(server) === "ready") states.set(server, "drained");
              while (sessions.has(server) && !signal?.aborted) await new Promise((resolve) => setTimeout(resolve, 10));
              return { cutOff: sessions.has(server) ? 1 : 0 };
            },
            restore: async (previous) => void states.set(server, previous),
          };
          return [
            withAutoRestore(
              own,
              {
                lacks: async () => undefined,
                arm: async () => {},
                disarm: async () => restored.delete(server),
              },
              { required: true },
            ),
          ];
        },
      };
    },
  } satisfies Balancer;
  return { balancer, states, sessions, restored };
}

describeBalancer("in memory", {
  refusesLast: true,
  async open() {
    const { balancer, states, sessions, restored } = toy();
    const again = async () => {
      const pool = await balancer.open();
      return HOSTS.flatMap((host) => pool.member({ ...host, services: [] })) as [BackendServer, BackendServer];
    };
    return {
      servers: await again(),
      again,
      inUse: (server) => states.get(HOSTS[server]!.server) === "ready",
      states,
      sessions,
      restored,
    };
  },
  maintain: async ({ states }) => void states.set("one", "maintenance"),
  async busy({ sessions }) {
    sessions.add("one");
    return { end: () => void sessions.clear() };
  },
  async lost({ states, restored }) {
    states.set("one", "ready");
    restored.add("one");
  },
});
