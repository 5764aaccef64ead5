// actions/lock: stops deploys and rollbacks of a target until actions/unlock.
import { DECLARED } from "./declared.ts";
import { deployLockStep } from "./lock-steps.ts";
import { endsWhenCancelled, runStep } from "./step.ts";

await runStep(DECLARED.lock, async (step) => {
  endsWhenCancelled(step);
  return deployLockStep(step, step.inputs.message);
});
