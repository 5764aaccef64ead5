// actions/verify: whether the commit of this run may be deployed.
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { loadConfig } from "../config/load.ts";
import { findConfiguration } from "../pipeline/context.ts";
import { repositoryAt } from "../source/repository.ts";
import { DECLARED } from "./declared.ts";
import { readInputs } from "./inputs.ts";
import { endsWhenCancelled, runBareStep } from "./step.ts";
import { verifyStep } from "./verify-commit.ts";

await runBareStep(DECLARED.verify, async (step) => {
  endsWhenCancelled(step);
  const { directory = ".", config } = step.inputs;
  // A checkout is optional: if there is a configuration, it provides inputs that the step does not set.
  const file = existsSync(directory) ? findConfiguration(resolve(directory), config) : "";
  const configured = config || existsSync(file);
  const fromFile = configured ? loadConfig(file).defaults : {};
  const inputs = readInputs(DECLARED.verify, process.env, fromFile);
  // Bundles are made from the configuration's repository, whatever directory the step works in.
  await verifyStep({ ...step, inputs }, await repositoryAt(configured ? dirname(file) : directory));
  return 0;
});
