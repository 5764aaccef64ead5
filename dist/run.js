import { n as Failure } from "./chunks/failure-rsm4-q-9.js";
import { t as runOn } from "./chunks/run-CmxHh63r.js";
import { W as withCommands } from "./chunks/phases-DW2Epb20.js";
import { c as DECLARED, i as callOfStep, r as runStep, t as endsWhenCancelled } from "./chunks/step-dx-6Iuee.js";
import { t as fleetOptions } from "./chunks/hosts-DlDNciWE.js";

// src/actions/run.ts
/** Characters of the output that later steps are given; the log has all of it. */
const OUTPUT_LIMIT = 1e5;
await runStep(DECLARED.run, async (step) => {
	const { context, inputs, output, progress } = step;
	endsWhenCancelled(step);
	const { command, role, all, timeout } = inputs;
	if (role !== void 0 && all) throw new Failure({
		what: "role and all are given",
		remedy: "Give one of them.",
		outcome: "refused"
	});
	const said = [];
	const { hosts, ok } = await runOn(context, {
		...fleetOptions(step),
		command,
		timeout,
		on: role !== void 0 ? { role } : all ? "all" : void 0
	}, (host, count) => {
		const task = progress.task("run", { host });
		const line = (text) => {
			said.push(count > 1 ? `${host}: ${text}` : text);
			task.line(text);
		};
		return {
			...task,
			line
		};
	});
	output("output", progress.mask(said.join("\n")).slice(0, OUTPUT_LIMIT));
	for (const { trouble } of hosts) if (trouble) progress.failure(withCommands(trouble, callOfStep(process.env)));
	return ok ? 0 : 1;
});

export {  };