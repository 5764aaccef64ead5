import { n as Failure } from "./chunks/failure.js";
import { n as run, t as keepLines } from "./chunks/subprocess-kept-lines.js";
import { r as withFleet } from "./chunks/pipeline-fleet-request.js";
import { c as DECLARED, r as runStep, t as endsWhenCancelled } from "./chunks/actions-step.js";
import { t as fleetOptions } from "./chunks/actions-hosts.js";
import { t as reportErrors } from "./chunks/actions-problems.js";

// src/actions/run.ts
/** Maximum number of characters of the output for later steps; the log has all of it. */
const OUTPUT_LIMIT = 1e5;
await runStep(DECLARED.run, async (step) => {
	const { context, inputs, output, progress } = step;
	endsWhenCancelled(step);
	const { command, role, all, timeout } = inputs;
	if (role !== void 0 && all) throw new Failure({
		code: "input-invalid",
		what: "role and all are given",
		remedy: "Give one of them.",
		outcome: "refused"
	});
	const said = keepLines(2 * OUTPUT_LIMIT);
	const taskOf = (host, count) => {
		const task = progress.task("run", { host });
		const line = (text) => {
			said.add(count > 1 ? `${host}: ${text}` : text);
			task.line(text);
		};
		return {
			...task,
			line
		};
	};
	const on = role !== void 0 ? { role } : all ? "all" : void 0;
	const { hosts, ok } = await withFleet(context, fleetOptions(step), (fleet) => run(fleet, {
		command,
		timeout,
		on
	}, taskOf));
	output("output", progress.mask(said.lines.join("\n")).slice(0, OUTPUT_LIMIT));
	reportErrors(progress, hosts.flatMap(({ error }) => error ?? []));
	return ok ? 0 : 1;
});

export {  };