// `lock` and `unlock`: a person holds deploys of a target, with a message for all others.
import { type HoldResult, holdHosts } from "../operations/lock.ts";
import { describeOwner } from "../protocol/owner.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, fleetRequest, onHosts } from "./fleet-request.ts";

/** @param message why deploys are held; undefined releases them */
export async function holdTarget(
  context: Context,
  options: FleetOptions & { message: string | undefined },
): Promise<HoldResult> {
  const message = options.message === undefined ? undefined : `${options.message} (${describeOwner()})`;
  return onHosts(async () => holdHosts((await fleetRequest(context, options)).members, message));
}
