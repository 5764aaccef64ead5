// A real HAProxy: drained until nobody uses the server, given back what it had, and never believed unread.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer, get, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drain, undrain } from "../../src/balancer/drain.ts";
import { haproxy } from "../../src/balancer/haproxy.ts";
import { needs } from "../support/needs.ts";
import { freePort } from "../support/sshd.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** An application that answers with its name; `/slow` answers when it is told to. */
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

async function startHaproxy(ports: Record<string, number>, level = "admin") {
  const directory = temporary("haproxy");
  const socket = join(directory, "admin.sock");
  const port = await freePort();
  writeFileSync(
    join(directory, "haproxy.cfg"),
    [
      "global",
      `  stats socket ${socket} level ${level}`,
      "defaults",
      "  mode http",
      "  timeout connect 2s",
      "  timeout client 30s",
      "  timeout server 30s",
      "frontend all",
      `  bind 127.0.0.1:${port}`,
      "  default_backend web",
      "backend web",
      "  balance roundrobin",
      ...Object.entries(ports).map(([name, at]) => `  server ${name} 127.0.0.1:${at} check inter 200ms`),
      "",
    ].join("\n"),
  );
  const daemon: ChildProcess = spawn("haproxy", ["-db", "-f", join(directory, "haproxy.cfg")], { stdio: "ignore" });
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  atEnd(async () => {
    daemon.kill("SIGKILL");
    await ended;
  });
  for (let n = 0; n < 100 && !existsSync(socket); n++) await new Promise((resolve) => setTimeout(resolve, 50));
  const ask = (command: string) =>
    new Promise<string>((resolve, reject) => {
      let answer = "";
      connect(socket, function (this: import("node:net").Socket) {
        this.write(`${command}\n`);
      })
        .on("data", (chunk) => {
          answer += chunk;
        })
        .on("error", reject)
        .on("end", () => resolve(answer));
    });
  const page = (path = "/") =>
    new Promise<string>((resolve, reject) => {
      get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve(text));
      }).on("error", reject);
    });
  return { balancer: haproxy({ name: "haproxy here, backend web", backend: "web", ask }), ask, page };
}

describe.runIf(needs("haproxy"))("HAProxy", () => {
  it("is drained until the last session has ended, and everything is given back", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer, page } = await startHaproxy({ one: one.port, two: two.port });
    const seat = { balancer, server: "one" };
    // Round robin: one of two requests is the slow one of `one`.
    const slow = [page("/slow"), page("/slow")];
    await expect.poll(async () => (await balancer.servers()).get("one")?.sessions).toBe(1);
    let looks = 0;
    const pause = async () => {
      if (++looks === 3) one.release();
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const { taken, cutOff } = await drain([seat], { deadline: 10, pause });
    two.release();
    expect(cutOff).toBe(0);
    expect(looks).toBeGreaterThanOrEqual(3);
    expect((await Promise.all(slow)).sort()).toEqual(["one", "two"]);
    expect((await balancer.servers()).get("one")).toMatchObject({ wanted: "drain", sessions: 0 });
    expect(new Set(await Promise.all([page(), page(), page(), page()]))).toEqual(new Set(["two"]));
    await undrain(taken);
    expect((await balancer.servers()).get("one")?.wanted).toBe("ready");
    expect(new Set(await Promise.all([page(), page(), page(), page()]))).toEqual(new Set(["one", "two"]));
  });

  it("is not waited for longer than the deadline, and says who was cut off", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer, page } = await startHaproxy({ one: one.port, two: two.port });
    const slow = [page("/slow"), page("/slow")];
    await expect.poll(async () => (await balancer.servers()).get("one")?.sessions).toBe(1);
    const { taken, cutOff } = await drain([{ balancer, server: "one" }], { deadline: 0.3, interval: 0.1 });
    expect(cutOff).toBe(1);
    await undrain(taken);
    one.release();
    two.release();
    await Promise.all(slow);
  });

  it("keeps the maintenance of an administrator", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer, ask } = await startHaproxy({ one: one.port, two: two.port });
    await ask("set server web/one state maint");
    const { taken } = await drain([{ balancer, server: "one" }], { deadline: 1 });
    expect((await balancer.servers()).get("one")?.wanted).toBe("maintenance");
    await undrain(taken);
    expect((await balancer.servers()).get("one")?.wanted).toBe("maintenance");
  });

  it("never loses its last healthy server", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const { balancer } = await startHaproxy({ one: one.port, two: two.port });
    two.server.close();
    await expect.poll(async () => (await balancer.servers()).get("two")?.up, { timeout: 5000 }).toBe(false);
    await expect(drain([{ balancer, server: "one" }], { deadline: 1 })).rejects.toThrow(
      /one is the last healthy server/,
    );
    expect((await balancer.servers()).get("one")?.wanted).toBe("ready");
    // The one that does not answer may go.
    await undrain((await drain([{ balancer, server: "two" }], { deadline: 1 })).taken);
  });

  it("gives back what it took when a second balancer refuses", async () => {
    const [one, two] = [await application("one"), await application("two")];
    const good = await startHaproxy({ one: one.port, two: two.port });
    const locked = await startHaproxy({ one: one.port, two: two.port }, "user");
    const seats = [good, locked].map(({ balancer }) => ({ balancer, server: "one" }));
    await expect(drain(seats, { deadline: 1 })).rejects.toThrow(
      /should be in state drain and is in state ready[\s\S]*level admin/,
    );
    expect((await good.balancer.servers()).get("one")?.wanted).toBe("ready");
  });

  it("is told apart from a backend or a server that is not there, and takes no other words", async () => {
    const one = await application("one");
    const { balancer, ask } = await startHaproxy({ one: one.port });
    await expect(balancer.want("three", "drain")).rejects.toThrow(/no server three/);
    const elsewhere = haproxy({ name: "x", backend: "api", ask });
    await expect(elsewhere.servers()).rejects.toThrow(/backend api/);
    await expect(balancer.want("one state maint; shutdown", "drain")).rejects.toThrow(/cannot be the name/);
  });
});
