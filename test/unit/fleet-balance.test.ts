// Waves and balancers in a transaction: what is taken is recorded first and restored, whatever happens.
import { describe, expect, it } from "vitest";
import type { BackendServer } from "../../src/balancers/balancer.ts";
import { Failure } from "../../src/failure.ts";
import { converge } from "../../src/fleet/converge.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { DrainedServer } from "../../src/host/host.ts";
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
type Call = "preflight" | "drain" | "restore";
type Broken = Call | "drain and restore";
/** A fleet whose hosts each have one place in a balancer; every call is in one common list. */
function fleet(names: string[], broken: Record<string, Broken> = {}) {
  const log: string[] = [];
  const hosts = names.map((name) => memoryHost(name, V1));
  const members = hosts.map((host) => {
    const { name } = host;
    const call = (what: Call, had = "") => {
      if (what !== "preflight") log.push(`${what} ${name} ${had}`.trim());
      if (broken[name]?.split(" and ").includes(what))
        throw new Failure({ code: "command-failed", what: `the balancer does not ${what}` });
    };
    const server: BackendServer = {
      name: `web/${name}`,
      state: async () => "ready",
      preflight: async () => call("preflight"),
      async drain() {
        call("drain");
        return { cutOff: name === "b" ? 2 : 0 };
      },
      restore: async (had) => call("restore", had),
    };
    const push = host.calls.push.bind(host.calls);
    host.calls.push = (...calls) => {
      log.push(...calls.filter((one) => /^(activate|note|revert|commit)/.test(one)).map((one) => `${one} ${name}`));
      return push(...calls);
    };
    return member(host, { backendServers: [server] });
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
      "drain a",
      "activate v2 a",
      "restore a ready",
      "note nothing a",
      "note web/b had ready b",
      "drain b",
      "activate v2 b",
      "restore b ready",
      "note nothing b",
      "commit v2 a",
      "commit v2 b",
    ]);
    expect(report.warnings).toEqual(["b: 2 sessions had not ended when the time for draining was over"]);
    expect(report.hosts[0]?.phases.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(["drain", "activate", "restore", "commit"]),
    );
  });

  it("is reverted before it is used again when it does not come up", async () => {
    const { hosts, log, run } = fleet(["a", "b", "c"]);
    hosts[1].broken.add("activate");
    expect((await run()).outcome).toBe("reverted");
    const ofB = log.filter((line) => line.endsWith("b") || line.includes(" b "));
    expect(ofB).toEqual([
      "note web/b had ready b",
      "drain b",
      "activate v2 b",
      "revert v1 b",
      "restore b ready",
      "note nothing b",
    ]);
    expect(log).not.toContain("drain c");
  });

  it("that is in use again is drained once more before it is reverted, after the hosts that are not in use", async () => {
    const { hosts, log, run } = fleet(["a", "b", "c"]);
    hosts[2].broken.add("activate");
    expect((await run()).outcome).toBe("reverted");
    expect(log.slice(log.indexOf("activate v2 c") + 1)).toEqual([
      "revert v1 c",
      "restore c ready",
      "note nothing c",
      ...["a", "b"].flatMap((name) => [
        `note web/${name} had ready ${name}`,
        `drain ${name}`,
        `revert v1 ${name}`,
        `restore ${name} ready`,
        `note nothing ${name}`,
      ]),
    ]);
  });

  it("is reverted also when its balancer does not let it go, and that is reported", async () => {
    const { hosts, members, run } = fleet(["a", "b"]);
    hosts[1].broken.add("activate");
    let asked = 0;
    members[0]!.backendServers![0]!.drain = async () => {
      if (asked++ > 0) throw new Failure({ code: "command-failed", what: "it is the last one" });
      return { cutOff: 0 };
    };
    const report = await run();
    expect([report.outcome, hosts[0].live]).toEqual(["reverted", "v1"]);
    expect(report.warnings).toContainEqual("a is reverted while it is in use: it is the last one");
  });

  it("that its balancer does not let go is not switched, and everything is reverted", async () => {
    const { hosts, log, run } = fleet(["a", "b"], { b: "drain" });
    const report = await run();
    expect(report.outcome).toBe("reverted");
    expect(report.errors[0]).toMatchObject({ host: "b", what: "the balancer does not drain" });
    expect(log).not.toContain("activate v2 b");
    expect(hosts.map(({ live }) => live)).toEqual(["v1", "v1"]);
    expect(log.slice(log.lastIndexOf("drain b"))).toEqual(
      expect.arrayContaining(["restore b ready", "note nothing b", "drain a", "revert v1 a", "restore a ready"]),
    );
    expect(log).not.toContain("revert v1 b");
  });

  it("that another run has meanwhile keeps its place in that one's hands", async () => {
    const { hosts, members, log, run } = fleet(["a", "b"]);
    members[1]!.backendServers![0]!.drain = async () => {
      // For longer than the lease nothing was received: another run has the lock.
      hosts[1].broken.add("note");
      throw new Failure({ code: "command-failed", what: "the network is gone" });
    };
    const report = await run();
    // Both lead to what they led to before: no split, whichever run has the second one now.
    expect([report.outcome, report.hosts.map(({ drained }) => drained)]).toEqual(["reverted", [undefined, true]]);
    expect(log).not.toContain("restore b ready");
    expect(hosts.map(({ live }) => live)).toEqual(["v1", "v1"]);
  });

  it("whose switches a killed run left armed: they are ended before it is touched, and what came back by itself is in use", async () => {
    const { hosts, members, log, run } = fleet(["a", "b"]);
    for (const [n, returned] of [true, false].entries()) {
      hosts[n]!.facts_ = { drained: [{ server: `web/${hosts[n]!.name}`, previous: "ready" }] };
      members[n]!.backendServers![0]!.disarm = async () => {
        log.push(`disarm ${hosts[n]!.name}`);
        return returned;
      };
    }
    const report = await run();
    expect(report.outcome).toBe("deployed");
    expect(log.slice(0, 2).sort()).toEqual(["disarm a", "disarm b"]);
    expect(report.warnings).toContainEqual(expect.stringMatching(/^a: .* web\/a; it came back by itself$/));
    expect(report.warnings).toContainEqual(expect.stringMatching(/^b: .* web\/b; it is ready again$/));
    expect(log.filter((line) => line === "restore a ready")).toHaveLength(1);
    expect(log.filter((line) => line === "restore b ready")).toHaveLength(2);
  });

  it("whose places are not all let go waits for every one of them before it gives them back", async () => {
    const { members, run } = fleet(["a", "b"], { b: "drain" });
    const order: string[] = [];
    members[1]!.backendServers = [
      ...members[1]!.backendServers!,
      {
        name: "api/b",
        preflight: async () => {},
        state: async () => "ready",
        async drain({ signal }) {
          await new Promise((resolve) => signal?.addEventListener("abort", resolve));
          order.push("taken");
          return { cutOff: 0 };
        },
        restore: async () => void order.push("given back"),
      },
    ];
    expect((await run()).outcome).toBe("reverted");
    expect(order).toEqual(["taken", "given back"]);
  });

  it("has a preflight: every problem of every server is reported, and nothing changes", async () => {
    for (const dryRun of [false, true]) {
      const { hosts, members, log, run } = fleet(["a", "b", "c"], { b: "preflight" });
      members[2]!.backendServers![0]!.preflight = members[1]!.backendServers![0]!.preflight;
      hosts[0].facts_ = { findings: [{ code: "command-failed", what: "the disk is full" }] };
      const report = await run({ dryRun });
      expect(report.outcome).toBe("refused");
      expect(report.errors.map(({ what, where }) => [what, where?.hosts])).toEqual([
        ["the disk is full", undefined],
        ["the balancer does not preflight", "b, c"],
      ]);
      expect([log, hosts[0].calls.includes("prepare")]).toEqual([[], false]);
    }
  });

  it("that its balancer does not restore is a failure of the deploy, and its record stays", async () => {
    const { log, run } = fleet(["a", "b"], { a: "restore" });
    const report = await run();
    expect([report.outcome, outcomeSentence(report)]).toEqual([
      "reverted",
      "every host that was touched leads to its old release again, but NOT BACK IN ITS BALANCER: a",
    ]);
    expect(report.errors.map(({ what }) => what)).toContain("the balancer does not restore");
    expect(log).not.toContain("note nothing a");
  });

  it("that is out of use has changed, though no host was switched", async () => {
    for (const begin of [deploy, rollback]) {
      const { hosts, members } = fleet(["a", "b"], { a: "drain and restore" });
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
    const { run } = fleet(["a", "b"], { a: "drain" });
    expect((await run()).outcome).toBe("refused");
  });

  it("that a killed run left drained, and that cannot be restored, is part of no good outcome", async () => {
    for (const begin of [deploy, converge]) {
      const { hosts, members } = fleet(["a", "b"], { a: "restore" });
      hosts[0].facts_ = { unchanged: true, agreed: "t1", drained: [{ server: "web/a", previous: "ready" }] };
      hosts[1].facts_ = { unchanged: true, agreed: "t1" };
      const report = await (begin === deploy
        ? deploy(deployRequest([], { members }))
        : converge({ ...deployRequest([], { members }), artifactOf: async () => undefined }));
      expect([report.outcome, report.errors.map(({ host, what }) => `${host}: ${what}`)]).toEqual([
        "refused",
        ["a: it is not back in its balancer: web/a"],
      ]);
    }
    // It has the release already, and returns with those that get it.
    const { hosts, log, run } = fleet(["a", "b"], { a: "restore" });
    hosts[0].facts_ = { drained: [{ server: "web/a", previous: "ready" }], incoming: "v1" };
    hosts[0].prepare = async () => ({ release: "v1", sent: { files: 0, bytes: 0 }, wire: 0, linked: 1, warnings: [] });
    const report = await run();
    expect([report.outcome, report.hosts.map(({ drained }) => drained)]).toEqual(["reverted", [true, undefined]]);
    expect(log.filter((line) => line.startsWith("restore a"))).toHaveLength(3);
  });

  it("that is out of use makes no deploy superseded", async () => {
    const { hosts, run } = fleet(["a", "b"], { a: "restore" });
    const isAncestor = async () => true;
    expect((await run({ isAncestor })).outcome).toBe("superseded");
    hosts[0].facts_ = { drained: [{ server: "web/a", previous: "ready" }] };
    const report = await run({ isAncestor });
    expect([report.outcome, report.errors.map(({ host, what }) => `${host}: ${what}`)]).toEqual([
      "refused",
      ["a: it is not back in its balancer: web/a"],
    ]);
    expect((await run({ isAncestor, dryRun: true })).outcome).toBe("superseded");
  });

  it("whose service is down is what converge is for: its balancer waits for that, and restores it", async () => {
    for (const behind of [false, true]) {
      const { hosts, members, log } = fleet(["a", "b"]);
      const [a, b] = hosts;
      a.facts_ = { agreed: "t1", drained: [{ server: "web/a", previous: "ready" }] };
      b.facts_ = behind ? { live: good("v0", 0), releases: [V1] } : { agreed: "t1" };
      a.evidence.splice(0, 1, { service: "web", evidence: "none", detail: "is not running" });
      const activate = a.activate;
      a.activate = async (request, task) => {
        if (request.restart === "always")
          a.evidence.splice(0, 1, { service: "web", evidence: "directory", detail: "runs" });
        return activate(request, task);
      };
      members[0]!.backendServers![0]!.restore = async (had) => {
        if (a.evidence[0]?.evidence === "none")
          throw new Failure({ code: "command-failed", what: "HAProxy's own check does not find a" });
        log.push(`restore a ${had}`);
      };
      const report = await converge({ ...deployRequest([], { members }), artifactOf: async () => undefined });
      expect([report.outcome, report.errors]).toEqual(["deployed", []]);
      expect(log).toContain("restore a ready");
    }
  });

  it("that has one of its places back is out of the other ones alone", async () => {
    const { hosts, members, run } = fleet(["a", "b"]);
    const server = members[0]!.backendServers![0]!;
    const broken: BackendServer = {
      ...server,
      name: "api/a",
      restore: async () => Promise.reject(new Failure({ code: "command-failed", what: "no answer" })),
    };
    hosts[1].facts_ = { unchanged: true };
    for (const servers of [
      [server, broken],
      [broken, server],
    ]) {
      hosts[0].calls.length = 0;
      members[0]!.backendServers = servers;
      hosts[0].facts_ = { unchanged: true, drained: servers.map(({ name }) => ({ server: name, previous: "ready" })) };
      const report = await run();
      expect(report.errors.map(({ what }) => what)).toEqual(["it is not back in its balancer: api/a"]);
      expect(hosts[0].calls.filter((one) => one.startsWith("note"))).toEqual(["note api/a had ready"]);
      expect(report.warnings).toContainEqual(expect.stringMatching(/could not be restored: api\/a: no answer$/));
    }
    // The same when this run has taken them.
    const own = fleet(["a", "b"]);
    own.members[0]!.backendServers = [...own.members[0]!.backendServers!, broken];
    expect((await own.run()).outcome).toBe("reverted");
    expect(own.hosts[0].calls.filter((one) => one.startsWith("note"))[1]).toBe("note api/a had ready");
  });

  it("that a killed run left drained is restored by the next one, by its record", async () => {
    const { hosts, log, run } = fleet(["a", "b"]);
    hosts[0].facts_ = {
      drained: [
        { server: "web/a", previous: "maintenance" },
        { server: "old/a", previous: "ready" },
      ],
    };
    const report = await run();
    expect(log.slice(0, 3)).toEqual(["restore a maintenance", "note old/a had ready a", "note nothing a"]);
    expect(report.warnings).toContainEqual(expect.stringMatching(/taken it out of web\/a; it is maintenance again/));
    expect(report.warnings).toContainEqual(expect.stringMatching(/old\/a, which tarlift.yml does not name any more/));
  });
});

describe("what a killed run switched", () => {
  const left = (phase: "activating" | "precommit") => ({ transaction: "lost", phase, release: "v2", previous: "v1" });
  const killed = (drained: DrainedServer[] = []) => ({
    open: left("activating") as never,
    drained,
    live: good("v2", 2, { state: "active" }),
    releases: [V1],
  });

  it("is drained and reverted one host after the other: first those without traffic, and one in use is drained before", async () => {
    const { hosts, log, run } = fleet(["a", "b"]);
    hosts[0].facts_ = killed();
    hosts[1].facts_ = killed([{ server: "web/b", previous: "drain" }]);
    await run();
    expect(log.slice(0, 8)).toEqual([
      "revert v1 b",
      "restore b drain",
      "note nothing b",
      "note web/a had ready a",
      "drain a",
      "revert v1 a",
      "restore a ready",
      "note nothing a",
    ]);
  });
});

describe("what a killed run left on a host whose old service does not come back", () => {
  it("is out of its balancer until it does", async () => {
    for (const fails of ["revert", "service"] as const) {
      const { hosts, members, log } = fleet(["a", "b"]);
      const [a] = hosts;
      const drained = [{ server: "web/a", previous: "ready" }];
      const open = { transaction: "lost", phase: "activating" as const, release: "v2", previous: "v1" };
      a.facts_ = { open, drained, live: good("v2", 2, { state: "active" }), releases: [V1] };
      a.evidence = [{ service: "web", evidence: "none", detail: "exited" }];
      const { revert } = a;
      a.revert = async (request, task) => {
        // Its link leads back, and its service does not run; where that is a failure, it says so itself, and leaves its record open.
        a.facts_ = { drained, live: V1, releases: [V1], unchanged: true, ...(fails === "revert" ? { open } : {}) };
        if (fails === "revert") a.broken.add("revert");
        return revert(request, task);
      };
      members[0]!.backendServers![0]!.restore = async () => void log.push(`restore a: ${a.evidence[0]?.evidence}`);
      const { activate } = a;
      a.activate = async (request, task) => {
        a.evidence = hosts[1].evidence;
        return activate(request, task);
      };
      const report = await deploy(deployRequest([], { members, waves: oneByOne }));
      // Restored once it has been activated and runs, by the run that goes on.
      const given = log.filter((line) => line.startsWith("restore a"));
      expect([fails, report.outcome, given]).toEqual([fails, "deployed", ["restore a: directory"]]);
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
    expect(report.errors).toEqual([]);
  });

  it("reverts everything when that host does not come back whole, and says why it failed", async () => {
    const { hosts, run } = fleet(["a", "b"]);
    hosts[1].broken.add("activate");
    const { revert } = hosts[1];
    hosts[1].revert = async (...request) => ({
      ...(await revert(...request)),
      services: [{ service: "web", evidence: "none", detail: "FATAL" }],
    });
    const report = await run({ waves: { ...oneByOne, maxFailures: 1 } });
    expect(report.outcome).toBe("reverted");
    expect(report.errors.map(({ what }) => what)).toEqual(["activate broke", "v1 is live again, and web does not run"]);
  });

  it("reverts everything when one more fails, and when no host took the release", async () => {
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
  it("reverts everything when a service is restarted meanwhile", async () => {
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
    expect(report.errors[0]).toMatchObject({ host: "a", what: "web was restarted while it was watched" });
    expect(hosts[1].live).toBe("v1");
  });
});
