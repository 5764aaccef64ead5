// How a command on a host ended, in words; a signal is named, because a migration that ran out of memory must not look
// like a success.

import { formatEnd } from "../subprocess/command.ts";
import type { TaskEnd } from "./host.ts";

/** @param limit its time limit in seconds */
export function describeEnd(end: TaskEnd, limit?: number): string {
  // The same text as in src/remote/frames.sh (child_ended).
  if (end.runsOn) return `not to be stopped after ${limit} s: ${end.runsOn}`;
  return formatEnd(
    { code: end.code, signal: (end.signal ?? null) as NodeJS.Signals | null, timedOut: end.timedOut },
    limit ? { timeout: limit * 1000 } : {},
  );
}

export const succeeded = (end: TaskEnd): boolean => end.code === 0 && !end.signal && !end.timedOut;
