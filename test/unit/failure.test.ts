// Whatever is thrown ends as four parts: what a user can act on, what the file system refused, and what is a defect of ours.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkAll, Failure, failureOf } from "../../src/failure.ts";
import type { FailureCode } from "../../src/failure-codes.ts";
import { temporary } from "../support/temporary.ts";

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

test("a failure stays what it is", () => {
  const failure = new Failure({ code: "command-failed", what: "no" });
  expect(failureOf(failure)).toBe(failure);
});

test("what the file system refuses is no defect", () => {
  const file = join(temporary("failure"), "file");
  writeFileSync(file, "");
  expect(failureOf(thrownBy(() => mkdirSync(join(file, "below"))))).toMatchObject({
    code: "local-file",
    what: "this machine refused a file or a directory",
    where: { path: join(file, "below") },
    output: expect.stringContaining("ENOTDIR"),
    remedy: expect.stringContaining("has its file system room?"),
    outcome: "failed",
  });
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  expect(failureOf(full)).toMatchObject({ what: "this machine refused a file or a directory", where: {} });
});

test("everything else is one, with what a report of it needs", () => {
  expect(failureOf(new TypeError("x is not a function"))).toMatchObject({
    code: "defect",
    what: "Tarlift has a defect: x is not a function",
    output: expect.stringContaining("failure.test.ts"),
    remedy: "Please report it.",
  });
  expect(failureOf("a text")).toMatchObject({ what: "Tarlift has a defect: a text", output: undefined });
});

test("several at once have the code of the first", () => {
  const refuse = (code: FailureCode) => () => {
    throw new Failure({ code, what: code });
  };
  const found = thrownBy(() => checkAll(refuse("secret-tracked"), () => {}, refuse("label-invalid")));
  expect(found).toMatchObject({ code: "secret-tracked", what: "secret-tracked; label-invalid", outcome: "refused" });
});
