// A host's log, `.tarlift/log.jsonl`: one event per line, written by the remote program (src/remote/state.sh,
// log_event).
import { z } from "zod";
import { tooMuch } from "../protocol/frames.ts";
import { isReleaseName, isTransaction } from "../protocol/recorded-names.ts";
import type { LogEvent } from "./host.ts";

/** Tarlift writes nothing that needs escaping: line breaks and cursor movements come from another program. */
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
 * Lines that are no events (a person edited the file) are skipped: a record is read, not validated. If a line was cut
 * off by a full disk or a power loss, the next event is on the same line: that event counts.
 *
 * @param most lines that were asked for
 * @throws Failure when there are more
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
