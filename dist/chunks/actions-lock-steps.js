import { n as lockDeploys, t as deployLockLines } from "./report-lock.js";
import { r as withFleet } from "./pipeline-fleet-request.js";
import { t as fleetOptions } from "./actions-hosts.js";
import { t as reportErrors } from "./actions-problems.js";

// src/actions/lock-steps.ts
/** @param message undefined: unlock @returns the exit code */
async function deployLockStep(step, message) {
	const { context, inputs, output, progress, summarise } = step;
	const locked = await withFleet(context, fleetOptions(step), ({ members }) => lockDeploys(members, message));
	output("hosts", JSON.stringify(locked.hosts));
	const lines = deployLockLines(locked);
	progress.lines(lines);
	summarise({
		title: `${inputs.target}: ${message === void 0 ? "deploys go on" : "deploys are locked"}`,
		lines
	});
	reportErrors(progress, locked.errors);
	if (locked.errors.length === 0) return 0;
	summarise({ failure: { what: `${locked.errors.length} of the hosts were not reached` } });
	return 1;
}

export { deployLockStep as t };