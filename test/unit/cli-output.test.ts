// What the command prints of a failure.
import { afterEach, expect, it, vi } from "vitest";
import { hidden, printError, printFailure } from "../../src/cli/output.ts";
import { Failure } from "../../src/failure.ts";

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

it("case 57: a failure and an error are printed without the secrets in them, tabs in a secret or not", () => {
  hidden.hide(["tops3cret\tvalue"]);
  let printed = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
  printFailure(
    new Failure({
      code: "command-failed",
      what: "it failed",
      output: "DATABASE_URL = tops3cret\tvalue",
      outcome: "refused",
    }),
    {},
  );
  printError("and said tops3cret\tvalue");
  expect(printed).toContain("DATABASE_URL = ***");
  expect(printed).not.toContain("tops3cret");
});

it("with --json, a failure has its code for programs, which no secret hides", () => {
  hidden.hide(["disk-full"]);
  let printed = "";
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
  const where = { host: "app1", step: "prepare" };
  printFailure(new Failure({ code: "disk-full", what: "no room", where }), { json: true });
  expect(JSON.parse(printed)).toEqual({
    outcome: "failed",
    errors: [{ host: "app1", code: "disk-full", what: "no room", where: { step: "prepare" } }],
  });
});
