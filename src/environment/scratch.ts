// Directories for the time of one build. Their names hold the process, so that what a killed build left is found and removed: it may
// hold a copy of requirement files with the credentials of an index.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const NAME = /^scratch-(\d+)-/;

/** @param work the job's directory, absolute */
export function scratchDirectory(work: string): string {
  return mkdtempSync(join(work, `scratch-${process.pid}-`));
}

/** Removes the scratch directories of processes that are no more. */
export function sweepScratch(work: string): void {
  for (const name of readdirSync(work)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(work, name), { recursive: true, force: true });
  }
}

export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
