// What a command costs: time, processor time of itself and of all that it started, memory.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { timed } from "./server.ts";

export interface Cost {
  seconds: number;
  /** Seconds of processor time, user and system, of the command and everything that it waited for. */
  cpu: number;
  /** A Node program: of its own process alone, and its peak of resident memory in bytes. */
  own?: { cpu: number; peak: number };
}

/** Clock ticks a second in /proc: USER_HZ, 100 on every Linux that Node runs on (proc(5)). */
const HERTZ = 100;

/** A shell that tells at its end what its children have used. */
const ACCOUNT = 'code=0; "$@" >"$BENCH_OUT" || code=$?; cat /proc/$$/stat >"$BENCH_STAT"; exit "$code"';

/**
 * @param out the file that takes its standard output
 * @throws Error with what it said on standard error when it fails
 */
export async function measured(
  work: string,
  command: string,
  args: string[],
  cwd: string,
  out = "/dev/null",
): Promise<Cost> {
  const stat = join(work, "cost.stat");
  const probe = join(work, "cost.json");
  rmSync(probe, { force: true });
  const node = command === process.execPath ? ["--import", join(import.meta.dirname, "probe.mjs")] : [];
  const seconds = await timed("sh", ["-c", ACCOUNT, "sh", command, ...node, ...args], cwd, {
    BENCH_STAT: stat,
    BENCH_OUT: out,
    BENCH_PROBE: node.length > 0 ? probe : "",
  });
  const cost: Cost = { seconds, cpu: childrenOf(stat) };
  if (node.length > 0) cost.own = JSON.parse(readFileSync(probe, "utf8")) as NonNullable<Cost["own"]>;
  return cost;
}

/** Processor seconds of the children that a process has waited for. @param stat its `/proc/<pid>/stat` */
export function childrenOf(stat: string): number {
  // After the name, which is in parentheses: cutime and cstime are fields 16 and 17.
  const fields = readFileSync(stat, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) / HERTZ;
}
