// Plays a part of the crash matrix in a process of its own (test/matrix), chosen by the commit: a tenth, or a fortieth while transactions
// and supervisors are those with which their parts were last played as a whole. `npm run test:full` also plays all cells of steps that
// changed since bench/matrix.md was written.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { selection } from "./parts.ts";

const ROOT = join(import.meta.dirname, "../..");
const { seed: turn, whole } = selection();
/** After so many commits, on average, each cell was played. */
export const TURNS = turn === undefined || whole.includes("transactions") || whole.includes("services") ? 10 : 40;

/** @returns lines of cells that failed and what was wrong there, how many were played, and how it ended */
export async function playPart(
  world: "loopback" | "lab" | "dying",
  more: string[] = [],
): Promise<{ failed: string[]; cells: number; end: string }> {
  const hook = join(ROOT, "test/support/shell-text-hook.ts");
  const args = [
    "--import",
    hook,
    join(ROOT, "test/matrix/main.ts"),
    "--world",
    world,
    "--turn",
    seed(),
    "--turns",
    String(TURNS),
    // After a change of the activation, those that changed are nearly all: an hour.
    ...(process.env.TARLIFT_FULL === "1" ? ["--changed"] : []),
    ...more,
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const status = await new Promise((resolve) => child.once("close", resolve));
  const lines = stdout.split("\n");
  const cells = Number(/^(\d+) cells, /m.exec(stdout)?.[1] ?? 0);
  return {
    failed: lines.filter((line, n) => line.startsWith("✗") || (line.startsWith("    ") && n > 0)),
    cells,
    end: `exit ${status}${stderr ? `: ${stderr}` : ""}`,
  };
}

/** The commit's id; the day, where there is none. */
function seed(): string {
  const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8", cwd: ROOT });
  const chosen = status === 0 ? stdout.trim() : new Date().toISOString().slice(0, 10);
  process.stdout.write(`the cells of ${chosen}\n`);
  return chosen;
}
