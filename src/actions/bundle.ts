// actions/bundle: one artifact of the checked-out commit, checked, and stored for other jobs and runs.
import { bundleStep, DAYS, isForDeploys } from "./bundle-steps.ts";
import { DECLARED } from "./declared.ts";
import { runStep } from "./step.ts";

await runStep(DECLARED.bundle, async (step) => {
  const { upload = "unless-pull-request" } = step.inputs;
  const wanted = upload === "unless-pull-request" && isForDeploys(process.env) ? "if-possible" : "no";
  await bundleStep(step, { keep: upload === "always" ? "required" : wanted, days: DAYS });
  return 0;
});
