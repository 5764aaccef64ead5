// That no adapter is left out of the suite of its kind. What runs it may be in any layer: some need the real service.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { adapterKinds, adaptersOf } from "../../../scripts/docs/adapter-reference.ts";
import { ROOT } from "../../support/documents.ts";

/** The suite of each kind, by the function that runs it. Its first argument begins with the key of an adapter. */
const SUITES: Readonly<Record<string, string>> = {
  balancers: "describeBalancer",
  exporters: "describeExporter",
  installers: "describeInstaller",
  inventories: "describeInventory",
  notifiers: "describeNotifier",
  secrets: "describeSecretSource",
  stores: "describeStore",
  supervisors: "describeSupervisor",
  transfers: "describeTransfer",
  transports: "describeTransport",
};

const texts = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => readFileSync(join(ROOT, "test", name), "utf8"));

/** What stands first in calls of a function: `pip` of `describeInstaller(installerOf("pip"), …)`. */
const first = (name: string): string[] =>
  texts.flatMap((text) =>
    [...text.matchAll(new RegExp(`^\\s*${name}\\(\\s*(?:\\w+\\()?"?([\\w-]+)`, "gm"))].map(([, word]) => word!),
  );

test.each(adapterKinds())("each of the %s runs their suite", async (kind) => {
  const run = first(SUITES[kind]!);
  const keys = (await adaptersOf(kind)).map(({ key }) => key);
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter((key) => !run.includes(key))).toEqual([]);
});
