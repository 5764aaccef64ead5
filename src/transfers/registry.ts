// All transfers. No other file lists them.
import { push } from "./push/index.ts";
import type { Transfer } from "./transfer.ts";

/** The first one serves every host. */
export const TRANSFERS = [push] as const satisfies readonly Transfer[];
