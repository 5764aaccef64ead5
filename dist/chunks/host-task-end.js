import { i as formatEnd } from "./subprocess-run.js";

// src/host/task-end.ts
/** @param limit its time limit in seconds */
function describeEnd(end, limit) {
	if (end.runsOn) return `not to be stopped after ${limit} s: ${end.runsOn}`;
	return formatEnd({
		code: end.code,
		signal: end.signal ?? null,
		timedOut: end.timedOut
	}, limit ? { timeout: limit * 1e3 } : {});
}
const succeeded = (end) => end.code === 0 && !end.signal && !end.timedOut;

export { succeeded as n, describeEnd as t };