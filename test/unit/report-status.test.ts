// What `tarlift status` says of hosts that it could not ask: that nothing is known of them, and nothing else.
import { describe, expect, it } from "vitest";
import type { HealthConfig } from "../../src/config/schema.ts";
import { Failure } from "../../src/failure.ts";
import type { ServiceEvidence } from "../../src/host/host.ts";
import { status } from "../../src/operations/status.ts";
import { statusLines } from "../../src/report/status.ts";
import { good, type MemoryHost, member, memoryHost } from "../support/fleet.ts";

const away = (name: string): MemoryHost => {
  const host = memoryHost(name);
  host.facts = async () => {
    throw new Failure({
      code: "command-failed",
      what: "the host does not answer",
      where: { host: name },
      remedy: "Is it up?",
    });
  };
  return host;
};
const linesOf = async (...hosts: MemoryHost[]) => {
  const members = hosts.map((host) => member(host));
  return statusLines(await status({ app: "shop", target: "production", members }, { verifyFull: false }));
};

describe("status", () => {
  it("says of a host that does not answer that what it runs is not known", async () => {
    const [head, ...lines] = await linesOf(memoryHost("a", good("v1", 1)), away("b"));
    expect(head).toBe("shop on production: NOT ALL HOSTS ANSWER, NOT HEALTHY");
    expect(lines.find((line) => line.includes(" b "))).toMatch(/^ {2}b {2}not known/);
    expect(lines.join("\n")).toContain("the host does not answer (next: Is it up?)");
  });

  it("says that releases differ where they do, whichever other hosts are away", async () => {
    const [head] = await linesOf(memoryHost("a", good("v1", 1)), away("b"), memoryHost("c", good("v2", 2)));
    expect(head).toBe("shop on production: DIFFERENT RELEASES, NOT HEALTHY");
  });

  it("says of a host that a run has drained that it is drained, and does not call it healthy", async () => {
    const host = memoryHost("a", good("v1", 1));
    host.facts_ = { drained: [{ server: "haproxy, web/a", previous: "ready" }] };
    const [head, ...lines] = await linesOf(host);
    expect(head).toContain("NOT HEALTHY");
    expect(lines.join("\n")).toContain("out of its balancer: haproxy, web/a (a run that was cut off has taken it out");
  });

  it("tells a run that goes on from one that was cut off, which is not healthy", async () => {
    const of = async (running?: string) => {
      const host = memoryHost("a", good("v2", 2, { state: "active" }));
      const open = { transaction: "t2", phase: "activated" as const, release: "v2", previous: "v1" };
      host.facts_ = { open, running, drained: [{ server: "web/a", previous: "ready" }] };
      const request = { app: "shop", target: "production", members: [member(host)] };
      const found = await status(request, { verifyFull: false });
      return {
        healthy: found.healthy,
        lines: statusLines(found)
          .slice(2)
          .map((line) => line.trim()),
      };
    };
    expect(await of("run 4711 of acme/shop")).toEqual({
      healthy: true,
      lines: [
        "web: ok, runs",
        "out of its balancer: web/a (the run that goes on has taken it out)",
        "a run goes on: run 4711 of acme/shop (half-way: v2)",
      ],
    });
    const { healthy, lines } = await of();
    expect([healthy, lines.slice(1)]).toEqual([
      false,
      [
        "out of its balancer: web/a (a run that was cut off has taken it out: the next deploy, rollback or converge gives it back)",
        "unfinished: a run that was cut off left v2: the next deploy or rollback puts it in order",
      ],
    ]);
  });

  it("says why a host has no release that one could deploy over", async () => {
    const host = memoryHost("a");
    host.facts_ = {
      findings: [{ code: "command-failed", what: "/srv/shop/current leads to hot-fix, which is no release" }],
    };
    const lines = await linesOf(host);
    expect(lines[0]).toBe("shop on production: nothing deployed");
    expect(lines.join("\n")).toContain("current leads to hot-fix");
  });

  it("case 10: where nothing was ever deployed says so, and is neither uniform nor healthy", async () => {
    const members = ["a", "b"].map((name) => member(memoryHost(name)));
    const found = await status({ app: "shop", target: "production", members }, { verifyFull: false });
    expect([found.uniform, found.healthy, statusLines(found)]).toEqual([
      false,
      false,
      ["shop on production: nothing deployed", "  a  no release", "  b  no release"],
    ]);
    const [head] = await linesOf(memoryHost("a", good("v1", 1)), memoryHost("b"));
    expect(head).toBe("shop on production: NOT EVERY HOST HAS A RELEASE, NOT HEALTHY");
  });

  it("case 10: is healthy where services said so, and says what else its word rests on", async () => {
    const health = { url: "http://127.0.0.1/", status: 200, timeout: 1, retries: 0, interval: 0 };
    const headOf = async (evidence: ServiceEvidence[], checked: Record<string, HealthConfig> = {}) => {
      const host = memoryHost("a", good("v1", 1));
      host.evidence = evidence;
      const members = [member(host, { health: checked })];
      const found = await status({ app: "shop", target: "production", members }, { verifyFull: false });
      expect([found.uniform, found.healthy]).toEqual([true, true]);
      return statusLines(found)[0]?.replace("shop on production: one release everywhere, ", "");
    };
    const web: ServiceEvidence = { service: "web", evidence: "directory", detail: "runs" };
    expect(await headOf([])).toBe("no services to look at");
    expect(await headOf([web], { web: health })).toBe("healthy");
    const absent: ServiceEvidence = { service: "worker", evidence: "absent", detail: "none" };
    expect(await headOf([web, absent], { web: health })).toBe("healthy");
    expect(await headOf([web])).toBe("every service runs (without a health check: 1 of 1)");
    expect(await headOf([web, { ...web, service: "own", evidence: "unverified" }])).toBe("NOT VERIFIED: own on a");
  });
});
