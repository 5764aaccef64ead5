// The order of a target of tarlift.yml, as a plan tells it.
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import { fleetRequest } from "../../src/pipeline/fleet-request.ts";
import { silent } from "../../src/progress.ts";
import { orderLines } from "../../src/report/transaction.ts";
import { deployRequest, good, memoryHost } from "../support/fleet.ts";

/** A deploy of this target to hosts in memory; `broken`: addresses whose services do not start. */
async function deployed(
  hosts: string,
  more = "",
  options: { dryRun?: boolean; broken?: string[]; services?: string } = {},
) {
  const { services = "services: { web: { systemd: shop-web, roles: [web], stable-for: 7 } }" } = options;
  const config = parseConfig(`app: shop\n${services}\ntargets: { production: { hosts: ${hosts}${more} } }`);
  const context = { config, repository: "/", progress: silent };
  const { members, waves } = await fleetRequest(context as never, { target: "production", ssh: {} });
  const memory = members.map(({ host }) => memoryHost(host.name, good("v1", 1)));
  for (const host of memory) if (options.broken?.includes(host.name)) host.broken.add("activate");
  const inMemory = members.map((member, n) => ({ ...member, host: memory[n]! }));
  const report = await deploy(deployRequest([], { members: inMemory, waves, dryRun: options.dryRun ?? false }));
  const touched = memory
    .filter(({ calls }) => calls.some((call) => call.startsWith("activate")))
    .map(({ name }) => name);
  return { report, touched };
}

describe("case 42: several hosts", () => {
  it("go one after the other by default, so that a release that does not work is live on one of them", async () => {
    const { report, touched } = await deployed("[a, b, c]", "", { broken: ["a"] });
    expect([report.outcome, touched]).toEqual(["reverted", ["a"]]);
  });

  it("go together where tarlift.yml says so", async () => {
    const { report, touched } = await deployed("[a, b, c]", ", waves: all-at-once", { broken: ["a"] });
    expect([report.outcome, touched]).toEqual(["reverted", ["a", "b", "c"]]);
  });

  it("go together where none of them runs a service", async () => {
    expect((await deployed("[a, b]", "", { broken: ["a"], services: "" })).touched).toEqual(["a", "b"]);
  });

  it.each([
    ["[a, b]", "", ["  order: a, then b; at least 14 s of settling, besides stops, starts and health checks"]],
    [
      "[a, b, { address: c, roles: [cron] }, { address: d, roles: [cron] }]",
      "",
      ["  order: a, then c and d, then b; at least 14 s of settling, besides stops, starts and health checks"],
    ],
    [
      "[a, b]",
      ", waves: { watch: 30s }",
      ["  order: a, then b; at least 74 s of settling, besides stops, starts and health checks"],
    ],
    [
      "[a, b]",
      ", waves: all-at-once",
      ["  order: all 2 hosts at once; at least 7 s of settling, besides stops, starts and health checks"],
    ],
    ["[a]", "", []],
  ])("a plan tells the order of %s%s, and the time that is known before", async (hosts, more, lines) => {
    expect(orderLines((await deployed(hosts, more, { dryRun: true })).report)).toEqual(lines);
  });
});
