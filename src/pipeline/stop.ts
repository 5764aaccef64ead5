// One way to stop for every verb.
import { stopReason } from "../stop-reason.ts";

/** Aborts at the first SIGINT or SIGTERM, a second one ends the program at once; and when the terminal is gone, which may be told twice. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort(stopReason(name)));
  process.on("SIGHUP", () => stop.abort(stopReason("SIGHUP")));
  return stop.signal;
}
