import { n as compatibleWith, t as compatibilityLines } from "./chunks/compatibility-M2hEHARW.js";
import { t as ARTIFACT_VARIABLE } from "./chunks/artifact-BF3dJcnF.js";
import { o as DECLARED, r as runStep } from "./chunks/step-BiAnyu0k.js";
import { t as fleetOptions } from "./chunks/hosts-CUtB5-3H.js";

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