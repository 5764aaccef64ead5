import { describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { deployRequest, good, member, memoryHost, rollbackRequest } from "../support/fleet.ts";

const phasesOf = (report: Awaited<ReturnType<typeof deploy>>) =>
  report.hosts.map(({ phases }) => phases.map(({ phase, ok }) => `${phase}${ok ? "" : " failed"}`).join(", "));

describe("what a report says of each host's phases", () => {
  it("has all phases of a deploy in order, those of the leader's migrations too", async () => {
    const hosts = [memoryHost("one", good("v1", 1)), memoryHost("two", good("v1", 1))];
    hosts[0]!.pending = ["0002_more"];
    const health = { web: { url: "http://127.0.0.1:1/", status: 200, timeout: 1, retries: 0, interval: 0 } };
    const report = await deploy(
      deployRequest(hosts, {
        members: [member(hosts[0]!, { health }), member(hosts[1]!)],
        migrations: { pending: "list", apply: "migrate", policy: "apply" },
      }),
    );
    expect(phasesOf(report)).toEqual([
      "preflight, prepare, migrate, activate, verify, commit, commit",
      "preflight, prepare, activate, commit, commit",
    ]);
    expect(report.applied).toEqual(["0002_more"]);
    const [{ phases }] = report.hosts as [(typeof report.hosts)[0]];
    phases.reduce((last, { start }) => {
      expect(start).toBeGreaterThanOrEqual(last);
      return start;
    }, 0);
  });

  it("marks the phase that failed on its host, and the way back on those that were touched", async () => {
    const hosts = [memoryHost("one", good("v1", 1)), memoryHost("two", good("v1", 1))];
    hosts[1]!.broken.add("activate");
    const report = await deploy(deployRequest(hosts));
    expect(phasesOf(report)).toEqual([
      "preflight, prepare, activate, revert",
      "preflight, prepare, activate failed, revert",
    ]);
  });

  it("counts no migration as applied that failed", async () => {
    const host = memoryHost("one", good("v1", 1));
    host.pending = ["0002_more"];
    host.end = { code: 1, timedOut: false, lastLines: "no such table" };
    const report = await deploy(
      deployRequest([host], { migrations: { pending: "list", apply: "migrate", policy: "apply" } }),
    );
    expect(phasesOf(report)).toEqual(["preflight, prepare, migrate failed"]);
    expect(report).toMatchObject({ applied: [], pending: ["0002_more"], schemaAhead: true });
  });

  it("has the check of the files before a rollback", async () => {
    const host = memoryHost("one", good("v2", 2));
    host.facts_ = { releases: [good("v2", 2), good("v1", 1)] };
    expect(phasesOf(await rollback(rollbackRequest([host])))).toEqual(["preflight, verify, activate, commit"]);
  });
});
