// Runs the static checks and the layers of tests, all of them even when an earlier one fails, and counts: scripts/test.sh calls it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { checks, runCheck } from "./check.ts";
import { add, closingLine, nothing, type Tally, tally } from "./tally.ts";

const LAYERS = ["unit", "contract", "service", "ssh", "fleet"];
const RESULTS = ".test-results";
const SKIP_REASONS = `${RESULTS}/skip-reasons.txt`;

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => name !== "static" && !LAYERS.includes(name));
if (unknown.length > 0) {
  console.log(`no such layer: ${unknown.join(", ")}; there are static, ${LAYERS.join(", ")}`);
  console.log(closingLine({ ...nothing, failed: 1 }));
  process.exit(1);
}
const wanted = (name: string) => chosen.length === 0 || chosen.includes(name);

rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS);
let total = nothing;
if (wanted("static")) total = add(total, await runChecks());
if (["service", "ssh", "fleet"].some(wanted)) total = add(total, buildOnce());
for (const layer of LAYERS.filter(wanted)) total = add(total, runLayer(layer));
report(total);
// In CI a skip is a hole in the net: what tests need is in scripts/debian-packages.txt.
const holes = process.env.CI ? total.skipped : 0;
process.exitCode = total.failed > 0 || holes > 0 ? 1 : 0;

async function runChecks(): Promise<Tally> {
  console.log("\n=== static checks");
  let counted = nothing;
  for (const check of checks) {
    const problem = await runCheck(check);
    console.log(`${problem === undefined ? "✓" : "✗"} ${check.name}${problem === undefined ? "" : `\n${problem}`}`);
    counted = add(
      counted,
      problem === undefined
        ? { ...nothing, passed: 1 }
        : { ...nothing, failed: 1, failures: [`static: ${check.name}`] },
    );
  }
  return counted;
}

/** Not a test, unless it fails: then the tests that need it would say so in stranger words. */
function buildOnce(): Tally {
  console.log("\n=== built once for this machine");
  const { status } = spawnSync("node", ["test/support/built-once.ts"], { stdio: ["ignore", "inherit", "inherit"] });
  return status === 0 ? nothing : { ...nothing, failed: 1, failures: ["what is built once for this machine"] };
}

function runLayer(layer: string): Tally {
  console.log(`\n=== ${layer}`);
  const file = `${RESULTS}/${layer}.json`;
  const result = spawnSync(
    "vitest",
    ["run", "--project", layer, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, TARLIFT_SKIP_REASONS: `${process.cwd()}/${SKIP_REASONS}` },
    },
  );
  return tally(layer, existsSync(file) ? readFileSync(file, "utf8") : undefined, result.status);
}

function report(counted: Tally): void {
  const here = `${process.cwd()}/`;
  const list = (title: string, lines: string[]) => {
    if (lines.length > 0) console.log(`\n${title}\n${lines.map((line) => `  ${line.replace(here, "")}`).join("\n")}`);
  };
  list("Skipped:", counted.skips);
  if (existsSync(SKIP_REASONS)) list("Because:", readFileSync(SKIP_REASONS, "utf8").trim().split("\n"));
  if (process.env.CI && counted.skipped > 0) console.log("\nWith CI set nothing may be skipped.");
  list("Failed:", counted.failures);
  console.log(`\n${closingLine(counted)}`);
}
