// The common part of actions/lock and actions/unlock.
import { lockDeploys } from "../operations/lock.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { deployLockLines } from "../report/lock.ts";
import type { FLEET } from "./declared.ts";
import { fleetOptions } from "./hosts.ts";
import { reportErrors } from "./problems.ts";
import type { ApplicationStep } from "./step.ts";

/** @param message undefined: unlock @returns the exit code */
export async function deployLockStep(
  step: ApplicationStep<typeof FLEET>,
  message: string | undefined,
): Promise<number> {
  const { context, inputs, output, progress, summarise } = step;
  const locked = await withFleet(context, fleetOptions(step), ({ members }) => lockDeploys(members, message));
  output("hosts", JSON.stringify(locked.hosts));
  const lines = deployLockLines(locked);
  progress.lines(lines);
  summarise({ title: `${inputs.target}: ${message === undefined ? "deploys go on" : "deploys are locked"}`, lines });
  reportErrors(progress, locked.errors);
  if (locked.errors.length === 0) return 0;
  summarise({ failure: { what: `${locked.errors.length} of the hosts were not reached` } });
  return 1;
}
