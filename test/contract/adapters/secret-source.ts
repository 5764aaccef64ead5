// What every source of secrets keeps to.
import { describe, expect, test } from "vitest";
import { Failure } from "../../../src/failure.ts";
import type { SecretContext, SecretSource } from "../../../src/secrets/source.ts";

export interface SecretSourceFixture {
  /** What `secrets:` says, so that the source gives exactly the names of `values`. @returns what a run of it needs beside that */
  open(values: Readonly<Record<string, string>>): { secrets: object; context?: Partial<SecretContext> };
}

/** Runs the suite. */
export function describeSecretSource(source: SecretSource, { open }: SecretSourceFixture): void {
  const CANARY = "canary-5f3a";
  const contextOf = (more: Partial<SecretContext> = {}): SecretContext => ({
    target: "production",
    mayBeEmpty: [],
    given: {},
    env: {},
    ...more,
  });
  /** All that a person could read of a failure. */
  const texts = (error: unknown) => {
    expect(error).toBeInstanceOf(Failure);
    const { what, where, output, remedy, code, outcome } = error as Failure;
    expect({ code, outcome }).toEqual({ code: "secret-missing", outcome: "refused" });
    return JSON.stringify({ what, where, output, remedy, stack: (error as Failure).stack });
  };

  describe(`secrets from ${source.key}`, () => {
    test("are those that are named, each with its value, and no others", async () => {
      const values = { DATABASE: `postgres://${CANARY}`, LINES: "one\ntwo\n", QUOTES: `"'\\ $HOME` };
      const { secrets, context } = open(values);
      const config = source.schema.parse(secrets);
      expect([...source.names(config)].sort()).toEqual(Object.keys(values).sort());
      expect(await source.read(config, contextOf(context))).toEqual(values);
    });

    test("that are given to the run win", async () => {
      const { secrets, context } = open({ A: "stored", B: "stored" });
      const read = source.read(
        source.schema.parse(secrets),
        contextOf({ ...context, given: { A: "given", C: "other" } }),
      );
      expect(await read).toEqual({ A: "given", B: "stored" });
    });

    test("that are empty are refused by name, unless they may be", async () => {
      const { secrets, context } = open({ A: "", B: CANARY });
      const config = source.schema.parse(secrets);
      const refused = texts(await source.read(config, contextOf(context)).catch((error) => error));
      expect(refused).toMatch(/\bA\b/);
      expect(refused).not.toContain(CANARY);
      expect(await source.read(config, contextOf({ ...context, mayBeEmpty: ["A"] }))).toEqual({ A: "", B: CANARY });
    });
  });
}
