// actions/deploy: an artifact on every host of a target, as one transaction.
import { deployTo } from "../pipeline/deploy.ts";
import { artifactOf } from "./artifact.ts";
import { comparing } from "./comparing.ts";
import { DECLARED } from "./declared.ts";
import { runStep } from "./step.ts";
import { failedTransaction, transaction } from "./transaction.ts";

await runStep(
  DECLARED.deploy,
  async (step) => {
    const { context, inputs } = step;
    const artifact = await artifactOf(step);
    return transaction(step, artifact, (options) =>
      deployTo(context, {
        ...options,
        artifact,
        version: inputs.version,
        allowOtherTag: inputs["allow-other-tag"],
        dryRun: inputs["dry-run"],
        allowOlder: inputs["allow-older"],
        compare: comparing(step),
      }),
    );
  },
  failedTransaction,
);
