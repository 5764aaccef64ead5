import { n as status, t as statusLines } from "./chunks/report-status.js";
import { r as withFleet } from "./chunks/pipeline-fleet-request.js";
import { $ as withCommands } from "./chunks/report-phases.js";
import { c as DECLARED, i as callOfStep, r as runStep, t as endsWhenCancelled } from "./chunks/actions-step.js";
import { t as fleetOptions } from "./chunks/actions-hosts.js";

// src/actions/status.ts
await runStep(DECLARED.status, async (step) => {
	const { context, inputs, output, progress } = step;
	endsWhenCancelled(step);
	const asked = await withFleet(context, fleetOptions(step), (fleet) => status(fleet, { verifyFull: inputs["verify-full"] ?? false }));
	const found = withCommands(asked, callOfStep(process.env));
	output("healthy", found.healthy);
	output("uniform", found.uniform);
	output("release", found.uniform ? found.hosts[0]?.release?.id : void 0);
	output("status", JSON.stringify(found));
	progress.lines(statusLines(found));
	for (const { error } of found.hosts) if (error) progress.failure(error);
	const ok = found.healthy && found.uniform;
	if (!ok) progress.failure({ what: `${found.target} is not as it should be` });
	return ok ? 0 : 1;
});

export {  };