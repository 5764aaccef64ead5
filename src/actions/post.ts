// Runs after deploy, rollback and the whole pipeline, even if they were cancelled or killed: it finishes or reverts the
// transaction, and removes key files.
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { endKilledRunOn } from "../pipeline/end-killed-run.ts";
import { PRIVATE_PREFIX, removeLeftDirectories } from "../transports/ssh/keys.ts";
import { AFTERWARDS } from "./declared.ts";
import { endDeployment, resumeDeployment } from "./github-deployment.ts";
import { fleetOptions } from "./hosts.ts";
import { savedDeployment, unfinished } from "./state.ts";
import { runStep } from "./step.ts";
import { publishReport } from "./transaction.ts";

/**
 * Seconds to wait for what a host still does for the killed step: a restart that waits for its workers, a migration.
 */
const PATIENCE = 120;

const begun = unfinished();
if (begun?.keys && basename(begun.keys).startsWith(PRIVATE_PREFIX))
  rmSync(begun.keys, { recursive: true, force: true });
removeLeftDirectories();
if (!begun) process.exit();

await runStep(AFTERWARDS, async (step) => {
  step.progress.warning(`the step did not come to its end: ${begun.target} is put in order`);
  const { deployId, artifact, target } = begun;
  const report = await endKilledRunOn(step.context, {
    ...fleetOptions(step),
    target,
    deployId,
    artifact,
    waitForLock: PATIENCE,
  });
  const shown = savedDeployment();
  if (shown !== undefined) {
    const { "github-token": token = "", url } = step.inputs;
    const { progress } = step;
    await endDeployment(await resumeDeployment(shown, { env: process.env, token, url, progress }), report, progress);
  }
  await publishReport(step, report);
  return report.outcome === "failed" ? 1 : 0;
});
