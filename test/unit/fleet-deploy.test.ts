import { describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { Facts } from "../../src/host/host.ts";
import { parseJournal } from "../../src/host/migration-journal.ts";
import { nextCommand } from "../../src/report/outcome-text.ts";
import {
  deployRequest,
  good,
  type MemoryHost,
  member,
  memoryHost,
  oneByOne,
  rollbackRequest,
} from "../support/fleet.ts";

const three = (): [MemoryHost, MemoryHost, MemoryHost] => [
  memoryHost("one", good("v1", 1)),
  memoryHost("two", good("v1", 1)),
  memoryHost("three", good("v1", 1)),
];
const live = (hosts: MemoryHost[]) => hosts.map((host) => host.live);
const health = { url: "http://127.0.0.1:1/", status: 200, timeout: 1, retries: 0, interval: 0 };
const migrations = { pending: "list", apply: "migrate", policy: "apply" as const };

describe("a deploy", () => {
  it("activates every host and commits", async () => {
    const hosts = three();
    const report = await deploy(deployRequest(hosts));
    expect(report.outcome).toBe("deployed");
    expect(live(hosts)).toEqual(["v2", "v2", "v2"]);
    expect(hosts[1].calls).toEqual(["facts lock", "prepare", "activate v2", "precommit", "commit v2", "close"]);
    expect(report.hosts.map(({ live: now, previousRelease }) => [previousRelease, now])).toEqual([
      ["v1", "v2"],
      ["v1", "v2"],
      ["v1", "v2"],
    ]);
  });

  it("needs four calls on a single host", async () => {
    const host = memoryHost("one", good("v1", 1));
    await deploy(deployRequest([host]));
    expect(host.calls).toEqual(["facts lock", "prepare", "activate v2", "commit v2", "close"]);
  });

  it("locks the leader first, and leaves the others alone when another run has it", async () => {
    const hosts = three();
    hosts[0].facts_ = { lockedBy: "ana on laptop" };
    const report = await deploy(deployRequest(hosts));
    expect(report.outcome).toBe("refused");
    expect(report.errors[0]?.what).toContain("ana on laptop");
    expect(hosts[1].calls).toEqual(["close"]);
  });

  it("tells all findings of all hosts at once and changes nothing", async () => {
    const hosts = three();
    hosts[0].facts_ = { findings: [{ code: "command-failed", what: "disk full" }] };
    hosts[2].facts_ = {
      findings: [
        { code: "command-failed", what: "no libpq.so.5", remedy: "install it" },
        { code: "command-failed", what: "no inodes" },
      ],
    };
    const report = await deploy(deployRequest(hosts));
    expect(report.outcome).toBe("refused");
    expect(report.errors.map(({ host, what }) => `${host}: ${what}`)).toEqual([
      "one: disk full",
      "three: no libpq.so.5",
      "three: no inodes",
    ]);
    expect(hosts.flatMap(({ calls }) => calls).filter((call) => /prepare|activate/.test(call))).toEqual([]);
  });

  it("is refused when a host cannot be reached, or deploys are locked", async () => {
    const unreachable = three();
    unreachable[2].broken.add("facts");
    expect((await deploy(deployRequest(unreachable))).outcome).toBe("refused");
    const locked = three();
    locked[1].facts_ = { deployLock: "demo at noon" };
    expect((await deploy(deployRequest(locked))).errors[0]?.what).toContain("demo at noon");
    expect(live(locked)).toEqual(["v1", "v1", "v1"]);
  });

  it("is refused, nothing activated, when one host is not prepared", async () => {
    const hosts = three();
    hosts[2].broken.add("prepare");
    const report = await deploy(deployRequest(hosts));
    expect(report.outcome).toBe("refused");
    expect(live(hosts)).toEqual(["v1", "v1", "v1"]);
  });

  it("takes every host back when one cannot be activated", async () => {
    const hosts = three();
    hosts[1].broken.add("activate");
    const report = await deploy(deployRequest(hosts));
    expect(report.outcome).toBe("reverted");
    expect(live(hosts)).toEqual(["v1", "v1", "v1"]);
    expect(hosts[0].calls).toContain("revert v1");
    expect(report.errors[0]).toMatchObject({ host: "two", what: "activate broke" });
  });

  it("takes every host back for what is a defect of Tarlift as well, and tells what a report of it needs", async () => {
    const hosts = three();
    const broken = () => {
      throw new TypeError("no header");
    };
    hosts[1].http = async () => broken();
    const members = hosts.map((host) => member(host, { health: { web: health } }));
    const report = await deploy(deployRequest(hosts, { members }));
    expect([report.outcome, live(hosts)]).toEqual(["reverted", ["v1", "v1", "v1"]]);
    expect(report.errors[0]).toMatchObject({
      host: "two",
      what: "Tarlift has a defect: no header",
      output: expect.stringContaining("fleet-deploy.test.ts"),
      remedy: "Please report it.",
    });
    // Also where it lies between hosts.
    const others = three();
    const waves = Object.defineProperty({ ...oneByOne }, "watch", { get: broken });
    const between = await deploy(deployRequest(others, { waves }));
    expect([between.outcome, live(others)]).toEqual(["reverted", ["v1", "v1", "v1"]]);
  });

  it("case 56: names read-only files where a service fails over one, and only there", async () => {
    const remedyFor = async (detail: string, facts: Partial<Facts>) => {
      const host = memoryHost("one", good("v1", 1));
      host.facts_ = facts;
      host.evidence = [{ service: "web", evidence: "none", detail }];
      return (await deploy(deployRequest([host]))).errors[0]?.remedy;
    };
    const because = { readOnlyBecause: "service web runs as deploy, who owns them" };
    const denied = "sqlite3.OperationalError: attempt to write a readonly database";
    expect(await remedyFor(denied, because)).toMatch(
      /read-only \(0444\) on this host: service web runs as deploy[\s\S]*run-as/,
    );
    expect(await remedyFor("FATAL", because)).not.toContain("read-only");
    expect(await remedyFor(denied, {})).not.toContain("0444");
  });

  it("touches no further host after a failure when hosts are activated one by one", async () => {
    const hosts = three();
    hosts[1].broken.add("activate");
    const report = await deploy(deployRequest(hosts, { waves: oneByOne }));
    expect(report.outcome).toBe("reverted");
    expect(hosts[2].calls).toEqual(["facts lock", "prepare", "observe", "close"]);
  });

  it("takes a failing first release back to none", async () => {
    const host = memoryHost("one");
    host.broken.add("activate");
    const report = await deploy(deployRequest([host]));
    expect(report.outcome).toBe("reverted");
    expect(host.calls).toContain("revert none");
    expect(report.hosts[0]).toMatchObject({ live: undefined, previousRelease: undefined });
  });

  it("says split when a host cannot be reverted, and where it stands", async () => {
    const hosts = three();
    hosts[1].broken.add("activate").add("revert");
    const { activate } = hosts[1];
    hosts[1].activate = (...given) => {
      hosts[1].broken.add("facts");
      return activate(...given);
    };
    const report = await deploy(deployRequest(hosts));
    expect(report.outcome).toBe("split");
    expect(report.hosts.map(({ name, live: now, unknown }) => [name, now, unknown])).toEqual([
      ["one", "v1", false],
      ["two", undefined, true],
      ["three", "v1", false],
    ]);
  });

  it("reverts when a host does not hear the precommit, and only warns when a record fails", async () => {
    const deaf = three();
    deaf[2].broken.add("precommit");
    expect((await deploy(deployRequest(deaf))).outcome).toBe("reverted");
    const forgetful = three();
    forgetful[2].broken.add("commit");
    const report = await deploy(deployRequest(forgetful));
    expect(report.outcome).toBe("deployed");
    expect(report.warnings.join()).toContain("three runs the release but has not recorded it");
  });

  it("reverts a service that is not healthy", async () => {
    for (const answer of [
      { status: 500, headers: {} },
      { status: 301, headers: { location: "https://x/" } },
    ]) {
      const host = memoryHost("one", good("v1", 1));
      host.answers = [answer, answer, { status: 200, headers: {} }];
      const report = await deploy(deployRequest([], { members: [member(host, { health: { web: health } })] }));
      expect(report.outcome).toBe("reverted");
      expect(report.errors[0]?.what).toContain(`answers ${answer.status}`);
    }
  });

  it("says unchanged only of services that run; else it starts them again", async () => {
    const host = memoryHost("one", good("v2", 1));
    host.facts_ = { unchanged: true };
    expect((await deploy(deployRequest([host]))).outcome).toBe("unchanged");
    expect(host.calls).toEqual(["facts lock", "observe", "close"]);
    const dead = memoryHost("one", good("v2", 1));
    dead.facts_ = { unchanged: true };
    dead.evidence = [{ service: "web", evidence: "none", detail: "FATAL" }];
    const report = await deploy(deployRequest([dead]));
    expect(dead.calls).toContain("activate v2");
    expect(report.warnings.join()).toContain("to be started again");
  });

  it("starts a service that is down where the release is live already, while other hosts get it, and only there", async () => {
    const hosts = [
      memoryHost("well", good("v2", 2)),
      memoryHost("down", good("v2", 2)),
      memoryHost("old", good("v1", 1)),
    ];
    for (const host of hosts.slice(0, 2)) host.facts_ = { unchanged: true };
    const asked: string[] = [];
    for (const host of hosts) {
      const { activate } = host;
      host.activate = async (request, task) => {
        asked.push(`${host.name} ${request.restart}`);
        if (request.restart === "always") host.evidence = hosts[0]!.evidence;
        return activate(request, task);
      };
    }
    hosts[1]!.evidence = [{ service: "web", evidence: "none", detail: "FATAL" }];
    const report = await deploy(deployRequest(hosts));
    expect([report.outcome, report.errors, asked]).toEqual([
      "deployed",
      [],
      ["well changed", "down always", "old changed"],
    ]);
    expect(report.warnings).toEqual(["the release is live already, but down: web: FATAL; it is to be started again"]);
    expect(hosts[2]!.calls).not.toContain("observe");
  });

  it("is superseded by a live descendant, unless older ones are allowed", async () => {
    const isAncestor = async (ancestor: string, descendant: string) => ancestor === "ours" && descendant === "v1";
    expect((await deploy(deployRequest(three(), { isAncestor }))).outcome).toBe("superseded");
    expect((await deploy(deployRequest(three(), { isAncestor, allowOlder: true }))).outcome).toBe("deployed");
    const uneven = three();
    uneven[1].facts_ = { live: good("v0", 0) };
    expect((await deploy(deployRequest(uneven, { isAncestor }))).outcome).toBe("deployed");
  });

  it("plans beside another run, of whose migrations nothing is known yet", async () => {
    const plan = async (running?: string) => {
      const host = memoryHost("app1", good("v1", 1));
      const migrations = parseJournal("good t1 v1\nbegun t9 v9 shop.0009");
      host.facts_ = { migrations, running };
      const { outcome, schemaAhead, warnings } = await deploy(deployRequest([host], { dryRun: true }));
      return [outcome, schemaAhead, ...warnings];
    };
    expect(await plan("ana on laptop")).toEqual([
      "planned",
      false,
      "app1: a run goes on there: ana on laptop; when it has ended, a plan may be another",
    ]);
    expect(await plan()).toEqual(["planned", true, expect.stringContaining("the host stopped, or they were killed")]);
  });

  it("plans for what is live once a run that was cut off is put in order, and says what that run left", async () => {
    const plan = async (phase: "activated" | "precommit", running?: string) => {
      const live = good("v2", 2, { state: "active" });
      const open = { transaction: "t9", phase, release: "v2", previous: "v1" };
      const host = memoryHost("app1", live);
      const migrations = parseJournal("good t1 v1\nbegun t9 v2 shop.0009\nended t9 v2 0");
      const drained = [{ server: "web/app1", previous: "ready" }];
      host.facts_ = { open, drained, migrations, running, releases: [live, good("v1", 1)] };
      // Ours is older than what was left half-way, and newer than what was live before.
      const isAncestor = async (_ours: string, descendant: string) => descendant === "v2";
      return deploy(deployRequest([host], { dryRun: true, isAncestor }));
    };
    const back = await plan("activated");
    expect([back.outcome, back.schemaAhead, back.warnings]).toEqual([
      "planned",
      true,
      [
        "app1: a run before this one has applied 1 migration of v2 (shop.0009), and its release did not stay",
        "app1: a run that was cut off has taken it out of web/app1: a deploy begins by giving it back",
        "app1: a run that was cut off has left v2 half-way: when a deploy begins, it is reverted; this is the plan for what is live then",
      ],
    ]);
    const stays = await plan("precommit");
    expect([stays.outcome, stays.schemaAhead]).toEqual(["superseded", false]);
    expect(stays.warnings).toContainEqual(expect.stringContaining("it is finished"));
    // What a run has under way is its own.
    expect((await plan("activated", "ana on laptop")).warnings).toHaveLength(2);
  });

  it("plans without a lock and without touching anything", async () => {
    const hosts = three();
    const report = await deploy(deployRequest(hosts, { dryRun: true }));
    expect(report.outcome).toBe("planned");
    expect(hosts[0].calls).toEqual(["facts", "close"]);
    expect(report.hosts[0]?.missing).toEqual({ files: 1, bytes: 10 });
  });

  it("runs no hook of a release that was cancelled while it was activated", async () => {
    const abort = new AbortController();
    const host = memoryHost("app1", good("v1", 1));
    const { activate } = host;
    host.activate = async (request, task) => {
      abort.abort();
      return activate(request, task);
    };
    const hooks = { "after-deploy": [{ run: "announce", on: "hosts" as const, "on-failure": "fail" as const }] };
    const report = await deploy(deployRequest([host], { signal: abort.signal, hooks }));
    expect(report.outcome).toBe("reverted");
    expect(report.errors).toEqual([{ code: "cancelled", what: "cancelled" }]);
    expect(host.calls).not.toContain("task announce");
    expect(host.live).toBe("v1");
  });

  it("opens no step after it was cancelled, and reverts what it had activated", async () => {
    const early = three();
    expect((await deploy(deployRequest(early, { signal: AbortSignal.abort() }))).outcome).toBe("refused");
    expect(early[0].calls).not.toContain("activate v2");
    const late = three();
    const abort = new AbortController();
    const observed = late[0].activate;
    late[0].activate = async (...request) => {
      abort.abort();
      return observed(...request);
    };
    const report = await deploy(deployRequest(late, { signal: abort.signal, waves: oneByOne }));
    expect(report.outcome).toBe("reverted");
    expect(live(late)).toEqual(["v1", "v1", "v1"]);
  });
});

describe("migrations", () => {
  it("are applied once, on the leader, between barrier and activation", async () => {
    const hosts = three();
    hosts[0].pending = ["0002_more"];
    const report = await deploy(deployRequest(hosts, { migrations }));
    expect(report).toMatchObject({ outcome: "deployed", pending: ["0002_more"], schemaAhead: false });
    expect(hosts[0].calls.slice(1, 4)).toEqual(["prepare", "task migrate", "activate v2"]);
    expect(hosts[1].calls).not.toContain("task migrate");
  });

  it("leave the schema ahead when the deploy is reverted after them, and say so", async () => {
    const hosts = three();
    hosts[0].pending = ["0002_more"];
    hosts[1].broken.add("activate");
    expect(await deploy(deployRequest(hosts, { migrations }))).toMatchObject({
      outcome: "reverted",
      schemaAhead: true,
      schemaUncertain: false,
    });
  });

  it("that a signal killed stop the deploy and are named", async () => {
    const hosts = three();
    hosts[0].pending = ["0002_more"];
    hosts[0].end = { code: null, signal: "SIGKILL", timedOut: false, lastLines: "" };
    const report = await deploy(deployRequest(hosts, { migrations }));
    expect(report).toMatchObject({ outcome: "reverted", schemaAhead: true, schemaUncertain: true });
    expect(report.errors[0]?.where?.ended).toContain("SIGKILL");
    expect(live(hosts)).toEqual(["v1", "v1", "v1"]);
  });

  it("refuse a deploy under require-none, and are not looked at under ignore", async () => {
    const hosts = three();
    hosts[0].pending = ["0002_more"];
    const strict = await deploy(deployRequest(hosts, { migrations: { ...migrations, policy: "require-none" } }));
    expect(strict.outcome).toBe("refused");
    const ignored = await deploy(deployRequest(hosts, { migrations: { ...migrations, policy: "ignore" } }));
    expect(ignored).toMatchObject({ outcome: "deployed", pending: [] });
  });
});

describe("hooks", () => {
  it("run on the hosts that they name, and a failing one takes the deploy back", async () => {
    const hosts = three();
    const hooks = { "after-deploy": [{ run: "warm", on: "leader" as const, "on-failure": "fail" as const }] };
    await deploy(deployRequest(hosts, { hooks }));
    expect(hosts.map(({ calls }) => calls.includes("task warm"))).toEqual([true, false, false]);
    const failing = three();
    failing[0].end = { code: 1, timedOut: false, lastLines: "cold" };
    expect((await deploy(deployRequest(failing, { hooks }))).outcome).toBe("reverted");
  });

  it("that may fail are listed", async () => {
    const hosts = three();
    hosts[0].end = { code: 1, timedOut: false, lastLines: "cold" };
    const hooks = { "after-deploy": [{ run: "warm", on: "leader" as const, "on-failure": "warn" as const }] };
    const report = await deploy(deployRequest(hosts, { hooks }));
    expect(report.outcome).toBe("deployed");
    expect(report.warnings.join()).toContain("cold");
  });

  it("on the runner have the data in their environment", async () => {
    const hooks = {
      "before-deploy": [
        { run: 'test "$TARLIFT_TARGET" = production', on: "runner" as const, "on-failure": "fail" as const },
      ],
    };
    expect((await deploy(deployRequest(three(), { hooks }))).outcome).toBe("deployed");
  });
});

describe("what a killed run left", () => {
  const open = (phase: "activated" | "precommit") => ({ transaction: "old", phase, release: "v2", previous: "v1" });

  it("is reverted before anything else when no host had precommitted", async () => {
    const hosts = three();
    const facts = hosts[0].facts.bind(hosts[0]);
    hosts[0].facts_ = { open: open("activated") };
    hosts[0].facts = async (request) => {
      const found = await facts(request);
      hosts[0].facts_ = {};
      return found;
    };
    expect((await deploy(deployRequest(hosts))).outcome).toBe("deployed");
    expect(hosts[0].calls.slice(0, 3)).toEqual(["facts lock", "revert v1", "facts lock"]);
  });

  it("is finished everywhere when one had", async () => {
    const hosts = three();
    hosts[0].facts_ = { open: open("activated"), live: good("v2", 2) };
    hosts[1].facts_ = { open: open("precommit"), live: good("v2", 2) };
    await deploy(deployRequest(hosts));
    expect(hosts[0].calls).toContain("commit v2");
    expect(hosts[0].calls).not.toContain("revert v1");
  });

  it("is finished as the rollback that it was: what it returned to keeps its place among the good ones", async () => {
    const hosts = three();
    const back = { transaction: "old", phase: "precommit" as const, release: "v1", previous: "v2" };
    for (const host of hosts)
      host.facts_ = { open: back, live: good("v1", 1), releases: [good("v1", 1), good("v2", 2)] };
    await deploy(deployRequest(hosts));
    expect(hosts[0].calls).toContain("commit-rollback v1");
  });
});

describe("a rollback", () => {
  const releases = [good("c", 3), good("b", 2), good("a", 1), good("x", 2.5, { state: "failed" })];
  const at = (id: string) => {
    const hosts = [
      memoryHost(
        "one",
        releases.find((one) => one.id === id),
      ),
      memoryHost("two", good(id, 9)),
    ];
    for (const host of hosts) host.facts_ = { releases, live: releases.find((one) => one.id === id) };
    return hosts;
  };

  it("goes to what the whole target last ran in good health, and further back the second time", async () => {
    const hosts = at("c");
    expect(await rollback(rollbackRequest(hosts))).toMatchObject({ outcome: "rolled-back", release: "b" });
    expect(hosts[0]!.calls).toEqual(["facts lock", "drift b", "activate b", "precommit", "commit-rollback b", "close"]);
    expect(await rollback(rollbackRequest(at("b")))).toMatchObject({ outcome: "rolled-back", release: "a" });
    expect(await rollback(rollbackRequest(at("a")))).toMatchObject({ outcome: "refused" });
  });

  it("goes to a named release, and never to one that was not good", async () => {
    expect(await rollback(rollbackRequest(at("c"), { to: "a" }))).toMatchObject({ release: "a" });
    expect((await rollback(rollbackRequest(at("c"), { to: "x" }))).outcome).toBe("refused");
  });

  it("that leads nowhere names what leads somewhere: a release that came later, nothing for what is live, the commit", async () => {
    const error = async (id: string, to?: string) => {
      const { errors } = await rollback(rollbackRequest(at(id), to === undefined ? {} : { to }));
      return [errors[0]?.what, errors[0]?.remedy];
    };
    expect((await error("a"))[1]).toBe("To go to a release that came later, name it: tarlift rollback TARGET --to c");
    expect(await rollback(rollbackRequest(at("a"), { to: "c" }))).toMatchObject({ release: "c" });
    expect(await error("a", "a")).toEqual(["a is live on every host already", undefined]);
    expect((await error("a", "x"))[1]).toMatch(/^Check out the commit .*: tarlift deploy TARGET --allow-older$/);
  });

  it("that crosses migrations names the same call again, with the release that it was to go to", async () => {
    const journal = parseJournal("good 1 a\ngood 2 b\nbegun 3 c 0003\nended 3 c 0\ngood 3 c");
    const remedy = async (to?: string) => {
      const hosts = at("c");
      hosts[0]!.facts_ = { ...hosts[0]!.facts_, migrations: journal };
      return (await rollback(rollbackRequest(hosts, to === undefined ? {} : { to }))).errors[0]?.remedy;
    };
    expect(await remedy("a")).toContain("tarlift rollback production --to a --allow-schema-ahead");
    expect(await remedy()).toContain("tarlift rollback production --allow-schema-ahead");
  });

  it("crosses no migration that the live release lists as pending, however many these are", async () => {
    const names = Array.from({ length: 60 }, (_, n) => `shop.${n}`);
    const journal = ["good 1 b", ...names.map((name) => `begun 3 c ${name}`), "ended 3 c 0", "good 3 c"].join("\n");
    const outcome = async (pending: string[]) => {
      const hosts = at("c");
      for (const host of hosts) host.facts_ = { ...host.facts_, migrations: parseJournal(journal) };
      hosts[0]!.pending = pending;
      const report = await rollback(
        rollbackRequest(hosts, { migrations: { pending: "list", policy: "apply" } as never }),
      );
      expect(hosts[0]!.calls).toContain("pending c");
      return report.outcome;
    };
    expect([await outcome(names), await outcome(names.slice(1))]).toEqual(["rolled-back", "refused"]);
  });

  it("case 12: leads back to what was live before by its name, since without one it leads further back", async () => {
    expect((await rollback(rollbackRequest(at("c")))).back).toEqual({ to: "c", crosses: false });
    expect(nextCommand(await rollback(rollbackRequest(at("c"))))).toBe(
      "tarlift status production   (to roll back: tarlift rollback production --to c)",
    );
  });

  it("leads back across what a release applied that did not stay, with the word that this needs", async () => {
    const live = good("v1", 1);
    const journal = "good t1 v1\nbegun t2 v2 shop.0002\nended t2 v2 0\n";
    const host = memoryHost("one", live, "v3");
    host.facts_ = { releases: [live], migrations: parseJournal(journal) };
    const report = await deploy(deployRequest([host]));
    expect(report.back).toEqual({ crosses: true });
    const after = memoryHost("one", good("v3", 3));
    after.facts_ = { releases: [good("v3", 3), live], migrations: parseJournal(`${journal}good d1 v3`) };
    const { outcome } = await rollback(rollbackRequest([after], { allowSchemaAhead: report.back!.crosses }));
    expect(outcome).toBe("rolled-back");
    expect((await rollback(rollbackRequest([after]))).outcome).toBe("refused");
  });

  it("case 12: is not offered where it would be refused or lead elsewhere: first releases, new hosts, after a rollback", async () => {
    const backFrom = async (...found: Partial<Facts>[]) => {
      const hosts = found.map((facts, n) => Object.assign(memoryHost(`h${n}`), { facts_: facts }));
      return nextCommand(await deploy(deployRequest(hosts)));
    };
    const v1 = { live: releases[2]!, releases: [releases[2]!] };
    expect(await backFrom({})).toBe("tarlift status production");
    expect(await backFrom(v1)).toBe("tarlift status production   (to roll back: tarlift rollback production)");
    expect(await backFrom(v1, {})).toBe("tarlift status production");
    // "c" became good after "b", which was returned to.
    expect(await backFrom({ live: releases[1]!, releases })).toBe(
      "tarlift status production   (to roll back: tarlift rollback production --to b)",
    );
  });

  it("case 12: says which host lacks which release when there is none to return to", async () => {
    const hosts = at("c");
    hosts[1]!.facts_ = { live: releases[0]!, releases: [releases[0]!] };
    const report = await rollback(rollbackRequest(hosts));
    expect([report.outcome, report.errors[0]?.output]).toEqual(["refused", "b: not on two\na: not on two"]);
  });

  it("passes over a release that one host does not have", async () => {
    const hosts = at("c");
    hosts[1]!.facts_ = { ...hosts[1]!.facts_, releases: releases.filter(({ id }) => id !== "b") };
    expect(await rollback(rollbackRequest(hosts))).toMatchObject({ release: "a" });
  });

  it.each([0, 1])("goes to what a host runs that has stayed behind, and no further (host %i)", async (behind) => {
    const hosts = at("c");
    hosts[behind]!.facts_ = { releases: releases.filter(({ id }) => id !== "c"), live: releases[1]! };
    expect(await rollback(rollbackRequest(hosts))).toMatchObject({ outcome: "rolled-back", release: "b" });
  });

  it("starts a service that is down on a host that has stayed behind with it", async () => {
    const hosts = at("c");
    hosts[1]!.facts_ = { releases: releases.filter(({ id }) => id !== "c"), live: releases[1]! };
    hosts[1]!.evidence = [{ service: "web", evidence: "none", detail: "FATAL" }];
    const { activate } = hosts[1]!;
    hosts[1]!.activate = async (request, task) => {
      if (request.restart === "always") hosts[1]!.evidence = hosts[0]!.evidence;
      return activate(request, task);
    };
    expect(await rollback(rollbackRequest(hosts))).toMatchObject({ outcome: "rolled-back", release: "b" });
  });

  it("is refused when files of the release changed since", async () => {
    const hosts = at("c");
    hosts[1]!.broken.add("files");
    const report = await rollback(rollbackRequest(hosts));
    expect(report.outcome).toBe("refused");
    expect(report.errors[0]?.output).toBe("app.py");
    expect(hosts[0]!.live).toBe("c");
  });

  it("takes all hosts back when one does not come up", async () => {
    const hosts = at("c");
    hosts[1]!.broken.add("activate");
    expect((await rollback(rollbackRequest(hosts))).outcome).toBe("reverted");
    expect(hosts.map((host) => host.live)).toEqual(["c", "c"]);
  });
});
