// All transports. This list is the only one that names them.
import { local } from "./local/transport.ts";
import { ssh } from "./ssh/transport.ts";
import type { Transport } from "./transport.ts";
import type { HostAddress } from "./types.ts";

/** In the order in which they are asked: ssh takes every remaining address. */
export const TRANSPORTS = [local, ssh] as const satisfies readonly Transport[];

/** @returns the transport that reaches a host */
export const transportOf = (address: HostAddress): Transport =>
  TRANSPORTS.find((transport) => transport.reaches(address)) ?? ssh;
