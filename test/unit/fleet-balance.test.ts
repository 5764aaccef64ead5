// Waves and balancers in a transaction: what is taken is recorded first and given back, whatever happens.
import { describe, expect, it } from "vitest";
import type { Seat } from "../../src/balancers/balancer.ts";
import { Failure } from "../../src/failure.ts";
import { converge } from "../../src/fleet/converge.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { nextStep, outcomeSentence } from "../../src/report/outcome-text.ts";
import {
  deployRequest,
  good,
  type MemoryHost,
  member,
  memoryHost,
  oneByOne,
  rollbackRequest,
} from "../support/fleet.ts";

const V1 = good("v1", 1);
type Call = "rehearse" | "takeOut" | "giveBack";
type Broken = Call | "takeOut and giveBack";
/** A fleet whose hosts each have one place in a balancer; every call is in one common list. */
function fleet(names: string[], broken: Record<string, Broken> = {}) {
  const log: string[] = [];
  const hosts = names.map((name) => memoryHost(name, V1));
  const members = hosts.map((host) => {
    const { name } = host;
    const call = (what: Call, had = "") => {
      if (what !== "rehearse") log.push(`${what} ${name} ${had}`.trim());
      if (broken[name]?.split(" and ").includes(what)) throw new Failure({ what: `the balancer does not ${what}` });
    };
    const seat: Seat = {
      name: `web/${name}`,
      look: async () => "ready",
      rehearse: async () => call("rehearse"),
      async takeOut() {
        call("takeOut");
        return { cutOff: name === "b" ? 2 : 0 };
      },
      giveBack: async (had) => call("giveBack", had),
    };
    const push = host.calls.push.bind(host.calls);
    host.calls.push = (...calls) => {
      log.push(...calls.filter((one) => /^(activate|note|revert|commit)/.test(one)).map((one) => `${one} ${name}`));
      return push(...calls);
    };
    return member(host, { seats: [seat] });
  });
  const run = (more: Parameters<typeof deployRequest>[1] = {}) =>
    deploy(deployRequest([], { members, waves: oneByOne, ...more }));
  return { hosts: hosts as [MemoryHost, MemoryHost, MemoryHost], members, log, run };
}

describe("a host in a balancer", () => {
  it("is recorded, left, switched and returned to, before the next one", async () => {
    const { log, run } = fleet(["a", "b"]);
    const report = await run();
    expect(report.outcome).toBe("deployed");
    expect(log).toEqual([
      "note web/a had ready a",
      "takeOut a",
      "activate v2 a",
      "giveBack a ready",
      "note nothing a",
      "note web/b had ready b",
      "takeOut b",
      "activate v2 b",
      "giveBack b ready",
      "note nothing b",
      "commit v2 a",
      "commit v2 b",
    ]);
    expect(report.warnings).toEqual(["b: 2 sessions had not ended when the time for draining was over"]);
    expect(report.hosts[0]?.phases.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(["drain", "activate", "undrain", "commit"]),
    );
  });

  it("goes back before it is used again when it does not come up", async () => {
    const { hosts, log, run } = fleet(["a", "b", "c"]);
    hosts[1].broken.add("activate");
    expect((await run()).outcome).toBe("reverted");
    const ofB = log.filter((line) => line.endsWith("b") || line.includes(" b "));
    expect(ofB).toEqual([
      "note web/b had ready b",
      "takeOut b",
      "activate v2 b",
      "revert v1 b",
      "giveBack b ready",
      "note nothing b",
    ]);
    expect(log).not.toContain("takeOut c");
  });

  it("that is in use again leaves once more before it goes back, after those whom nobody uses", async () => {
    const { hosts, log, run } = fleet(["a", "b", "c"]);
    hosts[2].broken.add("activate");
    expect((await run()).outcome).toBe("reverted");
    expect(log.slice(log.indexOf("activate v2 c") + 1)).toEqual([
      "revert v1 c",
      "giveBack c ready",
      "note nothing c",
      ...["a", "b"].flatMap((name) => [
        `note web/${name} had ready ${name}`,
        `takeOut ${name}`,
        `revert v1 ${name}`,
        `giveBack ${name} ready`,
        `note nothing ${name}`,
      ]),
    ]);
  });

  it("goes back also when its balancer does not let it go, and that is told", async () => {
    const { hosts, members, run } = fleet(["a", "b"]);
    hosts[1].broken.add("activate");
    let asked = 0;
    members[0]!.seats![0]!.takeOut = async () => {
      if (asked++ > 0) throw new Failure({ what: "it is the last one" });
      return { cutOff: 0 };
    };
    const report = await run();
    expect([report.outcome, hosts[0].live]).toEqual(["reverted", "v1"]);
    expect(report.warnings).toContainEqual("a goes back while it is in use: it is the last one");
  });

  it("that its balancer does not let go is not switched, and everything goes back", async () => {
    const { hosts, log, run } = fleet(["a", "b"], { b: "takeOut" });
    const report = await run();
    expect(report.outcome).toBe("reverted");
    expect(report.troubles[0]).toMatchObject({ host: "b", what: "the balancer does not takeOut" });
    expect(log).not.toContain("activate v2 b");
    expect(hosts.map(({ live }) => live)).toEqual(["v1", "v1"]);
    expect(log.slice(log.lastIndexOf("takeOut b"))).toEqual(
      expect.arrayContaining(["giveBack b ready", "note nothing b", "takeOut a", "revert v1 a", "giveBack a ready"]),
    );
    expect(log).not.toContain("revert v1 b");
  });

  it("that another run has meanwhile keeps its place in that one's hands", async () => {
    const { hosts, members, log, run } = fleet(["a", "b"]);
    members[1]!.seats![0]!.takeOut = async () => {
      // For longer than the lease nothing was heard: the lock is somebody else's.
      hosts[1].broken.add("note");
      throw new Failure({ what: "the network is gone" });
    };
    const report = await run();
    // Both lead to what they led to before: no split, whoever has the second one now.
    expect([report.outcome, report.hosts.map(({ drained }) => drained)]).toEqual(["reverted", [undefined, true]]);
    expect(log).not.toContain("giveBack b ready");
    expect(hosts.map(({ live }) => live)).toEqual(["v1", "v1"]);
  });

  it("whose switches a killed run left armed: they are ended before it is touched, and what came back by itself is in use", async () => {
    const { hosts, members, log, run } = fleet(["a", "b"]);
    for (const [n, returned] of [true, false].entries()) {
      hosts[n]!.facts_ = { taken: [{ seat: `web/${hosts[n]!.name}`, had: "ready" }] };
      members[n]!.seats![0]!.disarm = async () => {
        log.push(`disarm ${hosts[n]!.name}`);
        return returned;
      };
    }
    const report = await run();
    expect(report.outcome).toBe("deployed");
    expect(log.slice(0, 2).sort()).toEqual(["disarm a", "disarm b"]);
    expect(report.warnings).toContainEqual(expect.stringMatching(/^a: .* web\/a; it came back by itself$/));
    expect(report.warnings).toContainEqual(expect.stringMatching(/^b: .* web\/b; it is ready again$/));
    expect(log.filter((line) => line === "giveBack a ready")).toHaveLength(1);
    expect(log.filter((line) => line === "giveBack b ready")).toHaveLength(2);
  });

  it("whose places are not all let go waits for every one of them before it gives them back", async () => {
    const { members, run } = fleet(["a", "b"], { b: "takeOut" });
    const order: string[] = [];
    members[1]!.seats = [
      ...members[1]!.seats!,
      {
        name: "api/b",
        rehearse: async () => {},
        look: async () => "ready",
        async takeOut({ signal }) {
          await new Promise((resolve) => signal?.addEventListener("abort", resolve));
          order.push("taken");
          return { cutOff: 0 };
        },
        giveBack: async () => void order.push("given back"),
      },
    ];
    expect((await run()).outcome).toBe("reverted");
    expect(order).toEqual(["taken", "given back"]);
  });

  it("is asked for beforehand: what is in the way of any is told of all, and nothing changes", async () => {
    for (const dryRun of [false, true]) {
      const { hosts, members, log, run } = fleet(["a", "b", "c"], { b: "rehearse" });
      members[2]!.seats![0]!.rehearse = members[1]!.seats![0]!.rehearse;
      hosts[0].facts_ = { findings: [{ what: "the disk is full" }] };
      const report = await run({ dryRun });
      expect(report.outcome).toBe("refused");
      expect(report.troubles.map(({ what, where }) => [what, where?.hosts])).toEqual([
        ["the disk is full", undefined],
        ["the balancer does not rehearse", "b, c"],
      ]);
      expect([log, hosts[0].calls.includes("prepare")]).toEqual([[], false]);
    }
  });

  it("that its balancer does not take back is a failure of the deploy, and its record stays", async () => {
    const { log, run } = fleet(["a", "b"], { a: "giveBack" });
    const report = await run();
    expect([report.outcome, outcomeSentence(report)]).toEqual([
      "reverted",
      "every host that was touched leads to its old release again, but NOT BACK IN ITS BALANCER: a",
    ]);
    expect(report.troubles.map(({ what }) => what)).toContain("the balancer does not giveBack");
    expect(log).not.toContain("note nothing a");
  });

  it("that is out of use has changed, though no host was switched", async () => {
    for (const begin of [deploy, rollback]) {
      const { hosts, members } = fleet(["a", "b"], { a: "takeOut and giveBack" });
      for (const host of hosts) host.facts_ = { releases: [V1, good("v0", 0)] };
      const request = { members, waves: oneByOne };
      const report = await (begin === deploy
        ? deploy(deployRequest([], request))
        : rollback(rollbackRequest([], request)));
      expect([report.outcome, report.hosts.map(({ live, drained }) => [live, drained])]).toEqual([
        "reverted",
        [
          ["v1", true],
          ["v1", undefined],
        ],
      ]);
      expect(outcomeSentence(report)).toBe("no host was switched, but NOT BACK IN ITS BALANCER: a");
      expect(nextStep(report).command).toBe("tarlift converge production");
    }
    const { run } = fleet(["a", "b"], { a: "takeOut" });
    expect((await run()).outcome).toBe("refused");
  });

  it("that a killed run left drained, and that cannot be given back, is in no end that is good", async () => {
    for (const begin of [deploy, converge]) {
      const { hosts, members } = fleet(["a", "b"], { a: "giveBack" });
      hosts[0].facts_ = { unchanged: true, agreed: "t1", taken: [{ seat: "web/a", had: "ready" }] };
      hosts[1].facts_ = { unchanged: true, agreed: "t1" };
      const report = await (begin === deploy
        ? deploy(deployRequest([], { members }))
        : converge({ ...deployRequest([], { members }), artifactOf: async () => undefined }));
      expect([report.outcome, report.troubles.map(({ host, what }) => `${host}: ${what}`)]).toEqual([
        "refused",
        ["a: it is not back in its balancer: web/a"],
      ]);
    }
    // It has the release already, and returns with those that get it.
    const { hosts, log, run } = fleet(["a", "b"], { a: "giveBack" });
    hosts[0].facts_ = { taken: [{ seat: "web/a", had: "ready" }], coming: "v1" };
    hosts[0].prepare = async () => ({ release: "v1", sent: { files: 0, bytes: 0 }, wire: 0, linked: 1, warnings: [] });
    const report = await run();
    expect([report.outcome, report.hosts.map(({ drained }) => drained)]).toEqual(["reverted", [true, undefined]]);
    expect(log.filter((line) => line.startsWith("giveBack a"))).toHaveLength(3);
  });

  it("that is out of use makes no deploy superseded", async () => {
    const { hosts, run } = fleet(["a", "b"], { a: "giveBack" });
    const isAncestor = async () => true;
    expect((await run({ isAncestor })).outcome).toBe("superseded");
    hosts[0].facts_ = { taken: [{ seat: "web/a", had: "ready" }] };
    const report = await run({ isAncestor });
    expect([report.outcome, report.troubles.map(({ host, what }) => `${host}: ${what}`)]).toEqual([
      "refused",
      ["a: it is not back in its balancer: web/a"],
    ]);
    expect((await run({ isAncestor, dryRun: true })).outcome).toBe("superseded");
  });

  it("whose service is down is what converge is for: its balancer waits for that, and takes it back", async () => {
    for (const behind of [false, true]) {
      const { hosts, members, log } = fleet(["a", "b"]);
      const [a, b] = hosts;
      a.facts_ = { agreed: "t1", taken: [{ seat: "web/a", had: "ready" }] };
      b.facts_ = behind ? { live: good("v0", 0), releases: [V1] } : { agreed: "t1" };
      a.evidence.splice(0, 1, { service: "web", rung: "none", detail: "is not running" });
      const activate = a.activate;
      a.activate = async (request, task) => {
        if (request.restart === "always")
          a.evidence.splice(0, 1, { service: "web", rung: "directory", detail: "runs" });
        return activate(request, task);
      };
      members[0]!.seats![0]!.giveBack = async (had) => {
        if (a.evidence[0]?.rung === "none") throw new Failure({ what: "HAProxy's own check does not find a" });
        log.push(`giveBack a ${had}`);
      };
      const report = await converge({ ...deployRequest([], { members }), artifactOf: async () => undefined });
      expect([report.outcome, report.troubles]).toEqual(["deployed", []]);
      expect(log).toContain("giveBack a ready");
    }
  });

  it("that has one of its places back is out of the other ones alone", async () => {
    const { hosts, members, run } = fleet(["a", "b"]);
    const seat = members[0]!.seats![0]!;
    const broken: Seat = {
      ...seat,
      name: "api/a",
      giveBack: async () => Promise.reject(new Failure({ what: "no answer" })),
    };
    hosts[1].facts_ = { unchanged: true };
    for (const seats of [
      [seat, broken],
      [broken, seat],
    ]) {
      hosts[0].calls.length = 0;
      members[0]!.seats = seats;
      hosts[0].facts_ = { unchanged: true, taken: seats.map(({ name }) => ({ seat: name, had: "ready" })) };
      const report = await run();
      expect(report.troubles.map(({ what }) => what)).toEqual(["it is not back in its balancer: api/a"]);
      expect(hosts[0].calls.filter((one) => one.startsWith("note"))).toEqual(["note api/a had ready"]);
      expect(report.warnings).toContainEqual(expect.stringMatching(/could not be given back: api\/a: no answer$/));
    }
    // The same when this run has taken them.
    const own = fleet(["a", "b"]);
    own.members[0]!.seats = [...own.members[0]!.seats!, broken];
    expect((await own.run()).outcome).toBe("reverted");
    expect(own.hosts[0].calls.filter((one) => one.startsWith("note"))[1]).toBe("note api/a had ready");
  });

  it("that a killed run left drained is given back by the next one, by its record", async () => {
    const { hosts, log, run } = fleet(["a", "b"]);
    hosts[0].facts_ = {
      taken: [
        { seat: "web/a", had: "maintenance" },
        { seat: "old/a", had: "ready" },
      ],
    };
    const report = await run();
    expect(log.slice(0, 3)).toEqual(["giveBack a maintenance", "note old/a had ready a", "note nothing a"]);
    expect(report.warnings).toContainEqual(expect.stringMatching(/taken it out of web\/a; it is maintenance again/));
    expect(report.warnings).toContainEqual(expect.stringMatching(/old\/a, which tarlift.yml does not name any more/));
  });
});

describe("what a killed run switched", () => {
  const left = (phase: "activating" | "precommit") => ({ transaction: "lost", phase, release: "v2", previous: "v1" });
  const killed = (taken: { seat: string; had: string }[] = []) => ({
    open: left("activating") as never,
    taken,
    live: good("v2", 2, { state: "active" }),
    releases: [V1],
  });

  it("is taken back one after the other: first whom nobody uses, and who is in use leaves before it", async () => {
    const { hosts, log, run } = fleet(["a", "b"]);
    hosts[0].facts_ = killed();
    hosts[1].facts_ = killed([{ seat: "web/b", had: "drain" }]);
    for (const host of hosts) host.live = "v2";
    await run();
    expect(log.slice(0, 8)).toEqual([
      "revert v1 b",
      "giveBack b drain",
      "note nothing b",
      "note web/a had ready a",
      "takeOut a",
      "revert v1 a",
      "giveBack a ready",
      "note nothing a",
    ]);
  });
});

describe("what a killed run left on a host whose old service does not come back", () => {
  it("is out of its balancer until it does", async () => {
    for (const fails of ["revert", "service"] as const) {
      const { hosts, members, log } = fleet(["a", "b"]);
      const [a] = hosts;
      const taken = [{ seat: "web/a", had: "ready" }];
      const open = { transaction: "lost", phase: "activating" as const, release: "v2", previous: "v1" };
      a.facts_ = { open, taken, live: good("v2", 2, { state: "active" }), releases: [V1] };
      a.evidence = [{ service: "web", rung: "none", detail: "exited" }];
      const { revert } = a;
      a.revert = async (request, task) => {
        // Its link leads back, and its service does not run; where that is a failure, it says so itself, and leaves its record open.
        a.facts_ = { taken, live: V1, releases: [V1], unchanged: true, ...(fails === "revert" ? { open } : {}) };
        if (fails === "revert") a.broken.add("revert");
        return revert(request, task);
      };
      members[0]!.seats![0]!.giveBack = async () => void log.push(`giveBack a: ${a.evidence[0]?.rung}`);
      const { activate } = a;
      a.activate = async (request, task) => {
        a.evidence = hosts[1].evidence;
        return activate(request, task);
      };
      const report = await deploy(deployRequest([], { members, waves: oneByOne }));
      // Given back once it has been switched and runs, by the run that goes on.
      const given = log.filter((line) => line.startsWith("giveBack a"));
      expect([fails, report.outcome, given]).toEqual([fails, "deployed", ["giveBack a: directory"]]);
    }
  });
});

describe("max-failures", () => {
  it("lets a host stay behind with what it ran, and the others go on", async () => {
    const { hosts, run } = fleet(["a", "b", "c"]);
    hosts[1].broken.add("activate");
    const report = await run({ waves: { ...oneByOne, maxFailures: 1 } });
    expect(report.outcome).toBe("deployed");
    expect(hosts.map(({ live }) => live)).toEqual(["v2", "v1", "v2"]);
    expect(hosts[1].calls).not.toContain("commit v2");
    expect(report.warnings).toContainEqual(expect.stringMatching(/^b stays behind with v1: activate broke/));
    expect(report.hosts.map(({ behind }) => behind ?? false)).toEqual([false, true, false]);
    expect(report.troubles).toEqual([]);
  });

  it("takes everything back when that host does not come back whole, and tells why it failed at all", async () => {
    const { hosts, run } = fleet(["a", "b"]);
    hosts[1].broken.add("activate");
    const { revert } = hosts[1];
    hosts[1].revert = async (...request) => ({
      ...(await revert(...request)),
      services: [{ service: "web", rung: "none", detail: "FATAL" }],
    });
    const report = await run({ waves: { ...oneByOne, maxFailures: 1 } });
    expect(report.outcome).toBe("reverted");
    expect(report.troubles.map(({ what }) => what)).toEqual([
      "activate broke",
      "v1 is live again, and web does not run",
    ]);
  });

  it("takes everything back when one more fails, and when nobody took the release", async () => {
    const two = fleet(["a", "b", "c"]);
    for (const host of two.hosts.slice(1)) host.broken.add("activate");
    expect((await two.run({ waves: { ...oneByOne, maxFailures: 1 } })).outcome).toBe("reverted");
    expect(two.hosts.map(({ live }) => live)).toEqual(["v1", "v1", "v1"]);
    const all = fleet(["a", "b"]);
    for (const host of all.hosts) host.broken.add("activate");
    expect((await all.run({ waves: { ...oneByOne, maxFailures: 5 } })).outcome).toBe("reverted");
  });
});

describe("watching", () => {
  it("takes everything back when a service is restarted meanwhile", async () => {
    const { hosts, run } = fleet(["a", "b"]);
    let looks = 0;
    const { observe } = hosts[0];
    hosts[0].observe = async (request) => {
      const seen = await observe(request);
      // The first look is before the switch, the second is the watch's.
      return ++looks < 2 ? seen : seen.map((one) => ({ ...one, pid: 99 }));
    };
    const report = await run({ waves: { ...oneByOne, watch: 0.01 } });
    expect(report.outcome).toBe("reverted");
    expect(report.troubles[0]).toMatchObject({ host: "a", what: "web was restarted while it was watched" });
    expect(hosts[1].live).toBe("v1");
  });
});
