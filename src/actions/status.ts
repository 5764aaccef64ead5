// actions/status: what runs on each host of a target. Fails if anything is wrong.
import { status } from "../operations/status.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { withCommands } from "../report/invocation.ts";
import { statusLines } from "../report/status.ts";
import { DECLARED } from "./declared.ts";
import { fleetOptions } from "./hosts.ts";
import { callOfStep } from "./invocation.ts";
import { endsWhenCancelled, runStep } from "./step.ts";

await runStep(DECLARED.status, async (step) => {
  const { context, inputs, output, progress } = step;
  endsWhenCancelled(step);
  const asked = await withFleet(context, fleetOptions(step), (fleet) =>
    status(fleet, { verifyFull: inputs["verify-full"] ?? false }),
  );
  const found = withCommands(asked, callOfStep(process.env));
  output("healthy", found.healthy);
  output("uniform", found.uniform);
  output("release", found.uniform ? found.hosts[0]?.release?.id : undefined);
  output("status", JSON.stringify(found));
  progress.lines(statusLines(found));
  for (const { error } of found.hosts) if (error) progress.failure(error);
  const ok = found.healthy && found.uniform;
  if (!ok) progress.failure({ what: `${found.target} is not as it should be` });
  return ok ? 0 : 1;
});
