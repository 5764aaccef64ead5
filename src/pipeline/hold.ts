// `lock` and `unlock`: deploys of a target are held by a person, with a message for everybody else.
import { together } from "../fleet/together.ts";
import type { Trouble } from "../fleet/types.ts";
import { describeOwner } from "../host/owner.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, fleetRequest, onHosts } from "./fleet.ts";

export interface HoldResult {
  /** What everybody who tries to deploy reads; undefined: deploys go on. */
  message: string | undefined;
  /** Hosts that have it. */
  hosts: string[];
  troubles: Trouble[];
}

/** @param message why deploys are held; undefined lets them go on */
export async function holdTarget(
  context: Context,
  options: FleetOptions & { message: string | undefined },
): Promise<HoldResult> {
  const message = options.message === undefined ? undefined : `${options.message} (${describeOwner()})`;
  return onHosts(async () => {
    const { members } = fleetRequest(context, options);
    const settled = await together(members, async ({ host, place, services, shared }) => {
      await host.facts({ place, services, shared });
      await host.hold(message);
    });
    await together(members, ({ host }) => host.close());
    return {
      message,
      hosts: settled.done.map(({ member }) => member.host.name),
      troubles: settled.failed.map(({ trouble }) => trouble),
    };
  });
}
