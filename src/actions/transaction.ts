// A step that changes hosts: what its `post` entry needs is saved before, and what came of it is told after.

import { Failure } from "../failure.ts";
import { OUTCOME_EXIT, type Report } from "../fleet/types.ts";
import type { DeployOptions } from "../pipeline/deploy.ts";
import type { FleetOptions } from "../pipeline/fleet.ts";
import { transactionLines } from "../report/transaction.ts";
import type { AFTERWARDS } from "./declared.ts";
import { fleetOptions } from "./hosts.ts";
import { saveBegun, saveEnded } from "./state.ts";
import type { ApplicationStep } from "./step.ts";

/**
 * @param artifact the artifact's file, for the `post` entry
 * @param run the transaction itself
 * @returns the exit code
 * @throws Failure for what is wrong before any host is asked; the output `outcome` is set by then
 */
export async function transaction(
  step: ApplicationStep<typeof AFTERWARDS>,
  artifact: string | undefined,
  run: (options: FleetOptions & Required<Pick<DeployOptions, "begins">>) => Promise<Report>,
): Promise<number> {
  try {
    const report = await run({ ...fleetOptions(step), begins: (request) => saveBegun(request, artifact) });
    saveEnded();
    tell(step, report);
    return OUTCOME_EXIT[report.outcome];
  } catch (error) {
    // Anything else that is thrown may have left hosts half-way: the `post` entry looks after them.
    if (error instanceof Failure) {
      saveEnded();
      step.output("outcome", error.outcome);
    }
    throw error;
  }
}

/** Outputs, log and annotations of a transaction. */
export function tell(
  { output, progress }: Pick<ApplicationStep<typeof AFTERWARDS>, "output" | "progress">,
  report: Report,
): void {
  output("outcome", report.outcome);
  output("release", report.release);
  output("previous-release", report.previousRelease);
  output("schema-ahead", report.schemaAhead);
  progress.lines(transactionLines(report));
  for (const trouble of report.troubles) progress.failure(trouble);
  for (const warning of report.warnings) progress.warning(warning);
}
