// actions/lock: stops deploys and rollbacks of a target until actions/unlock.
import { DECLARED } from "./declared.ts";
import { holdStep } from "./lock-steps.ts";
import { endsWhenCancelled, runStep } from "./step.ts";

await runStep(DECLARED.lock, async (step) => {
  endsWhenCancelled(step);
  return holdStep(step, step.inputs.message);
});
