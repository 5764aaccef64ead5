import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { add, closingLine, nothing, tally } from "../../scripts/tally.ts";
import {
  changedParts,
  fingerprint,
  isPlayed,
  LEFT_OUT,
  PARTS,
  partNames,
  selection,
  testsOf,
  variablesOf,
  writeRecord,
} from "../support/parts.ts";
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
    const counted = tally(readFileSync(report, "utf8"), status);
    expect(closingLine(counted)).toBe("2 passed, 3 failed, 4 skipped");
    expect(counted.failures.join("\n")).toMatch(/no database/);
    expect(counted.failures.join("\n")).toMatch(/does-not-load/);
    expect(counted.failures.join("\n")).toMatch(/mixed.*fails/);
  });

  test("calls a run without a report, or with half of one, a failure", () => {
    expect(closingLine(tally(undefined, null))).toBe("0 passed, 1 failed, 0 skipped");
    expect(closingLine(tally('{"testRes', 0))).toBe("0 passed, 1 failed, 0 skipped");
  });

  test("believes vitest's exit code over its report", () => {
    const green = JSON.stringify({
      testResults: [{ name: "a", status: "passed", assertionResults: [{ fullName: "b", status: "passed" }] }],
    });
    expect(closingLine(tally(green, 0))).toBe("1 passed, 0 failed, 0 skipped");
    expect(closingLine(tally(green, 1))).toBe("1 passed, 1 failed, 0 skipped");
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

describe("tests that are too dear for every run", () => {
  test("have a turn in ten, and the whole of their part where its files have changed", () => {
    const seeds = Array.from({ length: 200 }, (_, n) => `commit ${n}`);
    const names = Array.from({ length: 100 }, (_, n) => `does thing ${n}`);
    const turns = names.map((name) => seeds.filter((seed) => isPlayed("services", name, { seed, whole: [] })).length);
    expect(Math.min(...turns)).toBeGreaterThan(0);
    expect(turns.reduce((sum, turn) => sum + turn) / 100).toBeCloseTo(20, -1);
    for (const seed of seeds) expect(isPlayed("services", "any", { seed, whole: ["services"] })).toBe(true);
    expect(isPlayed("services", "any", { seed: undefined, whole: [] })).toBe(true);
    const chosen = { seed: "a", whole: ["actions", "services"] };
    expect(selection(variablesOf(chosen))).toEqual(chosen);
    expect(selection({})).toMatchObject({ seed: undefined });
  });

  test("are counted as skipped where they are left out, by part, and are no holes", () => {
    const result = (status: string, ...tags: string[]) => ({ fullName: status, status, tags });
    const report = {
      testResults: [
        {
          name: "a",
          status: "passed",
          assertionResults: [
            result("passed"),
            result("passed", "services"),
            result("skipped", "services"),
            result("skipped", "services", LEFT_OUT),
            result("skipped", "balancers", LEFT_OUT),
          ],
        },
      ],
    };
    const counted = tally(JSON.stringify(report), 0);
    expect(counted).toMatchObject({
      skips: ["a > skipped"],
      left: { services: 1, balancers: 1 },
      played: { services: 1 },
    });
    expect(closingLine(counted)).toBe("2 passed, 0 failed, 3 skipped");
  });

  test.each(partNames())("%s: its files are there, and it has tests", (part) => {
    expect(PARTS[part].of.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(testsOf(part)).not.toEqual([]);
  });

  test("are played as a whole until that is written down, and again when a file of theirs changes", () => {
    const copy = temporary("parts");
    for (const path of ["test", ...partNames().flatMap((part) => PARTS[part].of)]) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    writeRecord(Object.fromEntries(partNames().map((part) => [part, fingerprint(part, copy)])), copy);
    expect(changedParts(copy)).toEqual([]);
    appendFileSync(join(copy, "src/balancers/balancer.ts"), "\n");
    expect(changedParts(copy)).toEqual(["balancers"]);
    appendFileSync(testsOf("actions", copy)[0]!, "\n");
    expect(changedParts(copy)).toEqual(["actions", "balancers"]);
    writeRecord({ actions: fingerprint("actions", copy) }, copy);
    expect(changedParts(copy)).toEqual(["balancers"]);
    // A suite that tests of the part import has some of its tests.
    appendFileSync(join(copy, "test/contract/adapters/supervisor.ts"), "\n");
    expect(changedParts(copy)).toEqual(["services", "balancers"]);
  });

  test.each([
    [["services"], "parts are played by npm run test:full -- services"],
    [["services", "ssh"], "parts are played by npm run test:full -- services"],
  ])("are no layers: npm test -- %s", (words, reported) => {
    const env = { ...process.env, TARLIFT_FULL: "" };
    const { status, stdout } = spawnSync(process.execPath, ["scripts/test.ts", ...words], {
      cwd: root,
      encoding: "utf8",
      env,
    });
    expect(status).toBe(1);
    expect(stdout.split("\n")[0]).toBe(reported);
  });
});

describe("continuous integration", () => {
  test("runs exactly what a person runs", () => {
    const lines = readFileSync(join(root, ".ci/run"), "utf8").split("\n");
    const commands = lines.filter((line) => line && !/^(#|set |cd )/.test(line));
    expect(commands).toEqual(["npm test"]);
  });
});
