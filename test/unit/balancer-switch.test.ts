// What a place in a balancer promises for the case that its run is lost: armed before it is taken, told or refused where that cannot be.
import { describe, expect, it } from "vitest";
import { type Lack, switchedSeat } from "../../src/balancers/auto-restore.ts";
import type { Seat } from "../../src/balancers/balancer.ts";
import { targetSchema } from "../../src/config/schema.ts";
import { seatsFor } from "../../src/pipeline/pools.ts";
import { memoryHost } from "../support/fleet.ts";

function place({ lack, broken }: { lack?: Lack; broken?: "arm" | "disarm" } = {}) {
  const log: string[] = [];
  const call = async (what: string) => {
    log.push(what);
    if (what === broken) throw new Error(`${what} broke`);
  };
  const seat: Seat = {
    name: "web/a",
    look: async () => "ready",
    rehearse: () => call("rehearse"),
    async takeOut() {
      await call("take out");
      return { cutOff: 0 };
    },
    giveBack: (had) => call(`give back ${had}`),
  };
  const own = {
    lacks: async () => lack,
    arm: () => call("arm"),
    async disarm() {
      await call("disarm");
      return true;
    },
  };
  return { log, of: (required: boolean) => switchedSeat(seat, own, { required }) };
}

const lack = { what: "its machine has no flock", remedy: "Install it." };

describe("a place in a balancer with a dead man's switch", () => {
  it("is armed before it is taken, and disarmed when it was given back", async () => {
    const { log, of } = place();
    const seat = of(true);
    await seat.rehearse();
    expect(await seat.takeOut({ had: "ready" })).toEqual({ cutOff: 0 });
    await seat.giveBack("ready");
    expect(log).toEqual(["rehearse", "arm", "take out", "give back ready", "disarm"]);
  });

  it("that was out before is not armed: nobody may bring it back", async () => {
    const { log, of } = place();
    const seat = of(true);
    await seat.takeOut({ had: "drain" });
    await seat.giveBack("drain");
    expect(log).toEqual(["take out", "give back drain"]);
  });

  it("is told where its machine cannot have one, and refused where it must", async () => {
    const { log, of } = place({ lack });
    await of(false).rehearse();
    expect((await of(false).takeOut({ had: "ready" })).warnings).toEqual([
      expect.stringMatching(/^its machine has no flock: should a run be lost, .* stay out until the next one$/),
    ]);
    expect(log).toEqual(["rehearse", "take out"]);
    await expect(of(true).rehearse()).rejects.toMatchObject({ remedy: "Install it." });
    await expect(of(true).takeOut({ had: "ready" })).rejects.toThrow(/require-switch/);
    expect(log).toEqual(["rehearse", "take out", "rehearse"]);
  });

  it("is not taken when it cannot be armed, and is given back although it cannot be disarmed", async () => {
    const unarmed = place({ broken: "arm" });
    await expect(unarmed.of(false).takeOut({ had: "ready" })).rejects.toThrow("arm broke");
    expect(unarmed.log).toEqual(["arm"]);
    const armed = place({ broken: "disarm" });
    const seat = armed.of(false);
    await seat.takeOut({ had: "ready" });
    await seat.giveBack("ready");
    expect(armed.log.at(-1)).toBe("disarm");
  });
});

describe("commands of a balancer", () => {
  const seatsOf = (more: Record<string, unknown>, command: Record<string, string> = {}) => {
    const target = targetSchema.parse({
      hosts: ["app1.example.org"],
      balancers: [{ command: { drain: "true", undrain: "true", ...command } }],
      ...more,
    });
    const host = memoryHost("app1.example.org");
    return { host, seats: seatsFor(target, {}, "/")(target.hosts[0]!, host, []) };
  };

  it("that run on the machine that deploys are refused where a place must come back by itself", async () => {
    await expect(seatsOf({ "require-switch": true }).seats[0]!.rehearse()).rejects.toMatchObject({
      what: expect.stringContaining("run on the machine that deploys"),
      remedy: expect.stringContaining("on: host"),
    });
    await seatsOf({}).seats[0]!.rehearse();
    await seatsOf({ "require-switch": true, switch: 0 }).seats[0]!.rehearse();
  });

  it("that run on the host are tasks there, and its switch is armed first", async () => {
    const { host, seats } = seatsOf({ "require-switch": true }, { on: "host", drain: "./out", undrain: "./in" });
    await seats[0]!.rehearse();
    await seats[0]!.takeOut({ had: await seats[0]!.look() });
    await seats[0]!.giveBack("ready");
    expect(host.calls).toEqual(["seat probe", "seat probe", "seat arm", "task ./out", "task ./in", "seat disarm"]);
  });

  it("that fail on the host are named with their end", async () => {
    const { host, seats } = seatsOf({ switch: 0 }, { on: "host" });
    host.end = { code: null, signal: "SIGKILL", timedOut: false, lastLines: "no more memory" };
    await expect(seats[0]!.takeOut({ had: "ready" })).rejects.toMatchObject({
      what: "the balancer's command `drain` failed",
      where: { host: "app1.example.org", ended: "killed by SIGKILL (out of memory?)" },
      output: "no more memory",
    });
  });
});
