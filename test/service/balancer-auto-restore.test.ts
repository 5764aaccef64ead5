// The auto-restore of a server in HAProxy: a killed run leaves no server drained, and HAProxy's own check decides about a host that
// does not answer.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createGate } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { withAutoRestore } from "../../src/balancers/auto-restore.ts";
import { haproxyAutoRestore } from "../../src/balancers/haproxy/auto-restore.ts";
import { haproxy } from "../../src/balancers/haproxy/runtime-api.ts";
import { haproxyServer } from "../../src/balancers/haproxy/server.ts";
import { closeTunnels, openTunnel } from "../../src/session/tunnel.ts";
import { full } from "../support/full.ts";
import { startHaproxy } from "../support/haproxy.ts";
import { needs } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** It never answers `/hold`. */
async function application() {
  const server = createServer((request, response) => void (request.url === "/hold" || response.end("here")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => server.close().closeAllConnections());
  return { server, port: (server.address() as AddressInfo).port };
}

const names = (directory: string) => (existsSync(directory) ? readdirSync(directory) : []);

/** Two servers in HAProxy; runs drain the first. */
async function backend(inter = "200ms", more: { disabled?: string } = {}) {
  const [one, two] = [await application(), await application()];
  const { socket, ask, port } = await startHaproxy({ one: one.port, two: two.port }, { inter, ...more });
  const balancer = haproxy({ name: "haproxy here", backend: "web", ask });
  /** A run with a connection of its own to the balancer's machine, which is this one. */
  const run = (after: number) => {
    const tunnel = openTunnel({ address: "local", roles: undefined }, {}, { path: socket });
    const own = haproxyAutoRestore(tunnel, { socket, backend: "web", server: "one", after });
    let killed = false;
    const asked = (text: string) => (killed ? Promise.reject(new Error("this run is dead")) : tunnel.ask(text));
    const plain = haproxyServer(haproxy({ name: "haproxy here", backend: "web", ask: asked }), {
      server: "one",
      deadline: 5,
      interval: 0.05,
    });
    const cut = () => process.kill(tunnel.pid!, "SIGKILL");
    const kill = () => {
      killed = true;
      cut();
    };
    return { server: withAutoRestore(plain, own, { required: true }), kill, cut, pid: () => tunnel.pid };
  };
  const state = async () => (await balancer.servers()).get("one")!;
  return { one, run, balancer, state, wanted: async () => (await state()).wanted, port, socket, ask };
}

describe.runIf(needs("haproxy", "flock"))("a server in HAProxy whose run is killed", () => {
  let armedRuns: string;
  const armed = () =>
    names(armedRuns).flatMap((key) => names(join(armedRuns, key)).filter((name) => name.startsWith("x.")));
  beforeAll(() => {
    const home = join(temporary("home"), "deploy");
    mkdirSync(home);
    const before = process.env.HOME;
    process.env.HOME = home;
    armedRuns = join(home, ".tarlift/seats");
    atEnd(async () => {
      await closeTunnels();
      process.env.HOME = before;
    });
  });

  it("is restored automatically, and the next run learns of it", async () => {
    const { run, wanted, state } = await backend();
    const { server, kill } = run(2);
    await server.preflight();
    await server.drain({ previous: "ready" });
    expect([await wanted(), armed().length]).toEqual(["maintenance", 1]);
    // It stays drained as long as its run lives.
    await new Promise((resolve) => setTimeout(resolve, 3500));
    expect(await wanted()).toBe("maintenance");
    kill();
    await expect.poll(wanted, { timeout: 20_000 }).toBe("ready");
    expect((await state()).up).toBe(true);
    await expect.poll(armed, { timeout: 20_000 }).toEqual([]);
    expect(await run(2).server.disarm!()).toBe(true);
    expect(names(armedRuns)).toEqual([]);
  });

  full("balancers").it("is restored although haproxy.cfg has it `disabled`: it was enabled since", async () => {
    const { run, wanted, balancer } = await backend("200ms", { disabled: "one" });
    expect(await wanted()).toBe("maintenance");
    await balancer.want("one", "ready");
    const { server, kill } = run(1);
    expect(await server.state()).toBe("ready");
    await server.drain({ previous: "ready" });
    expect(await wanted()).toBe("maintenance");
    kill();
    await expect.poll(wanted, { timeout: 20_000 }).toBe("ready");
    await expect.poll(armed, { timeout: 20_000 }).toEqual([]);
    expect(await run(1).server.disarm!()).toBe(true);
  });

  full("balancers").it("is restored while it drains", async () => {
    const { run, wanted, port, state } = await backend();
    const { server, kill } = run(1);
    // Round robin: one of two is at the server.
    for (const _ of [1, 2]) fetch(`http://127.0.0.1:${port}/hold`).catch(() => {});
    await expect.poll(async () => (await state()).sessions, { timeout: 20_000 }).toBe(1);
    const draining = server.drain({ previous: "ready" });
    draining.catch(() => {});
    await expect.poll(wanted, { timeout: 20_000 }).toBe("drain");
    kill();
    await expect(draining).rejects.toThrow("dead");
    await expect.poll(wanted, { timeout: 20_000 }).toBe("ready");
    // The program checks the state before it reports the restore.
    await expect.poll(armed, { timeout: 20_000 }).toEqual([]);
    expect(await run(1).server.disarm!()).toBe(true);
  });

  it("gets no request as long as it does not answer: HAProxy checks it before it is ready", async () => {
    const { one, run, state, wanted } = await backend("4s");
    const { server, kill } = run(1);
    await server.drain({ previous: "ready" });
    one.server.close();
    const seen: boolean[] = [];
    kill();
    await expect
      .poll(
        async () => {
          const { wanted, up } = await state();
          if (wanted === "ready") seen.push(up);
          return wanted;
        },
        { timeout: 20_000, interval: 5 },
      )
      .toBe("ready");
    expect(seen).toEqual([false]);
    expect(await wanted()).toBe("ready");
    await expect.poll(armed, { timeout: 20_000 }).toEqual([]);
    expect(await run(1).server.disarm!()).toBe(true);
  });

  full("balancers").it(
    "is left to a next run that comes earlier: there is one auto-restore, of the later run",
    async () => {
      const { run, wanted } = await backend();
      const first = run(1);
      await first.server.drain({ previous: "ready" });
      const next = run(1);
      first.kill();
      expect(await next.server.disarm!()).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(await wanted()).toBe("maintenance");
      await next.server.drain({ previous: "ready" });
      expect(armed()).toHaveLength(1);
      await next.server.restore("ready");
      expect([await wanted(), names(armedRuns)]).toEqual(["ready", []]);
    },
  );

  full("balancers").it("is armed again over that of an earlier run, which then does nothing", async () => {
    const { run, wanted } = await backend();
    const first = run(1);
    await first.server.drain({ previous: "ready" });
    const next = run(1);
    await next.server.drain({ previous: "ready" });
    first.kill();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect([await wanted(), armed().length]).toEqual(["maintenance", 1]);
    await next.server.restore("ready");
    expect(await wanted()).toBe("ready");
  });

  it("stays drained while its run lives, also when the run lost its connection to the balancer and opened another", async () => {
    const { run, wanted } = await backend();
    const { server, cut, pid } = run(2);
    await server.drain({ previous: "ready" });
    const first = pid();
    cut();
    const another = async () => (await server.state()) === "maintenance" && pid() !== first;
    await expect.poll(another, { timeout: 20_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect([await wanted(), armed().length]).toEqual(["maintenance", 1]);
    await server.restore("ready");
    expect([await wanted(), armed()]).toEqual(["ready", []]);
  });

  full("balancers").it("is left alone where it was restored meanwhile, or was in maintenance before", async () => {
    const { run, wanted, balancer } = await backend();
    const { server, kill } = run(1);
    await balancer.want("one", "maintenance");
    await server.drain({ previous: "maintenance" });
    expect(armed()).toEqual([]);
    await balancer.want("one", "ready");
    await server.drain({ previous: "ready" });
    await balancer.want("one", "ready");
    kill();
    await expect.poll(armed, { timeout: 20_000 }).toEqual([]);
    expect(await wanted()).toBe("ready");
    // It had nothing to restore.
    expect(await run(1).server.disarm!()).toBe(false);
  });
});

describe.runIf(needs("haproxy", "flock"))("what a machine has to talk to HAProxy's socket", () => {
  const program = readFileSync(join(import.meta.dirname, "../../src/balancers/haproxy/auto-restore.sh"), "utf8");
  const ask = async (client: string, socket: string) => {
    const text = `${program}\npool_client=$1 pool_socket=$2\npool_ask "show cli level"`;
    return (await promisify(execFile)("sh", ["-c", text, "sh", client, socket])).stdout.trim();
  };
  it.each(["perl", "python3", "socat", "nc"].filter((client) => needs(client)))("%s will do", async (client) => {
    const { socket } = await backend();
    const gate = createGate({ allowHalfOpen: true }, (from) =>
      from.pipe(connect({ path: socket, allowHalfOpen: true })).pipe(from),
    );
    await new Promise<void>((resolve) => gate.listen(0, "127.0.0.1", resolve));
    atEnd(() => gate.close());
    expect(await ask(client, socket)).toBe("admin");
    expect(await ask(client, `127.0.0.1:${(gate.address() as AddressInfo).port}`)).toBe("admin");
    // Without a listener there is no output, and nothing waits.
    expect(await ask(client, "/nowhere.sock").catch(() => "")).toBe("");
  });
});
