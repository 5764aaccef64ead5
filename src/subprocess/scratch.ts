// Temporary directories of a build. Their names contain the process, so that those of a killed build are found and
// removed: they may contain a copy of requirement files with the credentials of an index.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { hasEnded, processMark } from "./process-mark.ts";

/** The process mark, and the suffix that mkdtemp adds. */
const NAME = /^scratch-(.+)-\w{6}$/;

/** @param work the job's directory, absolute */
export function scratchDirectory(work: string): string {
  return mkdtempSync(join(work, `scratch-${processMark()}-`));
}

/** Removes the scratch directories of processes that have ended. */
export function sweepScratch(work: string): void {
  for (const name of readdirSync(work)) {
    const mark = NAME.exec(name)?.[1];
    const since = statSync(join(work, name), { throwIfNoEntry: false })?.mtimeMs;
    if (mark !== undefined && since !== undefined && hasEnded(mark, since))
      rmSync(join(work, name), { recursive: true, force: true });
  }
}
