import { n as compatibleWith, t as compatibilityLines } from "./chunks/report-compatibility.js";
import { a as artifactRuns, t as ARTIFACT_VARIABLE } from "./chunks/actions-artifact-inputs.js";
import { c as DECLARED, r as runStep } from "./chunks/actions-step.js";
import { t as fleetOptions } from "./chunks/actions-hosts.js";

// src/actions/compatible.ts
await runStep(DECLARED.compatible, async (step) => {
	const { context, inputs, output, progress } = step;
	const { live, python } = inputs;
	const hosts = live === void 0 ? fleetOptions(step) : {
		target: inputs.target,
		ssh: {}
	};
	const found = await compatibleWith(context, {
		...hosts,
		live,
		liveArtifact: inputs["live-artifact-file"],
		runOf: artifactRuns(step),
		artifact: inputs["artifact-file"] ?? (process.env["TARLIFT_ARTIFACT"] || void 0),
		python
	});
	output("outcome", found.outcome);
	output("migrations", found.migrations.join("\n"));
	output("live-version", found.live?.version);
	progress.lines(compatibilityLines(found));
	return 0;
});

export {  };