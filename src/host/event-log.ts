// A host's log, `.tarlift/log.jsonl`: one event a line, written by the remote program (src/remote/state.sh, log_event).
import { z } from "zod";
import { tooMuch } from "../protocol/frames.ts";
import { isReleaseName, isTransaction } from "../protocol/recorded-names.ts";
import type { LogEvent } from "./host.ts";

/** What is written has nothing to escape: a line break, or what moves a cursor, was put there by another program. */
const line = z
  .string()
  .max(1000)
  .regex(/^\P{Cc}*$/u);

const eventSchema = z.object({
  /** Seconds since the epoch, of four-digit years. */
  time: z.number().int().min(0).max(99_999_999_999),
  event: z.string().regex(/^[\w-]*$/),
  release: z.string().refine((name) => name === "" || isReleaseName(name)),
  deploy: z.string().refine((id) => id === "" || isTransaction(id)),
  by: line,
});

/**
 * Lines that are no events (somebody wrote into the file) are left out: a record is read, not judged. What was cut off, by a full disk or
 * a power loss, has the next event on the same line: that one counts.
 *
 * @param most lines that were asked for
 * @throws Failure for more of them
 */
export function parseLog(text: string, most: number): LogEvent[] {
  const lines = text.split("\n", most + 2);
  if (lines.length > most + 1) throw tooMuch();
  return lines.flatMap((line) => parseEvent(line) ?? parseEvent(line.slice(line.lastIndexOf(START))) ?? []);
}

const START = '{"time":';

function parseEvent(line: string): LogEvent | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
