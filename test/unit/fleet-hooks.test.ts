// At which points of a transaction hooks run, on which hosts, and what their failure means there. Their variables and the user they run as:
// test/fleet/hooks.test.ts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { converge } from "../../src/fleet/converge.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import type { HookPoint } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { TaskRequest } from "../../src/host/host.ts";
import {
  deployRequest,
  good,
  type MemoryHost,
  member,
  memoryHost,
  oneByOne,
  rollbackRequest,
} from "../support/fleet.ts";
import { temporary } from "../support/temporary.ts";

const DEPLOY: HookPoint[] = [
  "before-prepare",
  "after-prepare",
  "before-deploy",
  "before-migrate",
  "after-migrate",
  "before-activate",
  "after-activate",
  "after-deploy",
  "after-commit",
];
const ROLLBACK: HookPoint[] = [
  "before-rollback",
  "before-activate",
  "after-activate",
  "after-rollback",
  "after-commit",
];
const EVERY = [...new Set<HookPoint>([...DEPLOY, ...ROLLBACK, "after-failure"])];
const migrations = { pending: "list", apply: "migrate", policy: "apply" as const };

/** A hook at each of these points, whose text is its point. */
const hooksAt = (points: readonly HookPoint[], more: object = {}) =>
  Object.fromEntries(
    points.map((point) => [point, [{ run: point, on: "hosts" as const, "on-failure": "fail" as const, ...more }]]),
  );

/** What was run on a host: `<text> in <release>`; `broken` texts fail. */
function listening(host: MemoryHost, broken: readonly string[] = []): string[] {
  const ran: string[] = [];
  host.task = async ({ run, release, variables }: TaskRequest) => {
    const { TARLIFT_OUTCOME: outcome, TARLIFT_ACTION: action } = variables ?? {};
    ran.push(`${run} in ${release}${outcome ? ` ${outcome} ${action}` : ""}`);
    return { code: broken.includes(run) ? 1 : 0, timedOut: false, lastLines: "it rains" };
  };
  return ran;
}

const fleet = (...broken: string[]) => {
  const hosts = ["one", "two", "three"].map((name) => memoryHost(name, good("v1", 2)));
  for (const host of hosts) {
    host.pending = ["0001"];
    host.facts_ = { releases: [good("v1", 2), good("v0", 1)] };
  }
  return { hosts, ran: hosts.map((host) => listening(host, broken)) };
};

describe("the right to run commands as the services' user", () => {
  /** Hosts that are asked for it. */
  async function asked(point: HookPoint, more: object, waves = oneByOne): Promise<string[]> {
    const names: string[] = [];
    const roles = { web1: ["web"], web2: ["web"], db: ["db"] };
    const members = Object.entries(roles).map(([name, own]) => {
      const host = memoryHost(name, good("v1", 2));
      const { prepare } = host;
      host.prepare = (request, task) => {
        if (request.commandsAs?.includes("shop")) names.push(name);
        return prepare(request, task);
      };
      const one = member(host, { roles: own });
      return { ...one, layout: { ...one.layout, runAs: "shop" } };
    });
    await deploy(deployRequest([], { members, waves, hooks: hooksAt([point], more) }));
    return names;
  }

  it("is asked of the hosts on which a hook may run, and the deploy needs it", async () => {
    expect(await asked("after-deploy", {})).toEqual(["web1", "web2", "db"]);
    expect(await asked("after-deploy", { roles: ["web"] })).toEqual(["web1", "web2"]);
    expect(await asked("after-deploy", { on: "runner" })).toEqual([]);
    expect(await asked("after-deploy", { "on-failure": "warn" })).toEqual([]);
    const led = { on: "leader", roles: ["web"] };
    expect(await asked("after-deploy", led)).toEqual(["web1"]);
    // The first one may have failed by then.
    expect(await asked("after-failure", led)).toEqual(["web1", "web2"]);
    expect(await asked("after-deploy", led, { ...oneByOne, maxFailures: 1 })).toEqual(["web1", "web2"]);
  });
});

describe("hooks", () => {
  it("stand at every boundary of a deploy, around migrations where there are any, and at none of a failure", async () => {
    const { hosts, ran } = fleet();
    const report = await deploy(deployRequest(hosts, { hooks: hooksAt(EVERY), migrations }));
    expect([report.outcome, report.warnings]).toEqual(["deployed", []]);
    const on = (point: string) => `${point} in ${point === "before-prepare" ? "v1" : "v2"}`;
    expect(ran[1]).toEqual(DEPLOY.map(on));
    expect(ran[0]).toEqual(
      DEPLOY.flatMap((point) => (point === "after-migrate" ? ["migrate in v2", on(point)] : on(point))),
    );
    for (const host of hosts) host.pending = [];
    ran[0]!.length = 0;
    await deploy(deployRequest(hosts, { hooks: hooksAt(EVERY), migrations }));
    expect(ran[0]?.filter((text) => text.includes("migrate"))).toEqual([]);
  });

  it("stand at those of a rollback", async () => {
    const { hosts, ran } = fleet();
    expect((await rollback(rollbackRequest(hosts, { hooks: hooksAt(EVERY) }))).outcome).toBe("rolled-back");
    expect(ran[2]).toEqual(ROLLBACK.map((point) => `${point} in v0`));
  });

  it("stand at those of a converge that switches something, and none of them around migrations", async () => {
    const own = ["before-deploy", "before-activate", "after-activate", "after-deploy", "after-commit"];
    for (const sent of [false, true]) {
      const { hosts, ran } = fleet();
      for (const host of hosts.slice(0, 2))
        host.facts_ = { agreed: "d2", live: good("v2", 3), releases: [good("v2", 3), good("v1", 2)] };
      if (!sent) hosts[2]!.facts_ = { releases: [good("v2", 3), good("v1", 2)] };
      const artifactOf = async () => deployRequest([]).artifact;
      const report = await converge({ ...rollbackRequest(hosts, { hooks: hooksAt(EVERY) }), artifactOf });
      expect([report.outcome, report.warnings]).toEqual(["deployed", []]);
      expect(ran.slice(0, 2)).toEqual([[], []]);
      const prepare = sent ? ["before-prepare in v1", "after-prepare in v2"] : [];
      expect(ran[2]).toEqual([...prepare, ...own.map((point) => `${point} in v2`)]);
    }
  });

  it("after a failure run where a converge is reverted, or is refused, and on the leader that the other hooks had", async () => {
    const { hosts, ran } = fleet("after-activate");
    for (const host of hosts.slice(0, 2))
      host.facts_ = { agreed: "d2", live: good("v2", 3), releases: [good("v2", 3)] };
    const artifactOf = async () => deployRequest([]).artifact;
    const hooks = hooksAt(["after-activate", "after-failure"]);
    const request = { ...rollbackRequest(hosts, { hooks }), artifactOf };
    expect((await converge(request)).outcome).toBe("reverted");
    expect(ran).toEqual([[], [], ["after-activate in v2", "after-failure in v1 reverted converge"]]);
    const led = hooksAt(["after-activate", "after-failure"], { on: "leader" });
    expect((await converge({ ...request, hooks: led })).outcome).toBe("reverted");
    expect(ran.slice(0, 2)).toEqual([[], []]);
    expect(ran[2]?.slice(2)).toEqual(["after-activate in v2", "after-failure in v1 reverted converge"]);
    const nowhere = fleet();
    expect((await converge({ ...request, members: nowhere.hosts.map((host) => member(host)) })).outcome).toBe(
      "refused",
    );
    expect(nowhere.ran[0]).toEqual(["after-failure in v1 refused converge"]);
  });

  it("of a release that does not stay have nothing to say: a cancelled run is reverted without them", async () => {
    for (const begin of [deploy, rollback]) {
      const stop = new AbortController();
      const { hosts, ran } = fleet();
      const { activate } = hosts[2]!;
      hosts[2]!.activate = (...request) => {
        stop.abort();
        return activate(...request);
      };
      const more = { hooks: hooksAt(["after-activate", "after-deploy", "after-rollback"]), signal: stop.signal };
      const report = await (begin === deploy
        ? deploy(deployRequest(hosts, more))
        : rollback(rollbackRequest(hosts, more)));
      expect([report.outcome, ran.flat()]).toEqual(["reverted", []]);
    }
    // During the hook of the last wave.
    const stop = new AbortController();
    const { hosts, ran } = fleet();
    const { task } = hosts[2]!;
    hosts[2]!.task = (...request) => {
      stop.abort();
      return task(...request);
    };
    const hooks = hooksAt(["after-activate", "after-rollback"]);
    const report = await rollback(rollbackRequest(hosts, { hooks, signal: stop.signal }));
    expect([report.outcome, ran.flat()]).toEqual(["reverted", Array(3).fill("after-activate in v0")]);
  });

  it("that fail keep a deploy from beginning, or revert it; each failure is reported at the end, in what is live then", async () => {
    for (const point of DEPLOY) {
      const { hosts, ran } = fleet(point);
      const report = await deploy(deployRequest(hosts, { hooks: hooksAt([point, "after-failure"]), migrations }));
      const refused = ["before-prepare", "after-prepare", "before-deploy", "before-migrate"].includes(point);
      const outcome = refused ? "refused" : point === "after-commit" ? "deployed" : "reverted";
      expect([point, report.outcome, hosts.map(({ live }) => live)]).toEqual([
        point,
        outcome,
        Array(3).fill(outcome === "deployed" ? "v2" : "v1"),
      ]);
      expect(report.schemaAhead).toBe(outcome === "reverted");
      const reported = ran[1]?.filter((text) => text.startsWith("after-failure"));
      expect(reported).toEqual(outcome === "deployed" ? [] : [`after-failure in v1 ${outcome} deploy`]);
      const listed = outcome === "deployed" ? report.warnings : report.errors.map(({ what }) => what);
      expect(listed).toHaveLength(3);
      expect(listed[0]).toContain(`the hook ${point} failed`);
    }
  });

  it("that cannot even be started fail as well", async () => {
    for (const point of ["after-activate", "after-deploy"] as const) {
      const { hosts } = fleet();
      const hooks = { [point]: [{ run: "true", on: "runner" as const, "on-failure": "fail" as const }] };
      const report = await deploy(deployRequest(hosts, { hooks, directory: "/no/such/directory" }));
      expect([point, report.outcome, hosts.map(({ live }) => live)]).toEqual([point, "reverted", ["v1", "v1", "v1"]]);
      expect(report.errors[0]?.what).toBe("sh could not be started");
    }
  });

  it("of a rollback likewise", async () => {
    for (const point of ROLLBACK) {
      const { hosts, ran } = fleet(point);
      const report = await rollback(rollbackRequest(hosts, { hooks: hooksAt([point, "after-failure"]) }));
      const outcome = point === "after-commit" ? "rolled-back" : point.startsWith("before-") ? "refused" : "reverted";
      expect([point, report.outcome, hosts[0]?.live]).toEqual([
        point,
        outcome,
        outcome === "rolled-back" ? "v0" : "v1",
      ]);
      expect(ran[0]?.some((text) => text.includes(`${outcome} rollback`))).toBe(outcome !== "rolled-back");
    }
  });

  it("after a failure change no outcome; they run when the run was cancelled too, and where no host took part on the runner alone", async () => {
    const stop = new AbortController();
    const { hosts, ran } = fleet("after-failure");
    const activate = hosts[2]!.activate;
    hosts[2]!.activate = (...request) => {
      stop.abort();
      return activate(...request);
    };
    const directory = temporary("runner");
    const here = { run: 'echo "$TARLIFT_OUTCOME" >>out', on: "runner" as const, "on-failure": "fail" as const };
    const hooks = { "after-failure": [...hooksAt(["after-failure"])["after-failure"]!, here] };
    const cancelled = await deploy(deployRequest(hosts, { hooks, directory, signal: stop.signal }));
    expect([cancelled.outcome, ran[0]]).toEqual(["reverted", ["after-failure in v1 reverted deploy"]]);
    expect(cancelled.errors.filter(({ what }) => what === "the hook after-failure failed")).toHaveLength(3);
    hosts[0]!.facts_ = { lockedBy: "somebody" };
    ran[1]!.length = 0;
    expect((await deploy(deployRequest(hosts, { hooks, directory }))).outcome).toBe("refused");
    expect(ran[1]).toEqual([]);
    expect(readFileSync(join(directory, "out"), "utf8")).toBe("reverted\nrefused\n");
  });

  it("on the leader run on the first host that takes part, has the role, and has not stayed behind", async () => {
    const roles = [["web"], ["web", "jobs"], ["jobs"]];
    const leading = async (more: object, prepare: (hosts: MemoryHost[]) => void = () => {}) => {
      const { hosts, ran } = fleet();
      prepare(hosts);
      const hooks = hooksAt(["before-deploy", "after-activate", "after-deploy"], { on: "leader", ...more });
      const members = hosts.map((host, n) => member(host, { roles: roles[n]! }));
      const waves = { ...oneByOne, maxFailures: 1 };
      const report = await deploy(deployRequest(hosts, { members, hooks, waves, maxUnreachable: 1 }));
      expect(report.outcome).toBe("deployed");
      return ran.map((texts) => texts.map((text) => text.replace(" in v2", "")));
    };
    const ALL = ["before-deploy", "after-activate", "after-deploy"];
    expect(await leading({})).toEqual([ALL, [], []]);
    expect(await leading({ roles: ["jobs"] })).toEqual([[], ALL, []]);
    const away = (hosts: MemoryHost[]) => {
      Object.assign(hosts[0]!, { lost: true, away: true });
      hosts[0]!.broken.add("facts");
    };
    expect(await leading({}, away)).toEqual([[], ALL, []]);
    const behind = (hosts: MemoryHost[]) => void hosts[0]!.broken.add("activate");
    expect(await leading({}, behind)).toEqual([["before-deploy"], ["after-activate", "after-deploy"], []]);
  });

  it("during which the run is cancelled are the last thing that happens, and no migration begins", async () => {
    for (const point of ["before-deploy", "before-migrate"] as const) {
      const stop = new AbortController();
      const { hosts, ran } = fleet();
      const task = hosts[0]!.task;
      hosts[0]!.task = async (...request) => {
        if (request[0].run === point) stop.abort();
        return task(...request);
      };
      const report = await deploy(
        deployRequest(hosts, { hooks: hooksAt(["before-deploy", "before-migrate"]), migrations, signal: stop.signal }),
      );
      expect([report.outcome, report.schemaAhead, ran[0]]).toEqual([
        "refused",
        false,
        ["before-deploy in v2", "before-migrate in v2"],
      ]);
    }
  });

  it("whose failure only warns are all run, and listed", async () => {
    const { hosts, ran } = fleet("first");
    const gently = { on: "hosts" as const, "on-failure": "warn" as const };
    const hooks = {
      "after-deploy": [
        { run: "first", ...gently },
        { run: "second", ...gently },
      ],
    };
    const report = await deploy(deployRequest(hosts, { hooks }));
    expect([report.outcome, ran[0]]).toEqual(["deployed", ["first in v2", "second in v2"]]);
    expect(report.warnings).toEqual(
      ["one", "two", "three"].map((name) => `${name}: the hook after-deploy failed (exit code 1): it rains`),
    );
  });
});
