// Whatever is thrown ends as four parts: what a user can act on, what the file system refused, and what is a defect of ours.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Failure, failureOf } from "../../src/failure.ts";
import { temporary } from "../support/temporary.ts";

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

test("a failure stays what it is", () => {
  const failure = new Failure({ what: "no" });
  expect(failureOf(failure)).toBe(failure);
});

test("what the file system refuses is no defect", () => {
  const file = join(temporary("failure"), "file");
  writeFileSync(file, "");
  expect(failureOf(thrownBy(() => mkdirSync(join(file, "below"))))).toMatchObject({
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
    what: "Tarlift has a defect: x is not a function",
    output: expect.stringContaining("failure.test.ts"),
    remedy: "Please report it.",
  });
  expect(failureOf("a text")).toMatchObject({ what: "Tarlift has a defect: a text", output: undefined });
});
