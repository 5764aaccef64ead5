import { expect, test } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import { file } from "../../../src/inventories/file/index.ts";
import { hostsOf, knownHosts } from "../../../src/inventories/registry.ts";
import { describeInventory } from "./inventory.ts";

describeInventory(file, { open: (hosts) => [...hosts], empty: () => [] });

test("a run that asks twice gets one answer", async () => {
  const { targets } = parseConfig("app: shop\ntargets: { t: { hosts: [a, b] } }\n");
  const hosts = targets.t!.hosts;
  const context = { target: "t", env: {} };
  expect(await hostsOf(hosts, context)).toBe(await hostsOf(hosts, context));
  expect(knownHosts(hosts)).toEqual([{ address: "a" }, { address: "b" }]);
});
