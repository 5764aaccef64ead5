// actions/verify: whether the commit of this run may be deployed.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { loadConfig } from "../config/load.ts";
import { findConfiguration } from "../pipeline/context.ts";
import { DECLARED } from "./declared.ts";
import { readInputs } from "./inputs.ts";
import { endsWhenCancelled, runBareStep } from "./step.ts";
import { verifyStep } from "./verification.ts";

await runBareStep(DECLARED.verify, async (step) => {
  endsWhenCancelled(step);
  const { directory = ".", config } = step.inputs;
  // Nothing needs to be checked out for it: a configuration that is there gives what the step does not.
  const file = existsSync(directory) ? findConfiguration(resolve(directory), config) : "";
  const fromFile = config || existsSync(file) ? loadConfig(file).inputs : {};
  await verifyStep({ ...step, inputs: readInputs(DECLARED.verify, process.env, fromFile) });
  return 0;
});
