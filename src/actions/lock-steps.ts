// The common part of actions/lock and actions/unlock.
import { holdHosts } from "../operations/lock.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { holdLines } from "../report/lock.ts";
import type { FLEET } from "./declared.ts";
import { fleetOptions } from "./hosts.ts";
import { reportErrors } from "./problems.ts";
import type { ApplicationStep } from "./step.ts";

/** @param message undefined: unlock @returns the exit code */
export async function holdStep(step: ApplicationStep<typeof FLEET>, message: string | undefined): Promise<number> {
  const { context, inputs, output, progress, summarise } = step;
  const held = await withFleet(context, fleetOptions(step), ({ members }) => holdHosts(members, message));
  output("hosts", JSON.stringify(held.hosts));
  const lines = holdLines(held);
  progress.lines(lines);
  summarise({ title: `${inputs.target}: ${message === undefined ? "deploys go on" : "deploys are held"}`, lines });
  reportErrors(progress, held.errors);
  if (held.errors.length === 0) return 0;
  summarise({ failure: { what: `${held.errors.length} of the hosts were not reached` } });
  return 1;
}
