// actions/rollback: returns a whole target to its last good release.
import { rollbackOn } from "../pipeline/rollback.ts";
import { DECLARED } from "./declared.ts";
import { runStep } from "./step.ts";
import { failedTransaction, transaction } from "./transaction.ts";

await runStep(
  DECLARED.rollback,
  async (step) => {
    const { context, inputs } = step;
    return transaction(step, undefined, (options) =>
      rollbackOn(context, {
        ...options,
        to: inputs.to,
        verifyFull: inputs["verify-full"],
        allowSchemaAhead: inputs["allow-schema-ahead"],
      }),
    );
  },
  failedTransaction,
);
