// How every verb is stopped.
import { stopReason } from "../stop-reason.ts";

/**
 * Aborts at the first SIGINT or SIGTERM, a second one ends the program at once; also aborts when the terminal is gone,
 * which may be signalled twice.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort(stopReason(name)));
  process.on("SIGHUP", () => stop.abort(stopReason("SIGHUP")));
  return stop.signal;
}
