// actions/build-env: the application's environments, restored or built, ready for later steps.
import { addPath } from "@actions/core";
import { Failure } from "../failure.ts";
import { makeEnvironments } from "../pipeline/build-env.ts";
import { DECLARED } from "./declared.ts";
import { isPathEntry } from "./outputs.ts";
import { environmentOutputs } from "./results.ts";
import { runStep } from "./step.ts";

await runStep(DECLARED["build-env"], async ({ context, inputs, output, summarise }) => {
  const unpack = inputs.unpack ?? true;
  if (!unpack && inputs["add-to-path"])
    throw new Failure({
      code: "input-invalid",
      what: "`add-to-path` needs the environments where they run, and `unpack` is false",
      remedy: "Leave one of the two out.",
      outcome: "refused",
    });
  const { environments: names, python, rebuild } = inputs;
  const built = await makeEnvironments(context, { names, python, rebuild, unpack });
  for (const [name, value] of Object.entries(environmentOutputs(built))) output(name, value);
  summarise({ cached: built.map(({ record, hit, layer }) => ({ name: record.name, hit, size: layer.size })) });
  // The last added path is searched first: an environment that ships has priority over one that only builds.
  const inOrder = [...built].sort((a, b) => Number(a.use === "runtime") - Number(b.use === "runtime"));
  if (unpack && (inputs["add-to-path"] ?? true))
    for (const path of inOrder.flatMap(({ bin }) => bin).filter(isPathEntry)) addPath(path);
  return 0;
});
