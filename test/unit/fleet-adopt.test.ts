import { describe, expect, it } from "vitest";
import type { HealthConfig } from "../../src/config/schema.ts";
import { evaluateAnswer } from "../../src/fleet/health.ts";
import type { Participant } from "../../src/fleet/member.ts";
import { rollbackTarget } from "../../src/fleet/rollback-target.ts";
import type { Adoption, ReleaseOnHost } from "../../src/host/host.ts";
import { type AdoptionRequest, adopt, nameOf } from "../../src/operations/adopt.ts";
import { silent } from "../../src/progress.ts";
import { cpuTime } from "../support/cpu-time.ts";
import { good, type MemoryHost, member, memoryHost } from "../support/fleet.ts";

const participant = (name: string, releases: ReleaseOnHost[]): Participant => ({
  ...member(memoryHost(name)),
  facts: { findings: [], warnings: [], live: releases[0], releases, unchanged: false, missing: { files: 0, bytes: 0 } },
});
const adopted = (id: string, transaction: string) => good(id, 1, { digest: undefined, commit: undefined, transaction });

describe("a rollback to adopted releases", () => {
  it("takes those for one that were adopted together, whatever they are called", () => {
    const fleet = [
      participant("one", [good("v2", 9), adopted("20260101", "together")]),
      participant("two", [good("v2", 9), adopted("20260102", "together")]),
    ];
    expect([...rollbackTarget(fleet).values()].map(({ id }) => id)).toEqual(["20260101", "20260102"]);
  });

  it("does not take another tree for one, nor a release of ours for an adopted one", () => {
    const fleet = (other: ReleaseOnHost) => [
      participant("one", [good("v2", 9), adopted("adopted-1", "a")]),
      participant("two", [good("v2", 9), other]),
    ];
    expect(() => rollbackTarget(fleet(adopted("adopted-2", "b")))).toThrow(/no release that the whole target ran/);
    expect(() => rollbackTarget(fleet(good("v1", 1, { transaction: "a" })))).toThrow(/no release that the whole/);
    expect(rollbackTarget(fleet(adopted("adopted-1", "b"))).size).toBe(2);
  });
});

describe("a rollback on hosts that record more releases than are ever kept", () => {
  it("is decided in time that grows with the records, and a refusal names the first of them", () => {
    const releases = (name: string) =>
      Array.from({ length: 10_000 }, (_, n) => good(`${name}-${n}`, 1 + (n % 9), { digest: `sha256:${name}${n}` }));
    const fleet = ["a", "b", "c"].map((name) => participant(name, releases(name)));
    const begin = cpuTime();
    const failure = (() => {
      try {
        return rollbackTarget(fleet);
      } catch (error) {
        return error;
      }
    })();
    expect(begin()).toBeLessThan(5_000);
    expect(failure).toMatchObject({ output: expect.stringMatching(/ not on .*\nand 29960 more$/) });
  });
});

describe("the health of an adopted release", () => {
  const health = { url: "http://127.0.0.1/", status: 200, "release-header": "X-Release" } as HealthConfig;
  it("is proven by no header, and disproven by one that names another release", () => {
    expect(evaluateAnswer({ status: 200, headers: {} }, health, "adopted-1", true)).toEqual({
      healthy: true,
      proven: false,
    });
    expect(evaluateAnswer({ status: 200, headers: {} }, health, "v1").healthy).toBe(false);
    expect(evaluateAnswer({ status: 200, headers: { "x-release": "v1" } }, health, "adopted-1", true).healthy).toBe(
      false,
    );
  });
});

describe("adopting a fleet", () => {
  const found: Adoption = {
    findings: [],
    adopted: false,
    begun: false,
    layout: "plain",
    from: "/srv/shop/current",
    files: 1,
    foreign: 0,
    shared: [],
    services: [],
  };
  const request = (hosts: MemoryHost[]): AdoptionRequest => ({
    app: "shop",
    target: "production",
    members: hosts.map((host) => member(host)),
    deployId: "t",
    owner: "a test",
    waitForLock: 0,
    progress: silent,
    programs: [],
    apply: true,
    now: new Date("2026-01-02T03:04:05Z"),
  });

  it("names a release by its commit, or by the time where it is unknown", () => {
    const now = new Date("2026-01-02T03:04:05Z");
    expect(nameOf({ commit: "0123456789abcdef" }, now)).toBe("adopted-0123456789ab");
    expect(nameOf({ commit: undefined }, now)).toBe("adopted-20260102030405");
  });

  it("moves nothing anywhere when something stands against it on one host, and leaves alone what was adopted before", async () => {
    const hosts = [memoryHost("one"), memoryHost("two"), memoryHost("three")];
    const applied: string[] = [];
    for (const host of hosts) {
      host.adopt = async ({ as }) => {
        if (as) applied.push(host.name);
        return {
          ...found,
          adopted: host.name === "three",
          findings: host.broken.has("it") ? [{ code: "command-failed", what: "no" }] : [],
        };
      };
    }
    hosts[1]!.broken.add("it");
    const refused = await adopt(request(hosts));
    expect(refused).toMatchObject({ outcome: "refused", errors: [{ host: "two", what: "no" }] });
    expect(applied).toEqual([]);
    hosts[1]!.broken.clear();
    expect((await adopt(request(hosts))).outcome).toBe("adopted");
    expect(applied).toEqual(["one", "two"]);
  });
});
