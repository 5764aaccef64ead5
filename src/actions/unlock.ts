// actions/unlock: allows deploys of a target again.
import { DECLARED } from "./declared.ts";
import { deployLockStep } from "./lock-steps.ts";
import { endsWhenCancelled, runStep } from "./step.ts";

await runStep(DECLARED.unlock, async (step) => {
  endsWhenCancelled(step);
  return deployLockStep(step, undefined);
});
