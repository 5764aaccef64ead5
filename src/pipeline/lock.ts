// `lock` and `unlock`: deploys of a target are held by a person, with a message for everybody else.
import { type HoldResult, holdHosts } from "../operations/lock.ts";
import { describeOwner } from "../protocol/owner.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, fleetRequest, onHosts } from "./fleet-request.ts";

/** @param message why deploys are held; undefined lets them go on */
export async function holdTarget(
  context: Context,
  options: FleetOptions & { message: string | undefined },
): Promise<HoldResult> {
  const message = options.message === undefined ? undefined : `${options.message} (${describeOwner()})`;
  return onHosts(async () => holdHosts((await fleetRequest(context, options)).members, message));
}
