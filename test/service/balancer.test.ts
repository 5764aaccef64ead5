// A real HAProxy: a server is drained until it has no sessions, restored to its previous state, and each change is read back.
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { haproxy } from "../../src/balancers/haproxy/runtime-api.ts";
import { haproxyServer } from "../../src/balancers/haproxy/server.ts";
import { openTunnel } from "../../src/session/tunnel.ts";
import { startHaproxy } from "../support/haproxy.ts";
import { needs } from "../support/needs.ts";
import { atEnd } from "../support/temporary.ts";

/** An application that answers with its name; `/slow` answers when it is released. */
async function application(name: string) {
  const waiting: (() => void)[] = [];
  const server: Server = createServer((request, response) => {
    if (request.url === "/slow") waiting.push(() => response.end(name));
    else response.end(name);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => server.close());
  return {
    port: (server.address() as AddressInfo).port,
    release: () => waiting.splice(0).forEach((answer) => void answer()),
    server,
  };
}

async function backend(ports: Record<string, number>, options: Parameters<typeof startHaproxy>[1] = {}) {
  const { port, ask } = await startHaproxy(ports, options);
  const page = (path = "/", headers = {}) =>
    new Promise<string>((resolve, reject) => {
      get({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve(text));
      }).on("error", reject);
    });
  return { balancer: haproxy({ name: "haproxy here", backend: "web", ask }), ask, page };
}

describe.runIf(needs("haproxy"))("a server in HAProxy", () => {
  it("is drained when the last session has ended, and restored as it was", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer, page } = await backend({ one: one.port, two: two.port });
    const server = haproxyServer(balancer, { server: "one", deadline: 10, interval: 0.05 });
    // Round robin: one of two requests is the slow one of `one`.
    const slow = [page("/slow"), page("/slow")];
    await expect.poll(async () => (await balancer.servers()).get("one")?.sessions).toBe(1);
    expect(await server.state()).toBe("ready");
    let left = false;
    const leaving = server.drain({ previous: "ready" }).then((end) => {
      left = true;
      return end;
    });
    await expect.poll(async () => (await balancer.servers()).get("one")?.wanted).toBe("drain");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(left).toBe(false);
    one.release();
    expect(await leaving).toEqual({ cutOff: 0 });
    two.release();
    expect((await Promise.all(slow)).sort()).toEqual(["one", "two"]);
    expect(new Set(await Promise.all([page(), page(), page(), page()]))).toEqual(new Set(["two"]));
    await server.restore("ready");
    expect(await server.state()).toBe("ready");
    expect(new Set(await Promise.all([page(), page(), page(), page()]))).toEqual(new Set(["one", "two"]));
  });

  it("is not waited for longer than the deadline, and reports the sessions that were cut off", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer, page } = await backend({ one: one.port, two: two.port });
    const slow = [page("/slow"), page("/slow")];
    await expect.poll(async () => (await balancer.servers()).get("one")?.sessions).toBe(1);
    const server = haproxyServer(balancer, { server: "one", deadline: 0.3, interval: 0.1 });
    expect(await server.drain({ previous: "ready" })).toEqual({ cutOff: 1 });
    await server.restore("ready");
    one.release();
    two.release();
    await Promise.all(slow);
  });

  it("keeps the maintenance of an administrator", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer, ask } = await backend({ one: one.port, two: two.port });
    await ask("set server web/one state maint");
    const server = haproxyServer(balancer, { server: "one", deadline: 1 });
    const previous = await server.state();
    expect(previous).toBe("maintenance");
    await server.drain({ previous: "ready" });
    expect(await server.state()).toBe("maintenance");
    await server.restore(previous);
    expect(await server.state()).toBe("maintenance");
  });

  it("gets no clients with a sticky cookie either, also when an administrator drains it", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const lines = ["cookie S insert indirect nocache"];
    const { balancer, ask, page } = await backend({ one: one.port, two: two.port }, { lines });
    const kept = () => page("/", { cookie: "S=one" });
    const server = haproxyServer(balancer, { server: "one", deadline: 5, interval: 0.05 });
    for (const previous of ["ready", "drain"] as const) {
      await ask(`set server web/one state ${previous}`);
      expect(await kept()).toBe("one");
      await server.drain({ previous });
      expect(await kept()).toBe("two");
      await server.restore(previous);
      expect([await server.state(), await kept()]).toEqual([previous, "one"]);
    }
  });

  it("has a preflight that reports what prevents draining it, and changes nothing", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer, ask } = await backend({ one: one.port, two: two.port });
    const server = haproxyServer(balancer, { server: "one", deadline: 1 });
    await server.preflight();
    await ask("set server web/two state maint");
    await expect(server.preflight()).rejects.toThrow(/one is the last healthy server/);
    // One that is drained already is not drained again.
    await ask("set server web/one state drain");
    await server.preflight();
    const user = await backend({ one: one.port, two: two.port }, { level: "user" });
    await expect(haproxyServer(user.balancer, { server: "one", deadline: 1 }).preflight()).rejects.toThrow(
      /level admin/,
    );
    expect(await server.state()).toBe("drain");
  });

  it("is not drained when it is the last healthy one", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer } = await backend({ one: one.port, two: two.port });
    two.server.close();
    await expect.poll(async () => (await balancer.servers()).get("two")?.up, { timeout: 5000 }).toBe(false);
    const server = haproxyServer(balancer, { server: "one", deadline: 1 });
    await expect(server.drain({ previous: "ready" })).rejects.toThrow(/one is the last healthy server/);
    expect(await server.state()).toBe("ready");
    // The one that does not answer may be drained, and it counts as restored only once HAProxy says so.
    const sick = haproxyServer(balancer, { server: "two", deadline: 1, interval: 0.05, back: 0.3 });
    await sick.drain({ previous: "ready" });
    await expect(sick.restore("ready")).rejects.toThrow(/own check does not find two/);
  });

  it("is not drained when only a server of weight 0 would remain; one of weight 0 may be", async () => {
    const [one, spare] = [await application("one"), await application("spare")];
    const { balancer, ask } = await backend({ one: one.port, spare: spare.port });
    await ask("set server web/spare weight 0");
    const server = haproxyServer(balancer, { server: "one", deadline: 1 });
    await expect(server.preflight()).rejects.toThrow(/one is the last healthy server/);
    await expect(server.drain({ previous: "ready" })).rejects.toThrow(/one is the last healthy server/);
    await haproxyServer(balancer, { server: "spare", deadline: 1 }).drain({ previous: "ready" });
  });

  it("is kept when two are drained at the same time: one stays", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer } = await backend({ one: one.port, two: two.port });
    const both = ["one", "two"].map((server) =>
      haproxyServer(balancer, { server, deadline: 1 }).drain({ previous: "ready" }),
    );
    expect((await Promise.allSettled(both)).map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("needs a socket that may change something, and a server of that name", async () => {
    const one = await application("one");
    const two = await application("two");
    const { balancer, ask } = await backend({ one: one.port, two: two.port }, { level: "user" });
    await expect(haproxyServer(balancer, { server: "one", deadline: 1 }).drain({ previous: "ready" })).rejects.toThrow(
      /should be in state drain and is in state ready[\s\S]*level admin/,
    );
    await expect(haproxyServer(balancer, { server: "three", deadline: 1 }).state()).rejects.toThrow(/no server three/);
    await expect(haproxy({ name: "x", backend: "api", ask }).servers()).rejects.toThrow(/backend api/);
    await expect(balancer.want("one state maint; shutdown", "drain")).rejects.toThrow(/cannot be the name/);
    const { ask: nowhere } = openTunnel({ address: "local", roles: undefined }, {}, { path: "/nowhere/admin.sock" });
    await expect(nowhere("show stat")).rejects.toThrow(/\/nowhere\/admin.sock does not answer/);
  });
});
