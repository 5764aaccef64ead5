import { expect, test } from "vitest";
import { environment } from "../../../src/secrets/environment/index.ts";
import { readSecrets, secretNamesOf } from "../../../src/secrets/registry.ts";
import { describeSecretSource } from "./secret-source.ts";

describeSecretSource(environment, { open: (values) => ({ secrets: Object.keys(values), context: { env: values } }) });

const context = { target: "production", mayBeEmpty: [], given: {}, env: { B: "", D: "canary" } };

test("a run names all that is missing and all that is empty at once, and shows no value", async () => {
  const failure = await readSecrets(["A", "B", "C", "D"], context).catch((error) => error);
  expect(failure).toMatchObject({ code: "secret-missing", what: expect.stringMatching(/not given: A, C;.*empty: B/) });
  expect(`${failure.message}${failure.remedy}`).not.toContain("canary");
});

test("a target without secrets has none", async () => {
  expect(secretNamesOf(undefined)).toEqual([]);
  expect(await readSecrets(undefined, context)).toEqual({});
});
