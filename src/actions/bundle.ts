// actions/bundle: one artifact of the checked-out commit, checked, and stored for other jobs and runs.
import { bundleStep, DAYS, isForDeploys } from "./bundle-steps.ts";
import { DECLARED } from "./declared.ts";
import { runStep } from "./step.ts";

await runStep(DECLARED.bundle, async (step) => {
  await bundleStep(step, { uploads: isForDeploys(process.env), days: DAYS });
  return 0;
});
