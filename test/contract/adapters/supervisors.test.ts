// That no supervisor is left out of the suite. What runs it has to have the supervisor: test/service and test/fleet.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SUPERVISORS } from "../../../src/supervisors/registry.ts";

test("every supervisor runs the suite", () => {
  const tests = ["service", "fleet"].flatMap((layer) => {
    const directory = join(import.meta.dirname, "../..", layer);
    return readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"));
  });
  const run = tests.flatMap((text) => [...text.matchAll(/^ *describeSupervisor\((\w+), /gm)].map(([, key]) => key!));
  expect(run.sort()).toEqual(SUPERVISORS.map(({ key }) => key).sort());
});
