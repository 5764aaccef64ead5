// actions/compatible: whether the live release of a target works with the schema that a deploy of this commit would
// bring.
import { compatibleWith } from "../pipeline/compatible.ts";
import { compatibilityLines } from "../report/compatibility.ts";
import { ARTIFACT_VARIABLE } from "./artifact-inputs.ts";
import { artifactRuns } from "./artifact-runs.ts";
import { DECLARED } from "./declared.ts";
import { fleetOptions } from "./hosts.ts";
import { runStep } from "./step.ts";

await runStep(DECLARED.compatible, async (step) => {
  const { context, inputs, output, progress } = step;
  const { live, python } = inputs;
  // If the step names the live release, no access to the hosts is needed.
  const hosts = live === undefined ? fleetOptions(step) : { target: inputs.target, ssh: {} };
  const found = await compatibleWith(context, {
    ...hosts,
    live,
    liveArtifact: inputs["live-artifact-file"],
    runOf: artifactRuns(step),
    artifact: inputs["artifact-file"] ?? (process.env[ARTIFACT_VARIABLE] || undefined),
    python,
  });
  output("outcome", found.outcome);
  output("migrations", found.migrations.join("\n"));
  output("live-version", found.live?.version);
  progress.lines(compatibilityLines(found));
  return 0;
});
