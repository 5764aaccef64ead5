// A run that was cancelled opens no further step.
import { cancelledWords } from "../stop-reason.ts";
import type { Ledger } from "./ledger.ts";
import type { FleetRequest } from "./request.ts";

/** Whether it was. The ledger then says so, once. */
export function cancelled({ signal }: Pick<FleetRequest, "signal">, ledger: Ledger): boolean {
  if (!signal?.aborted) return false;
  const what = cancelledWords(signal);
  // Before everything that came of it.
  if (!ledger.troubles.some((trouble) => trouble.host === undefined && trouble.what === what))
    ledger.troubles.unshift({ what });
  return true;
}
