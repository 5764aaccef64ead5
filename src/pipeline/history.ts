// `history`: what was deployed, rolled back and reverted on a target, when, and by which user or run.
import { type History, history } from "../operations/history.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, fleetRequest, onHosts } from "./fleet-request.ts";

/** @param options.limit how many of the newest transactions */
export async function historyOf(context: Context, options: FleetOptions & { limit: number }): Promise<History> {
  return onHosts(async () => history(await fleetRequest(context, options), options.limit));
}
