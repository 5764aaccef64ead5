// actions/deploy: deploys an artifact to all hosts of a target, as one transaction.
import { deployTo } from "../pipeline/deploy.ts";
import { checkFleet } from "../pipeline/fleet-request.ts";
import { artifactOf, artifactWanted } from "./artifact-inputs.ts";
import { comparing } from "./comparing.ts";
import { DECLARED } from "./declared.ts";
import { fleetOptions } from "./hosts.ts";
import { runStep } from "./step.ts";
import { failedTransaction, transaction } from "./transaction.ts";

await runStep(
  DECLARED.deploy,
  async (step) => {
    const { context, inputs } = step;
    const wanted = artifactWanted(inputs, process.env);
    const hosts = fleetOptions(step);
    // Before a large artifact is downloaded.
    await checkFleet(context, hosts);
    const artifact = await artifactOf(step, wanted);
    const deploy = (options: Parameters<typeof deployTo>[1]) =>
      deployTo(context, {
        ...options,
        artifact,
        version: inputs.label,
        allowOtherTag: inputs["allow-other-tag"],
        dryRun: inputs["dry-run"],
        allowOlder: inputs["allow-older"],
        compare: comparing(step),
      });
    return transaction(step, artifact, deploy, hosts);
  },
  failedTransaction,
);
