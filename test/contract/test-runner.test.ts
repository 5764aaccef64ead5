import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { add, closingLine, nothing, tally } from "../../scripts/tally.ts";
import { temporary } from "../support/temporary.ts";

const root = new URL("../..", import.meta.url).pathname;

describe("the count of npm test", () => {
  test("is right for tests that pass, fail, are skipped, and files that do not load or cannot set up", () => {
    const report = join(temporary("tally"), "report.json");
    const { status } = spawnSync(
      join(root, "node_modules/.bin/vitest"),
      ["run", "--root", join(root, "test/fixtures/tally"), "--reporter=json", `--outputFile.json=${report}`],
      { encoding: "utf8" },
    );
    const counted = tally("unit", readFileSync(report, "utf8"), status);
    expect(closingLine(counted)).toBe("2 passed, 3 failed, 4 skipped");
    expect(counted.failures.join("\n")).toMatch(/no database/);
    expect(counted.failures.join("\n")).toMatch(/does-not-load/);
    expect(counted.failures.join("\n")).toMatch(/mixed.*fails/);
  });

  test("calls a run without a report, or with half of one, a failure", () => {
    expect(closingLine(tally("unit", undefined, null))).toBe("0 passed, 1 failed, 0 skipped");
    expect(closingLine(tally("unit", '{"testRes', 0))).toBe("0 passed, 1 failed, 0 skipped");
  });

  test("believes vitest's exit code over its report", () => {
    const green = JSON.stringify({
      testResults: [{ name: "a", status: "passed", assertionResults: [{ fullName: "b", status: "passed" }] }],
    });
    expect(closingLine(tally("unit", green, 0))).toBe("1 passed, 0 failed, 0 skipped");
    expect(closingLine(tally("unit", green, 1))).toBe("1 passed, 1 failed, 0 skipped");
  });

  test("adds layers up", () => {
    const one = { ...nothing, passed: 2, skipped: 1, skips: ["x"] };
    expect(closingLine(add(one, { ...one, failed: 3 }))).toBe("4 passed, 3 failed, 2 skipped");
  });

  test("is the last line, and an unknown layer is a failure", () => {
    const { status, stdout } = spawnSync(process.execPath, ["scripts/test.ts", "untit"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("0 passed, 1 failed, 0 skipped");
  });
});

describe("continuous integration", () => {
  test("runs exactly what a person runs", () => {
    const lines = readFileSync(join(root, ".ci/run"), "utf8").split("\n");
    const commands = lines.filter((line) => line && !/^(#|set |cd )/.test(line));
    expect(commands).toEqual(["npm test"]);
  });
});
