// An outcome is true also where the failure comes at a moment that no call waits for.
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { converge } from "../../src/fleet/converge.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { ServiceEvidence } from "../../src/host/host.ts";
import { parseJournal } from "../../src/host/migration-journal.ts";
import { nextCommand, outcomeSentence } from "../../src/report/outcome-text.ts";
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
const V2 = good("v2", 2);

/** The connection breaks in `call`, after the host has done it or before; `facts` makes a new one. */
function breaksIn(
  host: MemoryHost,
  call: "commit" | "revert",
  did: "before" | "after",
  found: Partial<MemoryHost["facts_"]>,
) {
  const lost = { now: false };
  Object.defineProperty(host, "lost", { get: () => lost.now });
  const { facts } = host;
  const own = host[call] as (...given: unknown[]) => Promise<unknown>;
  let broke = false;
  host.facts = (request) => {
    lost.now = false;
    return facts(request);
  };
  Object.assign(host, {
    [call]: async (...given: unknown[]) => {
      if (broke) return own(...given);
      broke = true;
      if (did === "after") await own(...given);
      host.facts_ = found;
      lost.now = true;
      throw new Failure({
        code: "command-failed",
        what: "the connection to the host was lost",
        where: { host: host.name },
      });
    },
  });
}

const open = { transaction: "d1", phase: "activated" as const, release: "v2", previous: "v1" };

describe("a single host, whose commit is the only request to keep the release,", () => {
  it("is sent once more when the connection breaks before it arrived", async () => {
    const host = memoryHost("one", V1);
    breaksIn(host, "commit", "before", { live: V2, open });
    const report = await deploy(deployRequest([host]));
    expect(report).toMatchObject({ outcome: "deployed", warnings: [], errors: [] });
    expect(host.calls.filter((call) => call.startsWith("commit"))).toEqual(["commit v2"]);
  });

  it("has the release when only its answer was lost", async () => {
    const host = memoryHost("one", V1);
    breaksIn(host, "commit", "after", { live: { ...V2, transaction: "d1" }, open: undefined });
    const report = await deploy(deployRequest([host]));
    expect(report).toMatchObject({ outcome: "deployed", warnings: [], errors: [] });
    expect(host.calls).not.toContain("revert v1");
  });

  it("is reverted when it cannot record the release: the next run would revert it anyway", async () => {
    const host = memoryHost("one", V1);
    host.broken.add("commit");
    const report = await deploy(deployRequest([host]));
    expect(report.outcome).toBe("reverted");
    expect(report.errors[0]).toMatchObject({ host: "one", what: "commit broke" });
    expect(host.live).toBe("v1");
  });

  it("is split when it cannot be reached any more: it may revert automatically", async () => {
    const host = memoryHost("one", V1);
    breaksIn(host, "commit", "before", {});
    host.commit = host.commit.bind(host);
    const { commit } = host;
    host.commit = (request) => {
      host.broken.add("facts").add("revert");
      return commit(request);
    };
    const report = await deploy(deployRequest([host]));
    expect(report.outcome).toBe("split");
    expect(report.hosts[0]?.unknown).toBe(true);
  });
});

describe("a connection ends with the commit,", () => {
  const server = {
    name: "web/a",
    state: async () => "ready",
    drain: async () => ({ cutOff: 0 }),
    restore: async () => {},
    preflight: async () => {},
  };
  const hook = (on: "hosts" | "leader" | "runner") => ({
    hooks: { "after-commit": [{ run: "true", on, "on-failure": "fail" as const }] },
  });
  it.each([
    ["a single host's too", 1, {}, {}, true],
    ["every one of several", 2, {}, { backendServers: [server] }, true],
    ["not that of a single host with balancers: it may have to leave them", 1, {}, { backendServers: [server] }, false],
    ["not before hooks on hosts", 2, hook("hosts"), {}, false],
    ["not before hooks on the leader", 2, hook("leader"), {}, false],
    ["with hooks on this machine alone", 2, hook("runner"), {}, true],
  ])("%s", async (_, count, more, of, last) => {
    const hosts = Array.from({ length: count }, (_, n) => memoryHost(`h${n}`, V1));
    const reported: (boolean | undefined)[] = [];
    for (const host of hosts) {
      const { commit } = host;
      host.commit = (request) => {
        reported.push(request.last);
        return commit(request);
      };
    }
    const members = hosts.map((host) => member(host, of));
    const report = await deploy(deployRequest([], { members, directory: "/", ...more }));
    expect(report).toMatchObject({ outcome: "deployed", errors: [] });
    expect(reported).toEqual(hosts.map(() => last));
  });
});

describe("a host that was never switched", () => {
  it("is not restarted when others are reverted: its balancer did not let it go", async () => {
    const hosts = [memoryHost("a", V1), memoryHost("b", V1)];
    const server = {
      name: "web/b",
      state: async () => "ready",
      drain: async () => {
        throw new Failure({ code: "command-failed", what: "the balancer does not answer" });
      },
      restore: async () => {},
      preflight: async () => {},
    };
    const members = [member(hosts[0]!), member(hosts[1]!, { backendServers: [server] })];
    const report = await deploy(deployRequest([], { members, waves: oneByOne }));
    expect(report.outcome).toBe("reverted");
    expect(hosts[0]!.calls).toContain("revert v1");
    expect(hosts[1]!.calls).not.toContain("revert v1");
    expect(report.hosts[1]).toMatchObject({ live: "v1", unknown: false });
  });
});

describe("a host on which the release was live already", () => {
  const evidence = (evidence: ServiceEvidence["evidence"]): ServiceEvidence[] => [
    { service: "web", evidence, detail: "seen" },
  ];

  it("leaves nothing open when the others are reverted, and keeps its services as they are", async () => {
    const hosts = [memoryHost("a", V2), memoryHost("b", V1)];
    hosts[0]!.evidence = evidence("directory");
    hosts[1]!.broken.add("activate");
    const closed: unknown[] = [];
    const { revert } = hosts[0]!;
    hosts[0]!.revert = async (request, task) => {
      closed.push(request);
      return revert(request, task);
    };
    const report = await deploy(deployRequest(hosts));
    expect(report.outcome).toBe("reverted");
    expect(closed).toEqual([{ from: "v2", to: "v2", services: [], transaction: "d1" }]);
    expect(report.hosts[0]).toMatchObject({ live: "v2", unknown: false, services: evidence("directory") });
  });
});

it("case 1: a host whose link is back and whose service is down is reverted, and the service is named as down", async () => {
  const hosts = [memoryHost("a", V1), memoryHost("b", V1)];
  hosts[1]!.broken.add("activate");
  const down: ServiceEvidence[] = [{ service: "web", evidence: "none", detail: "exited" }];
  const { revert } = hosts[0]!;
  hosts[0]!.revert = async (...request) => {
    await revert(...request);
    hosts[0]!.evidence = down;
    throw new Failure({ code: "command-failed", what: "a service of v1 does not run again" });
  };
  const report = await deploy(deployRequest(hosts));
  expect([report.outcome, outcomeSentence(report), nextCommand(report)]).toEqual([
    "reverted",
    "every host that was touched leads to its old release again, but NOT RUNNING: web on a",
    expect.stringMatching(/^tarlift converge production {3}/),
  ]);
  expect(report.hosts[0]).toMatchObject({ live: "v1", unknown: false, services: down, down: ["web"] });
});

it("case 1: hosts that cannot be reverted are split where others are back, and else the run has failed", async () => {
  const stuck = async (broken: number[]) => {
    const hosts = [memoryHost("a", V1), memoryHost("b", V1)];
    hosts[1]!.broken.add("activate");
    for (const n of broken) {
      hosts[n]!.broken.add("revert");
      hosts[n]!.facts_ = {};
      const { facts } = hosts[n]!;
      let asked = false;
      hosts[n]!.facts = async (request) => {
        const found = await facts(request);
        if (asked) return { ...found, live: V2 };
        asked = true;
        return found;
      };
    }
    const report = await deploy(deployRequest(hosts));
    return [report.outcome, outcomeSentence(report)];
  };
  expect(await stuck([0])).toEqual(["split", "THE FLEET IS SPLIT: hosts lead to different releases"]);
  expect(await stuck([0, 1])).toEqual(["failed", "the release failed, and could not be reverted: it is still live"]);
});

it("what another run has made of a host meanwhile is no revert", async () => {
  const hosts = [memoryHost("a", V1), memoryHost("b", V1)];
  hosts[1]!.broken.add("activate");
  breaksIn(hosts[0]!, "revert", "before", { live: good("v3", 3), open: undefined });
  const report = await deploy(deployRequest(hosts));
  expect(report.outcome).toBe("split");
  expect(report.hosts[0]?.live).toBe("v3");
  expect(report.errors.find(({ host }) => host === "a")?.what).toContain("v3");
});

it("is said where no other host was touched", async () => {
  const host = memoryHost("a", V1);
  host.broken.add("activate");
  breaksIn(host, "revert", "before", { live: good("v3", 3), open: undefined });
  const report = await deploy(deployRequest([host]));
  expect([report.outcome, outcomeSentence(report)]).toEqual([
    "reverted",
    "this release is live nowhere; another run, or a person, has made v3 live meanwhile, and it stays",
  ]);
});

describe("a run that is cancelled before it touched a host", () => {
  it("has changed nothing, and says why it ended", async () => {
    const releases = [V2, V1];
    const host = memoryHost("one", V2);
    host.facts_ = { releases };
    const back = await rollback(rollbackRequest([host], { signal: AbortSignal.abort() }));
    expect(back).toMatchObject({ outcome: "refused", errors: [{ what: "cancelled" }] });

    const hosts = [memoryHost("a", V2), memoryHost("b", V1)];
    hosts[0]!.facts_ = { releases, agreed: "d2" };
    hosts[1]!.facts_ = { releases, agreed: "d1" };
    const request = { ...rollbackRequest(hosts), signal: AbortSignal.abort(), artifactOf: () => Promise.reject() };
    expect(await converge(request)).toMatchObject({ outcome: "refused", errors: [{ what: "cancelled" }] });
  });

  it("says why it was reverted when it had", async () => {
    const abort = new AbortController();
    const host = memoryHost("one", V2);
    host.facts_ = { releases: [V2, V1] };
    const { activate } = host;
    host.activate = (...given) => {
      abort.abort();
      return activate(...given);
    };
    const report = await rollback(rollbackRequest([host], { signal: abort.signal }));
    expect(report).toMatchObject({ outcome: "reverted", errors: [{ what: "cancelled" }] });
  });
});

describe("with hosts that may stay behind", () => {
  const rules = { ...oneByOne, maxFailures: 2 };

  it("a canary may not: it is there to tell what the release is like", async () => {
    const hosts = [memoryHost("a", V1), memoryHost("b", V1), memoryHost("c", V1)];
    hosts[0]!.broken.add("activate");
    const report = await deploy(deployRequest(hosts, { waves: { ...rules, canary: true } }));
    expect(report.outcome).toBe("reverted");
    expect(hosts.map(({ live }) => live)).toEqual(["v1", "v1", "v1"]);
    expect(hosts[1]!.calls).not.toContain("activate v2");
  });

  it("the last that serves is not drained once the others have failed", async () => {
    const hosts = [memoryHost("a", V1), memoryHost("b", V1), memoryHost("c", V1)];
    for (const host of hosts.slice(1)) {
      host.broken.add("activate");
      host.evidence = [{ service: "web", evidence: "none", detail: "exited" }];
    }
    // The services of those without traffic do not come back either, which is no news.
    for (const host of hosts.slice(1)) host.revert = async ({ to }) => ({ release: to, services: [], warnings: [] });
    const report = await deploy(deployRequest(hosts, { waves: rules }));
    expect(report.outcome).toBe("reverted");
    expect(report.errors.at(-1)?.what).toBe(
      "0 of 3 hosts would stay in service, and 1 must: others have failed before",
    );
    expect(hosts[0]!.calls).not.toContain("activate v2");
  });
});

it("a balancer that drains no server refuses the deploy: nothing was live anywhere", async () => {
  const host = memoryHost("a", V1);
  const server = {
    name: "web/a",
    state: async () => "ready",
    preflight: async () => {},
    drain: async () => {
      throw new Failure({ code: "command-failed", what: "the balancer does not answer" });
    },
    restore: async () => {},
  };
  const report = await deploy(deployRequest([], { members: [member(host, { backendServers: [server] })] }));
  expect(report.outcome).toBe("refused");
  expect(host.calls.filter((call) => /^(activate|revert)/.test(call))).toEqual([]);
});

describe("converge of hosts that a deploy left out", () => {
  const converging = async (others: { serve: boolean; start?: boolean }) => {
    const hosts = Array.from({ length: 8 }, (_, n) => memoryHost(`app${n}`, n < 2 ? V1 : V2));
    for (const [n, host] of hosts.entries()) {
      host.facts_ = { releases: [V2, V1], agreed: n < 2 ? "d1" : "d2" };
      if (n < 2 || others.serve) continue;
      const seen = host.evidence;
      host.evidence = [{ service: "web", evidence: "none", detail: "exited" }];
      const { activate } = host;
      host.activate = async (request, task) => {
        if (others.start && request.restart === "always") host.evidence = seen;
        return activate(request, task);
      };
    }
    const waves = { ...oneByOne, canary: false, size: "50%", minHealthy: "75%" };
    const artifactOf = () => Promise.reject(new Failure({ code: "command-failed", what: "there is none" }));
    return { hosts, report: await converge({ ...rollbackRequest(hosts), waves, artifactOf }) };
  };

  it("counts the others as in service", async () => {
    const { hosts, report } = await converging({ serve: true });
    expect([report.outcome, report.errors]).toEqual(["deployed", []]);
    expect(hosts.filter(({ calls }) => calls.some((call) => call.startsWith("activate"))).length).toBe(2);
  });

  it("starts those that do not serve, first", async () => {
    const { hosts, report } = await converging({ serve: false, start: true });
    expect([report.outcome, report.errors]).toEqual(["deployed", []]);
    expect(report.hosts.flatMap(({ services }) => services.map(({ evidence }) => evidence))).toEqual(
      Array(8).fill("directory"),
    );
    expect(hosts.map(({ calls }) => calls.includes("activate v2"))).toEqual(Array(8).fill(true));
  });

  it("leaves those that serve as they are where the others cannot be started: no end with a service down is a good one", async () => {
    const { hosts, report } = await converging({ serve: false });
    expect([report.outcome, report.errors[0]?.what]).toEqual(["reverted", "web does not run the release"]);
    expect(hosts.slice(0, 2).map(({ live }) => live)).toEqual(["v1", "v1"]);
  });

  it("names a host that gets another configuration than the others have, or perhaps does, as far as that is known", async () => {
    const artifactOf = async () => deployRequest([]).artifact;
    const reported = async (had: string | undefined, copy?: string) => {
      const live = good("v2", 2, { configuration: had });
      const hosts = [memoryHost("a", live), memoryHost("b", V1)];
      hosts[0]!.facts_ = { agreed: "d2", configuration: "blue" };
      hosts[1]!.facts_ = {
        configuration: "blue",
        releases: copy ? [good("v2", 2, { configuration: copy }), V1] : [V1],
      };
      const report = await converge({ ...rollbackRequest(hosts), artifactOf });
      expect(report.outcome).toBe("deployed");
      return report.warnings;
    };
    const deployIt = "To give all hosts that of one run: tarlift deploy TARGET";
    expect(await reported("blue")).toEqual([]);
    expect(await reported("red")).toEqual([
      `b: it gets the configuration of this run, which is another than a was given. ${deployIt}`,
    ]);
    expect(await reported(undefined)).toEqual([
      `b: it gets the configuration of this run; what a was given is not recorded there. ${deployIt}`,
    ]);
    expect(await reported("red", "red")).toEqual([]);
    expect(await reported("red", "green")).toEqual([
      `b: its copy of the release has another configuration than a. ${deployIt}`,
    ]);
    expect(await reported(undefined, "green")).toEqual([
      `b: its copy of the release may have another configuration than a. ${deployIt}`,
    ]);
  });

  it("leads back nowhere, and settles no schema that a run before it left ahead", async () => {
    const artifactOf = async () => deployRequest([]).artifact;
    for (const own of [true, false]) {
      const hosts = [memoryHost("a", V2), memoryHost("b", V2), memoryHost("c", V1)];
      for (const host of hosts.slice(0, 2)) host.facts_ = { agreed: "d2", releases: [V2, V1] };
      hosts[0]!.facts_.migrations = parseJournal("good d2 v2\nbegun d3 v3 shop.0003\nended d3 v3 0");
      // It had the release before, and applied something since: that says nothing about the others.
      const journal = parseJournal("good d0 v2\nbegun d2 v2 shop.0002\nended d2 v2 0\nback d1 v1");
      hosts[2]!.facts_ = { agreed: "d1", releases: own ? [V2, V1] : [V1], migrations: journal };
      const report = await converge({ ...rollbackRequest(hosts), artifactOf });
      expect(report).toMatchObject({ outcome: "deployed", back: undefined, schemaAhead: true, schemaUncertain: false });
      expect(report.warnings).toEqual([expect.stringMatching(/^a: a run before this one has applied .*shop.0003/)]);
      expect(nextCommand(report)).toBe("tarlift status production");
    }
  });
});

it("converge starts what is down although the application has added files, and calls a release with them not unchanged", async () => {
  const converged = async (down: boolean) => {
    const host = memoryHost("a", V2);
    host.facts_ = { releases: [V2], agreed: "d2" };
    host.drift = async () => ({ changed: [], count: 0, added: { paths: [".next/x.html"], count: 1 } });
    let started = false;
    const { activate } = host;
    host.activate = (...given) => {
      started = true;
      return activate(...given);
    };
    host.observe = async () => [{ service: "web", evidence: down && !started ? "none" : "directory", detail: "seen" }];
    return converge({ ...rollbackRequest([host]), artifactOf: () => Promise.reject() });
  };
  expect(await converged(true)).toMatchObject({
    outcome: "deployed",
    warnings: expect.arrayContaining([expect.stringContaining("v2 has 1 file that no release brought")]),
  });
  expect(await converged(false)).toMatchObject({
    outcome: "refused",
    errors: [{ what: "1 file of v2 changed since it was verified" }],
  });
});

it("a refusal after what an earlier run had left was put in order does not say that nothing changed", () => {
  const phases = [{ phase: "recover" as const, ok: true, seconds: 1 }];
  const host = { name: "a", phases, services: [], live: "v1", previousRelease: "v2" };
  const said = (outcome: "refused" | "superseded", hosts: unknown[]) => outcomeSentence({ outcome, hosts } as never);
  expect(said("refused", [host])).toMatch(/^nothing new was done; what an earlier run had left was put in order/);
  expect(said("superseded", [host])).toMatch(/^a newer commit is live; what an earlier run had left/);
  expect(said("refused", [{ ...host, phases: [] }])).toBe("nothing changed anywhere");
});

it("converge follows the hosts that went on, not a clock that was ahead", async () => {
  const [old, next] = [good("v1", 1, { transaction: "z-ahead" }), good("v2", 2, { transaction: "a-right" })];
  const hosts = [memoryHost("away", old), memoryHost("b", next), memoryHost("c", next)];
  for (const host of hosts.slice(1)) host.facts_ = { releases: [next, old], agreed: "a-right" };
  hosts[0]!.facts_ = { releases: [old], agreed: "z-ahead" };
  const artifactOf = async () =>
    Promise.reject(new Failure({ code: "command-failed", what: "it is not in the store" }));
  const report = await converge({ ...rollbackRequest(hosts), artifactOf });
  expect(report).toMatchObject({ outcome: "refused", release: "v2" });
  expect(hosts[1]!.calls).not.toContain("activate v1");
});

it("a refusal because a host could not be put in order tells of migrations that were left, too", async () => {
  const open = { transaction: "lost", phase: "activated" as const, release: "v2", previous: "v1" };
  for (const begin of [deploy, rollback]) {
    const host = memoryHost("a", good("v2", 2, { state: "active" }));
    host.facts_ = {
      open,
      releases: [V1],
      migrations: parseJournal("good t1 v1\nbegun lost v2 shop.0002\nended lost v2 0"),
    };
    host.broken.add("revert");
    const report = await (begin === deploy ? deploy(deployRequest([host])) : rollback(rollbackRequest([host])));
    expect(report).toMatchObject({ outcome: "refused", schemaAhead: true, schemaUncertain: false });
  }
});
