// Processes that outlive the one that started them, known by their id and by a word of their command line: ids are used again.
import { readFileSync } from "node:fs";

/** Whether the process runs and has `word` in its command line. */
export function runs(pid: number, word: string): boolean {
  // While a process becomes another program (exec), its command line reads as empty for a moment.
  for (let tries = 0; tries < 20; tries++) {
    const line = commandLine(pid);
    if (line === undefined) return false;
    if (line !== "") return line.includes(word);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
  return false;
}

/** The command line of a process, its words joined by NUL; undefined when it has ended, reaped or not. */
function commandLine(pid: number): string | undefined {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0];
    return state === "Z" || state === "X" ? undefined : readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return undefined;
  }
}

/** The children of a process. */
export function children(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** When a process was started, in clock ticks since the machine's start; undefined when there is none. */
export function startTime(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Sends a signal if the process is the one that is meant, and waits until it is gone. @throws Error after 20 s */
export async function end(pid: number, word: string, signal: NodeJS.Signals): Promise<void> {
  if (!runs(pid, word)) return;
  process.kill(pid, signal);
  await until(`process ${pid} (${word}) ends`, 20_000, () => !runs(pid, word));
}

/** Waits until something holds. @throws Error naming it when it does not within `timeout` milliseconds */
export async function until(what: string, timeout: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeout / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
