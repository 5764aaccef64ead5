import { l as formatEnd } from "./repository--9ylEnQL.js";

// src/fleet/task-end.ts
/** @param limit seconds that it was given */
function describeEnd(end, limit) {
	return formatEnd({
		code: end.code,
		signal: end.signal ?? null,
		timedOut: end.timedOut
	}, limit ? { timeout: limit * 1e3 } : {});
}
const succeeded = (end) => end.code === 0 && !end.signal && !end.timedOut;

export { succeeded as n, describeEnd as t };