// What `tarlift status` says of hosts that it could not ask: that nothing is known of them, and nothing else.
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { status } from "../../src/fleet/status.ts";
import { statusLines } from "../../src/report/status.ts";
import { good, type MemoryHost, member, memoryHost } from "../support/fleet.ts";

const away = (name: string): MemoryHost => {
  const host = memoryHost(name);
  host.facts = async () => {
    throw new Failure({ what: "the host does not answer", where: { host: name }, remedy: "Is it up?" });
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

  it("says that releases differ where they do, whoever else is away", async () => {
    const [head] = await linesOf(memoryHost("a", good("v1", 1)), away("b"), memoryHost("c", good("v2", 2)));
    expect(head).toBe("shop on production: DIFFERENT RELEASES, NOT HEALTHY");
  });

  it("says why a host has no release that one could deploy over", async () => {
    const host = memoryHost("a");
    host.facts_ = { findings: [{ what: "/srv/shop/current leads to hot-fix, which is no release" }] };
    const lines = await linesOf(host);
    expect(lines[0]).toBe("shop on production: NO RELEASE, NOT HEALTHY");
    expect(lines.join("\n")).toContain("current leads to hot-fix");
  });
});
