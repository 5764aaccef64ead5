// The end of a run that was killed: what the post entry of an action makes of a fleet.
import { describe, expect, test } from "vitest";
import type { BackendServer } from "../../src/balancers/balancer.ts";
import { Failure } from "../../src/failure.ts";
import { endKilledRun } from "../../src/fleet/end-killed-run.ts";
import { parseJournal } from "../../src/host/migration-journal.ts";
import { outcomeSentence } from "../../src/report/outcome-text.ts";
import { deployRequest, good, type MemoryHost, member, memoryHost } from "../support/fleet.ts";

const old = good("v1", 1, { transaction: "d0" });
const ours = good("v2", 2, { transaction: "d1" });
const calls = (host: MemoryHost) => host.calls.filter((call) => !/^(facts|observe|close)/.test(call));
const settled = (...hosts: MemoryHost[]) => endKilledRun(deployRequest(hosts, { deployId: "d1" }));

/** A host on which the killed run left its transaction; it is gone once that is settled. */
function left(name: string, phase: "activated" | "precommit"): MemoryHost {
  const host = memoryHost(name, good("v2", 2, { state: "active", transaction: "d1" }));
  const releases = [good("v2", 2, { state: "active", transaction: "d1" }), old];
  host.facts_ = { releases, open: { transaction: "d1", phase, release: "v2", previous: "v1" } };
  for (const ending of ["commit", "revert"] as const) {
    const end = host[ending].bind(host) as (...args: never[]) => Promise<never>;
    host[ending] = async (...args: never[]) => {
      const done = await end(...args);
      host.facts_ = { live: ending === "commit" ? ours : old, releases: [ours, old] };
      return done;
    };
  }
  return host;
}

describe("a killed run", () => {
  test("that had changed nothing is `refused`, and no host is touched", async () => {
    const hosts = [memoryHost("a", old), memoryHost("b", old)];
    expect(await settled(...hosts)).toMatchObject({ outcome: "refused", release: "v1", errors: [] });
    expect(hosts.map(calls)).toEqual([[], []]);
  });

  test("that every host had kept is `deployed`", async () => {
    const hosts = [memoryHost("a", ours), memoryHost("b", ours)];
    expect(await settled(...hosts)).toMatchObject({ outcome: "deployed", release: "v2" });
    expect(hosts.map(calls)).toEqual([[], []]);
  });

  test("is `deployed` too when it returned to a release that an earlier run had brought", async () => {
    const hosts = [memoryHost("a", old), memoryHost("b", old)];
    for (const host of hosts) host.facts_ = { agreed: "d1", releases: [good("v2", 2), old] };
    expect(await settled(...hosts)).toMatchObject({ outcome: "deployed", release: "v1" });
    expect(hosts.map(calls)).toEqual([[], []]);
  });

  test("that had left a host behind is `deployed`, and the host is named", async () => {
    const report = await settled(memoryHost("a", ours), memoryHost("b", old));
    expect(report).toMatchObject({ outcome: "deployed", hosts: [{ name: "a" }, { name: "b", behind: true }] });
    expect(outcomeSentence(report)).toContain("1 of 2 hosts, NOT on b");
  });

  test("leaves no host behind that runs the release already: a converge brought it to the others alone", async () => {
    const others = [memoryHost("a", good("v2", 1, { transaction: "d0" })), memoryHost("b", ours), memoryHost("c", old)];
    const report = await settled(...others);
    expect(report.hosts.map(({ behind }) => behind)).toEqual([undefined, undefined, true]);
    expect(outcomeSentence(report)).toContain("2 of 3 hosts, NOT on c");
    // With another configuration it has stayed behind, unless tarlift.yml gives the two hosts different ones.
    for (const own of [{}, { ZONE: "a" }]) {
      const hosts = ["red", "blue"].map((configuration, n) => {
        const host = memoryHost(`h${n}`, { ...ours, configuration, transaction: `d${n}` });
        return member(host, n === 0 ? { configuration: own } : {});
      });
      const { hosts: stand } = await endKilledRun(deployRequest([], { members: hosts, deployId: "d1" }));
      expect(stand[0]?.behind).toBe("ZONE" in own ? undefined : true);
    }
  });

  test("that had applied migrations and switched no host has changed something: `reverted`, schema ahead", async () => {
    const hosts = [memoryHost("a", old), memoryHost("b", old)];
    hosts[0]!.facts_ = { migrations: parseJournal("good d0 v1\nbegun d1 v2 shop.0002\nended d1 v2 0") };
    const report = await settled(...hosts);
    expect(report).toMatchObject({ outcome: "reverted", schemaAhead: true, schemaUncertain: false, errors: [] });
    expect(outcomeSentence(report)).toBe("no host was switched");
    // Those of another run are reported, and are no change of this one.
    expect(await endKilledRun(deployRequest(hosts, { deployId: "d2" }))).toMatchObject({
      outcome: "refused",
      schemaAhead: true,
    });
  });

  test("is reverted where it had begun, as long as no host was asked to keep it", async () => {
    const hosts = [left("a", "activated"), memoryHost("b", old)];
    expect(await settled(...hosts)).toMatchObject({ outcome: "reverted", release: "v1" });
    expect(hosts.map(calls)).toEqual([["revert v1"], []]);
  });

  test("says what became of its hosts: switched and reverted, or out of a balancer that does not answer", async () => {
    const back = await settled(left("a", "activated"), memoryHost("b", old));
    expect(outcomeSentence(back)).toBe("every host that was touched is back where it was");
    const host = memoryHost("a", old);
    host.facts_ = { drained: [{ server: "web/a", previous: "ready" }] };
    const restore = async () => {
      throw new Failure({ code: "command-failed", what: "the balancer does not answer" });
    };
    const server = { name: "web/a", restore } as Partial<BackendServer> as BackendServer;
    const out = await endKilledRun(
      deployRequest([], { deployId: "d1", members: [member(host, { backendServers: [server] })] }),
    );
    expect(out).toMatchObject({ outcome: "reverted", errors: [{ host: "a" }] });
    expect(outcomeSentence(out)).toBe("no host was switched, but NOT BACK IN ITS BALANCER: a");
  });

  test("is finished everywhere when one host was asked to keep it", async () => {
    const hosts = [left("a", "precommit"), left("b", "activated")];
    expect(await settled(...hosts)).toMatchObject({ outcome: "deployed", release: "v2" });
    expect(hosts.map(calls)).toEqual([["commit v2"], ["commit v2"]]);
  });

  test("of which a host cannot be put in order is `failed`, and says why", async () => {
    const host = left("a", "activated");
    host.broken.add("revert");
    const report = await settled(host, memoryHost("b", old));
    expect(report.outcome).toBe("failed");
    expect(report.errors[0]).toMatchObject({ host: "a", what: "revert broke" });
  });

  test("frees every connection, whatever comes of it", async () => {
    const hosts = [memoryHost("a", old), memoryHost("b", old)];
    hosts[0]!.broken.add("facts");
    expect((await settled(...hosts)).outcome).toBe("failed");
    expect(hosts.map(({ calls }) => calls.at(-1))).toEqual(["close", "close"]);
  });
});
