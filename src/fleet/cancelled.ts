// A run that was cancelled opens no further step.
import type { Ledger } from "./ledger.ts";
import type { FleetRequest } from "./types.ts";

/** Whether it was. The ledger then says so, once. */
export function cancelled({ signal }: Pick<FleetRequest, "signal">, ledger: Ledger): boolean {
  if (!signal?.aborted) return false;
  if (!ledger.troubles.some(({ host, what }) => host === undefined && what === "cancelled"))
    ledger.failed([{ trouble: { what: "cancelled" } }]);
  return true;
}
