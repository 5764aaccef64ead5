// Errors of hosts as annotations of a step.
import type { ReportedError } from "../fleet/report.ts";
import { withCommands } from "../report/invocation.ts";
import { callOfStep } from "./invocation.ts";
import type { StepLog } from "./log.ts";

/** Each is an error of the run. Its remedy names commands for a clone. @param env the step's environment */
export function reportErrors(
  progress: Pick<StepLog, "failure">,
  errors: readonly ReportedError[],
  env: NodeJS.ProcessEnv = process.env,
): void {
  for (const error of errors) progress.failure(withCommands(error, callOfStep(env)));
}
