// The action of the repository's root: the whole pipeline in one step.
import { Failure } from "../failure.ts";
import type { Outcome } from "../fleet/report.ts";
import { makeEnvironments } from "../pipeline/build-env.ts";
import { deployTo } from "../pipeline/deploy.ts";
import { checkFleet } from "../pipeline/fleet-request.ts";
import { bundleStep, DAYS_DEPLOYED, keepDeployed, releaseName } from "./bundle-steps.ts";
import { comparing } from "./comparing.ts";
import { DECLARED } from "./declared.ts";
import { fleetOptions } from "./hosts.ts";
import { environmentOutputs } from "./results.ts";
import { runStep } from "./step.ts";
import { failedTransaction, transaction } from "./transaction.ts";

await runStep(
  DECLARED.pipeline,
  async (step) => {
    const { context, inputs, output } = step;
    const hosts = fleetOptions(step);
    await checkFleet(context, hosts);
    // The client of GitHub's API is large: it is loaded where it is used.
    const verifying = (inputs.verify ?? true) ? await import("./verify-commit.ts") : undefined;
    const verified = await verifying?.verifyStep(step, context.repository);
    const built = await makeEnvironments(context, { names: [], python: inputs.python });
    for (const [name, value] of Object.entries(environmentOutputs(built))) output(name, value);
    // The hosts receive the artifact from this job; it is stored once they have it.
    const keep = inputs.upload === "always" ? "required" : "no";
    const made = await bundleStep(step, { keep, days: DAYS_DEPLOYED, nameOf: releaseName(context) });
    if (verified && verified.commit !== made.commit)
      throw new Failure({
        code: "artifact-mismatch",
        what: "the artifact is not made of the commit that was verified",
        where: { verified: verified.commit, artifact: made.commit },
        remedy: "A step of the build has checked another commit out: let it leave the checkout's HEAD alone.",
        outcome: "refused",
      });
    let outcome: Outcome | undefined;
    const deploy = async (options: typeof hosts) => {
      const report = await deployTo(context, {
        ...options,
        artifact: made.file,
        dryRun: inputs["dry-run"],
        allowOlder: inputs["allow-older"],
        compare: comparing(step),
      });
      outcome = report.outcome;
      return report;
    };
    const code = await transaction(step, made.file, deploy, hosts);
    if (outcome === "deployed") await keepDeployed(step, made);
    return code;
  },
  failedTransaction,
);
