import { n as processMark, t as hasEnded } from "./subprocess-process-mark.js";
import { join } from "node:path";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";

// src/subprocess/scratch.ts
/** The process mark, and the suffix that mkdtemp adds. */
const NAME = /^scratch-(.+)-\w{6}$/;
/** @param work the job's directory, absolute */
function scratchDirectory(work) {
	return mkdtempSync(join(work, `scratch-${processMark()}-`));
}
/** Removes the scratch directories of processes that have ended. */
function sweepScratch(work) {
	for (const name of readdirSync(work)) {
		const mark = NAME.exec(name)?.[1];
		const since = statSync(join(work, name), { throwIfNoEntry: false })?.mtimeMs;
		if (mark !== void 0 && since !== void 0 && hasEnded(mark, since)) rmSync(join(work, name), {
			recursive: true,
			force: true
		});
	}
}

export { sweepScratch as n, scratchDirectory as t };