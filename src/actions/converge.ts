// actions/converge: brings all hosts of a target to the release that the fleet committed last.
import { convergeOn } from "../pipeline/converge.ts";
import { artifactGiven } from "./artifact-inputs.ts";
import { artifactRuns } from "./artifact-runs.ts";
import { DECLARED } from "./declared.ts";
import { runStep } from "./step.ts";
import { failedTransaction, transaction } from "./transaction.ts";

await runStep(
  DECLARED.converge,
  async (step) => {
    const { context, inputs } = step;
    const artifact = await artifactGiven(step);
    return transaction(step, undefined, (options) =>
      convergeOn(context, {
        ...options,
        artifact,
        releaseDigest: inputs["release-digest"],
        runOf: artifactRuns(step),
      }),
    );
  },
  failedTransaction,
);
