// What is armed for a backend server in case its run is lost: before it is drained. Where that is impossible, a warning or a refusal.
import { describe, expect, it } from "vitest";
import { type Lack, withAutoRestore } from "../../src/balancers/auto-restore.ts";
import type { BackendServer } from "../../src/balancers/balancer.ts";
import { targetSchema } from "../../src/config/schema.ts";
import { openPools } from "../../src/pipeline/pools.ts";
import { memoryHost } from "../support/fleet.ts";

function restoring({ lack, broken }: { lack?: Lack; broken?: "arm" | "disarm" } = {}) {
  const log: string[] = [];
  const call = async (what: string) => {
    log.push(what);
    if (what === broken) throw new Error(`${what} broke`);
  };
  const server: BackendServer = {
    name: "web/a",
    state: async () => "ready",
    preflight: () => call("preflight"),
    async drain() {
      await call("drain");
      return { cutOff: 0 };
    },
    restore: (previous) => call(`restore ${previous}`),
  };
  const own = {
    lacks: async () => lack,
    arm: () => call("arm"),
    async disarm() {
      await call("disarm");
      return true;
    },
  };
  return { log, of: (required: boolean) => withAutoRestore(server, own, { required }) };
}

const lack = { what: "its machine has no flock", remedy: "Install it." };

describe("a backend server with an auto-restore", () => {
  it("is armed before it is drained, and disarmed when it was restored", async () => {
    const { log, of } = restoring();
    const server = of(true);
    await server.preflight();
    expect(await server.drain({ previous: "ready" })).toEqual({ cutOff: 0 });
    await server.restore("ready");
    expect(log).toEqual(["preflight", "arm", "drain", "restore ready", "disarm"]);
  });

  it("that was drained already is not armed: it must stay drained", async () => {
    const { log, of } = restoring();
    const server = of(true);
    await server.drain({ previous: "drain" });
    await server.restore("drain");
    expect(log).toEqual(["drain", "restore drain"]);
  });

  it("is drained with a warning where its machine cannot have one, and refused where it must", async () => {
    const { log, of } = restoring({ lack });
    await of(false).preflight();
    expect((await of(false).drain({ previous: "ready" })).warnings).toEqual([
      expect.stringMatching(/^its machine has no flock: if a run is lost, .* stay drained until the next run$/),
    ]);
    expect(log).toEqual(["preflight", "drain"]);
    await expect(of(true).preflight()).rejects.toMatchObject({ remedy: "Install it." });
    await expect(of(true).drain({ previous: "ready" })).rejects.toThrow(/require-auto-revert/);
    expect(log).toEqual(["preflight", "drain", "preflight"]);
  });

  it("is not drained when it cannot be armed, and is restored although it cannot be disarmed", async () => {
    const unarmed = restoring({ broken: "arm" });
    await expect(unarmed.of(false).drain({ previous: "ready" })).rejects.toThrow("arm broke");
    expect(unarmed.log).toEqual(["arm"]);
    const armed = restoring({ broken: "disarm" });
    const server = armed.of(false);
    await server.drain({ previous: "ready" });
    await server.restore("ready");
    expect(armed.log.at(-1)).toBe("disarm");
  });
});

describe("commands of a balancer", () => {
  const poolOf = async (more: Record<string, unknown>, command: Record<string, string> = {}) => {
    const target = targetSchema.parse({
      hosts: ["app1.example.org"],
      balancers: [{ command: { drain: "true", restore: "true", ...command } }],
      ...more,
    });
    const host = memoryHost("app1.example.org");
    const serversOf = await openPools(target, {}, "/");
    return { host, servers: serversOf({ host, address: host.name, roles: [], services: [] }) };
  };

  it("that run on the machine that deploys are refused where a server must be restored automatically", async () => {
    await expect((await poolOf({ "require-auto-revert": true })).servers[0]!.preflight()).rejects.toMatchObject({
      what: expect.stringContaining("run on the machine that deploys"),
      remedy: expect.stringContaining("on: host"),
    });
    await (await poolOf({})).servers[0]!.preflight();
    await (await poolOf({ "require-auto-revert": true, "auto-revert": 0 })).servers[0]!.preflight();
  });

  it("that run on the host are tasks there, and the auto-restore is armed first", async () => {
    const { host, servers } = await poolOf(
      { "require-auto-revert": true },
      { on: "host", drain: "./out", restore: "./in" },
    );
    await servers[0]!.preflight();
    await servers[0]!.drain({ previous: await servers[0]!.state() });
    await servers[0]!.restore("ready");
    expect(host.calls).toEqual([
      "delayed task probe",
      "delayed task probe",
      "delayed task arm",
      "task ./out",
      "task ./in",
      "delayed task disarm",
    ]);
  });

  it("that fail on the host are reported with how they ended", async () => {
    const { host, servers } = await poolOf({ "auto-revert": 0 }, { on: "host" });
    host.end = { code: null, signal: "SIGKILL", timedOut: false, lastLines: "no more memory" };
    await expect(servers[0]!.drain({ previous: "ready" })).rejects.toMatchObject({
      what: "the balancer's command `drain` failed",
      where: { host: "app1.example.org", ended: "killed by SIGKILL (out of memory?)" },
      output: "no more memory",
    });
  });
});
