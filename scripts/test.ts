// Runs the static checks and the layers of tests, all of them even when an earlier one fails, and counts: scripts/test.sh calls it.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import {
  changedParts,
  fingerprint,
  isPart,
  type Part,
  partNames,
  RECORD,
  type Selection,
  testsOf,
  variablesOf,
  writeRecord,
} from "../test/support/parts.ts";
import { runChecks } from "./check.ts";
import { add, closingLine, nothing, type Tally, tally } from "./tally.ts";

const LAYERS = ["unit", "contract", "service", "ssh", "fleet"];
const RESULTS = ".test-results";
const REPORT = `${RESULTS}/tests.json`;
const SKIP_REASONS = `${RESULTS}/skip-reasons.txt`;
const FULL = process.env.TARLIFT_FULL === "1";

const chosen = process.argv.slice(2);
const parts = chosen.filter(isPart);
const layers = LAYERS.filter((name) => chosen.length === 0 || chosen.includes(name));
const problem = problemOf(chosen);
if (problem) {
  console.log(problem);
  console.log(closingLine({ ...nothing, failed: 1 }));
  process.exit(1);
}

rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS);
const selection: Selection = FULL ? { seed: undefined, whole: [] } : { seed: seed(), whole: changedParts() };
const fingerprints = new Map(partNames().map((part) => [part, fingerprint(part)]));
let total = nothing;
// They end long before the tests, and share the machine with them.
const checks = chosen.length === 0 || chosen.includes("static") ? countChecks() : nothing;
if (parts.length > 0 || ["service", "ssh", "fleet"].some((name) => layers.includes(name)))
  total = add(total, buildOnce());
if (parts.length > 0 || layers.length > 0) total = add(total, await runTests());
total = add(total, await checks);
if (FULL && (chosen.length === 0 || parts.length > 0)) noteWhole(total);
report(total);
// In CI a skip is a hole in the net: what tests need is in scripts/debian-packages.txt.
const holes = process.env.CI ? total.skips.length : 0;
process.exitCode = total.failed > 0 || holes > 0 ? 1 : 0;

function problemOf(names: string[]): string | undefined {
  const unknown = names.filter((name) => name !== "static" && !LAYERS.includes(name) && !isPart(name));
  const there = `there are static, ${LAYERS.join(", ")}; with npm run test:full also ${partNames().join(", ")}`;
  if (unknown.length > 0) return `no such layer or part: ${unknown.join(", ")}; ${there}`;
  if (parts.length > 0 && !FULL) return `parts are played by npm run test:full -- ${parts.join(" ")}`;
  if (parts.length > 0 && parts.length < names.length) return "name layers or parts, not both";
  return undefined;
}

/** What chooses the tenth: the commit's id; the day, where there is none. */
function seed(): string {
  const { status, stdout } = spawnSync("git", ["-c", `safe.directory=${process.cwd()}`, "rev-parse", "HEAD"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : new Date().toISOString().slice(0, 10);
}

async function countChecks(): Promise<Tally> {
  const { passed, failed } = await runChecks();
  return { ...nothing, passed, failed: failed.length, failures: failed.map((name) => `static: ${name}`) };
}

/** Not a test, unless it fails: then the tests that need it would say so in stranger words. */
function buildOnce(): Tally {
  console.log("\n=== built once for this machine");
  const { status } = spawnSync("node", ["test/support/built-once.ts"], { stdio: ["ignore", "inherit", "inherit"] });
  return status === 0 ? nothing : { ...nothing, failed: 1, failures: ["what is built once for this machine"] };
}

/** One run of vitest over all layers: none waits for the last file of another. */
async function runTests(): Promise<Tally> {
  console.log(`\n=== ${[...parts, ...layers].join(", ")}`);
  const which =
    parts.length > 0
      ? [...new Set(parts.flatMap((part) => testsOf(part))), `--tags-filter=${filterOf(parts)}`]
      : layers.flatMap((layer) => ["--project", layer]);
  const child = spawn(
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`, ...which],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        ...variablesOf(selection),
        TARLIFT_SKIP_REASONS: `${process.cwd()}/${SKIP_REASONS}`,
        // Many tests start Node on sources: two thirds of that time go into compiling the same files.
        NODE_COMPILE_CACHE: `${process.cwd()}/node_modules/.cache/compile`,
      },
    },
  );
  const status = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
  return tally(existsSync(REPORT) ? readFileSync(REPORT, "utf8") : undefined, status, parts);
}

/** Tests of parts, and those of the same files that every run plays: some prepare what the tests of a part need. */
function filterOf(parts: readonly Part[]): string {
  const others = partNames().filter((part) => !parts.includes(part));
  return others.length === 0 ? "" : `not (${others.join(" or ")})`;
}

/** What was played as a whole without a failure or a skip need not be played as a whole again until its files change. */
function noteWhole({ failed, skips, played }: Tally): void {
  if (failed > 0 || skips.length > 0) return;
  const whole = [...fingerprints].filter(([part]) => played[part]);
  writeRecord(Object.fromEntries(whole));
  console.log(`\nPlayed as a whole: ${whole.map(([part]) => part).join(", ")}. Commit ${RECORD}.`);
}

function report(counted: Tally): void {
  const here = `${process.cwd()}/`;
  const list = (title: string, lines: string[]) => {
    if (lines.length > 0) console.log(`\n${title}\n${lines.map((line) => `  ${line.replace(here, "")}`).join("\n")}`);
  };
  list("Skipped:", counted.skips);
  if (existsSync(SKIP_REASONS)) list("Because:", readFileSync(SKIP_REASONS, "utf8").trim().split("\n"));
  if (process.env.CI && counted.skips.length > 0) console.log("\nWith CI set nothing may be skipped.");
  list(`Left to npm run test:full, but for the tenth of ${selection.seed} (counted as skipped):`, leftOut(counted));
  list("Failed:", counted.failures);
  console.log(`\n${closingLine(counted)}`);
}

function leftOut({ left, played }: Tally): string[] {
  return (Object.keys(left) as Part[]).map(
    (part) => `${part}: ${left[part]} of ${left[part]! + (played[part] ?? 0)} tests`,
  );
}
