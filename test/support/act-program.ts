// The program act (https://github.com/nektos/act), built once for a machine.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { sh } from "./needs.ts";

const VERSION = "v0.2.89";
/** Outside of the checkout: built once for a machine. */
const TOOLS = join(homedir(), ".cache", "tarlift-tests");
const PROGRAM = join(TOOLS, `act-${VERSION}`);

/** Go 1.25 builds it; since 1.21 an older one fetches the toolchain that it needs. 0 without Go. */
const go = Number(
  /^go1\.(\d+)/.exec(spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).stdout ?? "")?.[1] ?? 0,
);

/** What the machine must have: `describe.runIf(needs(...ACT_NEEDS))`. Go builds act once, in about a minute. */
export const ACT_NEEDS = existsSync(PROGRAM) || go >= 21 ? ["git"] : ["git", "go (1.25 or newer)"];

/** The path of act, built when this machine has none yet. */
export function act(): string {
  if (existsSync(PROGRAM)) return PROGRAM;
  mkdirSync(TOOLS, { recursive: true });
  const place = mkdtempSync(join(TOOLS, "building-"));
  try {
    const toolchain = go < 25 ? { GOTOOLCHAIN: "auto" } : {};
    sh("go", ["install", `github.com/nektos/act@${VERSION}`], { env: { ...process.env, GOBIN: place, ...toolchain } });
    renameSync(join(place, "act"), PROGRAM);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  return PROGRAM;
}
