// A host's log, `.tarlift/log.jsonl`: one event a line, written by the remote program (src/remote/state.sh, log_event).
import { z } from "zod";
import type { LogEvent } from "./types.ts";

const eventSchema = z.object({
  time: z.number(),
  event: z.string(),
  release: z.string(),
  deploy: z.string(),
  by: z.string(),
});

/**
 * Lines that are no events (somebody wrote into the file) are left out: a record is read, not judged. What was cut off, by a full disk or
 * a power loss, has the next event on the same line: that one counts.
 */
export function parseLog(text: string): LogEvent[] {
  return text.split("\n").flatMap((line) => parseEvent(line) ?? parseEvent(line.slice(line.lastIndexOf(START))) ?? []);
}

const START = '{"time":';

function parseEvent(line: string): LogEvent | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
