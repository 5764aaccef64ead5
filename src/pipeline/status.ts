// `status`: what runs on each host of a target, and what is not as expected.
import { type FleetStatus, status } from "../operations/status.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, fleetRequest, onHosts } from "./fleet-request.ts";

/** Nothing changes, and no lock is taken. @returns one entry per host, also for hosts that cannot be reached */
export async function statusOf(
  context: Context,
  options: FleetOptions & { verifyFull?: boolean | undefined },
): Promise<FleetStatus> {
  return onHosts(async () => status(await fleetRequest(context, options), { verifyFull: options.verifyFull ?? false }));
}
