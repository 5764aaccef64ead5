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

/** Lines that are no events (a full disk cut one off, somebody wrote into the file) are left out: a record is read, not judged. */
export function parseLog(text: string): LogEvent[] {
  return text.split("\n").flatMap((line) => {
    try {
      const event = eventSchema.safeParse(JSON.parse(line));
      return event.success ? [event.data] : [];
    } catch {
      return [];
    }
  });
}
